"""Random histories, run by the tool and by PostgreSQL: what the tool makes of the text is what the server has in its catalogues, and a
deploy breaks the same on both.

MIGCOMPAT_HISTORIES=5000 runs so many, other ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pick import ROLES
from replay import replay, text_breaks

from migcompat.proof.live import live_breaks
from migcompat.proof.server import Server
from migcompat.schema.comparison import differences
from migcompat.schema.live import read_catalog

HISTORIES = int(os.environ.get("MIGCOMPAT_HISTORIES", "0"))
ONLY_IN_THE_TEXT = frozenset({"truncate-table", "revoke-privilege", "drop-object"})
"""TRUNCATE leaves no mark in the catalogues. A REVOKE of what the history never granted is taken to revoke something, and DROP OWNED to
drop something."""


def histories(count: int) -> settings:
    return settings(
        max_examples=HISTORIES or count,
        derandomize=not HISTORIES,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    if postgres.version < 180000:
        pytest.skip("the text is replayed as PostgreSQL 18 takes it; older ones have other rules for partitions and NOT NULL")
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


@histories(200)
@given(data=st.data())
def test_the_schema_replayed_from_text_is_the_one_that_the_server_has(connection: psycopg.Connection[Any], data: st.DataObject) -> None:
    with replay(connection) as history:
        history.write(data.draw, length=25, beginning=5)
        found = differences(history.catalog, read_catalog(connection))
        found += ["something was taken to exist that no statement made"] if history.catalog.partial else []
    assert not found, "\n".join((*found, "after", *(f"{s};" for s in history.accepted)))


@histories(100)
@given(data=st.data())
def test_a_deploy_breaks_the_same_in_the_text_and_in_the_catalogues(connection: psycopg.Connection[Any], data: st.DataObject) -> None:
    with replay(connection) as history:
        history.write(data.draw, length=12, beginning=5)
        history.open()
        known, before = len(history.accepted), read_catalog(connection)
        history.write(data.draw, length=5)
        after = read_catalog(connection)
    old, new = history.accepted[:known], history.accepted[known:]
    in_text = text_breaks(old, new)
    in_catalogues = {(found.rule, found.object) for _, found in live_breaks(before, after)}
    missed = in_catalogues - in_text
    invented = {found for found in in_text - in_catalogues if found[0] not in ONLY_IN_THE_TEXT}
    said = (f"missed: {missed}, invented: {invented}, history", *(f"{s};" for s in old), "deploy", *(f"{s};" for s in new))
    assert not missed | invented, "\n".join(said)
