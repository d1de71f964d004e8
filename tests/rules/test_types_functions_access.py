"""The fine cases of types, functions, sequences, partitions, rewriting and access; see fixtures/types-functions-access/README.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from generations import breaks

import migcompat
from migcompat.rules import BY_NAME
from migcompat.sql.splitter import split

DIRECTORY = Path(__file__).parents[2] / "fixtures" / "types-functions-access"
_DIRECTIVE = re.compile(r"-- (case|schema|and|migration|prior|answer|error|warning):[ ]*(.*)", re.DOTALL)


NOT_YET = "55P04"
"""A label that was added is there, but cannot be used before its transaction ends."""


@dataclass(frozen=True, slots=True)
class Case:
    """One claim about one deploy."""

    name: str
    schema: str
    migration: str
    prior: str
    answer: str
    finds: tuple[str, ...]


def read_cases(path: Path) -> Iterator[Case]:
    common: dict[str, list[str]] = {}
    for block in path.read_text(encoding="utf-8").split("\n-- case:"):
        own: dict[str, list[str]] = {}
        for line in f"-- case:{block}".splitlines(keepends=True):
            directive = _DIRECTIVE.fullmatch(line)
            if directive:
                said = own.setdefault(directive[1], [])
                said.append(directive[2])
            else:
                said[-1] += line
        if "migration" not in own:
            common = own
            continue
        schema = own.get("schema", common.get("schema", [""])) + own.get("and", [])
        prior, answer = ("".join(own.get(key, [])).strip() for key in ("prior", "answer"))
        finds = tuple(f"{severity} {found.strip()}" for severity in ("error", "warning") for found in own.get(severity, ()))
        yield Case(f"{path.stem}: {own['case'][0].strip()}", "".join(schema), own["migration"][0], prior, answer, finds)


CASES = [case for path in sorted(DIRECTORY.glob("*.sql")) for case in read_cases(path)]


SINCE = {
    "columns: a generated column is computed otherwise": (17, "there is SET EXPRESSION"),
    "columns: a check judges what is computed otherwise": (17, "there is SET EXPRESSION"),
    "columns: a unique key judges what is computed otherwise": (17, "there is SET EXPRESSION"),
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


@pytest.mark.parametrize("case", [case for case in CASES if case.prior], ids=lambda case: case.name)
def test_postgresql_answers_as_the_case_claims(case: Case, administrator: psycopg.Connection) -> None:
    skip_before(case, administrator)
    with administrator.transaction(force_rollback=True):
        run(administrator, case.schema)
        assert answer(administrator, case.prior) == "works", "the prior statement must work before the deploy"
        run(administrator, case.migration)
        assert answer(administrator, case.prior) == case.answer


TOGETHER = {"partitions: all of it goes"}
"""Partitions come back as such once their table is back, which only a whole draft can do."""


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
