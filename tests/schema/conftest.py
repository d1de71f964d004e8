"""A database for one history after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from pick import ROLES

from migcompat.proof.server import Server


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


@pytest.fixture(scope="session")
def postgresql_18(postgres: Server) -> None:
    """Texts are replayed and drafts written for PostgreSQL 18."""
    if postgres.version < 180000:
        pytest.skip("for PostgreSQL 18; older ones have other rules for partitions, inherited generated columns and NOT NULL")
