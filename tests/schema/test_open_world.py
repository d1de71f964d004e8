"""What was never created: it exists where the history is incomplete, and says nothing of the history where others make such objects."""

from __future__ import annotations

import psycopg
import pytest

import migcompat

TOTAL = "CREATE FUNCTION total(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"
INCOMPLETE = "CREATE TABLE people (id integer REFERENCES users)"
MIGRATION = "CREATE TABLE IF NOT EXISTS notes (id integer); ALTER TABLE notes ENABLE ROW LEVEL SECURITY; DROP TABLE IF EXISTS drafts"


def found(schema: str) -> list[tuple[str, str]]:
    return sorted((finding.rule, finding.object) for finding in migcompat.check_text(schema, MIGRATION))


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE people (id integer)",
        "CREATE TABLE people (id integer REFERENCES auth.users)",
        "CREATE TABLE people (id integer); CREATE POLICY own ON storage.objects USING (true)",
        "CREATE TABLE people (id integer); DROP TABLE schema_migrations",
    ],
)
def test_in_a_complete_history_a_table_is_new_and_what_was_never_created_is_not_there(schema: str) -> None:
    assert found(schema) == []


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE people (id integer REFERENCES users)",
        "CREATE SCHEMA auth; CREATE TABLE people (id integer REFERENCES auth.users)",
        "CREATE TABLE people (id integer); CREATE POLICY own ON files USING (true)",
    ],
)
def test_in_an_incomplete_history_both_may_be_there(schema: str) -> None:
    assert found(schema) == [("drop-table", "public.drafts"), ("enable-row-security", "public.notes")]


@pytest.mark.parametrize(
    "deploy",
    [
        "DROP TABLE IF EXISTS drafts; CREATE TABLE drafts (id integer)",
        "DROP TYPE IF EXISTS mood; CREATE TYPE mood AS ENUM ('glad')",
        "DROP TYPE IF EXISTS shape; CREATE TYPE shape AS (sides integer)",
        "DROP DOMAIN IF EXISTS amount; CREATE DOMAIN amount AS integer CHECK (VALUE > 0)",
        "DROP EXTENSION IF EXISTS citext; CREATE EXTENSION citext",
    ],
)
def test_what_is_dropped_if_it_is_there_and_created_again_is_new(deploy: str) -> None:
    assert migcompat.check_text(INCOMPLETE, deploy) == []


@pytest.mark.parametrize(
    ("deploy", "lost"),
    [
        ("DROP TABLE drafts, notes", ["drop-table public.drafts", "drop-table public.notes"]),
        ("DROP DOMAIN price, cost CASCADE", ["drop-type public.cost", "drop-type public.price"]),
        (f"DROP FUNCTION total; {TOTAL}", ["drop-function public.total"]),
        (f"DROP FUNCTION IF EXISTS total; {TOTAL}", []),
    ],
)
def test_what_is_dropped_was_there(deploy: str, lost: list[str]) -> None:
    assert [f"{finding.rule} {finding.object}" for finding in migcompat.check_text(INCOMPLETE, deploy)] == lost


def test_a_check_goes_with_a_column_that_was_never_seen() -> None:
    history = "ALTER TABLE notes ADD CONSTRAINT sane CHECK (size > 0)"
    deploy = "ALTER TABLE notes DROP size, ADD CONSTRAINT sane CHECK (id > 0)"
    assert {finding.rule for finding in migcompat.check_text(history, deploy)} == {"drop-column", "drop-check", "add-check"}


def test_a_child_need_not_show_the_column_of_a_parent_that_was_never_seen() -> None:
    found = migcompat.check_text("CREATE TABLE letters (stamp text) INHERITS (notes)", "ALTER TABLE notes RENAME body TO content")
    assert [f"{finding.rule} {finding.object}" for finding in found] == ["rename-column public.notes.body"]


def test_a_child_need_not_have_the_column_of_a_parent_that_was_never_seen() -> None:
    found = migcompat.check_text("CREATE TABLE letters (stamp text) INHERITS (notes)", "ALTER TABLE notes ALTER body TYPE text")
    assert [f"{finding.rule} {finding.object}" for finding in found] == ["change-column-type public.notes.body"]


def test_columns_go_by_the_order_of_a_parent_that_was_never_seen() -> None:
    deploy = "DROP TABLE letters; CREATE TABLE letters (b text, a text) INHERITS (notes)"
    assert [finding.rule for finding in migcompat.check_text("CREATE TABLE letters (a text, b text)", deploy)] == ["drop-table"]


NEEDED = "ALTER TABLE letters ADD stamp text NOT NULL"


@pytest.mark.parametrize(
    ("deploy", "found"),
    [
        (f"{NEEDED}; ALTER TABLE notes DETACH PARTITION letters", {"add-required-column 23502", "detach-partition 23514"}),
        (f"{NEEDED}; ALTER TABLE letters NO INHERIT notes", {"add-required-column 23502", "detach-partition None"}),
        ("ALTER TABLE letters INHERIT notes; ALTER TABLE letters NO INHERIT notes", set()),
        ("CREATE TABLE cards (id integer) INHERITS (notes); ALTER TABLE cards NO INHERIT notes", set()),
        ("CREATE TABLE cards (id integer); ALTER TABLE notes DETACH PARTITION cards", set()),
    ],
)
def test_what_leaves_a_parent_that_was_never_seen_was_its_child_before(deploy: str, found: set[str]) -> None:
    assert {f"{finding.rule} {finding.sqlstate}" for finding in migcompat.check_text(INCOMPLETE, deploy)} == found


def test_a_type_that_is_made_for_a_table_which_may_be_there_changes_no_column_of_it() -> None:
    deploy = "CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE IF NOT EXISTS notes (m mood); ALTER TABLE notes ADD n integer"
    assert migcompat.check_text(INCOMPLETE, deploy) == []


@pytest.mark.parametrize(("how", "found"), [("IF NOT EXISTS ", []), ("", ["drop-not-null", "recreate-column"])])
def test_a_column_that_the_history_spoke_of_is_there(how: str, found: list[str]) -> None:
    deploy = f"ALTER TABLE notes ADD COLUMN {how}size integer"
    told = migcompat.check_text("ALTER TABLE notes ALTER size SET NOT NULL", deploy)
    assert [finding.rule for finding in told if finding.rule != "change-column-type"] == found


BUILT_AT_RUN_TIME = """CREATE TABLE people (id integer);
DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE %I ADD COLUMN email text', relname) FROM pg_class WHERE relname = 'people'); END $$"""


def test_if_exists_spares_a_table_that_is_not_there_and_no_column(connection: psycopg.Connection) -> None:
    migration = "ALTER TABLE IF EXISTS people ALTER COLUMN email SET NOT NULL"
    with connection.transaction(force_rollback=True):
        connection.execute(BUILT_AT_RUN_TIME)
        connection.execute(migration)
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("INSERT INTO people (id) VALUES (1)")
    (finding,) = migcompat.check_text(BUILT_AT_RUN_TIME, migration)
    assert (finding.rule, finding.object) == ("set-not-null", "public.people.email")
