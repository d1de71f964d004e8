"""Foreign keys, and the unique indexes that they rest on."""

from __future__ import annotations

from collections.abc import Collection

from migcompat.frozen import replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Constraint, Index, Relation


def rest_of(relation: Relation, columns: Collection[str]) -> int | None:
    """The index that a foreign key to these columns rests on: the oldest that fits (transformFkeyCheckAttrs in tablecmds.c)."""
    unique = (i for i in relation.indexes if i.unique and not i.deferrable and not i.predicate and i.keys)
    fitting = (i for i in unique if _names(relation, i) == set(columns))
    return min((index.id for index in fitting), default=None)


def drop_references(catalog: Catalog, relation: Relation, indexes: Collection[Index]) -> None:
    """Unique indexes take along the foreign keys that rest on them (CASCADE; without it PostgreSQL refuses)."""
    ids, columns = {index.id for index in indexes}, [_names(relation, index) for index in indexes if index.unique and index.keys]

    def rests(key: Constraint) -> bool:
        return key.references == relation.id and (key.target in ids if key.target is not None else set(key.referenced) in columns)

    for other in catalog.referrers(relation) if columns else ():
        kept = tuple(c for c in other.constraints if not rests(c))
        if len(kept) != len(other.constraints):
            catalog.put(replace(other, constraints=kept))


def _names(relation: Relation, index: Index) -> set[str | None]:
    names = {c.id: c.name for c in relation.columns}
    return {names.get(key.column) if key.column is not None else None for key in index.keys}
