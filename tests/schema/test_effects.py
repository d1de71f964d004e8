"""Each effect of DDL in a history of its own: the schema replayed from its text is the one that the server has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from effects import EFFECTS
from pick import ROLES
from replay import replay

from migcompat.proof.server import Server
from migcompat.schema.comparison import differences
from migcompat.schema.live import read_catalog
from migcompat.sql.splitter import split


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    if postgres.version < 180000:
        pytest.skip("the text is replayed as PostgreSQL 18 takes it")
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


@pytest.mark.parametrize("history", EFFECTS.values(), ids=EFFECTS)
def test_the_effect_is_the_servers(connection: psycopg.Connection[Any], history: str) -> None:
    with replay(connection) as run:
        for statement in split(history).statements:
            run.run(statement.text)
        assert run.rejected == []
        assert differences(run.catalog, read_catalog(connection)) == []
        assert not run.catalog.partial
