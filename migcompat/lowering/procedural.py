"""DDL inside procedural code."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migcompat.changes import Change
from migcompat.sql.cursor import Cursor
from migcompat.sql.splitter import Statement

Lower = Callable[[Statement], tuple[Change, ...]]


def with_effects(change: Change, text: str, lower: Lower) -> Change:
    return change


def do_block(cursor: Cursor, start: int, lower: Lower) -> Iterator[Change]:
    return iter(())
