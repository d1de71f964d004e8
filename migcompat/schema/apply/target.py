"""Which relations and columns a statement speaks of, those never seen included."""

from __future__ import annotations

from migcompat.changes import Alter, Name
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Relation
from migcompat.schema.store import Store, T


def target(catalog: Catalog, change: Alter, *, column: str = "") -> Relation | None:
    """The relation that an ALTER speaks of: assumed if never seen, None where IF EXISTS finds it, or its column, known to be
    missing."""
    found = catalog.relation(change.table)
    if found is None and change.if_exists and catalog.closed:
        return None
    if found is not None and column and found.complete and found.column(column) is None and change.column_if_exists:
        return None
    return found if found is not None else catalog.assume(change.table)


def was_there(catalog: Catalog, store: Store[T], name: Name) -> bool:
    """Whether there was one of this name a moment ago: of a history without gaps that is certain."""
    return catalog.closed or any(store.was_at(key) is not None for key in catalog.keys(name))


def family(catalog: Catalog, relation: Relation, *, only: bool) -> list[Relation]:
    """The relation and all that inherits from it, each once; a circle, which the server refuses, ends where it began."""
    found = {relation.id: relation}
    pending = [] if only else [relation]
    while pending:
        for child in catalog.children(pending.pop(0)):
            if child.id not in found:
                found[child.id] = child
                pending.append(child)
    return list(found.values())


def known(catalog: Catalog, relation: Relation, name: str, **facts: object) -> tuple[Relation, Column]:
    """The column of this name; one never seen is taken to have existed, with what the statement implies."""
    column = relation.column(name)
    if column is not None:
        return relation, column
    return catalog.assume_column(relation, name, **facts)
