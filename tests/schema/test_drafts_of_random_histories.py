"""Random histories with breaks: the draft that gives the contract back runs on the server, and names whatever it cannot give back.

MIGCOMPAT_HISTORIES=5000 runs so many, other ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pick import ROLES
from replay import Replay, replay

from migcompat.proof.server import Server
from migcompat.rollback.fix_forward import FixForward, fix_forward
from migcompat.sql.splitter import split

HISTORIES = int(os.environ.get("MIGCOMPAT_HISTORIES", "0"))
RANDOM = settings(
    max_examples=HISTORIES or 60, derandomize=not HISTORIES, database=None, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


def drafted(before: list[str], deploy: list[str]) -> FixForward:
    """The draft for a deploy of these statements."""
    with TemporaryDirectory() as directory:
        for name, statements in (("1_before.sql", before), ("2_deploy.sql", deploy)):
            (Path(directory) / name).write_text(";\n".join(statements) + ";\n")
        (found,) = fix_forward(f"{directory}/2_deploy.sql", None, NOW)
        return found


def refused(history: Replay, script: str) -> list[str]:
    """The statements that the server does not take, each with its word on it."""
    count = len(history.rejected)
    for statement in split(script).statements:
        history.run(statement.text)
    return [f"{statement}\n  {why}" for statement, why in history.rejected[count:]]


@RANDOM
@given(data=st.data())
def test_the_draft_runs_and_names_what_remains(connection: psycopg.Connection[Any], data: st.DataObject) -> None:
    with replay(connection) as history:
        history.write(data.draw, length=10, beginning=5)
        history.run("SET search_path = public")
        before = list(history.accepted)
        history.write(data.draw, length=4)
        deploy = history.accepted[len(before) :]
        found = drafted(before, deploy)
        history.run("SET search_path = public")
        problems = refused(history, found.files[0].text) if found.files else []
    told = "\n".join((*problems, "", "BEFORE", *before, "", "DEPLOY", *deploy, "", "DRAFT", found.text))
    assert not problems, told
    unnamed = [f for f in found.draft.outcome.remaining if f.object.rpartition(".")[0] not in found.text]
    assert not unnamed, told
