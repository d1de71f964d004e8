"""Keeps one embedded server for as long as its client lives; run as a program of its own, with the standard library only.

The client holds the other end of standard input. When it is closed, by the client or because the client was killed in any way, the
server is stopped and its directory removed. Should the keeper itself be killed, Linux stops the server (PR_SET_PDEATHSIG); elsewhere,
and for the directory, the next start cleans up what is left.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

STOP_SECONDS = 10
"""An immediate shutdown takes milliseconds; PostgreSQL itself kills what does not react after 5 s."""
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Reads what to run as one line of JSON, and stays until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's business
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    task: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    directory = Path(task["directory"])
    server = None
    try:
        server = _start(task, directory)
        while server.poll() is None:
            if select.select([0], [], [], 0.2)[0] and not os.read(0, 4096):
                return
        (directory / "ended").touch()
        while os.read(0, 4096):  # the client reads the log before the directory goes
            pass
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(directory, ignore_errors=True)


def _start(task: dict[str, Any], directory: Path) -> subprocess.Popen[bytes]:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # other systems do not hold to it
        resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    identity = {} if task["account"] is None else {"user": task["account"], "group": task["account"], "extra_groups": []}
    with (directory / "log").open("wb") as log:
        return subprocess.Popen(
            task["command"],
            cwd=directory,
            env=task["environment"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=(lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)) if libc else None,  # noqa: PLW1509 - the keeper has one thread
            **identity,
        )


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Immediately: nothing in the data directory is worth a checkpoint."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
