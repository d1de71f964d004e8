"""Scratch databases on somebody's server disappear however the run ends: at its end, when it is killed, or at the next start."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migcompat.proof.access import Access, load_psycopg
from migcompat.proof.scratch import PREFIX, drop_scratch

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

_PATTERN = rf"^{PREFIX}_[0-9a-f]{{8}}_[0-9]+$"
_NAMES = "SELECT datname FROM pg_database WHERE datname ~ %s UNION SELECT rolname FROM pg_roles WHERE rolname ~ %s"
_UNUSED = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname LIKE %s)"
_KEEP = """
import json, sys
task = json.loads(sys.stdin.buffer.readline())
sys.path[:] = task["path"]
from migcompat.proof.leftovers import keep
keep(task)
"""


def claim_run(admin: Connection[TupleRow], run: str) -> None:
    """As long as `admin` is connected, other runs see that this one lives."""
    admin.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [run])


def sweep_dead_runs(admin: Connection[TupleRow]) -> None:
    """Drops what is left of runs whose process and keeper were both killed."""
    for run in sorted({name.rsplit("_", 1)[0] for name in _names(admin, _PATTERN)}):
        # Advisory locks are per database, and that run may have been started from another one: connections tell as well.
        free = admin.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [run]).fetchone()
        if free != (True,):
            continue
        if admin.execute(_UNUSED, [f"{run}\\_%"]).fetchone() == (True,):
            drop_run(admin, run)
        admin.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [run])


def drop_run(admin: Connection[TupleRow], run: str) -> None:
    """Everything that carries the run's name."""
    for name in _names(admin, rf"^{run}_[0-9]+$"):
        with contextlib.suppress(load_psycopg().Error):  # another run's sweep was faster, or the rights are gone
            drop_scratch(admin, name)


def _names(admin: Connection[TupleRow], pattern: str) -> list[str]:
    return sorted(str(name) for (name,) in admin.execute(_NAMES, [pattern, pattern]).fetchall())


@contextmanager
def keep_clean(access: Access, run: str) -> Iterator[None]:
    """A process of its own that drops what the run leaves when this process ends in any way."""
    task = {"parameters": dict(access.parameters), "run": run, "path": sys.path}
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _KEEP],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(task).encode() + b"\n")
        process.stdin.flush()
        yield
    finally:
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.wait()


def keep(task: dict[str, object]) -> None:
    """Waits for the end of standard input, which the run holds open, and drops what is still there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while os.read(0, 4096):
        pass
    parameters = task["parameters"]
    assert isinstance(parameters, dict)
    with Access(parameters, private=False).connect() as admin:
        drop_run(admin, str(task["run"]))
