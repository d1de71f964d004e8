"""What holds until COMMIT: SET LOCAL, and temporary tables that go with the transaction. What follows meets other objects."""

from __future__ import annotations

import pytest
from generations import Refused, Stage, findings

SCHEMA = "CREATE SCHEMA app; CREATE TABLE app.t (a integer, b integer); CREATE TABLE t (a integer, b integer)"
DROP = "ALTER TABLE t DROP COLUMN b"
DEPLOYS = {
    f"BEGIN; SET LOCAL search_path = app; COMMIT; {DROP}": "public.t.b",
    f"BEGIN; SET LOCAL search_path = app; {DROP}; COMMIT": "app.t.b",
    f"BEGIN; SET search_path = app; COMMIT; {DROP}": "app.t.b",
    f"BEGIN; SET search_path = app; SET LOCAL search_path = public; END; {DROP}": "app.t.b",
    f"BEGIN; SELECT set_config('search_path', 'app', true); COMMIT AND CHAIN; {DROP}; COMMIT": "public.t.b",
    f"BEGIN; SELECT set_config('search_path', 'app', false); COMMIT; {DROP}": "app.t.b",
    f"BEGIN; CREATE TEMP TABLE t (b integer) ON COMMIT DROP; COMMIT; {DROP}": "public.t.b",
    f"BEGIN; CREATE TEMP TABLE t (b integer) ON COMMIT DROP; {DROP}; COMMIT": "",
    f"BEGIN; CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1 AS b; END WORK; {DROP}": "public.t.b",
    f"BEGIN; CREATE TEMP TABLE t (b integer) ON COMMIT DELETE ROWS; COMMIT; {DROP}": "",
}


@pytest.mark.parametrize("migration", DEPLOYS)
def test_the_table_that_loses_its_column(migration: str, stage: Stage) -> None:
    stage.deploy(SCHEMA)
    stage.deploy(migration)
    lost = [f"{table}.b" for table in ("app.t", "public.t") if stage.ask(f"SELECT b FROM {table}") == Refused("42703")]
    assert lost == [name for name in (DEPLOYS[migration],) if name]
    assert [finding.object for finding in findings(SCHEMA, migration)[0]] == lost
