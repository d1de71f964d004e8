"""Random histories with breaks: the draft that gives the contract back runs on the server, and names whatever it cannot give back.

MIGCOMPAT_HISTORIES=5000 runs so many, other ones each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from chance import random_histories, shortened
from pick import ROLES
from replay import Replay, replay

from migcompat.proof.server import Server
from migcompat.rollback.fix_forward import FixForward, fix_forward
from migcompat.sql.splitter import split

NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database, with roles to grant things to."""
    with postgres.scratch() as scratch:
        for role in ROLES:
            scratch.ensure_role(role)
        yield scratch.connection


def drafted(before: Sequence[str], deploy: Sequence[str]) -> FixForward:
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


@random_histories(100)
def test_the_draft_runs_and_names_what_remains(connection: psycopg.Connection[Any], seed: int) -> None:
    random = Random(seed)
    with replay(connection) as history:
        history.write(random, length=10, beginning=5)
        history.run("SET search_path = public")
        before = list(history.accepted)
        history.write(random, length=4)
        deploy = history.accepted[len(before) :]
        found = problems(history, drafted(before, deploy))
    if found:
        before = shortened(before, lambda statements: problems_with(connection, statements, deploy))
        deploy = shortened(deploy, lambda statements: problems_with(connection, before, statements))
        told = problems_with(connection, before, deploy)
        pytest.fail("\n".join((*told, "", "BEFORE", *before, "", "DEPLOY", *deploy, "", "DRAFT", drafted(before, deploy).text)))


def problems_with(connection: psycopg.Connection[Any], before: Sequence[str], deploy: Sequence[str]) -> list[str]:
    with replay(connection) as history:
        history.run_all((*before, *deploy))
        return problems(history, drafted(before, deploy)) if not history.rejected else []


def problems(history: Replay, found: FixForward) -> list[str]:
    """What the server does not take of a draft, and what remains and is not named in it."""
    history.run("SET search_path = public")
    unnamed = [f for f in found.draft.outcome.remaining if f.object.rpartition(".")[0] not in found.text]
    return [
        *(refused(history, found.files[0].text) if found.files else []),
        *(f"not named: {finding.rule} of {finding.object}" for finding in unnamed),
    ]
