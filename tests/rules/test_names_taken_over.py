"""A column that takes over the name of another one: old statements meet it, whatever becomes of the one that they meant."""

from __future__ import annotations

import psycopg
import pytest

from migcompat.checking import check_text
from migcompat.proof.scratch import Scratch

SCHEMA = """
    CREATE TABLE shops (id integer PRIMARY KEY);
    CREATE TABLE wares (
        id integer PRIMARY KEY, code integer NOT NULL, name text CHECK (length(name) < 10), note text,
        shop integer REFERENCES shops, spare integer
    );
    INSERT INTO shops VALUES (1); INSERT INTO wares VALUES (1, 1, 'lamp', 'a lamp', 1, 1);
"""
SWAP = "ALTER TABLE wares RENAME {0} TO taken; ALTER TABLE wares RENAME {1} TO {0}; ALTER TABLE wares RENAME taken TO {1};"
UPSERT = "INSERT INTO wares (id, code) VALUES (1, 2) ON CONFLICT (id) DO NOTHING"
ADD_KEY = " ALTER TABLE wares DROP CONSTRAINT wares_shop_fkey; ALTER TABLE wares ADD FOREIGN KEY (shop) REFERENCES shops;"

BREAKS = [
    ("the key goes with its column", SWAP.format("id", "code"), "drop-unique", UPSERT, "42P10"),
    ("the key arrives with its column", SWAP.format("id", "code"), "add-unique", "INSERT INTO wares (id, code) VALUES (2, 1)", "23505"),
    (
        "the key stays behind",
        "ALTER TABLE wares RENAME id TO was; ALTER TABLE wares ADD id integer; ALTER TABLE wares ALTER was SET DEFAULT 3",
        "drop-unique",
        UPSERT,
        "42P10",
    ),
    (
        "a check arrives with its column",
        SWAP.format("name", "note"),
        "add-check",
        "INSERT INTO wares (id, code, note) VALUES (2, 2, 'a very long note')",
        "23514",
    ),
    (
        "a foreign key arrives with its column",
        SWAP.format("shop", "spare"),
        "add-foreign-key",
        "INSERT INTO wares (id, code, spare) VALUES (2, 2, 7)",
        "23503",
    ),
]
FINE = [
    (
        "another column under the same key",
        "ALTER TABLE wares DROP CONSTRAINT wares_pkey;" + SWAP.format("id", "code") + "ALTER TABLE wares ADD PRIMARY KEY (id)",
        {"drop-unique", "add-unique"},
        UPSERT,
    ),
    (
        "another column under the same foreign key",
        SWAP.format("shop", "spare") + ADD_KEY,
        {"add-foreign-key"},
        "INSERT INTO wares (id, code, shop) VALUES (2, 2, 1)",
    ),
]


def answer(scratch: Scratch, statement: str) -> str | None:
    """The SQLSTATE with which the server refuses a statement."""
    try:
        with scratch.connection.transaction(force_rollback=True):
            scratch.connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize(("deploy", "rule", "statement", "sqlstate"), [case[1:] for case in BREAKS], ids=[case[0] for case in BREAKS])
def test_a_demand_that_a_name_did_not_make_is_a_break(scratch: Scratch, deploy: str, rule: str, statement: str, sqlstate: str) -> None:
    scratch.connection.execute(SCHEMA)
    assert answer(scratch, statement) is None
    scratch.connection.execute(deploy)
    assert answer(scratch, statement) == sqlstate
    assert rule in {finding.rule for finding in check_text(SCHEMA, deploy)}


@pytest.mark.parametrize(("deploy", "rules", "statement"), [case[1:] for case in FINE], ids=[case[0] for case in FINE])
def test_a_demand_that_the_name_made_before_is_none(scratch: Scratch, deploy: str, rules: set[str], statement: str) -> None:
    scratch.connection.execute(SCHEMA)
    assert answer(scratch, statement) is None
    scratch.connection.execute(deploy)
    assert answer(scratch, statement) is None
    assert not rules & {finding.rule for finding in check_text(SCHEMA, deploy)}
