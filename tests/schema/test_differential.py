"""Random histories, run by the tool and by PostgreSQL: what the tool makes of the text is what the server has in its catalogues.

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
from replay import replay

from migcompat.proof.server import Server
from migcompat.schema.comparison import differences
from migcompat.schema.live import read_catalog

HISTORIES = int(os.environ.get("MIGCOMPAT_HISTORIES", "0"))
RANDOM = settings(
    max_examples=HISTORIES or 200, derandomize=not HISTORIES, database=None, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


@RANDOM
@given(data=st.data())
def test_the_schema_replayed_from_text_is_the_one_that_the_server_has(connection: psycopg.Connection[Any], data: st.DataObject) -> None:
    with replay(connection) as history:
        history.write(data.draw, length=25, beginning=5)
        found = differences(history.catalog, read_catalog(connection))
    assert not found, "\n".join((*found, "after", *(f"{s};" for s in history.accepted)))
