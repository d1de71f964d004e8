"""Says on a terminal how far a long run is; says nothing anywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO, TypeVar

T = TypeVar("T")
_SILENT = 1.0
"""Seconds: who waits no longer need not know."""
_EVERY = 0.1
"""Seconds between two lines."""


def shown(items: Sequence[T], stream: TextIO | None) -> Iterator[T]:
    """The items; a line on the stream, if it is a terminal, counts those that are done and is wiped at the end."""
    if stream is None or not stream.isatty():
        yield from items
        return
    yield from _counted(items, len(items), stream)


def _counted(items: Iterable[T], total: int, stream: TextIO) -> Iterator[T]:
    due, written = time.monotonic() + _SILENT, False
    try:
        for done, item in enumerate(items):
            if time.monotonic() >= due:
                stream.write(f"\r{done:,} of {total:,} migrations\x1b[K")
                stream.flush()
                due, written = time.monotonic() + _EVERY, True
            yield item
    finally:
        if written:
            stream.write("\r\x1b[K")
            stream.flush()
