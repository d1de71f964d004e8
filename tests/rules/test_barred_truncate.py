"""The first foreign key that refers to a table bars its TRUNCATE, whatever rows there are; the finding about the key says so."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from generations import answer, findings

from migcompat.checking import judged_text
from migcompat.review import advised

PARENT = "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE other (p integer)"
KEYS = {
    "from a new table": ("CREATE TABLE t (p integer REFERENCES p)", "0A000"),
    "from a new column": ("ALTER TABLE other ADD COLUMN q integer REFERENCES p", "0A000"),
    "from a column that there was": ("ALTER TABLE other ADD FOREIGN KEY (p) REFERENCES p", "0A000"),
    "that deletes children with their parents": ("ALTER TABLE other ADD FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE", "0A000"),
    "from the table itself": ("ALTER TABLE p ADD COLUMN q integer REFERENCES p", "works"),
}


@pytest.mark.parametrize("key", KEYS)
def test_the_finding_says_what_postgresql_does(key: str, administrator: psycopg.Connection[Any]) -> None:
    migration, expected = KEYS[key]
    with administrator.transaction(force_rollback=True):
        administrator.execute(PARENT)
        assert answer(administrator, "TRUNCATE p") == "works"
        administrator.execute(migration)
        assert answer(administrator, "TRUNCATE p") == expected
    (message,) = (found.message for found in findings(PARENT, migration)[0] if found.rule == "add-foreign-key")
    assert ("TRUNCATE" in message) == (expected != "works")


def test_the_compatible_way_empties_a_table_that_others_refer_to(administrator: psycopg.Connection[Any]) -> None:
    schema = f"{PARENT}; CREATE TABLE t (p integer REFERENCES p)"
    advice = advised(judged_text(schema, "TRUNCATE p CASCADE"))
    with administrator.transaction(force_rollback=True):
        administrator.execute(schema)
        for sql in (sql for one in advice for step in one.steps for sql in step.sql):
            assert answer(administrator, sql) == "works"
