"""What holds for any input: no crash, no statement lost, no finding outside its file.

`MIGCOMPAT_FUZZ=20000 pytest tests/fuzz` looks longer than the minute that CI takes. What a search has found is in `found.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import properties
import pytest
from found import FOUND
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rewriting import REWRITES
from strategies import noise, scripts, statements, well_formed_scripts

from migcompat.checking import check_text
from migcompat.findings import Breaks, Finding
from migcompat.rules.every import BY_NAME

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
    properties.tokens_stand_in_order(text)


@with_found
@anything
@given(st.one_of(noise, scripts))
def test_the_splitter_loses_no_text(text: str) -> None:
    properties.the_splitter_loses_no_text(text)


@with_found
@anything
@given(st.one_of(noise, scripts))
def test_nothing_hides_what_follows(text: str) -> None:
    properties.nothing_hides_what_follows(text)


@with_found
@anything
@given(st.one_of(statements, noise))
def test_what_a_statement_does_lies_in_it_and_a_broken_one_is_reported(text: str) -> None:
    properties.what_a_statement_does_lies_in_it(text)


@with_found
@anything
@given(scripts)
def test_every_statement_is_counted(text: str) -> None:
    properties.every_statement_is_counted(text)


@with_found
@anything
@given(scripts)
def test_every_statement_is_done_or_reported_where_it_stands(text: str) -> None:
    properties.every_statement_is_done_or_reported(text)


@anything
@given(scripts, scripts)
@example("CREATE TABLE a (x int); CREATE TABLE b () INHERITS (a); ALTER TABLE a INHERIT b", "ALTER TABLE a ADD COLUMN y int")
def test_a_verdict_lies_in_its_file_and_every_format_can_show_it(schema: str, migration: str) -> None:
    properties.every_format_shows(properties.a_verdict_lies_in_its_file(schema, migration), schema, migration)


@anything
@given(well_formed_scripts, well_formed_scripts, st.sampled_from(REWRITES))
def test_a_verdict_does_not_depend_on_how_sql_is_written(schema: str, migration: str, rewrite: Callable[[str], str]) -> None:
    assert breaks(check_text(rewrite(schema), rewrite(migration))) == breaks(check_text(schema, migration))


def breaks(findings: list[Finding]) -> list[tuple[str, str, str]]:
    """But for what is cited of a statement that was not understood."""
    return sorted((f.rule, f.object if BY_NAME[f.rule].breaks is not Breaks.NOTHING else "", f.severity.value) for f in findings)


@anything
@given(st.text(alphabet="compatibilybrekng:=-[](){}, reason*/\n\u202e", max_size=60), st.sampled_from(["-- ", "--", "/* "]))
def test_an_override_is_one_or_malformed_or_a_comment(body: str, head: str) -> None:
    properties.an_override_is_one_or_malformed_or_a_comment(head + body + ("*/" if head == "/* " else ""))


@anything
@given(st.one_of(st.binary(), scripts.map(lambda text: text.encode("utf-8", "surrogatepass"))), st.sampled_from(["1_a.sql", "V1__a.sql"]))
def test_any_file_is_read_or_refused(content: bytes, name: str) -> None:
    properties.any_file_is_read_or_refused(name, content)


@pytest.mark.parametrize("text", FOUND, ids=range(len(FOUND)))
def test_what_was_found_once_is_answered(text: str) -> None:
    assert isinstance(check_text("CREATE TABLE t (id integer)", text), list)
