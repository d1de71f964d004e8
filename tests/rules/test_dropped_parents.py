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


def test_a_view_in_a_tables_place_has_no_constraint_to_name() -> None:
    (finding,) = check_text(SCHEMA, "ALTER TABLE events RENAME TO happenings; CREATE VIEW events AS SELECT * FROM happenings")
    assert (finding.rule, finding.severity, finding.object, finding.sqlstate) == ("drop-constraint", "warning", "public.events", "42704")


def test_a_view_for_a_table_without_keys_is_as_good() -> None:
    deploy = "ALTER TABLE logs RENAME TO lines; CREATE VIEW logs AS SELECT * FROM lines"
    assert list(check_text("CREATE TABLE logs (line text);", deploy)) == []
