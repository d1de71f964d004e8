"""Random histories with breaks: the draft that gives the contract back runs on the server, and names whatever it cannot give back.

MIGCOMPAT_HISTORIES=5000 runs so many, other ones each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest
from chance import random_histories, shortened
from drafting import drafted, problems, problems_with
from pick import ROLES
from replay import replay

from migcompat.proof.server import Server


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    if postgres.version < 180000:
        pytest.skip("drafts are for PostgreSQL 18; older ones have other rules for generated columns that are inherited, and for NOT NULL")
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


@random_histories(500)
def test_the_draft_runs_and_names_what_remains(connection: psycopg.Connection[Any], seed: int) -> None:
    random = Random(seed)
    with replay(connection) as history:
        history.write(random, length=10, beginning=5)
        history.open()
        before = list(history.accepted)
        history.write(random, length=4)
        deploy = history.accepted[len(before) :]
        found = problems(history, drafted(before, deploy))
    if found:
        before = shortened(before, lambda statements: problems_with(connection, statements, deploy))
        deploy = shortened(deploy, lambda statements: problems_with(connection, before, statements))
        told = problems_with(connection, before, deploy)
        pytest.fail("\n".join((*told, "", "BEFORE", *before, "", "DEPLOY", *deploy, "", "DRAFT", drafted(before, deploy).text)))
