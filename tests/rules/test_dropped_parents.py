"""What only follows from a break that is told already."""

from __future__ import annotations

import pytest

from migcompat.checking import check_text

SCHEMA = "CREATE TABLE events (id int PRIMARY KEY); CREATE TABLE polls (id int PRIMARY KEY, event int CONSTRAINT k REFERENCES events);"


@pytest.mark.parametrize(
    "deploy",
    [
        "ALTER TABLE polls DROP CONSTRAINT k; DROP TABLE events",
        "DROP TABLE events CASCADE",
        "ALTER TABLE polls DROP CONSTRAINT k; ALTER TABLE polls ADD COLUMN a int; DROP TABLE events; ALTER TABLE polls ADD COLUMN b int",
    ],
)
def test_a_foreign_key_goes_with_its_parent(deploy: str) -> None:
    assert {finding.rule for finding in check_text(SCHEMA, deploy)} == {"drop-table"}


def test_a_foreign_key_that_goes_alone_is_told() -> None:
    assert {finding.rule for finding in check_text(SCHEMA, "ALTER TABLE polls DROP CONSTRAINT k")} == {"drop-foreign-key"}


def test_a_type_that_dynamic_sql_may_have_freed_takes_no_column_along() -> None:
    schema = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (mood mood);"
    deploy = "DO $$ BEGIN EXECUTE (SELECT string_agg(sql, ';') FROM to_run); END $$; DROP TYPE mood"
    assert {finding.rule for finding in check_text(schema, deploy)} == {"dynamic-sql", "drop-type"}


def test_a_name_that_dynamic_sql_may_have_freed_is_given_again() -> None:
    schema = "CREATE TABLE people (name text, mood text); CREATE INDEX i ON people (name);"
    deploy = "DO $$ BEGIN EXECUTE (SELECT string_agg(sql, ';') FROM to_run); END $$; CREATE UNIQUE INDEX i ON people (mood)"
    assert {finding.rule for finding in check_text(schema, deploy)} == {"dynamic-sql", "add-unique"}


def test_a_view_in_a_tables_place_has_no_constraint_to_name() -> None:
    deploy = "ALTER TABLE events RENAME TO happenings; CREATE VIEW events AS SELECT * FROM happenings"
    (finding,) = (found for found in check_text(SCHEMA, deploy) if found.rule != "change-relation-kind")
    assert (finding.rule, finding.severity, finding.object, finding.sqlstate) == ("drop-constraint", "warning", "public.events", "42704")


def test_a_view_for_a_table_without_keys_is_as_good_but_where_a_table_is_needed() -> None:
    deploy = "ALTER TABLE logs RENAME TO lines; CREATE VIEW logs AS SELECT * FROM lines"
    assert {finding.rule for finding in check_text("CREATE TABLE logs (line text);", deploy)} == {"change-relation-kind"}


@pytest.mark.parametrize("default", ["", " DEFAULT NULL", " DEFAULT NULL::text"])
def test_a_check_that_agrees_with_what_is_left_out_is_no_break(default: str) -> None:
    deploy = f"ALTER TABLE polls ADD a text{default}, ADD b text{default}, ADD CHECK ((a IS NULL) = (b IS NULL))"
    assert list(check_text(SCHEMA, deploy)) == []


@pytest.mark.parametrize("check", ["a IS NOT NULL", "(a IS NULL) = (id IS NOT NULL AND b IS NULL)"])
def test_one_that_does_not_is(check: str) -> None:
    assert list(check_text(SCHEMA, f"ALTER TABLE polls ADD a text DEFAULT NULL, ADD b text DEFAULT '', ADD CHECK ({check})")) != []
