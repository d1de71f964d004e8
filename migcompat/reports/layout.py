"""Laying text out in lines of at most 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from migcompat.reports.escaping import visible

WIDTH = 100


def items(texts: Iterable[str]) -> list[str]:
    """A dash list."""
    return [line for text in texts for line in item("-", text)]


def item(mark: str, text: str) -> list[str]:
    """One entry of a list, its lines aligned behind the mark."""
    head = f"  {mark} "
    return wrap(text, " " * len(head), head)


def wrap(text: str, indent: str, first: str | None = None) -> list[str]:
    """Text as lines; a line feed in it starts a new line, anything else that could act on a terminal is made visible."""
    return [
        line
        for number, part in enumerate(text.split("\n"))
        for line in textwrap.wrap(
            visible(part),
            WIDTH,
            initial_indent=indent if first is None or number else first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]


def join(*blocks: list[str]) -> str:
    """Blocks with one empty line between them."""
    return "\n\n".join("\n".join(block).strip("\n") for block in blocks if block) + "\n"
