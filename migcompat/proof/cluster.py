"""A fresh data directory: initdb, or a copy of what it made before."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from migcompat.cache import own_directory
from migcompat.errors import CheckError
from migcompat.proof.installation import Installation, named_account
from migcompat.proof.limits import with_way_out

ADMINISTRATOR = "migcompat_administrator"
"""Not `postgres`: migrations name that role, and it must not be one that can do everything."""
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}
"""All that the server's processes see of an environment."""
_INITDB = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--wal-segsize=1", "--no-data-checksums", "--no-sync")
_SECONDS = 60
_KEPT = 3
"""Data directories in the cache, of 28 MB each: one for each version of the wheel."""
_ERROR = re.compile(r"\b(?:FATAL|PANIC|ERROR|error): +(.+)")


def create_cluster(installation: Installation, directory: Path, account: int | None) -> Path:
    """A fresh data directory: a copy of the cached one, since initdb takes a second and a copy a tenth."""
    data = directory / "data"
    cached = _cached_template(installation)
    if cached is not None:
        with contextlib.suppress(OSError, shutil.Error):
            expected = (cached / "complete").read_text()
            shutil.copytree(cached / "data", data)
            if _inventory(data) == expected:
                return data
        shutil.rmtree(data, ignore_errors=True)
    _run_initdb(installation, directory, data, account)
    if cached is not None:
        with contextlib.suppress(OSError, shutil.Error):
            _store(data, cached)
    return data


def _store(data: Path, cached: Path) -> None:
    cached.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=cached.parent))
    try:
        shutil.copytree(data, fresh / "data")
        (fresh / "complete").write_text(_inventory(data))
        shutil.rmtree(cached, ignore_errors=True)
        fresh.rename(cached)
        for old in sorted(cached.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _inventory(data: Path) -> str:
    """How many files and how many bytes: a copy that was cut short, or thinned out by a cleaner, has others."""
    sizes = [path.lstat().st_size for path in data.rglob("*") if not path.is_dir()]
    return f"{len(sizes)} files, {sum(sizes)} bytes\n"


def _cached_template(installation: Installation) -> Path | None:
    base = own_directory()
    if base is None:
        return None
    program = (installation.bin / "postgres").stat()
    key = repr((program.st_size, program.st_mtime_ns, _INITDB, ADMINISTRATOR))
    return Path(base).absolute() / "postgres" / hashlib.sha256(key.encode()).hexdigest()[:16]


def _run_initdb(installation: Installation, directory: Path, data: Path, account: int | None) -> None:
    identity: dict[str, int | list[int]] = {}
    data.mkdir(mode=0o700)
    if account is not None:
        nobody = named_account()  # initdb, unlike the server, wants its user to have a name
        os.chown(data, nobody, nobody)
        identity = {"user": nobody, "group": nobody, "extra_groups": []}
    command = [str(installation.bin / "initdb"), f"--pgdata={data}", f"--username={ADMINISTRATOR}", "--auth=trust", *_INITDB]
    try:
        done = subprocess.run(  # type: ignore[call-overload]
            command,
            cwd=directory,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            **identity,
        )
    except subprocess.TimeoutExpired as error:
        raise CheckError(f"the embedded server could not be set up: initdb took longer than {_SECONDS} s") from error
    if done.returncode:
        raise CheckError(f"the embedded server could not be set up: {with_way_out(reason_in(done.stderr), str(directory.parent))}")


def reason_in(log: str) -> str:
    """The line of a log that says why: the first error, without its kind; what follows it follows from it."""
    lines = [line.strip() for line in log.strip().splitlines() if line.strip()]
    errors = [match[1] for line in lines if (match := _ERROR.search(line))]
    return errors[0] if errors else lines[-1] if lines else ""
