"""What comes from the server, and the ids that are made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Row = tuple[Any, ...]
Rows = Callable[[str], Sequence[Row]]
"""Runs a query."""

_COLUMNS = 2048
"""More than a relation can have (MaxHeapAttributeNumber is 1600)."""
HIGHEST_ID = 2**32 * _COLUMNS
"""Above every oid and every id of a column."""


def column_id(relation: int, number: int) -> int:
    """A column's id: it has no oid of its own, but PostgreSQL never gives its number to another."""
    return relation * _COLUMNS + number
