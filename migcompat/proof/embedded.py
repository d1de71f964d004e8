"""A PostgreSQL from a wheel, on a private socket, for one run."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
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
from migcompat.proof.cluster import ADMINISTRATOR, ENVIRONMENT, create_cluster, last_line
from migcompat.proof.extensions import lacking, provide_extensions
from migcompat.proof.installation import PRIVATE_ACCOUNTS, find_installation, free_account, give_to, open_to_all, reachable
from migcompat.proof.limits import Limits

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
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    if account is not None:
        directory.chmod(0o711)  # the server's account must pass; data and socket stay closed to others
    with (directory / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            installation = reachable(installation, directory, account)
            data = create_cluster(installation, directory, account)
            stand_ins = frozenset(lacking(installation.extensions))
            share = provide_extensions(installation.extensions, directory / "share")
            give_to(directory, account)
            command = [str(installation.bin / "postgres"), "-D", str(data), *_settings(directory, share, limits)]
            task = {"directory": str(directory), "command": command, "account": account, "memory": limits.memory_bytes}
            process = _start_keeper(task, lock.fileno())
        except BaseException:
            shutil.rmtree(directory, ignore_errors=True)
            raise
    access = Access({"host": str(directory), "user": ADMINISTRATOR, "dbname": "postgres"}, private=True, stand_ins=stand_ins)
    try:
        _wait_until_ready(access, directory)
        yield access
    finally:
        _end_keeper(process)


def clean_leftovers(parent: Path) -> None:
    """Removes what runs left behind whose keeper was killed as well: a live run holds the lock of its directory."""
    ours = PRIVATE_ACCOUNTS if os.geteuid() == 0 else ()
    for directory in parent.glob(f"{PREFIX}*"):
        owner = directory.lstat().st_uid
        if owner != os.geteuid() and owner not in ours:
            continue
        with contextlib.suppress(OSError), (directory / "lock").open("rb") as lock:
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


def _start_keeper(task: Mapping[str, object], lock: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", keeper.__file__],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(lock,),
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({**task, "environment": ENVIRONMENT}).encode() + b"\n")
    process.stdin.flush()
    return process


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
        "log_min_messages": "error",
        "log_statement": "none",
        "log_min_error_statement": "panic",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _wait_until_ready(access: Access, directory: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while (refusal := _refusal(access)) is not None:
        if (directory / "ended").exists() or time.monotonic() > deadline:
            log = directory / "log"
            reason = last_line(log.read_text(errors="replace") if log.exists() else "") or refusal
            raise CheckError(f"the embedded server did not start: {reason}")
        time.sleep(0.005)


def _refusal(access: Access) -> str | None:
    try:
        access.connect().close()
    except load_psycopg().OperationalError as error:
        return str(error)
    return None


def _end_keeper(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(2 * keeper.STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _temporary_directory() -> Path:
    """The user's, unless a socket path there would be too long or the server's own account could not reach it."""
    usual = Path(tempfile.gettempdir()).resolve()
    length = len(os.fsencode(usual / f"{PREFIX}12345678" / ".s.PGSQL.5432"))
    return usual if length <= _SOCKET_PATH_BYTES and (os.geteuid() != 0 or open_to_all(usual)) else Path("/tmp")
