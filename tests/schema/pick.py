"""Choosing what a random statement is about: names that are there, and names that may be."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from generations import ROLES

from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Function, Key, Relation, Type
from migcompat.sql.quoting import ident

T = TypeVar("T")
SCHEMAS = ("public", "app", "Old")
RELATIONS = (
    "orders",
    "users",
    "items",
    "Log",
    "notes",
    "tags",
    "visits",
    "events",
    "carts",
    "prices",
    "stock",
    "a_table_whose_name_has_as_many_characters_as_a_name_can_have_x",
)
COLUMNS = (
    "id",
    "name",
    "total",
    "status",
    "user_id",
    "Odd one",
    "created_at",
    "a_column_whose_name_is_long_enough_to_be_cut_in_default_names",
)
TYPES = ("mood", "amount", "place", "Kind", "level")
OBJECTS = ("first", "second", "third", "Fourth")


class Nothing(Exception):
    """The schema has nothing that the statement could be about."""


class Pick:
    """Takes by chance from what the schema offers."""

    def __init__(self, random: Random, catalog: Catalog) -> None:
        self.random, self.catalog = random, catalog

    def of(self, choices: Sequence[T]) -> T:
        if not choices:
            raise Nothing
        return self.random.choice(choices)

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def once_in(self, times: int) -> bool:
        return not self.random.randrange(times)

    def seldom(self, text: str = "x") -> str:
        """The text, one time in eight."""
        return text if self.once_in(8) else ""

    def maybe(self, text: str = "x") -> str:
        return text if self.once_in(2) else ""

    # what is there

    def schema(self) -> str:
        return self.of(["public", *(n.name for n in self.catalog.namespaces if n.name != "public")])

    def relation(self, *kinds: str) -> Relation:
        return self.of([r for r in self.catalog.relations if r.kind in kinds])

    def table(self) -> Relation:
        return self.relation("table", "partitioned")

    def readable(self) -> Relation:
        return self.relation("table", "partitioned", "view", "materialized view")

    def column(self, relation: Relation) -> Column:
        return self.of(relation.columns)

    def columns(self, relation: Relation, most: int = 2) -> list[Column]:
        if not relation.columns:
            raise Nothing
        return self.random.sample(relation.columns, self.number(1, min(most, len(relation.columns))))

    def type(self, *kinds: str) -> Type:
        return self.of([t for t in self.catalog.types if t.kind in kinds])

    def function(self, *kinds: str) -> Function:
        return self.of([f for f in self.catalog.functions if f.kind in (kinds or ("function", "procedure"))])

    def trigger_function(self) -> Function:
        return self.of([f for f in self.catalog.functions if f.returns == "trigger"])

    def role(self) -> str:
        return self.of(ROLES)

    # how it is written

    def named(self, key: Key) -> str:
        """A name; without its schema where the search path finds it."""
        path = self.catalog.search_path
        if key.schema in path[:1] and not self.once_in(4):
            return ident(key.name)
        return f"{ident(key.schema)}.{ident(key.name)}"

    def new(self, names: Sequence[str]) -> str:
        """A name that is seldom taken already."""
        used = {o.key.name for store in (self.catalog.relations, self.catalog.types) for o in store}
        free = [name for name in names if name not in used]
        name = self.of(free if free and not self.once_in(8) else names)
        return self.seldom(f"{ident(self.schema())}.") + ident(name)

    def new_relation(self) -> str:
        return self.new(RELATIONS)

    def a_column(self) -> str:
        return ident(self.of(COLUMNS))
