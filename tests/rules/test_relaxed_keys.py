"""What `relax = ["unique-on-new-column"]` lets pass: keys that no statement of the prior generation can break."""

from __future__ import annotations

import pytest

from migcompat.checking import check_text
from migcompat.settings import Settings

TASKS = "CREATE TABLE tasks (id integer, board integer, status text);"


@pytest.mark.parametrize(
    "migration",
    [
        "ALTER TABLE tasks ADD COLUMN code text UNIQUE",
        "ALTER TABLE tasks ADD COLUMN a text, ADD COLUMN b text; CREATE UNIQUE INDEX ON tasks (a, lower(b)) WHERE b <> ''",
        "ALTER TABLE tasks ADD COLUMN key uuid DEFAULT gen_random_uuid() UNIQUE",
    ],
)
def test_a_key_over_nothing_but_new_columns_passes(migration: str) -> None:
    (found,) = check_text(TASKS, migration)
    assert (found.relaxable, found.statement) == ("unique-on-new-column", None)
    assert check_text(TASKS, migration, Settings(relax=frozenset({"unique-on-new-column"}))) == []


@pytest.mark.parametrize(
    ("key", "statement"),
    [
        ("UNIQUE INDEX ON tasks (board, rank)", "UPDATE tasks SET board = $1 WHERE …  -- a row that has a value in the new column"),
        (
            "UNIQUE INDEX ON tasks (rank) WHERE status = 'open'",
            "UPDATE tasks SET status = $1 WHERE …  -- a row that has a value in the new column",
        ),
        (
            "UNIQUE INDEX ON tasks (board, lower(status))",
            "INSERT INTO tasks (board, status) VALUES ($1, $2)  -- values that are there already",
        ),
        (
            "UNIQUE INDEX ON tasks (coalesce(rank, 0))",
            "INSERT INTO tasks (id, board, status) VALUES ($1, $2, $3)  -- values that are there already",
        ),
    ],
)
def test_a_key_that_a_row_of_before_can_come_to_collide_in_does_not(key: str, statement: str) -> None:
    migration = f"ALTER TABLE tasks ADD COLUMN rank integer; CREATE {key}"
    (found,) = check_text(TASKS, migration, Settings(relax=frozenset({"unique-on-new-column"})))
    assert (found.rule, found.statement) == ("add-unique", statement)


def test_a_required_key_column_is_not_said_to_be_null() -> None:
    messages = [found.message for found in check_text(TASKS, "ALTER TABLE tasks ADD COLUMN code uuid PRIMARY KEY")]
    assert any("the prior generation gives code no value, so it never collides" in message for message in messages)
