"""A draft for a deploy, and what the server says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from replay import Replay, replay

from migcompat.rollback.fix_forward import FixForward, fix_forward
from migcompat.sql.splitter import split

NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)


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


def problems_with(connection: psycopg.Connection[Any], before: Sequence[str], deploy: Sequence[str]) -> list[str]:
    with replay(connection) as history:
        history.run_all(before)
        history.open()
        history.run_all(deploy)
        return problems(history, drafted(before, deploy)) if not history.rejected else []


def problems(history: Replay, found: FixForward) -> list[str]:
    """What the server does not take of a draft, and what remains and is not named in it."""
    history.open()
    unnamed = [f for f in found.draft.outcome.remaining if f.object.rpartition(".")[0] not in found.text]
    return [
        *(refused(history, found.files[0].text) if found.files else []),
        *(f"not named: {finding.rule} of {finding.object}" for finding in unnamed),
    ]
