"""Statements that take a table's columns as they come, which a new column breaks: `new-column-in-star` says so to whoever asks."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from generations import answer, findings

SCHEMA = "CREATE TABLE t (a integer, b integer); CREATE TABLE archive (a integer, b integer); CREATE TABLE u (x integer, c integer)"
MIGRATION = "ALTER TABLE t ADD COLUMN c integer"
STATEMENTS = {
    "INSERT INTO archive SELECT * FROM t": "42601",
    "SELECT * FROM t UNION SELECT 1, 2": "42601",
    "SELECT (1, 2) IN (SELECT * FROM t)": "42601",
    "SELECT c FROM t, u": "42702",
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_postgresql_rejects_a_statement_that_the_row_fitted(statement: str, administrator: psycopg.Connection[Any]) -> None:
    with administrator.transaction(force_rollback=True):
        administrator.execute(SCHEMA)
        assert answer(administrator, statement) == "works"
        administrator.execute(MIGRATION)
        assert answer(administrator, statement) == STATEMENTS[statement]


def test_copy_misses_a_value(administrator: psycopg.Connection[Any]) -> None:
    with administrator.transaction(force_rollback=True):
        administrator.execute(SCHEMA)
        copy(administrator)
        administrator.execute(MIGRATION)
        with pytest.raises(psycopg.Error) as refused:
            copy(administrator)
        assert refused.value.sqlstate == "22P04"


def copy(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction(), connection.cursor().copy("COPY t FROM STDIN") as rows:
        rows.write("1\t2\n")


def test_it_is_a_note_that_one_asks_for() -> None:
    ((found,),) = findings(SCHEMA, MIGRATION)
    assert (found.rule, found.severity.value) == ("new-column-in-star", "note")
