"""The sections inside a migration file, as goose, dbmate, sql-migrate, tern, node-pg-migrate and MyBatis write them.

Everything goes forward but what stands below a Down marker. A marker counts at the start of a line, outside of strings,
dollar quotes and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from migcompat.findings import Span


@dataclass(frozen=True, slots=True)
class Sections:
    """One tool's markers; each matches a whole line's beginning."""

    tool: str
    down: re.Pattern[str]
    up: re.Pattern[str] | None = None
    needs_up: bool = False
    """Whether a Down marker without an Up marker is a mere comment to the tool."""


def _marker(pattern: str) -> re.Pattern[str]:
    return re.compile(r"[ \t]*" + pattern, re.IGNORECASE)


SECTIONS = (
    Sections("goose", _marker(r"--[ \t]*\+goose[ \t]+down\b"), _marker(r"--[ \t]*\+goose[ \t]+up\b"), needs_up=True),
    Sections("dbmate", _marker(r"--[ \t]*migrate:down\b"), _marker(r"--[ \t]*migrate:up\b"), needs_up=True),
    Sections("sql-migrate", _marker(r"--[ \t]*\+migrate[ \t]+down\b"), _marker(r"--[ \t]*\+migrate[ \t]+up\b"), needs_up=True),
    Sections("tern", _marker(r"---- create above / drop below ----")),
    Sections("node-pg-migrate", _marker(r"--[ \t-]*down[ \t]+migration"), _marker(r"--[ \t-]*up[ \t]+migration"), needs_up=True),
    Sections("mybatis", _marker(r"--[ \t]*//[ \t]*@undo\b")),
)

_HINT = re.compile(
    r"^[ \t]*--(?:[ \t-]*(?:\+goose|\+migrate|migrate:|down[ \t]+migration)|-- create above|[ \t]*//[ \t]*@undo)",
    re.IGNORECASE | re.MULTILINE,
)
_TOKEN = re.compile(
    r"""(?P<line>--[^\n]*)|(?P<block>/\*)|(?P<escape>(?<![\w$])[eE]'(?:[^'\\]|\\.)*')|(?P<string>'[^']*')|(?P<name>"[^"]*")"""
    r"""|(?P<word>[^\W\d][\w$]*)|(?P<dollar>\$(?:[^\W\d]\w*)?\$)""",
    re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def forward_spans(text: str, sections: tuple[Sections, ...] = SECTIONS) -> tuple[Span, ...]:
    """The parts of a file that go forward."""
    if not _HINT.search(text):
        return (Span(0, len(text)),)
    lines = list(_comment_lines(text))
    for style in sections:
        marks = [(start, bool(style.down.match(text, start))) for start in lines if _marks(style, text, start)]
        if any(down for _, down in marks) and (not style.needs_up or not all(down for _, down in marks)):
            return _cut(text, marks)
    return (Span(0, len(text)),)


def _marks(style: Sections, text: str, start: int) -> bool:
    return bool(style.down.match(text, start) or (style.up and style.up.match(text, start)))


def _cut(text: str, marks: list[tuple[int, bool]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    start: int | None = 0
    for offset, down in marks:
        if down and start is not None:
            if offset > start:
                spans.append(Span(start, offset))
            start = None
        elif not down and start is None:
            start = offset
    if start is not None:
        spans.append(Span(start, len(text)))
    return tuple(spans)


def _comment_lines(text: str) -> Iterator[int]:
    """The offsets of lines that are a `--` comment to PostgreSQL."""
    offset = 0
    while token := _TOKEN.search(text, offset):
        offset = token.end()
        kind = token.lastgroup
        if kind == "line":
            start = text.rfind("\n", 0, token.start()) + 1
            if not text[start : token.start()].strip():
                yield start
        elif kind == "block":
            offset = _after_comment(text, offset)
        elif kind == "dollar":
            close = text.find(token.group(), offset)
            offset = close + len(token.group()) if close >= 0 else offset


def _after_comment(text: str, offset: int) -> int:
    """Comments nest in PostgreSQL; one without an end hides nothing."""
    start, depth = offset, 1
    while depth:
        edge = _COMMENT_EDGE.search(text, offset)
        if edge is None:
            return start
        depth += 1 if edge.group() == "/*" else -1
        offset = edge.end()
    return offset
