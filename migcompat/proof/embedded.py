"""A PostgreSQL from a wheel, on a private socket, for one run."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from migcompat.errors import CheckError
from migcompat.proof import keeper
from migcompat.proof.access import Access, load_psycopg
from migcompat.proof.cluster import ADMINISTRATOR, ENVIRONMENT, create_cluster, reason_in
from migcompat.proof.extensions import lacking, provide_extensions
from migcompat.proof.installation import PRIVATE_ACCOUNTS, Installation, find_installation, free_account, give_to, open_to_all, reachable
from migcompat.proof.limits import Limits, with_way_out

PREFIX = "migcompat-pg-"
START_SECONDS = 60
_SOCKET_PATH_BYTES = 103
"""The shortest limit among the systems that have such sockets (macOS)."""


@contextmanager
def embedded_access(limits: Limits) -> Iterator[Access]:
    """Starts a server for the block; it is gone afterwards, however the block or the process ends."""
    load_psycopg()
    installation = find_installation()
    parent = _temporary_directory()
    clean_leftovers(parent)
    account = free_account() if os.geteuid() == 0 else None
    with _keeper(parent) as (keeping, directory):
        try:
            task = _set_up(installation, directory, account, limits)
        except (OSError, shutil.Error) as error:
            reason = getattr(error, "strerror", None) or "it cannot be written"
            raise CheckError(f"the embedded server could not be set up: {with_way_out(reason, str(parent))}") from error
        _tell(keeping, task)
        stand_ins = frozenset(lacking(installation.extensions))
        access = Access({"host": str(directory), "user": ADMINISTRATOR, "dbname": "postgres"}, private=True, stand_ins=stand_ins)
        _wait_until_ready(access, keeping)
        yield access


def _set_up(installation: Installation, directory: Path, account: int | None, limits: Limits) -> dict[str, object]:
    """All that the server needs in its directory; returns what the keeper is to run."""
    if account is not None:
        directory.chmod(0o711)  # the server's account must pass; data and socket stay closed to others
    installation = reachable(installation, directory, account)
    data = create_cluster(installation, directory, account)
    share = provide_extensions(installation.extensions, directory / "share")
    give_to(directory, account)
    command = [str(installation.bin / "postgres"), "-D", str(data), *_settings(directory, share, limits)]
    return {"command": command, "account": account, "memory": limits.memory_bytes, "environment": ENVIRONMENT}


def clean_leftovers(parent: Path) -> None:
    """Removes what runs left behind whose keeper was killed as well: a live run holds the lock of its directory."""
    ours = PRIVATE_ACCOUNTS if os.geteuid() == 0 else ()
    for directory in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it is locked, or gone since
            owner = directory.lstat().st_uid
            if owner == os.geteuid() or owner in ours:
                with (directory / "lock").open("rb") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _stop_orphan(directory / "data")
                    shutil.rmtree(directory, ignore_errors=True)


def _stop_orphan(data: Path) -> None:
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        process = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = subprocess.run(["ps", "-o", "args=", "-p", str(process)], check=True, capture_output=True, text=True).stdout
        if str(data) in command:  # not another process that was given the same number since
            os.kill(process, signal.SIGQUIT)
            for _ in range(keeper.STOP_SECONDS * 100):
                os.kill(process, 0)
                time.sleep(0.01)


@contextmanager
def _keeper(parent: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The process that outlives this one for as long as it takes to remove the server, and the directory that it has made for it."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", keeper.__file__],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _tell(process, {"parent": str(parent), "prefix": PREFIX})
        told = _hear(process)
        if "directory" not in told:
            reason = told.get("error", "its keeper was killed")
            raise CheckError(f"the embedded server could not be set up: {with_way_out(reason, str(parent))}")
        yield process, Path(told["directory"])
    finally:
        _end_keeper(process)


def _tell(process: subprocess.Popen[bytes], what: Mapping[str, object]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it was killed; what it says next is nothing
        process.stdin.write(json.dumps(what).encode() + b"\n")
        process.stdin.flush()


def _hear(process: subprocess.Popen[bytes]) -> dict[str, str]:
    """The keeper's next line; nothing where it has ended."""
    assert process.stdout is not None
    line = process.stdout.readline()
    return dict(json.loads(line)) if line else {}


def _settings(directory: Path, share: Path, limits: Limits) -> list[str]:
    """No network, no durability (the data lives for one run), no background work."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(directory),
        "unix_socket_permissions": "0700",
        "extension_control_path": f"{share}:$system",
        "dynamic_shared_memory_type": "mmap",  # in the data directory, so that nothing stays in /dev/shm
        "shared_buffers": "32MB",
        "max_connections": "40",
        "max_locks_per_transaction": "1024",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "min_wal_size": "2MB",
        "max_wal_size": "64MB",
        "autovacuum": "off",
        "io_method": "sync",
        "max_worker_processes": "0",
        "jit": "off",
        "enable_bitmapscan": "off",  # stand-in operator classes cannot answer a search; a bitmap scan is the only way GIN is asked
        "temp_file_limit": f"{max(limits.disk_bytes // 1024, 1)}kB",
        "restart_after_crash": "off",  # the run is over then; and recovery fails for ever where the disk is full
        "log_line_prefix": "",
        "log_min_messages": "error",
        "log_statement": "none",
        "log_min_error_statement": "panic",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _wait_until_ready(access: Access, process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    while (refusal := _refusal(access)) is not None:
        ended = _hear(process).get("ended", "its keeper was killed") if select.select([process.stdout], [], [], 0.005)[0] else None
        if ended is not None or time.monotonic() > deadline or not _passes(refusal):
            reason = with_way_out(reason_in(ended or refusal), str(Path(access.parameters["host"]).parent))
            raise CheckError(f"the embedded server did not start: {reason}")


def _refusal(access: Access) -> str | None:
    try:
        access.connect().close()
    except load_psycopg().OperationalError as error:
        return str(error)
    return None


def _passes(refusal: str) -> bool:
    """Whether it is only too early: there is no socket yet, or what comes before the first connection is not done."""
    return "FATAL" not in refusal or "the database system is" in refusal


def _end_keeper(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(2 * keeper.STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _temporary_directory() -> Path:
    """The user's, unless a socket path there would be too long or the server's own account could not reach it."""
    usual = Path(tempfile.gettempdir()).resolve()
    length = len(os.fsencode(usual / f"{PREFIX}12345678" / ".s.PGSQL.5432"))
    return usual if length <= _SOCKET_PATH_BYTES and (os.geteuid() != 0 or open_to_all(usual)) else Path("/tmp")
