"""For every rule: break, draft, apply. The statement that failed works again, or the draft names it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from generations import Refused, Stage, findings
from hard_cases import HARDER, Case

from migcompat.findings import Severity
from migcompat.rollback.fix_forward import FixForward, fix_forward
from migcompat.rules.every import BY_NAME, RULES

EXAMPLES = [
    Case(rule.name, rule.name, e.schema, e.migration, e.statement, e.answer, e.session) for rule in RULES if (e := rule.example) is not None
]
MENDED = [
    Case(
        "a unique index has the name of a check",
        "add-unique",
        "CREATE TABLE t (a integer, CONSTRAINT once CHECK (a > 0)); INSERT INTO t VALUES (1)",
        "CREATE UNIQUE INDEX once ON t (a)",
        "INSERT INTO t VALUES (1)",
    ),
    Case(
        "a view goes, and what it reads is called otherwise",
        "drop-view",
        "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t",
        "DROP VIEW v; ALTER TABLE t RENAME TO u",
        "SELECT a FROM v",
    ),
    Case(
        "a domain over a row type is tightened",
        "tighten-domain",
        "CREATE TYPE shape AS (a integer); CREATE DOMAIN d AS shape; CREATE TABLE t (a d)",
        "ALTER DOMAIN d ADD CHECK (VALUE IS NOT NULL)",
        "INSERT INTO t VALUES (NULL)",
    ),
]
"""Of these nothing may remain."""
FOUND_AT_RANDOM = [
    Case(
        "an attribute comes to the type of a table",
        "change-composite-type",
        "CREATE TYPE shape AS (a integer); CREATE TABLE t OF shape",
        "ALTER TYPE shape ADD ATTRIBUTE b text CASCADE",
        "SELECT ROW(1)::shape",
    ),
    Case(
        "a table with an exclusion of equals is dropped",
        "drop-table",
        "CREATE TABLE t (a bit(4), EXCLUDE USING btree (a WITH =))",
        "DROP TABLE t",
        "INSERT INTO t VALUES (B'0101')",
    ),
    Case(
        "the column that a table is partitioned by is renamed",
        "rename-column",
        "CREATE TABLE t (a integer PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t DEFAULT",
        "ALTER TABLE t RENAME a TO b",
        "SELECT a FROM t",
    ),
    Case(
        "another table has the name, and the old one keeps the index",
        "drop-constraint",
        "CREATE TABLE t (a integer PRIMARY KEY)",
        "ALTER TABLE t RENAME TO u; CREATE TABLE t (a integer, b integer PRIMARY KEY)",
        "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT t_pkey DO NOTHING",
    ),
    Case(
        "a column of another type is computed now",
        "change-column-type",
        "CREATE TYPE mood AS ENUM ('3'); CREATE TABLE t (a integer, b mood)",
        "ALTER TABLE t DROP b; ALTER TABLE t ADD b integer GENERATED ALWAYS AS (1 + 2) STORED",
        "INSERT INTO t (b) VALUES ('3')",
    ),
    Case(
        "a materialized view takes the name of a table",
        "drop-column",
        "CREATE TABLE other (a integer); CREATE TABLE t (a integer, b text)",
        "DROP TABLE t; CREATE MATERIALIZED VIEW t AS SELECT a FROM other",
        "SELECT b FROM t",
    ),
]
BREAKING = [case for case in (*EXAMPLES, *HARDER, *FOUND_AT_RANDOM, *MENDED) if BY_NAME[case.rule].severity is Severity.ERROR]


def drafted(case: Case, directory: Path) -> FixForward:
    (directory / "migrations").mkdir()
    (directory / "migrations/1_schema.sql").write_text(case.schema)
    (directory / "migrations/2_deploy.sql").write_text(case.migration)
    (found,) = fix_forward("migrations/2_deploy.sql", None, datetime(2026, 11, 1, tzinfo=timezone.utc))
    return found


@pytest.mark.parametrize("case", BREAKING, ids=[case.name for case in BREAKING])
def test_the_draft_mends_what_broke_or_names_it(
    case: Case, stage: Stage, server_version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server_version < case.needs:
        pytest.skip(f"needs PostgreSQL {case.needs}")
    monkeypatch.chdir(tmp_path)
    found = drafted(case, tmp_path)
    if all(finding.severity is not Severity.ERROR for finding in findings(case.schema, case.migration)[0]):
        assert not found.files
        return
    stage.deploy(case.schema)
    stage.open_session(case.session)
    assert not isinstance(stage.ask(case.statement), Refused)
    before = stage.ask(case.answer)
    stage.deploy(case.migration)
    broken = stage.ask(case.statement)
    if found.files:
        stage.deploy(found.files[0].text)
    again = stage.ask(case.statement)
    left = [*found.draft.outcome.remaining, *found.draft.harmless, *found.draft.not_understood]
    if isinstance(again, Refused):
        assert again == broken
        assert case.rule in [finding.rule for finding in left]
    if not left:
        assert stage.ask(case.answer) == before
    assert case not in MENDED or not left
    assert all(finding.object.rpartition(".")[0] in found.text for finding in left)
