"""The names PostgreSQL gives to constraints and indexes that have none (`makeObjectName` and `ChooseIndexName` in indexcmds.c)."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Key

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


def index_name(catalog: Catalog, schema: str, first: str, second: str, label: str = "idx") -> str:
    """For an index or a sequence: no other relation of the schema may have it."""
    return choose_name(first, second, label, lambda name: catalog.relation_taken(Key(schema, name)))


def key_name(catalog: Catalog, schema: str, first: str, second: str, label: str) -> str:
    """For a constraint that rests on an index: both."""
    return choose_name(
        first, second, label, lambda name: catalog.relation_taken(Key(schema, name)) or catalog.constraint_taken(Key(schema, name))
    )
