"""Proving histories that are given as texts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from migcompat.findings import Report
from migcompat.proof.run import ProveRequest, plan_of, prove_on
from migcompat.proof.server import Server

Prove = Callable[..., Report]


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes migrations into a directory of their own, in order, and goes there."""

    def write(*migrations: str) -> Path:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "migrations").mkdir()
        for number, text in enumerate(migrations, 1):
            (tmp_path / "migrations" / f"{number:04}_step.sql").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def prove(postgres: Server, history: Callable[..., Path]) -> Prove:
    """Proves migrations, each as a deploy of its own, on the session's server."""

    def run(*migrations: str, queries: str = "", **asked: object) -> Report:
        directory = history(*migrations)
        (directory / "queries.sql").write_text(queries, encoding="utf-8")
        request = ProveRequest(("migrations",), queries=("queries.sql",) if queries else (), **asked)  # type: ignore[arg-type]
        return prove_on(postgres, plan_of(request), lambda _: None)

    return run


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A directory of its own for the server's: other tests start and end theirs meanwhile. Short for the socket, open to its account."""
    with tempfile.TemporaryDirectory(prefix="mc", dir="/tmp") as made:
        Path(made).chmod(0o777)
        yield Path(made)
