"""Relations that go, and what goes with them."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.schema.apply.sequences import drop_defaults
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Relation


def remove(catalog: Catalog, relation: Relation) -> list[Relation]:
    """Drops a relation with its partitions and the sequences it owns; returns all of them."""
    pending, removed = [relation.id], list[Relation]()
    while pending:
        gone = catalog.relations.get(pending.pop())
        if gone is None:
            continue
        catalog.relations.remove(gone.id)
        removed.append(gone)
        parts = [child for child in catalog.children(gone) if child.bound]
        pending += [other.id for other in (*parts, *catalog.owned(gone))]
        for constraint in gone.constraints:
            if constraint.references is not None:
                catalog.relations.touch(constraint.references)
    return removed


def remove_cascading(catalog: Catalog, relation: Relation) -> None:
    """With CASCADE: the views that read it, what inherits from it and the foreign keys to it go too (without it, PostgreSQL refuses)."""
    pending = [relation.id]
    while pending:
        found = catalog.relations.get(pending.pop())
        for gone in remove(catalog, found) if found is not None else ():
            if gone.kind == "sequence":
                drop_defaults(catalog, gone)
            pending += [other.id for other in (*catalog.readers(gone), *catalog.children(gone))]
            for referenced in (gone, *catalog.above(gone)):
                _drop_foreign_keys(catalog, referenced)


def _drop_foreign_keys(catalog: Catalog, relation: Relation) -> None:
    """Those to the relation."""
    for other in catalog.referrers(relation):
        catalog.put(replace(other, constraints=tuple(c for c in other.constraints if c.references != relation.id)))
