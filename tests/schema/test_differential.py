"""Random histories, run by the tool and by PostgreSQL: what the tool makes of the text is what the server has in its catalogues, and a
deploy breaks the same on both.

MIGCOMPAT_HISTORIES=5000 runs so many, other ones each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import psycopg
import pytest
from chance import random_histories, shortened
from pick import ROLES
from replay import Replay, disagreements, disagreements_about, replay

from migcompat.proof.live import live_breaks
from migcompat.proof.server import Server
from migcompat.schema.comparison import differences
from migcompat.schema.live import read_catalog


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    if postgres.version < 180000:
        pytest.skip("the text is replayed as PostgreSQL 18 takes it; older ones have other rules for partitions and NOT NULL")
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


@random_histories(250)
def test_the_schema_replayed_from_text_is_the_one_that_the_server_has(connection: psycopg.Connection[Any], seed: int) -> None:
    with replay(connection) as history:
        history.write(Random(seed), length=25, beginning=5)
        found = wrong(history)
    if found:
        shortest = shortened(history.accepted, lambda statements: wrong_after(connection, statements))
        pytest.fail("\n".join((*wrong_after(connection, shortest), "after", *(f"{s};" for s in shortest))))


def wrong_after(connection: psycopg.Connection[Any], statements: Sequence[str]) -> list[str]:
    with replay(connection) as history:
        history.run_all(statements)
        return wrong(history)


def wrong(history: Replay) -> list[str]:
    """What the tool takes the schema for, and the server does not."""
    invented = ["something was taken to exist that no statement made"] if history.catalog.partial else []
    return differences(history.catalog, read_catalog(history.connection)) + invented


@random_histories(150)
def test_a_deploy_breaks_the_same_in_the_text_and_in_the_catalogues(connection: psycopg.Connection[Any], seed: int) -> None:
    random = Random(seed)
    with replay(connection) as history:
        history.write(random, length=12, beginning=5)
        old = list(history.accepted)
        history.open()
        before = read_catalog(connection)
        history.write(random, length=5)
        new = history.accepted[len(old) :]
        found = disagreements(old, new, live_breaks(before, read_catalog(connection)))
    if found:
        old = shortened(old, lambda statements: disagreements_about(connection, statements, new))
        new = shortened(new, lambda statements: disagreements_about(connection, old, statements))
        told = disagreements_about(connection, old, new) or []
        pytest.fail("\n".join((*told, "history", *(f"{s};" for s in old), "deploy", *(f"{s};" for s in new))))
