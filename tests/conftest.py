"""What many tests share: a real PostgreSQL, from a wheel or the one that MIGCOMPAT_TEST_SERVER names."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import wheelhouse
from generations import ROLES
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from migcompat import cli
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server, open_server

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("random", database=None, deadline=None)
settings.load_profile("random" if {"MIGCOMPAT_FUZZ", "MIGCOMPAT_HISTORIES"} & set(os.environ) else "steady")
"""The same inputs at every run, lest an unrelated change is refused; other ones each time where more are asked for by name."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: what the tests start would ignore Ctrl-C, too
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or leaves anything in the user's cache."""
    monkeypatch.setenv("MIGCOMPAT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running server; one a worker, gone after the session."""
    url = os.environ.get("MIGCOMPAT_TEST_SERVER")
    if url is None and sys.platform == "win32":
        pytest.skip("the embedded server needs a Unix system: name another in MIGCOMPAT_TEST_SERVER")
    with open_server(url) as running:
        yield running


@pytest.fixture(scope="session")
def server(postgres: Server) -> str:
    """The administrator's connection string."""
    return make_conninfo("", **postgres.access.parameters)


@pytest.fixture(scope="session")
def server_version(postgres: Server) -> int:
    """The server's major version: 18."""
    return postgres.version // 10_000


@pytest.fixture
def scratch(postgres: Server) -> Iterator[Scratch]:
    """An empty database as a migration gets it: with an owner that is no superuser."""
    with postgres.scratch() as made:
        yield made


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """As the owner of an empty database that a module's tests share, with roles to grant things to."""
    with postgres.scratch() as made:
        for role in ROLES:
            made.ensure_role(role)
        yield made.connection


@contextmanager
def created_database(server: str) -> Iterator[str]:
    """The administrator's connection string of an empty database, dropped afterwards."""
    name = f"migcompat_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield make_conninfo(server, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """The administrator's connection string of an empty database, the test's own."""
    with created_database(server) as made:
        yield made


@pytest.fixture(scope="module")
def administrator(server: str) -> Iterator[psycopg.Connection[Any]]:
    """As the administrator in an empty database that a module's tests share."""
    with created_database(server) as made, psycopg.connect(made, autocommit=True) as connected:
        yield connected


@pytest.fixture(scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings with which pip installs migcompat from what is installed here, and asks no index."""
    directory = tmp_path_factory.mktemp("wheels")
    wheelhouse.fill(directory)
    return {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": directory.as_posix()}


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """The environment without what a hook, a CI system or the user's git configuration would add to it."""
    dropped = ("CI", "FORCE_COLOR", "GIT_", "GITHUB_", "MIGCOMPAT_", "NO_COLOR", "PIP_", "PRE_COMMIT", "PYTHON", "RUNNER_", "SKIP")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    person = {"NAME": "A Developer", "EMAIL": "developer@example.org"}
    names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    return kept | names | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command line left behind."""

    code: object
    out: str
    err: str

    def __str__(self) -> str:
        """All of it, for a snapshot."""
        errors = f"--- stderr\n{self.err}" if self.err else ""
        return f"{self.out}{errors}--- exit code {self.code}\n"


@pytest.fixture
def migcompat(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Runs the command line in this process: `migcompat("explain", "drop-column")`."""

    def run(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["migcompat", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            cli.main()
        printed = capsys.readouterr()
        return Run(stop.value.code, printed.out, printed.err)

    return run
