"""What earlier runs found out: what files lower to, and the schemas that histories build.

It saves time and decides nothing. Everything is kept by content and by build (this package's files, sqlglot's, Python's), every
file carries a digest, and what is damaged, of another build, or another user's is as if it were not there. A full disk is no cache.

Values are pickled, and a pickle can call functions. Two things stand against that. The directory must be the user's own, with nobody else
able to write to it: whoever can write there can edit the user's shell profile as well. And what is read back may name no class
but the plain ones of `_MODULES`, so that even a file slipped into a shared CI cache builds values and runs no code.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VARIABLE = "MIGCOMPAT_CACHE_DIR"
_MODULES = frozenset(
    f"migcompat.{name}"
    for name in ("changes", "engine", "findings", "schema.catalog", "schema.model", "schema.store", "sql.names", "sql.splitter", "states")
)
_SIZE = 16
"""Bytes of a digest."""
_SHARDS = 64
_SHARD_LIMIT = 4_000_000
"""Bytes; beyond them a shard keeps what the last run used."""
_MOST_PENDING = 16_000_000
"""Bytes that wait to be written."""


def digest(*parts: bytes) -> bytes:
    """A digest of the parts: none can pass for another by moving bytes between them."""
    found = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.digest()


def pack(value: object) -> bytes:
    """A value of plain classes as bytes."""
    return pickle.dumps(value, protocol=4)


def unpack(data: bytes) -> Any:
    """The value that was packed. Raises where it names any other class, or is no pickle."""
    return _Unpickler(io.BytesIO(data)).load()


def open_cache(environment: Mapping[str, str] = os.environ) -> Cache | None:
    """The user's cache; None where there can be none that is the user's own."""
    try:
        directory = _directory(environment)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Cache(directory, _build()) if _own(os.lstat(directory)) else None
    except (OSError, RuntimeError, ValueError):  # no home directory, no room, no right
        return None


class Cache:
    """Values by name, in files of one directory."""

    def __init__(self, directory: Path, build: bytes) -> None:
        self.directory, self.build = directory, build
        self._shards: dict[int, dict[bytes, bytes]] = {}
        self._used: dict[int, set[bytes]] = {}
        self._fresh: dict[int, dict[bytes, bytes]] = {}
        self._pending = 0

    def lowered(self, key: bytes) -> bytes | None:
        """What a content lowers to, packed."""
        shard = key[0] % _SHARDS
        if shard not in self._shards:
            self._shards[shard] = self._read_shard(shard)
        self._used.setdefault(shard, set()).add(key)
        return self._shards[shard].get(key)

    def keep_lowered(self, key: bytes, packed: bytes) -> None:
        self._fresh.setdefault(key[0] % _SHARDS, {})[key] = packed
        self._pending += len(packed)
        if self._pending > _MOST_PENDING:
            self.flush()

    def flush(self) -> None:
        """Writes what is new; what other runs have written meanwhile stays."""
        for shard, fresh in self._fresh.items():
            kept = self._read_shard(shard)
            if sum(map(len, kept.values())) > _SHARD_LIMIT:
                used = self._used.get(shard, set())
                kept = {key: packed for key, packed in kept.items() if key in used}
            self.write(f"lowered-{shard:02x}", pickle.dumps({**kept, **fresh}, protocol=4))
        self._fresh, self._shards, self._pending = {}, {}, 0

    def has(self, name: str) -> bool:
        """Whether anything was written under this name."""
        return os.path.lexists(self.directory / name)

    def read(self, name: str) -> bytes | None:
        """What was written under this name by the same build."""
        try:
            descriptor = os.open(self.directory / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(descriptor, "rb") as file:
                if not _own(os.fstat(descriptor)):
                    return None
                content = file.read()
        except OSError:
            return None
        head, payload = content[: 2 * _SIZE], content[2 * _SIZE :]
        return payload if head == self.build + digest(payload) else None

    def write(self, name: str, payload: bytes) -> None:
        """Writes in one step: who reads at the same time finds the old file or the new one."""
        path, own = self.directory / name, self.directory / f"{name}.{os.getpid()}"
        try:
            descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(self.build + digest(payload))
                file.write(payload)
            own.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                own.unlink()

    def _read_shard(self, shard: int) -> dict[bytes, bytes]:
        payload = self.read(f"lowered-{shard:02x}")
        try:
            found = unpack(payload) if payload is not None else {}
        except Exception:  # noqa: BLE001 - a damaged pickle may raise anything
            return {}
        return found if isinstance(found, dict) else {}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = getattr(import_module(module), name, None) if module in _MODULES else None
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is no plain class")
        return found


def _own(status: os.stat_result) -> bool:
    """Whether a file or directory is this user's and nobody else may write to it. Windows guards a user's directories by access lists."""
    user: Callable[[], int] | None = getattr(os, "geteuid", None)
    if stat.S_ISLNK(status.st_mode):
        return False
    return user is None or (status.st_uid == user() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _directory(environment: Mapping[str, str]) -> Path:
    own = environment.get(VARIABLE)
    if own:
        return Path(own)
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "migcompat" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "migcompat"
    base = environment.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "migcompat"


def _build() -> bytes:
    """Names everything that decides what a text lowers to: a change to any of it leaves the cache behind."""
    parts = [sys.version, *_files(str(Path(__file__).parent), deep=True)]
    for package in ("sqlglot", "sqlglotc"):
        found = find_spec(package)
        places = found.submodule_search_locations if found is not None else None
        parts += [package, *(line for place in places or () for line in _files(place, deep=False))]
    return digest(*(part.encode("utf-8", "surrogatepass") for part in parts))


def _files(directory: str, *, deep: bool) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            if entry.is_dir():
                if deep and entry.name != "__pycache__":
                    yield from _files(entry.path, deep=True)
            else:
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"
