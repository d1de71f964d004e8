"""Every spelling of the five forms that ADR-053 D5 names, and of their look-alikes; see fixtures/adr-053-d5/README.md."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from generations import answer

import migcompat
from migcompat.sql.splitter import split

DIRECTORY = Path(__file__).parent.parent / "fixtures" / "adr-053-d5"
FORMS = {
    "add-required-column": {"add-required-column"},
    "drop-column": {"drop-column", "recreate-column"},
    "drop-table": {"drop-table"},
    "change-column-type": {"change-column-type"},
    "add-unique": {"add-unique"},
}
"""The forms, and the rules that answer for each."""
_DIRECTIVE = re.compile(r"^-- (case|unseen|schema|migration|prior|answer|expect|needs):[ ]*(.*)$")


@dataclass(frozen=True, slots=True)
class Case:
    """One claim about one deploy."""

    file: str
    name: str
    unseen: str
    schema: str
    migration: str
    prior: str
    answer: str
    expect: frozenset[tuple[str, str]]
    needs: int


def read_block(lines: list[str]) -> dict[str, list[str]]:
    """What each directive of a block says, in order: the rest of its line, or the lines that follow it."""
    block: dict[str, list[str]] = {}
    for line in lines:
        directive = _DIRECTIVE.match(line)
        if directive:
            said = block.setdefault(directive[1], [])
            said.append(directive[2])
        else:
            said[-1] += line
    return block


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, each completed with what the file says before the first."""
    blocks: list[list[str]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("-- case:"):
            blocks.append([])
        blocks[-1].append(line)
    common, *cases = (read_block(lines) for lines in blocks)
    return [make_case(path.name, common | own) for own in cases]


def make_case(file: str, block: dict[str, list[str]]) -> Case:
    expect = [line.strip().split(maxsplit=1) for line in block["expect"]]
    return Case(
        file=file,
        name=block["case"][0].strip(),
        unseen=block.get("unseen", [""])[0],
        schema=block["schema"][0],
        migration=block["migration"][0].rstrip() + "\n",
        prior=block["prior"][0],
        answer=block["answer"][0].strip(),
        expect=frozenset((rule, name) for rule, *names in expect for name in names),  # `nothing` names nothing
        needs=int(block.get("needs", ["0"])[0]),
    )


CASES = [case for path in sorted(DIRECTORY.glob("*.sql")) for case in read_cases(path)]
each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.file.removesuffix('.sql')}: {case.name}" for case in CASES])


def clear(connection: psycopg.Connection) -> None:
    """Leaves nothing of the case before."""
    connection.execute("ROLLBACK")
    connection.execute("DISCARD ALL")
    connection.execute("DROP FOREIGN DATA WRAPPER IF EXISTS nowhere CASCADE")
    schemas = connection.execute("SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'")
    for (schema,) in schemas.fetchall():
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
    connection.execute("CREATE SCHEMA public")


def run(connection: psycopg.Connection, script: str) -> None:
    """Statement by statement, as psql would: some of them refuse to share a transaction."""
    for statement in split(script).statements:
        connection.execute(statement.text)


@pytest.mark.parametrize(("form", "rules"), FORMS.items(), ids=list(FORMS))
@pytest.mark.parametrize("verdict", ["breaking", "harmless"])
def test_each_form_has_many_spellings(form: str, rules: set[str], verdict: str) -> None:
    cases = [case for case in CASES if case.file == f"{form}.{verdict}.sql"]
    assert len(cases) >= 40
    if verdict == "breaking":
        assert all(rules & {rule for rule, _ in case.expect} for case in cases)
    else:
        assert not any(case.expect for case in cases)


def test_no_two_cases_share_a_name() -> None:
    assert [key for key, count in Counter((case.file, case.name) for case in CASES).items() if count > 1] == []


@each_case
def test_verdict(case: Case) -> None:
    findings = migcompat.check_text(case.schema, case.migration)
    errors = {(finding.rule, finding.object) for finding in findings if finding.severity is migcompat.Severity.ERROR}
    assert errors == case.expect


@each_case
def test_postgresql_answers_as_the_case_claims(case: Case, administrator: psycopg.Connection, server_version: int) -> None:
    if server_version < case.needs:
        pytest.skip(f"needs PostgreSQL {case.needs}")
    clear(administrator)
    run(administrator, case.unseen)
    run(administrator, case.schema)
    assert answer(administrator, case.prior) == "works", "the prior statement must work before the deploy"
    run(administrator, case.migration)
    assert answer(administrator, case.prior) == case.answer
    assert [key for rule, key in case.expect if rule == "add-unique" and not is_unique_index(administrator, key)] == []


def is_unique_index(connection: psycopg.Connection, key: str) -> bool:
    """Whether the last part of `schema.table.name` names a unique index in that schema."""
    schema, _, name = key.split(".")
    found = connection.execute(
        "SELECT indisunique FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = %s::regnamespace AND relname = %s",
        (schema, name),
    ).fetchone()
    return found == (True,)
