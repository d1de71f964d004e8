"""What earlier runs found out: what files lower to, and the schemas that histories build.

It saves time and decides nothing. Everything is kept by content and by build (this package's files, sqlglot's, Python's), every
file carries a digest, and what is damaged, of another build, or another user's is as if it were not there. A full disk is no cache.

The directory must be the user's own, with nobody else able to write to it: whoever can write there can edit the user's shell profile
as well.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

try:
    from _blake2 import blake2b  # what hashlib gives, without OpenSSL: to load that takes as long as all the rest of the cache
except ImportError:
    from hashlib import blake2b

VARIABLE = "MIGCOMPAT_CACHE_DIR"
_SIZE = 16
"""Bytes of a digest."""
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Neither through a link nor waiting for who writes to a FIFO."""
_SHARDS = 64
_SHARD_LIMIT = 4_000_000
"""Bytes; beyond them a shard keeps what the last run used."""
_MOST_PENDING = 16_000_000
"""Bytes that wait to be written."""


def new_digest() -> blake2b:
    """A digest of nothing yet."""
    return blake2b(digest_size=_SIZE)


def digest(*parts: bytes) -> bytes:
    """A digest of the parts: none can pass for another by moving bytes between them."""
    found = new_digest()
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.digest()


def open_cache(environment: Mapping[str, str] = os.environ) -> Cache | None:
    """The user's cache; None where there can be none that is the user's own."""
    directory = own_directory(environment)
    with contextlib.suppress(OSError):
        return Cache(directory, _build()) if directory is not None else None
    return None


def own_directory(environment: Mapping[str, str] = os.environ) -> str | None:
    """Where things are kept for this user alone; None where there can be no such place."""
    try:
        directory = _directory(environment)
        os.makedirs(directory, mode=0o700, exist_ok=True)
        return directory if _own(os.lstat(directory)) else None
    except (OSError, ValueError):  # no room, no right
        return None


class Cache:
    """Values by name, in files of one directory."""

    def __init__(self, directory: str, build: bytes) -> None:
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
        from migcompat.packing import pack

        for shard, fresh in self._fresh.items():
            kept = self._read_shard(shard)
            if sum(map(len, kept.values())) > _SHARD_LIMIT:
                used = self._used.get(shard, set())
                kept = {key: packed for key, packed in kept.items() if key in used}
            self.write(f"lowered-{shard:02x}", pack({**kept, **fresh}))
        self._fresh, self._shards, self._pending = {}, {}, 0

    def read(self, name: str) -> bytes | None:
        """What was written under this name by the same build."""
        try:
            descriptor = os.open(os.path.join(self.directory, name), _READ)
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode) or not _own(status):
                    return None
                content = file.read()
        except OSError:
            return None
        head, payload = content[: 2 * _SIZE], content[2 * _SIZE :]
        return payload if head == self.build + digest(payload) else None

    def write(self, name: str, payload: bytes) -> None:
        """Writes in one step: who reads at the same time finds the old file or the new one."""
        path = os.path.join(self.directory, name)
        own = f"{path}.{os.getpid()}"
        try:
            descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(self.build + digest(payload))
                file.write(payload)
            os.replace(own, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(own)

    def _read_shard(self, shard: int) -> dict[bytes, bytes]:
        from migcompat.packing import unpacked

        return unpacked(dict, self.read(f"lowered-{shard:02x}")) or {}


def _own(status: os.stat_result) -> bool:
    """Whether a file or directory is this user's and nobody else may write to it. Windows guards a user's directories by access lists."""
    user: Callable[[], int] | None = getattr(os, "geteuid", None)
    if stat.S_ISLNK(status.st_mode):
        return False
    return user is None or (status.st_uid == user() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _directory(environment: Mapping[str, str]) -> str:
    own = environment.get(VARIABLE)
    if own:
        return own
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(environment.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local"), "migcompat", "Cache")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "migcompat")
    base = environment.get("XDG_CACHE_HOME", "")
    base = base if base.startswith("/") else os.path.join(home, ".cache")
    if not os.path.isabs(base):
        raise ValueError("no home directory")
    return os.path.join(base, "migcompat")


def _build() -> bytes:
    """Names everything that decides what a text lowers to: a change to any of it leaves the cache behind."""
    parts = [sys.version, *_files(os.path.dirname(__file__), deep=True)]
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
