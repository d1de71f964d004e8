"""CREATE VIEW and CREATE MATERIALIZED VIEW, CREATE SEQUENCE."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.changes import Change, CreateSequence, CreateView
from migcompat.lowering.alter_table import sequence_options
from migcompat.sql.cursor import Cursor
from migcompat.sql.queries import describe

_TAIL = re.compile(r"\s+with\s+(?:(?:cascaded\s+|local\s+)?check\s+option|(?:no\s+)?data)\s*$", re.IGNORECASE)


def create_view(cursor: Cursor, start: int, *, temporary: bool, or_replace: bool, materialized: bool, recursive: bool) -> Iterator[Change]:
    """After `CREATE … VIEW`. Raises Unreadable."""
    if_not_exists = cursor.if_not_exists()
    name = cursor.name()
    columns = cursor.identifiers() if cursor.at("(") else ()
    if cursor.take("using"):
        cursor.identifier()
    if cursor.take("with"):
        cursor.parenthesised()
    if cursor.take("tablespace"):
        cursor.identifier()
    cursor.need("as")
    if cursor.done:
        raise cursor.fail("a query")
    query = _TAIL.sub("", cursor.rest())
    yield CreateView(
        cursor.since(start), name, describe(query), query, columns, materialized, temporary, or_replace, if_not_exists, recursive
    )


def create_sequence(cursor: Cursor, start: int, *, temporary: bool) -> Iterator[Change]:
    """After `CREATE SEQUENCE`. Raises Unreadable."""
    if_not_exists = cursor.if_not_exists()
    name = cursor.name()
    owned_by, _, _ = sequence_options(cursor)
    yield CreateSequence(cursor.since(start), name, owned_by, temporary, if_not_exists)
