"""Migrations read and lowered ahead of the engine: out of the cache, or on every core where there is much to do."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from migcompat.checking import lowered
from migcompat.engine import Lowered
from migcompat.findings import Span
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.source import source_of

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from migcompat.cache import Cache

_BATCH = 60_000
"""Characters that a process lowers at once: some 50 ms."""
_WORTH_A_PROCESS = 500_000
"""Characters; below them starting processes takes longer than it saves."""


class _Ready:
    """A migration that was read; `packed` is what the cache had, and else what comes of the batch."""

    __slots__ = ("key", "migration", "packed", "source")

    def __init__(self, migration: Migration, source: Source, cache: Cache | None) -> None:
        self.migration, self.source = migration, source
        self.key = key_of(source) if cache is not None else b""
        self.packed = cache.lowered(self.key) if cache is not None else None


class Ahead:
    """What each migration does, asked for in their order."""

    def __init__(
        self, migrations: Iterable[Migration], content: Callable[[Migration], bytes], placeholders: Mapping[str, str], cache: Cache | None
    ) -> None:
        self._content, self._placeholders, self._cache = content, placeholders, cache
        self._next = self._all(migrations)

    def close(self) -> None:
        """Ends the processes."""
        self._next.close()

    def load(self, migration: Migration) -> tuple[Source, Lowered]:
        """The next migration's text and steps."""
        for ready, found in self._next:
            if ready.migration == migration:
                return ready.source, found
        raise LookupError(f"{migration.path} was asked for out of order")

    def _all(self, migrations: Iterable[Migration]) -> Generator[tuple[_Ready, Lowered], None, None]:
        batches = self._batches(migrations)
        first: list[list[_Ready]] = []
        while len(first) < 2 or sum(map(_work, first)) < _WORTH_A_PROCESS:
            batch = next(batches, None)
            if batch is None:
                return (yield from self._here(first))
            first.append(batch)
        processes = _processes()
        if processes < 2:
            yield from self._here(first)
            yield from self._here(batches)
            return
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        from migcompat.sql.tree import load

        load()  # once, rather than in each process
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, mp_context=context, initializer=_follow_the_parent) as pool:
            yield from self._elsewhere(pool, processes, (batch for part in (first, batches) for batch in part))

    def _batches(self, migrations: Iterable[Migration]) -> Iterator[list[_Ready]]:
        batch: list[_Ready] = []
        work = 0
        for migration in migrations:
            batch.append(_Ready(migration, source_of(migration, self._content(migration), self._placeholders), self._cache))
            work += _work(batch[-1:])
            if work > _BATCH or len(batch) > 200:
                yield batch
                batch, work = [], 0
        if batch:
            yield batch

    def _here(self, batches: Iterable[list[_Ready]]) -> Iterator[tuple[_Ready, Lowered]]:
        for batch in batches:
            yield from [(ready, self._lowered(ready)) for ready in batch]  # one after the other: a tenth of the time is the code to load

    def _lowered(self, ready: _Ready) -> Lowered:
        if self._cache is None:
            return lowered(ready.source)
        from migcompat.packing import pack, unpacked

        found = unpacked(Lowered, ready.packed)
        if found is None:
            found = lowered(ready.source)
            self._cache.keep_lowered(ready.key, pack(found))
        return found

    def _elsewhere(self, pool: Executor, processes: int, batches: Iterable[list[_Ready]]) -> Iterator[tuple[_Ready, Lowered]]:
        waiting: deque[tuple[list[_Ready], Future[list[bytes]]]] = deque()
        for batch in batches:
            waiting.append((batch, pool.submit(_lower_all, [(r.source.text, r.source.forward) for r in batch if r.packed is None])))
            if len(waiting) > 2 * processes:
                yield from self._done(*waiting.popleft())
        while waiting:
            yield from self._done(*waiting.popleft())

    def _done(self, batch: Sequence[_Ready], future: Future[list[bytes]]) -> Iterator[tuple[_Ready, Lowered]]:
        from concurrent.futures.process import BrokenProcessPool

        from migcompat.packing import unpacked

        try:
            fresh = iter(future.result())
        except BrokenProcessPool:  # a process was killed, for its memory say
            yield from self._here([list(batch)])
            return
        for ready in batch:
            if ready.packed is None:
                ready.packed = next(fresh)
                if self._cache is not None:
                    self._cache.keep_lowered(ready.key, ready.packed)
        yield from [(ready, unpacked(Lowered, ready.packed) or lowered(ready.source)) for ready in batch]


def key_of(source: Source) -> bytes:
    """Names what a source lowers to: its text, and the parts of it that go forward."""
    from migcompat.cache import digest

    return digest(source.text.encode("utf-8", "surrogatepass"), repr([(part.start, part.end) for part in source.forward]).encode())


def _work(batch: Iterable[_Ready]) -> int:
    return sum(len(ready.source.text) for ready in batch if ready.packed is None)


def _lower_all(texts: list[tuple[str, tuple[Span, ...]]]) -> list[bytes]:
    from migcompat.packing import pack

    return [pack(lowered(Source("", text, forward))) for text, forward in texts]


def _processes() -> int:
    """How many processes to use; one where starting others is slow (Windows, macOS) or not safe (threads)."""
    if sys.platform in ("win32", "darwin") or threading.active_count() > 1 or not hasattr(os, "sched_getaffinity"):
        return 1
    return min(8, len(os.sched_getaffinity(0)))


def _follow_the_parent() -> None:
    """Interrupts are the parent's; where it is killed, nobody would end a process that waits for its work."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
