"""Indexes."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import Change, CreateIndex, IndexKey, Name
from migcompat.frozen import replace
from migcompat.schema.apply.naming import index_name, name_part
from migcompat.schema.apply.partitions import give_index
from migcompat.schema.apply.references import drop_references
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Index, IndexColumn, Key, Relation


def _create(catalog: Catalog, change: CreateIndex) -> None:
    relation = catalog.existing(change.table)
    if change.if_not_exists and change.name is not None and catalog.relation_taken(Key(relation.key.schema, change.name)):
        return
    keys = []
    for key in change.keys:
        if key.column is None:
            keys.append(IndexColumn(None, key.expression, collation=key.collation, opclass=_opclass(change, key)))
            continue
        column = relation.column(key.column)
        if column is None:
            relation, column = catalog.assume_column(relation, key.column)
        own = {column.collation, column.collation or "default"}
        keys.append(IndexColumn(column.id, collation="" if key.collation in own else key.collation, opclass=_opclass(change, key)))
    named_after = (*change.keys, *map(IndexKey, change.include))
    name = change.name or index_name(catalog, relation.key.schema, relation.key.name, name_part(named_after))
    include = tuple(c.id for c in relation.columns if c.name in change.include)
    index = Index(
        catalog.new_id(), name, tuple(keys), change.unique, change.predicate, change.nulls_not_distinct, origin=catalog.origin(change.span),
        include=include, named_after=named_after,
    )  # fmt: skip
    relation = catalog.put(replace(relation, indexes=(*relation.indexes, index)))
    if relation.kind == "partitioned" and not change.only:
        for child in catalog.children(relation):
            give_index(catalog, child.id, relation, index)


_OWN = frozenset(
    """array bit bool bpchar bytea char cidr citext date enum float4 float8 hstore inet int2 int4 int8 interval jsonb ltree macaddr macaddr8
    money multirange name numeric oid oidvector pg_lsn range record text tid time timestamp timestamptz timetz tsquery tsvector uuid varbit
    varchar xid8""".split()
)
"""Types that are told apart by a class of their own name when nothing else is said."""


def _opclass(change: CreateIndex, key: IndexKey) -> str:
    return "" if not change.unique or key.opclass.removesuffix("_ops") in _OWN else key.opclass


def drop(catalog: Catalog, relation: Relation, index_id: int) -> None:
    """Drops one index; of a partitioned table, those of its partitions too."""
    drop_references(catalog, relation, [i for i in relation.indexes if i.id == index_id])
    relation = catalog.now(relation)
    catalog.put(replace(relation, indexes=tuple(i for i in relation.indexes if i.id != index_id)))
    for child in catalog.children(relation) if relation.kind == "partitioned" else ():
        for other in child.indexes:
            if other.parent == index_id:
                drop(catalog, child, other.id)


def attach(catalog: Catalog, of_parent: Name, of_partition: Name) -> None:
    """ALTER INDEX … ATTACH PARTITION: an index becomes the partition's part of another."""
    parent, home = catalog.index_home(of_parent), catalog.index_home(of_partition)
    if parent is not None and home is not None:
        relation, index_id = home
        catalog.put(replace(relation, indexes=tuple(replace(i, parent=parent[1]) if i.id == index_id else i for i in relation.indexes)))


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
