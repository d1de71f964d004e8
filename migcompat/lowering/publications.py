"""What is published: a table whose changes are must tell its rows apart."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import Change, DropPublication, Published, RenamePublication, SetPublication
from migcompat.frozen import frozen, replace
from migcompat.lowering.options import options
from migcompat.sql.cursor import Cursor


@frozen
class _Objects:
    tables: tuple[Published, ...] = ()
    schemas: tuple[str, ...] = ()
    all_tables: bool = False


def create_publication(cursor: Cursor, start: int) -> Iterator[Change]:
    name = cursor.identifier()
    objects = _objects(cursor) if cursor.take("for") else _Objects()
    events = _events(options(cursor)) if cursor.take("with") else None
    cursor.finish()
    yield SetPublication(cursor.since(start), name, "create", objects.tables, objects.schemas, objects.all_tables, events)


def alter_publication(cursor: Cursor, start: int) -> Iterator[Change]:
    name = cursor.identifier()
    word = cursor.take_any("add", "set", "drop")
    if word == "set" and cursor.at("("):
        yield SetPublication(cursor.since(start), name, "events", events=_events(options(cursor)))
    elif word:
        objects = _objects(cursor)
        yield SetPublication(cursor.since(start), name, word, objects.tables, objects.schemas, objects.all_tables)
    elif cursor.take("rename", "to"):
        yield RenamePublication(cursor.since(start), name, cursor.identifier())
    else:
        cursor.rest()


def drop_publications(cursor: Cursor, start: int) -> Iterator[Change]:
    cursor.if_exists()
    names = cursor.list_of(cursor.identifier)
    cursor.cascade()
    cursor.finish()
    for name in names:
        yield DropPublication(cursor.since(start), name)


def _events(said: tuple[tuple[str, str], ...]) -> frozenset[str] | None:
    value = dict(said).get("publish")
    return frozenset(word.strip() for word in value.split(",") if word.strip()) if value is not None else None


def _objects(cursor: Cursor) -> _Objects:
    """`ALL TABLES`, or a list in which TABLE and TABLES IN SCHEMA hold on until the next of them."""
    found, in_schema = _Objects(), False
    while True:
        if cursor.take("all"):
            cursor.take_any("tables", "sequences")
            found = replace(found, all_tables=True)
        elif cursor.take("tables", "in", "schema"):
            in_schema = True
            found = replace(found, schemas=(*found.schemas, _schema(cursor)))
        elif cursor.take("table") or not in_schema:
            in_schema = False
            found = replace(found, tables=(*found.tables, _table(cursor)))
        else:
            found = replace(found, schemas=(*found.schemas, _schema(cursor)))
        if not cursor.take(","):
            return found


def _schema(cursor: Cursor) -> str:
    name = cursor.identifier()
    return "" if name == "current_schema" else name


def _table(cursor: Cursor) -> Published:
    only = cursor.take("only")
    name = cursor.name()
    cursor.take("*")
    columns = cursor.identifiers() if cursor.at("(") else ()
    return Published(name, only, columns, cursor.parenthesised() if cursor.take("where") else "")
