"""Publications: which tables' changes are replicated."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import Change, DropPublication, Published, RenamePublication, SetPublication
from migcompat.frozen import replace
from migcompat.schema.apply.target import family
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Publication, Relation


def _set(catalog: Catalog, change: SetPublication) -> None:
    found = catalog.publications.find(change.name)
    if found is None:
        found = Publication(catalog.new_id(), change.name)
        if change.action != "create":
            catalog.publications.assume(found.id, found.name, found)
    tables = frozenset(relation.id for table in change.tables for relation in _published(catalog, table))
    schemas = frozenset(schema or catalog.search_path[0] for schema in change.schemas)
    if change.action in ("create", "set"):
        found = replace(found, tables=tables, schemas=schemas, all_tables=change.all_tables)
    elif change.action == "add":
        found = replace(found, tables=found.tables | tables, schemas=found.schemas | schemas)
    elif change.action == "drop":
        found = replace(found, tables=found.tables - tables, schemas=found.schemas - schemas)
    if change.events is not None:
        found = replace(found, events=change.events)
    catalog.put_publication(found)


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
