"""CREATE INDEX."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import Change, CreateIndex, IndexKey
from migcompat.frozen import replace
from migcompat.sql.cursor import Cursor, Unreadable


def create_index(cursor: Cursor, *, unique: bool, start: int) -> Iterator[Change]:
    """After `CREATE [UNIQUE] INDEX`. Raises Unreadable."""
    cursor.take("concurrently")
    if_not_exists = cursor.if_not_exists()
    name = None if cursor.at("on") else cursor.identifier()
    if name is not None and cursor.take("."):
        name = cursor.identifier()
    cursor.need("on")
    only = cursor.take("only")
    table = cursor.name()
    method = cursor.identifier() if cursor.take("using") else "btree"
    keys = cursor.in_parentheses(lambda: cursor.list_of(lambda: _key(cursor)))
    include = cursor.identifiers() if cursor.take("include") else ()
    nulls_not_distinct = False
    if cursor.take("nulls"):
        nulls_not_distinct = cursor.take("not")
        cursor.need("distinct")
    if cursor.take("with"):
        cursor.parenthesised()
    if cursor.take("tablespace"):
        cursor.identifier()
    predicate = cursor.expression() if cursor.take("where") else ""
    cursor.finish()
    yield CreateIndex(cursor.since(start), table, name, keys, unique, predicate, include, nulls_not_distinct, if_not_exists, method, only)


def _key(cursor: Cursor) -> IndexKey:
    if cursor.at("("):
        inner = cursor.parenthesised()
        key = _collated(inner) or IndexKey(None, inner)
    else:
        start = cursor.start
        name = cursor.name()
        if cursor.at("("):
            cursor.skip_group()
            key = IndexKey(None, cursor.text[start : cursor.last])
        else:
            key = IndexKey(name.name, "")
    if cursor.take("collate"):
        key = replace(key, collation=str(cursor.name()))
    if not (cursor.item_ends or cursor.at_any("asc", "desc", "nulls")):
        key = replace(key, opclass=str(cursor.name()))
        if cursor.at("("):
            cursor.skip_group()
    cursor.take_any("asc", "desc")
    if cursor.take("nulls"):
        cursor.take_any("first", "last")
    return key


def _collated(expression: str) -> IndexKey | None:
    """`(a COLLATE "C")` is the column with that collation (ComputeIndexAttrs in src/backend/commands/indexcmds.c)."""
    cursor = Cursor(expression)
    try:
        key = _key(cursor)
    except Unreadable:
        return None
    return key if cursor.done and key.collation and not key.opclass else None
