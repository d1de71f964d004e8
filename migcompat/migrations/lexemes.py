"""What of a text is comment, quoted, or code: enough to find markers and placeholders. Statements are cut elsewhere.

Whatever is opened and never closed hides nothing: a marker behind it still counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.frozen import frozen

LINE = r"(?P<line>--[^\n]*)"
BLOCK = r"(?P<block>/\*)"
STRING = r"(?P<string>(?<![\w$])[eE]'(?:[^'\\]|\\.)*'|'[^']*')"
NAME = r'(?P<name>"[^"]*")'
DOLLAR = r"(?P<dollar>(?<![\w$])\$(?:[^\W\d]\w*)?\$)"

_TOKEN = re.compile("|".join((LINE, BLOCK, STRING, NAME, DOLLAR, r"(?P<word>\w[\w$]*)", r"(?P<mark>\S)")), re.DOTALL)
_COMMENT = re.compile("|".join((LINE, BLOCK, STRING, NAME, DOLLAR)), re.DOTALL)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_MOST_OPEN_QUOTES = 1000
"""After so many dollar quotes without an end in one text they are code: looking for each end costs the length of the text."""


@frozen
class Lexeme:
    """A piece of a text."""

    kind: str
    start: int
    end: int
    match: re.Match[str]
    """How it begins."""


def lexemes(text: str, pattern: re.Pattern[str]) -> Iterator[Lexeme]:
    """What the pattern finds; block comments and dollar quotes, if it knows them, as a whole."""
    at = failures = 0
    closes = True
    while found := pattern.search(text, at):
        kind = found.lastgroup or ""
        at = end = found.end()
        if kind == "block":
            end = _comment_end(text, at) if closes else -1
            closes = closes and end >= 0
        elif kind == "dollar":
            end = _quote_end(text, at, found.group()) if failures < _MOST_OPEN_QUOTES else -1
            failures += end < 0
        if end >= 0:
            at = end
            yield Lexeme(kind, found.start(), end, found)


def comment_lines(text: str) -> Iterator[int]:
    """The offsets of lines that are a `--` comment to PostgreSQL."""
    for lexeme in lexemes(text, _COMMENT):
        if lexeme.kind == "line":
            start = text.rfind("\n", 0, lexeme.start) + 1
            if not text[start : lexeme.start].strip():
                yield start


def code_of(text: str) -> tuple[str, ...]:
    """The text without comments and white space: what two texts that do the same share."""
    return tuple(text[lexeme.start : lexeme.end] for lexeme in lexemes(text, _TOKEN) if lexeme.kind not in ("line", "block"))


def _comment_end(text: str, at: int) -> int:
    """Behind the end of a block comment, which may hold others; -1 where it has none."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, at)
        if edge is None:
            return -1
        depth += 1 if edge.group() == "/*" else -1
        at = edge.end()
    return at


def _quote_end(text: str, at: int, tag: str) -> int:
    close = text.find(tag, at)
    return close + len(tag) if close >= 0 else -1
