"""The sections inside a migration file, as goose, dbmate, sql-migrate, tern, node-pg-migrate, MyBatis, Atlas and Liquibase write them.

Everything goes forward but what stands below a Down marker. A marker counts at the start of a line, outside of strings,
dollar quotes and comments.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.migrations.lexemes import comment_lines


@frozen
class Sections:
    """One tool's markers; each matches a whole line's beginning."""

    tool: str
    down: str
    """A pattern, as `up`."""
    up: str = ""
    needs_up: bool = False
    """Whether a Down marker without an Up marker is a mere comment to the tool."""

    def is_down(self, text: str, line: int) -> bool:
        """Whether the line at this offset is a Down marker."""
        return _matches(self.down, text, line)

    def marks(self, text: str, line: int) -> bool:
        """Whether it is a marker of either kind."""
        return self.is_down(text, line) or (self.up != "" and _matches(self.up, text, line))


def _matches(marker: str, text: str, line: int) -> bool:
    return re.compile(r"[ \t]*" + marker, re.IGNORECASE).match(text, line) is not None


SECTIONS = (
    Sections("goose", r"--[ \t]*\+goose[ \t]+down\b", r"--[ \t]*\+goose[ \t]+up\b", needs_up=True),
    Sections("dbmate", r"--[ \t]*migrate:down\b", r"--[ \t]*migrate:up\b", needs_up=True),
    Sections("sql-migrate", r"--[ \t]*\+migrate[ \t]+down\b", r"--[ \t]*\+migrate[ \t]+up\b", needs_up=True),
    Sections("tern", r"---- create above / drop below ----"),
    Sections("node-pg-migrate", r"--[ \t-]*down[ \t]+migration", r"--[ \t-]*up[ \t]+migration", needs_up=True),
    Sections("mybatis", r"--[ \t]*//[ \t]*@undo\b"),
)

ATLAS = "atlas"
LIQUIBASE = "liquibase"
ALL_TOOLS = (*(style.tool for style in SECTIONS), ATLAS, LIQUIBASE)

_HINT = re.compile(
    r"^[ \t]*--(?:[ \t-]*(?:\+goose|\+migrate|migrate:|down[ \t]+migration)|-- create above|[ \t]*//[ \t]*@undo)",
    re.IGNORECASE | re.MULTILINE,
)
_ARCHIVE = re.compile(r"\s*--[ \t]*atlas:txtar\b")
_ARCHIVED_FILE = re.compile(r"-- (\S+) --[ \t]*\r?(?:\n|$)")
_LIQUIBASE = re.compile(r"\s*--[ \t]*liquibase[ \t]+formatted[ \t]+sql\b", re.IGNORECASE)
_CHANGESET = re.compile(r"[ \t]*--[ \t]*changeset[ \t]+(?P<attributes>[^\n]*)", re.IGNORECASE)
_DBMS = re.compile(r"""\bdbms:\s*("[^"]*"|'[^']*'|\S+)""", re.IGNORECASE)
_IGNORED = re.compile(r"\bignore:\s*[\"']?true", re.IGNORECASE)


def forward_spans(text: str, tools: Collection[str] = ALL_TOOLS) -> tuple[Span, ...]:
    """The parts of a file that go forward, by the markers of any of `tools`."""
    if LIQUIBASE in tools and _LIQUIBASE.match(text):
        return tuple(_changesets(text))
    if ATLAS in tools and _ARCHIVE.match(text):
        return _cut(text, list(_archived_files(text)))
    if tools and "--" in text and _HINT.search(text):
        lines = list(comment_lines(text))
        for style in SECTIONS:
            marks = [(line, style.is_down(text, line)) for line in lines if style.marks(text, line)]
            downs = [down for _, down in marks]
            if style.tool in tools and any(downs) and not (style.needs_up and all(downs)):
                return _cut(text, marks)
    return (Span(0, len(text)),)


def _archived_files(text: str) -> Iterator[tuple[int, bool]]:
    """The files in an archive of Atlas: checks, the migration, and `down.sql`."""
    for line in comment_lines(text):
        file = _ARCHIVED_FILE.match(text, line)
        if file:
            yield line, file[1] == "down.sql"


def _changesets(text: str) -> Iterator[Span]:
    """A changeset's last statement may lack its semicolon. One for another database, or switched off, never runs here."""
    return (span for attributes, span in changesets(text) if _runs(attributes))


def changesets(text: str) -> Iterator[tuple[str, Span]]:
    """The changesets of Liquibase's formatted SQL with their attributes, `ann:1 dbms:postgresql`; what stands before them has none."""
    if not _LIQUIBASE.match(text):
        return
    starts = [(0, "")]
    for line in comment_lines(text):
        changeset = _CHANGESET.match(text, line)
        if changeset:
            starts.append((line, changeset["attributes"].strip()))
    for (start, attributes), (end, _) in zip(starts, [*starts[1:], (len(text), "")], strict=True):
        if start < end:
            yield attributes, Span(start, end)


def _runs(attributes: str) -> bool:
    dbms = _DBMS.search(attributes)
    names = {name.strip().lower() for name in dbms[1].strip("\"'").split(",")} if dbms else set()
    if _IGNORED.search(attributes) or names & {"!postgresql", "none"}:
        return False
    wanted = {name for name in names if not name.startswith("!")}
    return not wanted or bool(wanted & {"postgresql", "all"})


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
