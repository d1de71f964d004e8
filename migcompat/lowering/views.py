"""CREATE VIEW and CREATE MATERIALIZED VIEW, CREATE SEQUENCE."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.changes import Change, CreateSequence, CreateView, Refresh
from migcompat.lowering.options import options, sequence_options
from migcompat.sql.cursor import Cursor
from migcompat.sql.queries import describe
from migcompat.sql.quoting import ident

_TAIL = re.compile(r"\s+with\s+(?:(?:(?P<how>cascaded|local)\s+)?(?P<check>check)\s+option|(?P<no>no\s+)?data)\s*$", re.IGNORECASE)


def create_view(cursor: Cursor, start: int, *, temporary: bool, or_replace: bool, materialized: bool, recursive: bool) -> Iterator[Change]:
    """After `CREATE … VIEW`. Raises Unreadable."""
    if_not_exists = cursor.if_not_exists()
    name = cursor.name()
    columns = cursor.identifiers() if cursor.at("(") else ()
    if cursor.take("using"):
        cursor.identifier()
    said = options(cursor) if cursor.take("with") else ()
    if cursor.take("tablespace"):
        cursor.identifier()
    cursor.need("as")
    if cursor.done:
        raise cursor.fail("a query")
    text = cursor.rest()
    tail = _TAIL.search(text)
    query = text[: tail.start()] if tail else text
    if recursive:  # https://www.postgresql.org/docs/18/sql-createview.html: what it stands for
        own, shown = ident(name.name), ", ".join(map(ident, columns))
        query = f"WITH RECURSIVE {own} ({shown}) AS ({query}) SELECT {shown} FROM {own}"
    if tail and tail["check"]:
        said += (("check_option", (tail["how"] or "cascaded").lower()),)
    yield CreateView(
        cursor.since(start), name, describe(query), query, columns, materialized, temporary, or_replace, if_not_exists, said,
        populated=not (tail and tail["no"]),
    )  # fmt: skip


def refresh(cursor: Cursor, start: int) -> Iterator[Change]:
    """After REFRESH MATERIALIZED VIEW."""
    cursor.take("concurrently")
    name = cursor.name()
    populated = not cursor.take("with", "no", "data")
    cursor.take("with", "data")
    cursor.finish()
    yield Refresh(cursor.since(start), name, populated)


def create_sequence(cursor: Cursor, start: int, *, temporary: bool) -> Iterator[Change]:
    """After `CREATE SEQUENCE`. Raises Unreadable."""
    if_not_exists = cursor.if_not_exists()
    name = cursor.name()
    owned_by, _, numbers = sequence_options(cursor)
    yield CreateSequence(cursor.since(start), name, owned_by, numbers, temporary, if_not_exists)
