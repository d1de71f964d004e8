"""What holds for any input: no crash, no statement lost, no finding outside its file.

`MIGCOMPAT_FUZZ=20000 pytest tests/fuzz` looks longer than the minute that CI takes. What a search has found is in `found.py`.
"""

from __future__ import annotations

import os
import re

import pytest
from found import FOUND
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strategies import noise, scripts, statements

from migcompat.check import check_text, lowered
from migcompat.findings import Report, Span, Summary
from migcompat.lowering.statements import lower
from migcompat.migrations.model import Source
from migcompat.migrations.sections import forward_spans
from migcompat.overrides import read_overrides
from migcompat.reports import RENDERERS
from migcompat.reports.model import Context
from migcompat.rules import BY_NAME
from migcompat.sql.lexer import tokens
from migcompat.sql.splitter import split

MANY = int(os.environ.get("MIGCOMPAT_FUZZ", "150"))
anything = settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))


def with_found(test):  # type: ignore[no-untyped-def]
    for text in FOUND:
        test = example(text)(test)
    return test


@with_found
@anything
@given(st.one_of(noise, scripts))
def test_tokens_stand_in_order_and_leave_out_only_space_and_comments(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(text)
        between = split(text[at : token.start]).statements if token.start > at else ()
        assert not [s for s in between if not s.unterminated and s.word]
        at = token.end


@with_found
@anything
@given(st.one_of(noise, scripts))
def test_the_splitter_loses_no_text(text: str) -> None:
    script = split(text)
    for part in (*script.statements, *script.comments):
        assert text[part.span.start : part.span.end] == part.text
    ends = [statement.span.end for statement in script.statements]
    assert ends == sorted(ends)
    covered = sorted((part.span.start, part.span.end) for part in (*script.statements, *script.comments))
    left, at = "", 0
    for start, end in covered:
        left += text[at:start] if start > at else ""
        at = max(at, end)
    left += text[at:]
    if not re.search(r"copy", text, re.IGNORECASE):  # the data of COPY is no statement
        assert not left.replace("\\;", "").strip(" \t\r\n;\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0" + "".join(c for c in left if c.isspace()))


@with_found
@anything
@given(st.one_of(statements, noise))
def test_what_a_statement_does_lies_in_it_and_a_broken_one_is_reported(text: str) -> None:
    for statement in split(text).statements:
        for change in lower(statement):
            assert 0 <= change.span.start <= change.span.end <= len(statement.text)
        if statement.unterminated:
            assert lower(statement)


@with_found
@anything
@given(scripts)
def test_every_statement_is_counted(text: str) -> None:
    parts = forward_spans(text)
    found = lowered(Source("m.sql", text, parts))
    assert found.statements == sum(len(split(text, part).statements) for part in parts)


@anything
@given(scripts, scripts)
@example("CREATE TABLE a (x int); CREATE TABLE b () INHERITS (a); ALTER TABLE a INHERIT b", "ALTER TABLE a ADD COLUMN y int")
def test_a_verdict_lies_in_its_file(schema: str, migration: str) -> None:
    lines = migration.split("\n")
    for finding in check_text(schema, migration):
        place = finding.place
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert 1 <= place.end_column <= len(lines[place.end_line - 1]) + 1


@anything
@given(scripts, scripts)
def test_every_format_can_show_every_verdict(schema: str, migration: str) -> None:
    findings = tuple(check_text(schema, migration))
    report = Report(findings, Summary(1, 1, errors=len(findings)), {"migration.sql": migration, "schema.sql": schema})
    for name, render in RENDERERS.items():
        text = render(report, Context())
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text), name


@anything
@given(st.text(alphabet="compatibilybrekng:=-[](){}, reason*/\n\u202e", max_size=60), st.sampled_from(["-- ", "--", "/* "]))
def test_an_override_is_one_or_malformed_or_a_comment(body: str, head: str) -> None:
    text = head + body + ("*/" if head == "/* " else "")
    comments = split(text).comments
    overrides, malformed = read_overrides(comments, BY_NAME.keys())
    assert len(overrides) + len(malformed) <= len(comments)
    for one in (*overrides, *malformed):
        assert isinstance(one.span, Span)
        assert one.span.end <= len(text)


@pytest.mark.parametrize("text", FOUND, ids=range(len(FOUND)))
def test_what_was_found_once_is_answered(text: str) -> None:
    assert isinstance(check_text("CREATE TABLE t (id integer)", text), list)
