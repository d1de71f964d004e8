"""Indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from migcompat.changes import Change, CreateIndex
from migcompat.changes import IndexKey as KeyDef
from migcompat.schema.apply.naming import index_name
from migcompat.schema.apply.target import children
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Index, IndexColumn, Relation
from migcompat.sql.queries import describe
from migcompat.sql.result_names import NAMELESS


def _create(catalog: Catalog, change: CreateIndex) -> None:
    relation = catalog.existing(change.table)
    if change.if_not_exists and change.name is not None and any(i.name == change.name for i in relation.indexes):
        return
    _add(catalog, relation, change, change.name)
    if relation.kind == "partitioned" and not change.only:
        for child in children(catalog, relation):
            _add(catalog, child, change, None)


def _add(catalog: Catalog, relation: Relation, change: CreateIndex, name: str | None) -> None:
    keys = []
    for key in change.keys:
        if key.column is None:
            keys.append(IndexColumn(None, key.expression))
            continue
        column = relation.column(key.column)
        if column is None:
            relation, column = catalog.assume_column(relation, key.column)
        keys.append(IndexColumn(column.id))
    name = name or index_name(catalog, relation.key.schema, relation.key.name, name_part(change.keys, change.include))
    index = Index(
        catalog.new_id(), name, tuple(keys), change.unique, change.predicate, change.nulls_not_distinct, origin=catalog.origin(change.span)
    )
    catalog.put(replace(relation, indexes=(*relation.indexes, index)))


def name_part(keys: Iterable[KeyDef], include: Iterable[str]) -> str:
    """What the columns of an index add to its default name; a number tells equal ones apart (ChooseIndexColumnNames in indexcmds.c)."""
    parts: list[str] = []
    for part in (*map(_part, keys), *include):
        numbered = (part, *(f"{part}{n}" for n in range(1, len(parts) + 1)))
        parts.append(next(name for name in numbered if name not in parts))
    return "_".join(parts)


def _part(key: KeyDef) -> str:
    """The column, or what a query would call the expression, else `expr`."""
    if key.column is not None:
        return key.column
    outputs = describe(f"SELECT {key.expression}").outputs
    name = outputs[0].name if outputs else None
    return name if name and name != NAMELESS else "expr"


def drop(catalog: Catalog, relation: Relation, index_id: int) -> None:
    """Drops one index; of a partitioned table, those of its partitions too."""
    index = relation.index(index_id)
    catalog.put(replace(relation, indexes=tuple(i for i in relation.indexes if i.id != index_id)))
    if relation.kind == "partitioned" and index is not None:
        names: dict[int | None, str] = {k.column: c.name for k in index.keys if k.column is not None and (c := relation.column_by_id(k.column))}
        for child in children(catalog, relation):
            for other in child.indexes:
                if _same_shape(child, other, index, names):
                    drop(catalog, child, other.id)
                    break


def _same_shape(child: Relation, other: Index, index: Index, names: dict[int | None, str]) -> bool:
    theirs = [c.name if k.column is not None and (c := child.column_by_id(k.column)) else k.expression for k in other.keys]
    ours = [names.get(k.column, k.expression) for k in index.keys]
    return theirs == ours and (other.unique, other.predicate) == (index.unique, index.predicate)


def rename(catalog: Catalog, relation: Relation, index_id: int, to: str) -> None:
    """Renames an index, and the constraint that it backs."""
    index = relation.index(index_id)
    catalog.put(
        replace(
            relation,
            indexes=tuple(replace(i, name=to) if i.id == index_id else i for i in relation.indexes),
            constraints=tuple(
                replace(c, name=to) if index is not None and index.constraint == c.id else c for c in relation.constraints
            ),
        )
    )  # fmt: skip


APPLY: dict[type[Change], Callable[..., None]] = {CreateIndex: _create}
