"""Blocks as Markdown; nothing in them can act as markup, a mention or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from migcompat.explain.blocks import Block, Change, Heading, Item, Paragraph, Section, Sql, Title
from migcompat.reports.escaping import visible
from migcompat.reports.markdown import code, prose


def render(blocks: Iterable[Block]) -> str:
    """One paragraph, list or fence a block; entries of a list stay together."""
    lines: list[str] = []
    in_list = False
    for block in blocks:
        if lines and not (in_list and isinstance(block, (Item, Change))):
            lines.append("")
        lines += _fenced(block.text, "   " if in_list else "") if isinstance(block, Sql) else _lines(block)
        in_list = isinstance(block, (Item, Change)) or (in_list and isinstance(block, Sql))
    return "\n".join(lines) + "\n"


def _lines(block: Title | Heading | Section | Paragraph | Item | Change) -> Iterator[str]:
    if isinstance(block, Title):
        yield f"# {_words(block.text)}"
        if block.facts:
            yield ""
        for label, value in block.facts:
            yield f"- **{label}:** {_words(value)}"
    elif isinstance(block, Heading):
        yield f"## {_words(block.text)}"
    elif isinstance(block, Section):
        yield f"### {_words(block.text)}"
    elif isinstance(block, Paragraph):
        yield _words(block.text)
    elif isinstance(block, Item):
        yield f"{block.mark} {_words(block.text)}"
    else:
        sides = [f"{word} {code(text)}" for word, text in (("was", block.before), ("is", block.after)) if text]
        yield f"- {', '.join(sides) if len(sides) > 1 else f'{code(block.before or block.after)} {_how(block)}'}: {_words(block.meaning)}"


def _how(block: Change) -> str:
    return "comes" if block.after else "goes"


def _words(text: str) -> str:
    """Code spans where backticks pair up; all the rest plain."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:
        return prose(text)
    return "".join(code(part) if number % 2 else _between(part) for number, part in enumerate(parts))


def _between(part: str) -> str:
    """Plain words with the spaces that part them from the code beside them."""
    inner = part.strip()
    if not inner:
        return " " if part else ""
    return f"{' ' if part[0] == ' ' else ''}{prose(inner)}{' ' if part[-1] == ' ' else ''}"


def _fenced(sql: str, indent: str) -> list[str]:
    lines = [visible(line.rstrip().expandtabs(4)) for line in sql.split("\n")]
    ticks = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall("`+", line)), default=0))
    return [f"{indent}{line}".rstrip() for line in (f"{ticks}sql", *lines, ticks)]
