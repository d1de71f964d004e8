"""Blocks as plain text of at most 100 columns, in the style of the rollback guide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migcompat.explain.blocks import Block, Change, Heading, Item, Paragraph, Section, Title
from migcompat.reports.escaping import visible
from migcompat.reports.layout import WIDTH, wrap
from migcompat.sql.folding import folded

_SQL_INDENT = " " * 6


def render(blocks: Iterable[Block]) -> str:
    """Headings stand apart; what belongs together follows line upon line."""
    lines: list[str] = []
    before: Block | None = None
    within_section = False
    for block in blocks:
        if before is not None and _apart(before, block, within_section):
            lines.append("")
        lines += _lines(block)
        within_section = isinstance(block, Section) or (within_section and not isinstance(block, Heading))
        before = block
    return "\n".join(lines) + "\n"


def _apart(before: Block, block: Block, within_section: bool) -> bool:
    if isinstance(before, Heading):
        return False
    if isinstance(before, Title) or isinstance(block, (Heading, Section)):
        return True
    return isinstance(block, Paragraph) and not within_section


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Title):
        yield from wrap(block.text, "  ", "")
        width = max((len(label) for label, _ in block.facts), default=0)
        for label, value in block.facts:
            yield from wrap(value, " " * (width + 4), f"  {label:<{width}}  ")
    elif isinstance(block, Heading):
        yield from wrap(block.text.upper(), "")
    elif isinstance(block, Section):
        yield from wrap(block.text, "  ", "")
    elif isinstance(block, Paragraph):
        yield from wrap(block.text, "  ")
    elif isinstance(block, Item):
        head = f"  {block.mark} "
        yield from wrap(block.text, " " * len(head), head)
    elif isinstance(block, Change):
        for mark, text in (("-", block.before), ("+", block.after)):
            if text:
                yield from _marked(mark, text)
        yield from wrap(block.meaning, " " * 6)
    else:
        yield from sql_lines(block.text, _SQL_INDENT)


def _marked(mark: str, text: str) -> Iterator[str]:
    for number, line in enumerate(sql_lines(text, " " * 4)):
        yield line if number else f"  {mark} {line[4:]}"


def sql_lines(sql: str, indent: str) -> Iterator[str]:
    """SQL as it is written, with long lines folded."""
    for line in folded(sql.expandtabs(4), WIDTH - len(indent)):
        yield (indent + visible(line)).rstrip()
