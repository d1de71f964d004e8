"""Keeps one embedded server for as long as its client lives; run as a program of its own, with the standard library only.

The client holds the other end of standard input. When it is closed, by the client or because the client was killed in any way, the
server is stopped and its directory removed. The directory is made here too, so that none is ever without a keeper. Should the keeper itself
be killed, Linux stops the server (PR_SET_PDEATHSIG); elsewhere, and for the directory, the next start cleans up what is left.

It speaks in lines of JSON: where the directory is, and what the server said last when it ended by itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import IO, Any

STOP_SECONDS = 10
"""An immediate shutdown takes milliseconds; PostgreSQL itself kills what does not react after 5 s."""
_PR_SET_PDEATHSIG = 1
_KEPT_BYTES = 4096
"""Of what the server says: a migration can make it say any amount (RAISE LOG), so it goes to no file."""
_REMOVE_TRIES = 100
"""A tenth of a second each: a program that still sets the directory up writes on for a moment when its client is killed."""


def main() -> None:
    """Makes a directory for the server, reads what to run, and stays until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's business
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with contextlib.ExitStack() as stack:
        try:
            directory, lock = _directory(**_told())
        except OSError as error:
            _tell(error=str(error.strerror))
            return
        stack.enter_context(lock)
        stack.callback(_remove, directory)
        _tell(directory=str(directory))
        if task := _told():
            _serve(stack, task, directory)


def _directory(parent: str, prefix: str) -> tuple[Path, IO[bytes]]:
    """A new directory, and its lock: as long as that is held, other runs see that this one lives."""
    while True:
        directory = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = (directory / "lock").open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock.fileno()).st_nlink:  # or another run took it for a leftover just before
            return directory, lock


def _serve(stack: contextlib.ExitStack, task: dict[str, Any], directory: Path) -> None:
    server = _start(task, directory)
    stack.callback(_stop, server)
    assert server.stdout is not None
    said, tail = server.stdout.fileno(), b""
    while server.poll() is None:
        ready = select.select([0, said], [], [], 0.2)[0]
        if 0 in ready and not os.read(0, 4096):
            return
        if said in ready:
            tail = (tail + os.read(said, 65536))[-_KEPT_BYTES:]
    _tell(ended=tail.decode(errors="replace"))
    while os.read(0, 4096):
        pass


def _start(task: dict[str, Any], directory: Path) -> subprocess.Popen[bytes]:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # other systems do not hold to it
        resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    identity = {} if task["account"] is None else {"user": task["account"], "group": task["account"], "extra_groups": []}
    return subprocess.Popen(
        task["command"],
        cwd=directory,
        env=task["environment"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
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
        server.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _remove(directory: Path) -> None:
    for _ in range(_REMOVE_TRIES):
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return
        time.sleep(0.1)


def _told() -> dict[str, Any]:
    """The next line; nothing where the client is gone."""
    line = sys.stdin.buffer.readline()
    return dict(json.loads(line)) if line else {}


def _tell(**what: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
