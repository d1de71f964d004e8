"""NOT NULL, which children inherit: each holds it for its own sake, or for a parent's (PostgreSQL 18 keeps account of both)."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.schema.apply.target import family
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Relation


def required(relation: Relation, columns: tuple[int, ...], *, own: bool = True) -> Relation:
    """The relation with NOT NULL on some of its columns."""
    return replace(relation, columns=tuple(_required(c, own=own) if c.id in columns else c for c in relation.columns))


def _required(column: Column, *, own: bool) -> Column:
    if column.not_null:
        return replace(column, own_not_null=True) if own and not column.own_not_null else column
    return replace(column, not_null=True, own_not_null=own)


def require(catalog: Catalog, relation: Relation, name: str, *, own: bool = True) -> None:
    """SET NOT NULL: on the relation for its own sake, on what inherits from it for the parent's."""
    for member in family(catalog, relation, only=False):
        column = member.column(name)
        if column is not None:
            catalog.put(required(member, (column.id,), own=own and member.id == relation.id))


def is_kept_back(relation: Relation, column: Column) -> bool:
    """Whether its NOT NULL is NO INHERIT."""
    return any(c.kind == "not-null" and c.no_inherit and c.columns == (column.id,) for c in relation.constraints)


def hand_down(catalog: Catalog, relation: Relation, name: str, *, inherit: bool) -> None:
    """[NO] INHERIT of a NOT NULL that is there: children get it, or keep what they had from the relation as their own."""
    for child in catalog.children(relation):
        if inherit:
            require(catalog, child, name, own=False)
        else:
            columns = tuple(replace(c, own_not_null=True) if c.name == name else c for c in child.columns)
            catalog.put(replace(child, columns=columns))


def lift(catalog: Catalog, relation: Relation, name: str, *, only: bool) -> None:
    """DROP NOT NULL: what inherits from the relation keeps it for its own sake or that of another parent; with ONLY, as its own."""
    if only:
        hand_down(catalog, relation, name, inherit=False)
    _release(catalog, relation, name)


def _release(catalog: Catalog, relation: Relation, name: str) -> None:
    freed = {c.id for c in relation.columns if c.name == name}
    relation = catalog.put(
        replace(
            relation,
            columns=tuple(replace(c, not_null=False, own_not_null=True) if c.id in freed else c for c in relation.columns),
            constraints=tuple(c for c in relation.constraints if c.kind != "not-null" or not freed.issuperset(c.columns)),
        )
    )
    for child in catalog.children(relation):
        kept = child.column(name)
        if kept is not None and kept.not_null and not kept.own_not_null and not _demanded(catalog, child, name):
            _release(catalog, child, name)


def _demanded(catalog: Catalog, child: Relation, name: str) -> bool:
    parents = (p for id_ in child.parents if (p := catalog.relations.get(id_)) is not None)
    return any(c.not_null for p in parents for c in p.columns if c.name == name)
