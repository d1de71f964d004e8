"""How far an earlier run came with a history, so that the next one goes on from there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from migcompat.cache import Cache, digest, new_digest
from migcompat.findings import Finding
from migcompat.frozen import frozen
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration
from migcompat.packing import pack, unpacked
from migcompat.settings import Settings

if TYPE_CHECKING:
    from migcompat.schema.catalog import Catalog


@frozen
class State:
    """What a history's first migrations have led to."""

    position: int
    """How many migrations."""
    chain: bytes
    """Names them, their contents, and the settings."""
    migrations: int
    statements: int
    findings: tuple[Finding, ...]


class Bookmark:
    """A history's state in the cache, and how far this run is with it. The schema has a file of its own: nobody needs it where nothing
    comes after it."""

    def __init__(self, cache: Cache, kind: str, history: History, settings: Settings) -> None:
        self._cache, self._seed = cache, _seed(history, settings)
        self._name = f"{kind}-{digest(os.fsencode(os.path.abspath(history.root))).hex()}"
        self.restart()

    def restart(self) -> None:
        """Goes back to the history's beginning."""
        self._chain = new_digest()
        self._chain.update(self._seed)
        self._passed = 0

    def find(self, migrations: Sequence[Migration], content: Callable[[Migration], bytes]) -> State | None:
        """The state, where the history still begins as it did then; `content` is what a migration holds, or a name of that."""
        state = unpacked(State, self._cache.read(self._name))
        if state is not None and state.position <= len(migrations):
            for migration in migrations[: state.position]:
                self.passed(migration, content(migration))
            if self._chain.digest() == state.chain:
                return state
        self.restart()
        return None

    def catalog(self, state: State) -> Catalog | None:
        """The schema of a state; None where another run has replaced it since."""
        from migcompat.schema.catalog import Catalog

        match unpacked(tuple, self._cache.read(f"{self._name}-schema")):
            case (state.chain, Catalog() as catalog):
                return catalog
        return None

    def passed(self, migration: Migration, content: bytes) -> None:
        """Goes on with a migration."""
        about = (migration.path, migration.name, migration.layout, str(migration.judged), str(len(content)), "")
        self._chain.update("\0".join(about).encode("utf-8", "surrogatepass") + content)
        self._passed += 1

    def keep(self, catalog: Catalog, counts: tuple[int, int], findings: Iterable[Finding]) -> None:
        """Keeps the state after what was passed."""
        catalog.begin()
        chain = self._chain.digest()
        self._cache.flush()
        self._cache.write(f"{self._name}-schema", pack((chain, catalog)))
        self._cache.write(self._name, pack(State(self._passed, chain, *counts, tuple(findings))))


def _seed(history: History, used: Settings) -> bytes:
    """All but the migrations that decides what is found."""
    own = history.settings
    facts = repr((
        len(history.migrations) > 1, own.search_path, sorted(own.placeholders.items()), sorted(used.select), sorted(used.ignore),
        sorted((used.severity or {}).items()), sorted(used.relax), used.overrides, used.signatures,
    ))  # fmt: skip
    return facts.encode("utf-8", "surrogatepass") + b"\0"
