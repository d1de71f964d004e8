"""Relations that go, and what goes with them."""

from __future__ import annotations

from dataclasses import replace

from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Relation


def remove(catalog: Catalog, relation: Relation) -> None:
    """Drops a relation with its partitions, owned sequences, the views that read it and the foreign keys to it."""
    if catalog.relations.get(relation.id) is None:
        return
    catalog.relations.remove(relation.id)
    for other in catalog.dependents(relation.id):
        if relation.id in other.reads or relation.id in other.parents or (other.owned_by and other.owned_by[0] == relation.id):
            remove(catalog, other)
        elif any(c.references == relation.id for c in other.constraints):
            catalog.put(replace(other, constraints=tuple(c for c in other.constraints if c.references != relation.id)))
    for constraint in relation.constraints:
        if constraint.references is not None:
            catalog.relations.touch(constraint.references)
