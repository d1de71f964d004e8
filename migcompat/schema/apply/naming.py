"""The names PostgreSQL gives to constraints and indexes that have none (`makeObjectName` and `ChooseIndexName` in indexcmds.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from migcompat.changes import IndexKey
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Key
from migcompat.sql.queries import describe
from migcompat.sql.result_names import NAMELESS

_ROOM = 63


def object_name(first: str, second: str, label: str) -> str:
    """`first_second_label`, the longer part cut until it fits."""
    overhead = len(label) + 1 + (1 if second else 0)
    a, b = len(first), len(second)
    while a + b + overhead > _ROOM:
        if a > b:
            a -= 1
        else:
            b -= 1
    parts = [first[:a], second[:b], label] if second else [first[:a], label]
    return "_".join(parts)


def choose_name(first: str, second: str, label: str, taken: Callable[[str], bool]) -> str:
    """The first of `…_label`, `…_label1`, … that is free."""
    name, n = object_name(first, second, label), 0
    while taken(name):
        n += 1
        name = object_name(first, second, f"{label}{n}")
    return name


def constraint_name(catalog: Catalog, schema: str, first: str, second: str, label: str) -> str:
    """For a CHECK or foreign key: no other constraint of the schema may have it."""
    return choose_name(first, second, label, lambda name: catalog.constraint_taken(Key(schema, name)))


def numbered_name(catalog: Catalog, schema: str, name: str) -> str:
    """For a foreign key that a partition gets from its parent, and whose name it has already: `name_1` (PostgreSQL 18)."""
    names = (object_name(name, "", str(n)) for n in count(1))
    return next(one for one in names if not catalog.constraint_taken(Key(schema, one)))


def index_name(catalog: Catalog, schema: str, first: str, second: str, label: str = "idx") -> str:
    """For an index or a sequence: no other relation of the schema may have it."""
    return choose_name(first, second, label, lambda name: catalog.relation_taken(Key(schema, name)))


def key_name(catalog: Catalog, schema: str, first: str, second: str, label: str) -> str:
    """For a constraint that rests on an index: both."""
    return choose_name(
        first, second, label, lambda name: catalog.relation_taken(Key(schema, name)) or catalog.constraint_taken(Key(schema, name))
    )


def name_part(keys: Iterable[IndexKey]) -> str:
    """What the columns of an index add to its default name; a number tells equal ones apart (ChooseIndexColumnNames in indexcmds.c)."""
    parts: list[str] = []
    for part in map(_part, keys):
        numbered = (part, *(f"{part}{n}" for n in range(1, len(parts) + 1)))
        parts.append(next(name for name in numbered if name not in parts))
    return "_".join(parts)


def _part(key: IndexKey) -> str:
    """The column, or what a query would call the expression, else `expr`."""
    if key.column is not None:
        return key.column
    outputs = describe(f"SELECT {key.expression}").outputs
    name = outputs[0].name if outputs else None
    return name if name and name != NAMELESS else "expr"
