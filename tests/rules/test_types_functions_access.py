"""What the tool and PostgreSQL say to the fine cases of types, functions, sequences, partitions, rewriting and access."""

from __future__ import annotations

from collections import Counter

import psycopg
import pytest
from fine_cases import CASES, Case
from generations import breaks

import migcompat
from migcompat.rules.every import BY_NAME
from migcompat.sql.splitter import split

NOT_YET = "55P04"
"""A label that was added is there, but cannot be used before its transaction ends."""

_OPTIONS = "memberships have options"
_SOME_COLUMNS = "SET NULL may name columns"
SINCE = {
    "parents-and-triggers: a key sets the one of its columns that may be NULL": (15, _SOME_COLUMNS),
    "parents-and-triggers: a key sets all of its columns, of which one may not be NULL": (15, _SOME_COLUMNS),
    "members: a member may do what its group may only once it says SET ROLE": (16, _OPTIONS),
    "members: a membership is granted again without what it gave": (16, _OPTIONS),
    "members: what a membership gave is taken and comes back": (16, _OPTIONS),
    "members: a membership that gave nothing gives nothing": (16, _OPTIONS),
    "members: a member may no longer work as its group": (16, _OPTIONS),
    "columns: a generated column is computed otherwise": (17, "there is SET EXPRESSION"),
    "columns: a check judges what is computed otherwise": (17, "there is SET EXPRESSION"),
    "columns: a unique key judges what is computed otherwise": (17, "there is SET EXPRESSION"),
    "columns: a new index takes what JSON holds by a grammar of its own": (17, "there is JSON_VALUE"),
    "types: a renamed label comes back": (17, "a label may be used in the transaction that adds it, if that made the type"),
    "types: a domain under a domain forbids NULL": (17, "sessions hear at once that a domain forbids NULL"),
    "types: a NOT NULL constraint of a domain is dropped by its name": (17, "NOT NULL of a domain is a constraint with a name"),
}
"""What older servers answer otherwise, and why."""


def skip_before(case: Case, connection: psycopg.Connection) -> None:
    since, feature = SINCE.get(case.name, (0, ""))
    if connection.info.server_version // 10_000 < since:
        pytest.skip(f"since PostgreSQL {since} {feature}")


def test_no_two_cases_share_a_name() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(case: Case) -> None:
    findings = migcompat.check_text(case.schema, case.migration)
    assert sorted(f"{f.severity.value} {f.rule} {f.object}" for f in findings) == sorted(case.finds)


UNNAMED = {
    "callers-privileges: a role is called otherwise": "SET ROLE answers otherwise than a login does, of which the finding speaks",
    "columns: a check judges what is computed otherwise": "which of them refuses what is computed, the expression does not tell",
    "columns: a unique key judges what is computed otherwise": "the same",
    "rows-of-functions: they are cast to what has the name of their table now": "the finding about the table says it besides",
    "schemas: a language that every database has is dropped, if it exists": "DO answers otherwise than a call of a function in it",
    "schemas: a role goes": "as where it is called otherwise",
}
"""Answers that no finding names."""
OTHER_ROWS = "22012"
"""A case whose prior statement works, but finds other rows, divides by their count."""


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.answer not in ("", "works", OTHER_ROWS) and case.name not in UNNAMED],
    ids=lambda case: case.name,
)
def test_a_finding_names_the_answer(case: Case) -> None:
    assert case.answer in {finding.sqlstate for finding in migcompat.check_text(case.schema, case.migration)}


@pytest.mark.parametrize("case", [case for case in CASES if case.prior], ids=lambda case: case.name)
def test_postgresql_answers_as_the_case_claims(case: Case, administrator: psycopg.Connection) -> None:
    skip_before(case, administrator)
    with administrator.transaction(force_rollback=True):
        run(administrator, case.schema)
        assert answer(administrator, case.prior) == "works", "the prior statement must work before the deploy"
        run(administrator, case.migration)
        assert answer(administrator, case.prior) == case.answer


TOGETHER = {"partitions: all of it goes", "functions: a table whose rows a function takes is renamed"}
"""Partitions, and functions that take a table's rows, come back once their table is back, which only a whole draft can do."""


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.answer not in ("", "works") and case.name not in TOGETHER], ids=lambda case: case.name
)
def test_what_is_restored_works_again(case: Case, administrator: psycopg.Connection) -> None:
    skip_before(case, administrator)
    restorations = [BY_NAME[found.rule].restore(pair, found) for pair, found in breaks(case.schema, case.migration)]
    with administrator.transaction(force_rollback=True):
        run(administrator, case.schema)
        run(administrator, case.migration)
        run_in_any_order(administrator, list(dict.fromkeys(sql for restoration in restorations for sql in restoration.sql)))
        works = answer(administrator, case.prior) in ("works", NOT_YET)
    assert works or any(restoration.lost and not restoration.sql for restoration in restorations)


def run_in_any_order(connection: psycopg.Connection, statements: list[str]) -> None:
    """Those that rest on others after them."""
    while statements:
        failed = [statement for statement in statements if not worked(connection, statement)]
        assert len(failed) < len(statements), failed
        statements = failed


def worked(connection: psycopg.Connection, statement: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate == NOT_YET
    return True


def run(connection: psycopg.Connection, script: str) -> None:
    for statement in split(script).statements:
        connection.execute(statement.text)


def answer(connection: psycopg.Connection, script: str) -> str:
    """What the server says to the prior statement, of which nothing stays."""
    try:
        with connection.transaction(force_rollback=True):
            run(connection, script)
    except psycopg.Error as error:
        return error.sqlstate or "no SQLSTATE"
    return "works"
