"""What must hold for any text, each as a function that raises AssertionError; tests and the coverage-guided search ask the same."""

from __future__ import annotations

import re

from migcompat.changes import Change, Dynamic, Opaque
from migcompat.checking import check_text, lowered
from migcompat.engine import Lowered
from migcompat.errors import CheckError
from migcompat.findings import UNDECIDED, Finding, Report, Span, Summary
from migcompat.lowering.statements import lower
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.sections import forward_spans
from migcompat.migrations.source import source_of
from migcompat.overrides import read_overrides
from migcompat.packing import pack, unpack
from migcompat.reports import RENDERERS
from migcompat.reports.model import ANSI, Context
from migcompat.rules.every import BY_NAME
from migcompat.sql.lexer import tokens
from migcompat.sql.splitter import Comment, Statement, split
from migcompat.sql.transactions import CONTROL

_STEERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What acts on a terminal, or hides in a line."""
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_WITNESS = "DROP TABLE witness"


def tokens_stand_in_order(text: str) -> None:
    """And leave out only space and comments."""
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(text)
        between = split(text[at : token.start]).statements if token.start > at else ()
        assert not [s for s in between if not s.unterminated and s.word]
        at = token.end


def the_splitter_loses_no_text(text: str) -> None:
    script = split(text)
    parts: list[Statement | Comment] = [*script.statements, *script.comments]
    for part in parts:
        assert text[part.span.start : part.span.end] == part.text
    ends = [statement.span.end for statement in script.statements]
    assert ends == sorted(ends)
    covered = sorted((part.span.start, part.span.end) for part in parts)
    left, at = "", 0
    for start, end in covered:
        left += text[at:start] if start > at else ""
        at = max(at, end)
    left += text[at:]
    if not re.search(r"copy", text, re.IGNORECASE):  # the data of COPY is no statement
        assert not left.replace("\\;", "").strip(" \t\r\n;\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0" + "".join(c for c in left if c.isspace()))


def nothing_hides_what_follows(text: str) -> None:
    """A statement after any text is seen, or what swallows it is reported."""
    for statement in split(f"{text}\n;\n{_WITNESS}").statements:
        if "witness" in statement.text:
            assert statement.text == _WITNESS or any(isinstance(change, (Opaque, Dynamic)) for change in lower(statement)), statement


def what_a_statement_does_lies_in_it(text: str) -> None:
    """And one that does not end is reported."""
    for statement in split(text).statements:
        changes = lower(statement)
        for change in changes:
            assert 0 <= change.span.start <= change.span.end <= len(statement.text)
        if statement.unterminated:
            assert changes


def every_statement_is_counted(text: str) -> None:
    """In the forward parts of a file; and what the cache keeps of it is what was put there."""
    parts = forward_spans(text)
    found = lowered(Source("m.sql", text, parts))
    assert found.statements == sum(len(split(text, part).statements) for part in parts)
    kept = unpack(pack(found))
    assert isinstance(kept, Lowered)
    assert kept == found


def every_statement_is_done_or_reported(text: str) -> None:
    """Each by where it stands: its steps are what it does and lie in it, and the verdict tells of each that is not known, at that step."""
    source = Source("migration.sql", text, (Span(0, len(text)),))
    statements = {statement.span.start: statement for statement in split(text).statements}
    steps: dict[int, list[Change]] = {start: [] for start in statements}
    reported = {(f.place.line, f.place.column) for f in check_text("", text) if f.rule in UNDECIDED}
    for step in lowered(source).steps:
        span = statements[step.offset].span
        assert span.start <= step.span.start <= step.span.end <= span.end
        steps[step.offset].append(step.change)
        if isinstance(step.change, (Opaque, Dynamic)):
            place = source.place(step.span)
            assert (place.line, place.column) in reported
    if not any(statement.word in CONTROL or statement.word.startswith("\\") for statement in statements.values()):
        assert steps == {start: list(lower(statement)) for start, statement in statements.items()}  # no ROLLBACK, nor psql, takes any away


def a_verdict_lies_in_its_file(schema: str, migration: str) -> list[Finding]:
    found = check_text(schema, migration)
    lines = {"migration.sql": migration.split("\n"), "schema.sql": schema.split("\n")}
    for place in [finding.place for finding in found] + [related.place for finding in found for related in finding.related]:
        written = lines[place.file]
        assert 1 <= place.line <= place.end_line <= len(written)
        assert 1 <= place.column <= len(written[place.line - 1]) + 1
        assert 1 <= place.end_column <= len(written[place.end_line - 1]) + 1
        assert (place.line, place.column) <= (place.end_line, place.end_column)
    assert all(finding.place.file == "migration.sql" for finding in found)
    return found


def every_format_shows(findings: list[Finding], schema: str, migration: str) -> None:
    """And nothing in a report steers the terminal or the log that it is shown on."""
    report = Report(tuple(findings), Summary(1, 1, errors=len(findings)), {"migration.sql": migration, "schema.sql": schema})
    for name, render in RENDERERS.items():
        assert not _STEERS.search(render(report, Context())), name
        assert not _STEERS.search(_COLOUR.sub("", render(report, Context(palette=ANSI, width=40)))), name


def an_override_is_one_or_malformed_or_a_comment(text: str) -> None:
    comments = split(text).comments
    overrides, malformed = read_overrides(comments, BY_NAME.keys())
    assert len(overrides) + len(malformed) <= len(comments)
    for span in [one.span for one in overrides] + [one.span for one in malformed]:
        assert 0 <= span.start <= span.end <= len(text)


def any_file_is_read_or_refused(name: str, content: bytes) -> None:
    """Whatever its bytes are, whichever tool its name and its markers speak of."""
    try:
        source = source_of(Migration(name, ".", name, ()), content, {"schema": "public"})
    except CheckError:
        return
    end = 0
    for part in source.forward:
        assert end <= part.start <= part.end <= len(source.text)
        end = part.end
    lines = source.as_written.split("\n")
    for step in lowered(source).steps:
        place = source.place(step.span)
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert 1 <= place.end_column <= len(lines[place.end_line - 1]) + 1
