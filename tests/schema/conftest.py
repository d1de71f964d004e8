"""What random histories ask of a server."""

from __future__ import annotations

import pytest

from migcompat.proof.server import Server


@pytest.fixture(scope="session")
def postgresql_18(postgres: Server) -> None:
    """Texts are replayed and drafts written for PostgreSQL 18."""
    if postgres.version < 180000:
        pytest.skip("for PostgreSQL 18; older ones have other rules for partitions, inherited generated columns and NOT NULL")
