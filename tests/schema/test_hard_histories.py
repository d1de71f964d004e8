"""Histories in which PostgreSQL does what one would not guess: the schema replayed from their text is the one that the server has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from pick import ROLES
from replay import replay

from migcompat.proof.server import Server
from migcompat.schema.comparison import differences
from migcompat.schema.live import read_catalog
from migcompat.sql.splitter import split

NOT_NULL = {
    "what inherits keeps a NOT NULL of its own": """
        CREATE TABLE parent (a integer NOT NULL); CREATE TABLE child (a integer NOT NULL) INHERITS (parent);
        CREATE TABLE heir () INHERITS (parent); ALTER TABLE parent ALTER a DROP NOT NULL
    """,
    "with ONLY, NOT NULL stays where it was inherited": """
        CREATE TABLE parent (a integer NOT NULL); CREATE TABLE child () INHERITS (parent); CREATE TABLE heir () INHERITS (child);
        ALTER TABLE ONLY parent ALTER a DROP NOT NULL; ALTER TABLE child ALTER a DROP NOT NULL
    """,
    "another parent still asks for NOT NULL": """
        CREATE TABLE one (a integer NOT NULL); CREATE TABLE two (a integer NOT NULL); CREATE TABLE child () INHERITS (one, two);
        ALTER TABLE one ALTER a DROP NOT NULL
    """,
    "a NOT NULL is dropped by its name, in the family": """
        CREATE TABLE parent (a integer CONSTRAINT needed NOT NULL, b integer NOT NULL); CREATE TABLE child () INHERITS (parent);
        ALTER TABLE parent DROP CONSTRAINT needed, DROP CONSTRAINT parent_b_not_null
    """,
    "a primary key requires its columns of children": """
        CREATE TABLE parent (a integer, b integer); CREATE TABLE child () INHERITS (parent); ALTER TABLE parent ADD PRIMARY KEY (a, b)
    """,
    "a partition holds NOT NULL for its parent's sake": """
        CREATE TABLE parent (a integer NOT NULL) PARTITION BY LIST (a); CREATE TABLE part (a integer NOT NULL);
        ALTER TABLE parent ATTACH PARTITION part DEFAULT; ALTER TABLE parent ALTER a DROP NOT NULL
    """,
    "what leaves its parent keeps NOT NULL as its own": """
        CREATE TABLE parent (a integer NOT NULL); CREATE TABLE child () INHERITS (parent);
        ALTER TABLE child NO INHERIT parent; ALTER TABLE child INHERIT parent; ALTER TABLE parent ALTER a DROP NOT NULL
    """,
}
HISTORIES = NOT_NULL


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    if postgres.version < 180000:
        pytest.skip("the text is replayed as PostgreSQL 18 takes it; older ones have other rules for partitions and NOT NULL")
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_the_schema_is_the_one_that_the_server_has(connection: psycopg.Connection[Any], history: str) -> None:
    with replay(connection) as run:
        for statement in split(history).statements:
            run.run(statement.text)
        assert run.rejected == []
        assert differences(run.catalog, read_catalog(connection)) == []
        assert not run.catalog.partial
