"""Relations that go, and what goes with them."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.schema.apply.sequences import drop_defaults
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Relation


def remove(catalog: Catalog, relation: Relation) -> None:
    """Drops a relation with its partitions and the sequences it owns."""
    if catalog.relations.get(relation.id) is None:
        return
    catalog.relations.remove(relation.id)
    for other in catalog.dependents(relation.id):
        if (relation.id in other.parents and other.bound) or (other.owned_by and other.owned_by[0] == relation.id):
            remove(catalog, other)
    for constraint in relation.constraints:
        if constraint.references is not None:
            catalog.relations.touch(constraint.references)


def remove_cascading(catalog: Catalog, relation: Relation) -> None:
    """With CASCADE: the views that read it, what inherits from it and the foreign keys to it go too (without it, PostgreSQL refuses)."""
    if catalog.relations.get(relation.id) is None:
        return
    owned = [other for other in catalog.dependents(relation.id) if other.owned_by and other.owned_by[0] == relation.id]
    remove(catalog, relation)
    for sequence in (relation, *owned):
        if sequence.kind == "sequence":
            drop_defaults(catalog, sequence)
    for other in catalog.dependents(relation.id):
        if relation.id in other.reads or relation.id in other.parents:
            remove_cascading(catalog, other)
        elif any(c.references == relation.id for c in other.constraints):
            catalog.put(replace(other, constraints=tuple(c for c in other.constraints if c.references != relation.id)))
