"""`migcompat prove` stopped in the middle: exit code 2 and a clear line, no server, no scratch database, no directory."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from migcompat.errors import CheckError
from migcompat.proof import guard
from migcompat.proof.embedded import PREFIX
from migcompat.proof.limits import MEGABYTE, Limits
from migcompat.proof.run import ProveRequest, prove

ENDLESS = "SELECT pg_sleep(120);\n"
FILLING = "CREATE TABLE big AS SELECT i, repeat('x', 900) FROM generate_series(1, 60000) AS i;\n"

PATIENCE = 60
"""Seconds: what takes longer does not come."""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(history: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a run on a history whose migration takes two minutes."""
    with contextlib.ExitStack() as stack:

        def run(*options: str, temporary: str = "", migration: str = ENDLESS) -> subprocess.Popen[str]:
            history("CREATE TABLE a (b int);", migration)
            command = [sys.executable, "-m", "migcompat", "prove", "migrations", *options]
            environment = {**os.environ, "TMPDIR": temporary} if temporary else None
            pipe = subprocess.PIPE
            process = stack.enter_context(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment))
            stack.callback(process.kill)
            return process

        yield run


def soon(condition: Callable[[], bool]) -> bool:
    """Whether it comes true, on a busy machine too."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def sleeping(server: str) -> list[str]:
    with psycopg.connect(server) as connection:
        query = "SELECT datname FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(120)%' AND state = 'active'"
        return [name for (name,) in connection.execute(query).fetchall()]


def databases(server: str) -> set[str]:
    with psycopg.connect(server) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database UNION SELECT rolname FROM pg_roles").fetchall()}


def test_ctrl_c_ends_it_with_exit_code_2_and_leaves_nothing(start: Start, server: str) -> None:
    process = start("--server", server)
    assert soon(lambda: bool(sleeping(server)))
    (scratch,) = sleeping(server)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err.strip()) == (2, "", "migcompat: interrupted")
    assert scratch not in databases(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_run_leaves_no_scratch_database(start: Start, server: str, number: int) -> None:
    process = start("--server", server)
    assert soon(lambda: bool(sleeping(server)))
    (scratch,) = sleeping(server)
    process.send_signal(number)
    process.wait(PATIENCE)
    assert soon(lambda: scratch not in databases(server))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_killed_while_its_server_is_set_up_leaves_nothing(start: Start, number: int, temporary: Path) -> None:
    process = start(temporary=str(temporary))
    assert soon(lambda: any(temporary.glob(f"{PREFIX}*")))
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == (2 if number == signal.SIGINT else -number)
    assert soon(lambda: not any(temporary.glob(f"{PREFIX}*")))


def test_a_server_that_goes_away_is_a_clear_line(start: Start, server: str) -> None:
    process = start("--server", server)
    assert soon(lambda: bool(sleeping(server)))
    (scratch,) = sleeping(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [scratch])
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("migcompat: the server ended the connection")
    assert err.count("\n") == 1
    assert soon(lambda: scratch not in databases(server))


@pytest.mark.parametrize(
    ("limits", "migration", "words"),
    [
        (Limits(disk_bytes=40 * MEGABYTE), FILLING, "scratch databases grew beyond 40 MB"),
        (Limits(total_seconds=1), ENDLESS, "the work on the server took longer than 1 s"),
        (Limits(statement_seconds=1), "SET statement_timeout = 0;\n" + ENDLESS, "a statement ran longer than 1 s"),
    ],
    ids=["disk", "time", "statement"],
)
def test_a_limit_is_an_end_that_says_which(history: Callable[..., Path], server: str, limits: Limits, migration: str, words: str) -> None:
    history("CREATE TABLE a (b int);", migration)
    with pytest.raises(CheckError, match=words):
        prove(ProveRequest(("migrations",), server=server, limits=limits), lambda _: None)


def test_a_statement_that_is_done_before_anybody_looks_is_over_the_limit_all_the_same(
    history: Callable[..., Path], server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    history("CREATE TABLE a (b int);", FILLING)
    monkeypatch.setattr(guard, "_EVERY_SECONDS", 3600)
    with pytest.raises(CheckError, match="scratch databases grew beyond 40 MB"):
        prove(ProveRequest(("migrations",), server=server, limits=Limits(disk_bytes=40 * MEGABYTE)), lambda _: None)


@pytest.fixture
def small_disk(temporary: Path) -> Iterator[Callable[[int], Path]]:
    """A file system of so many megabytes."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a file system")

    def mount(megabytes: int) -> Path:
        options = f"size={megabytes}m,mode=0777"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(temporary)], check=False, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        return temporary

    yield mount
    subprocess.run(["umount", str(temporary)], check=False, capture_output=True)


@pytest.mark.parametrize(
    ("megabytes", "words"),
    [(4, "the embedded server could not be set up: "), (48, "the server cannot go on: ")],
    ids=["at the start", "in a migration"],
)
def test_a_full_disk_is_an_end_that_says_so(start: Start, small_disk: Callable[[int], Path], megabytes: int, words: str) -> None:
    place = small_disk(megabytes)
    process = start(temporary=str(place), migration=FILLING)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(f"migcompat: {words}")
    assert err.endswith(f"No space left on device (it lives in {place}: give it more room with TMPDIR=/another/place)\n")
    assert list(place.iterdir()) == []


def test_a_statement_that_takes_too_long_is_rejected(history: Callable[..., Path], server: str) -> None:
    history("CREATE TABLE a (b int);", ENDLESS)
    report = prove(ProveRequest(("migrations",), server=server, limits=Limits(statement_seconds=1)), lambda _: None)
    (found,) = report.findings
    assert (found.rule, found.sqlstate) == ("rejected-statement", "57014")


def test_without_the_extra_one_line_says_what_to_install(history: Callable[..., Path], tmp_path: Path) -> None:
    history("CREATE TABLE a (b int);")
    (tmp_path / "psycopg.py").write_text("raise ImportError('no psycopg')\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-m", "migcompat", "prove", "migrations"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "migcompat: running on a PostgreSQL server needs more packages: pip install 'migcompat[prove]'\n"
