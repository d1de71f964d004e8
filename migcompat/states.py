"""How far an earlier run came with a history, so that the next one goes on from there."""

from __future__ import annotations

from collections.abc import Iterable

from migcompat.cache import Cache, digest, pack, unpack
from migcompat.findings import Finding
from migcompat.frozen import frozen
from migcompat.migrations.model import Migration
from migcompat.migrations.states import blob_name
from migcompat.schema.catalog import Catalog

_WORTH_KEEPING = 100
"""Migrations: fewer are replayed as fast as their state is read."""


@frozen
class State:
    """What a history's first migrations have led to."""

    position: int
    """How many migrations."""
    chain: bytes
    """Names them, their contents, and the settings."""
    migrations: int = 0
    statements: int = 0
    findings: tuple[Finding, ...] = ()
    catalog: bytes = b""
    """Packed: where nothing comes after it, nobody needs it."""

    def unpacked_catalog(self) -> Catalog | None:
        try:
            found = unpack(self.catalog)
        except Exception:  # noqa: BLE001 - a damaged pickle may raise anything
            return None
        return found if isinstance(found, Catalog) else None


class Chain:
    """Names a history's beginnings, one after each of its migrations."""

    def __init__(self, seed: str, hash_length: int = 64) -> None:
        """`hash_length` is that of the repository's names of contents, in hexadecimal digits."""
        self._links = [digest(seed.encode("utf-8", "surrogatepass"))]
        self._hash_length = hash_length

    def add(self, migration: Migration, content: bytes) -> None:
        """Goes on with a migration that was read."""
        self.add_named(migration, blob_name(content, self._hash_length))

    def add_named(self, migration: Migration, name: str) -> None:
        """Goes on with a migration by git's name of its content."""
        about = "\0".join((migration.path, migration.name, migration.slug, migration.layout, str(migration.judged)))
        self._links.append(digest(self._links[-1], about.encode("utf-8", "surrogatepass"), name.encode()))

    def back_to(self, position: int) -> None:
        """Takes back what was added after a position."""
        del self._links[position + 1 :]

    def after(self, position: int) -> bytes | None:
        return self._links[position] if position < len(self._links) else None

    @property
    def length(self) -> int:
        return len(self._links) - 1


def recall(cache: Cache | None, name: str, chain: Chain) -> State | None:
    """The state of this name, where the history still begins as it did then."""
    payload = cache.read(name) if cache is not None else None
    if payload is None:
        return None
    try:
        state = unpack(payload)
    except Exception:  # noqa: BLE001 - a damaged pickle may raise anything
        return None
    if not isinstance(state, State) or chain.after(state.position) != state.chain:
        return None
    chain.back_to(state.position)
    return state


def remember(cache: Cache | None, name: str, chain: Chain, catalog: Catalog, counts: tuple[int, int], findings: Iterable[Finding]) -> None:
    """Keeps the state after the whole chain."""
    last = chain.after(chain.length)
    if cache is None or chain.length < _WORTH_KEEPING or last is None:
        return
    catalog.begin()
    cache.write(name, pack(State(chain.length, last, *counts, tuple(findings), pack(catalog))))
