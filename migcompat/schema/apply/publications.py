"""Publications: which tables' changes are replicated."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import Change, DropPublication, SetPublication
from migcompat.frozen import replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Publication


def _set(catalog: Catalog, change: SetPublication) -> None:
    found = catalog.publications.find(change.name)
    if found is None:
        found = Publication(catalog.new_id(), change.name)
        if change.action != "create":
            catalog.publications.assume(found.id, found.name, found)
    tables = frozenset(catalog.existing(name).id for name in change.tables) if change.action != "drop" else frozenset(
        relation.id for name in change.tables if (relation := catalog.relation(name)) is not None
    )  # fmt: skip
    schemas = frozenset(schema or catalog.search_path[0] for schema in change.schemas)
    if change.action in ("create", "set"):
        found = replace(found, tables=tables, schemas=schemas, all_tables=change.all_tables)
    elif change.action == "add":
        found = replace(found, tables=found.tables | tables, schemas=found.schemas | schemas)
    elif change.action == "drop":
        found = replace(found, tables=found.tables - tables, schemas=found.schemas - schemas)
    if change.events is not None:
        found = replace(found, events=change.events)
    catalog.publications.put(found.id, found.name, found)
    for relation in catalog.relations:
        if found.all_tables or relation.id in found.tables or relation.key.schema in found.schemas:
            catalog.relations.touch(relation.id)


def _drop(catalog: Catalog, change: DropPublication) -> None:
    found = catalog.publications.find(change.name)
    if found is not None:
        catalog.publications.remove(found.id)


APPLY: dict[type[Change], Callable[..., None]] = {
    DropPublication: _drop,
    SetPublication: _set,
}
