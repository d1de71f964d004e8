"""Publications: which tables' changes are replicated."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import Change, DropPublication, Published, RenamePublication, SetPublication
from migcompat.frozen import replace
from migcompat.schema.apply.target import family
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Part, Publication, Relation
from migcompat.sql.conditions import columns_of


def _set(catalog: Catalog, change: SetPublication) -> None:
    found = catalog.publications.find(change.name)
    if found is None:
        found = Publication(catalog.new_id(), change.name)
        if change.action != "create":
            catalog.publications.assume(found.id, found.name, found)
    parts = frozenset(_part(relation, table) for table in change.tables for relation in _published(catalog, table))
    tables = frozenset(part.table for part in parts)
    parts = frozenset(part for part in parts if part.columns or part.filtered)
    schemas = frozenset(schema or catalog.search_path[0] for schema in change.schemas)
    if change.action in ("create", "set"):
        found = replace(found, tables=tables, schemas=schemas, all_tables=change.all_tables, parts=parts)
    elif change.action == "add":
        found = replace(found, tables=found.tables | tables, schemas=found.schemas | schemas, parts=found.parts | parts)
    elif change.action == "drop":
        left = frozenset(part for part in found.parts if part.table not in tables)
        found = replace(found, tables=found.tables - tables, schemas=found.schemas - schemas, parts=left)
    if change.events is not None:
        found = replace(found, events=change.events)
    catalog.put_publication(found)


def _part(relation: Relation, said: Published) -> Part:
    filtered = columns_of(said.where) or frozenset() if said.where else frozenset()
    ids = {c.name: c.id for c in relation.columns}
    return Part(relation.id, frozenset(ids[c] for c in said.columns if c in ids), frozenset(ids[c] for c in filtered if c in ids))


def _published(catalog: Catalog, table: Published) -> list[Relation]:
    """A partitioned table stands for its partitions itself."""
    relation = catalog.existing(table.name)
    return family(catalog, relation, only=table.only or relation.kind == "partitioned")


def _rename(catalog: Catalog, change: RenamePublication) -> None:
    found = catalog.publications.find(change.name)
    if found is not None:
        catalog.publications.put(found.id, change.to, replace(found, name=change.to))


def _drop(catalog: Catalog, change: DropPublication) -> None:
    found = catalog.publications.find(change.name)
    if found is not None:
        catalog.publications.remove(found.id)


APPLY: dict[type[Change], Callable[..., None]] = {
    DropPublication: _drop,
    RenamePublication: _rename,
    SetPublication: _set,
}
