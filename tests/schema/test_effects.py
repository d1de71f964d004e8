"""Each effect of DDL in a history of its own: the schema replayed from its text is the one that the server has."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from effects import EFFECTS
from replay import mistaken, replay

from migcompat.schema.live import read_catalog
from migcompat.sql.splitter import split

pytestmark = pytest.mark.usefixtures("postgresql_18")


@pytest.mark.parametrize("history", EFFECTS.values(), ids=EFFECTS)
def test_the_effect_is_the_servers(connection: psycopg.Connection[Any], history: str) -> None:
    with replay(connection) as run:
        run.run_all([statement.text for statement in split(history).statements])
        assert run.rejected == []
        assert mistaken(run) == []


@pytest.mark.parametrize("history", EFFECTS.values(), ids=EFFECTS)
def test_the_effect_is_the_same_on_what_the_server_has(connection: psycopg.Connection[Any], history: str) -> None:
    """The last statement, applied to the schema that was read from the server before it."""
    *before, last = [statement.text for statement in split(history).statements]
    with replay(connection) as run:
        run.run_all(before)
        run.catalog = read_catalog(connection)
        run.catalog.known = True
        run.catalog.begin()
        assert run.run(last)
        assert mistaken(run) == []
