"""What calls a routine whenever rows are written: it changes with the routine's body."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.frozen import frozen
from migcompat.schema.apply.mentions import Names, calling
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Key, Relation


@frozen
class Caller:
    """A part of a relation or domain, and with what it refuses a write."""

    name: str
    sqlstate: str = "23502"


def callers(catalog: Catalog, routine: Key) -> Iterator[Caller]:
    """Those that were there before the deploy: new ones are breaks of their own."""
    called = calling(routine)
    for relation in catalog.relations:
        was = catalog.relations.was(relation.id)
        if was is not None and relation.is_table:
            yield from _of_table(relation, called)
    for type_ in catalog.types:
        if type_.kind == "domain" and catalog.types.was(type_.id) is not None:
            yield from (Caller(f"check {c.name} of domain {type_.key}", "23514") for c in type_.checks if called(c.expression))


def _of_table(table: Relation, called: Names) -> Iterator[Caller]:
    of = f"of {table.key}"
    for check in table.constraints:
        if check.kind == "check" and check.enforced and called(check.expression):
            yield Caller(f"check {check.name} {of}", "23514")
    for index in table.indexes:
        if (index.unique or index.exclusion) and any(map(called, index.expressions)):
            yield Caller(f"{'exclusion constraint' if index.exclusion else 'unique key'} {index.name} {of}", _COLLISION[index.exclusion])
    for column in table.columns:
        if column.generated and called(column.expression):
            yield Caller(f"generated column {column.name} {of}")
        elif column.default and called(column.default):
            yield Caller(f"the default of column {column.name} {of}")
    if table.row_security:
        yield from (Caller(f"policy {p.name} {of}", "42501") for p in table.policies if called(f"{p.using} {p.check}"))
    if table.partition_by and called(table.partition_by):
        yield Caller(f"the partition key {of}", "23514")


_COLLISION = {False: "23505", True: "23P01"}
