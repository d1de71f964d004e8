"""Blocks as Markdown; nothing in them can act as markup, a mention or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from migcompat.explain.blocks import Block, Heading, Item, Paragraph, Sql, Title
from migcompat.reports.escaping import visible
from migcompat.reports.markdown import code, prose


def render(blocks: Iterable[Block]) -> str:
    """One paragraph, list or fence a block; entries of a list stay together."""
    lines: list[str] = []
    in_list = False
    for block in blocks:
        if lines and not (in_list and isinstance(block, Item)):
            lines.append("")
        lines += _fenced(block.text, "   " if in_list else "") if isinstance(block, Sql) else _lines(block)
        in_list = isinstance(block, Item) or (in_list and isinstance(block, Sql))
    return "\n".join(lines) + "\n"


def _lines(block: Title | Heading | Paragraph | Item) -> Iterator[str]:
    if isinstance(block, Title):
        yield f"# {_words(block.text)}"
        if block.facts:
            yield ""
        for label, value in block.facts:
            yield f"- **{label}:** {_words(value)}"
    elif isinstance(block, Heading):
        yield f"## {_words(block.text)}"
    elif isinstance(block, Paragraph):
        yield _words(block.text)
    else:
        yield f"{block.mark} {_words(block.text)}"
        indent = " " * (len(block.mark) + 1)
        for detail in block.details:
            yield f"{indent}- {_words(detail)}"


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
