"""However a run ends, its server and its directory go with it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from migcompat.proof import embedded
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server, open_server

RUN = """
import os, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have these ignored: nohup, `&`
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from migcompat.proof.server import open_server
with open_server(sys.argv[1] or None) as server, server.scratch() as scratch:
    data = Path(server.access.parameters.get("host", "/none"), "data")
    pid = (data / "postmaster.pid").read_text().split()[0] if data.exists() else 0
    scratch.connection.execute("SET statement_timeout = 0")
    print(pid, data.parent, scratch.name, flush=True)
    if sys.argv[2] == "busy":
        scratch.connection.execute("SELECT pg_sleep(60)")
    sys.stdin.read()
"""

PATIENCE = 60
"""Seconds: what takes longer does not come."""


@pytest.fixture
def start(temporary: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], list[str]]]]:
    """Starts a process that holds a server, and waits until it does."""
    with contextlib.ExitStack() as stack:

        def run(url: str = "", work: str = "idle") -> tuple[subprocess.Popen[str], list[str]]:
            command = [sys.executable, "-c", RUN, url, work]
            environment = {**os.environ, "TMPDIR": str(temporary)}
            process = stack.enter_context(
                subprocess.Popen(
                    command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
                )
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            return process, process.stdout.readline().split()

        yield run


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or ") Z " not in state.read_text()


def soon(condition: Callable[[], bool]) -> bool:
    """Whether it comes true, on a busy machine too."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def keeper_of(pid: int) -> int:
    return int(subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize(
    ("number", "work"),
    [(signal.SIGINT, "idle"), (signal.SIGINT, "busy"), (signal.SIGTERM, "busy"), (signal.SIGKILL, "busy"), (signal.SIGHUP, "busy")],
)
def test_a_killed_run_leaves_neither_server_nor_directory(
    start: Callable[..., tuple[subprocess.Popen[str], list[str]]], number: int, work: str
) -> None:
    process, (pid, directory, _) = start(work=work)
    assert alive(int(pid))
    process.send_signal(number)
    process.wait(PATIENCE)
    assert soon(lambda: not alive(int(pid)))
    assert soon(lambda: not Path(directory).exists())


def test_a_signal_to_the_whole_terminal_ends_it_in_order(start: Callable[..., tuple[subprocess.Popen[str], list[str]]]) -> None:
    process, (pid, directory, _) = start()
    keeper = keeper_of(int(pid))
    os.kill(keeper, signal.SIGINT)
    assert alive(keeper)
    os.kill(keeper, signal.SIGTERM)
    assert soon(lambda: not alive(int(pid)) and not Path(directory).exists())
    assert process.poll() is None


def test_what_a_killed_keeper_leaves_is_removed_at_the_next_start(start: Callable[..., tuple[subprocess.Popen[str], list[str]]]) -> None:
    process, (pid, directory, _) = start()
    os.kill(keeper_of(int(pid)), signal.SIGKILL)
    process.kill()
    process.wait(PATIENCE)
    assert soon(lambda: not alive(int(pid))) or sys.platform != "linux"
    assert Path(directory).exists()
    embedded.clean_leftovers(Path(directory).parent)
    assert not alive(int(pid))
    assert not Path(directory).exists()


def test_a_live_run_is_no_leftover(start: Callable[..., tuple[subprocess.Popen[str], list[str]]]) -> None:
    _, (pid, directory, _) = start()
    embedded.clean_leftovers(Path(directory).parent)
    assert alive(int(pid))
    assert Path(directory).exists()


def test_a_directory_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    strange = tmp_path / f"{embedded.PREFIX}strange"
    strange.mkdir()
    embedded.clean_leftovers(tmp_path)
    assert strange.exists()


@pytest.fixture
def url(scratch: Scratch, server: str) -> str:
    """A database of an existing server, with something in it."""
    scratch.connection.execute("CREATE TABLE precious AS SELECT 1 AS a")
    return make_conninfo(server, dbname=scratch.name)


def exists(postgres: Server, *names: str) -> bool:
    """Whether there is a database or a role of one of these names; others come and go."""
    found = postgres.admin.execute(
        "SELECT datname FROM pg_database WHERE datname = ANY(%s) UNION ALL SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)",
        [list(names), list(names)],
    )
    return found.fetchone() is not None


def test_the_named_database_of_an_existing_server_is_not_touched(url: str, scratch: Scratch, postgres: Server) -> None:
    with open_server(url) as existing, existing.scratch() as other:
        assert other.connection.execute("SELECT to_regclass('precious'), current_database()::text").fetchone() == (None, other.name)
        assert other.connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        assert exists(postgres, other.name)
    assert not exists(postgres, other.name)
    assert scratch.connection.execute("SELECT a FROM precious").fetchone() == (1,)


def test_a_killed_run_leaves_no_database_on_an_existing_server(
    start: Callable[..., tuple[subprocess.Popen[str], list[str]]], url: str, postgres: Server
) -> None:
    process, (_, _, name) = start(url)
    assert exists(postgres, name)
    process.kill()
    process.wait(PATIENCE)
    assert soon(lambda: not exists(postgres, name))


def test_databases_of_a_run_that_died_unseen_are_dropped_at_the_next_start(url: str, postgres: Server) -> None:
    run = f"migcompat_{secrets.token_hex(4)}"
    for number in (1, 2):
        postgres.admin.execute(f"CREATE ROLE {run}_{number}")
        postgres.admin.execute(f"CREATE DATABASE {run}_{number} OWNER {run}_{number}")
    with open_server(url):
        assert not exists(postgres, f"{run}_1", f"{run}_2")


def test_databases_of_a_live_run_are_left_alone(url: str, postgres: Server) -> None:
    with open_server(url) as one, one.scratch() as live, open_server(url):
        assert live.connection.execute("SELECT 1").fetchone() == (1,)
        assert exists(postgres, live.name)
