"""What a partition takes from its partitioned table, and what a table takes from another that it is LIKE.

A partition has an index for each of its parent's, and a foreign key for each of its parent's: its own if one is alike, else a new one
(AttachPartitionEnsureIndexes and CloneForeignKeyConstraints in tablecmds.c). They go with the parent's.
"""

from __future__ import annotations

from migcompat.changes import IndexKey
from migcompat.frozen import replace
from migcompat.schema.apply.naming import index_name, key_name, name_part, numbered_name
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Constraint, Index, Relation
from migcompat.sql.conditions import normal

LABELS = {"primary": "pkey", "unique": "key", "check": "check", "foreign": "fkey", "exclusion": "excl", "not-null": "not_null"}
"""The last part of a constraint's default name."""


def become_partition(catalog: Catalog, child_id: int, parent: Relation) -> None:
    """The keys, indexes and foreign keys of the parent, for the new partition and its own."""
    for index in parent.indexes:
        give_index(catalog, child_id, parent, index)
    for constraint in parent.constraints:
        if constraint.kind == "foreign":
            give_foreign_key(catalog, child_id, parent, constraint)


def give_index(catalog: Catalog, child_id: int, parent: Relation, index: Index) -> None:
    """A partition's part of an index."""
    child = catalog.relations.get(child_id)
    if child is None:
        return
    wanted = _carried(index, parent, child)
    own = next((i for i in child.indexes if i.parent is None and _alike(i, wanted) and (wanted.constraint is None or i.constraint)), None)
    if own is None:
        made = add_copy(catalog, child, parent, index, parent_index=index.id)
        for below in catalog.children(made) if made.kind == "partitioned" else ():
            give_index(catalog, below.id, made, made.indexes[-1])
        return
    catalog.put(
        replace(
            child,
            indexes=tuple(replace(i, parent=index.id) if i.id == own.id else i for i in child.indexes),
            constraints=tuple(replace(c, parent=index.constraint) if c.id == own.constraint else c for c in child.constraints),
        )
    )


def add_copy(catalog: Catalog, table: Relation, source: Relation, index: Index, parent_index: int | None = None) -> Relation:
    """A copy of an index, with its constraint if it has one, under a default name."""
    copy = _carried(index, source, table)
    names: dict[int | None, str] = {c.id: c.name for c in table.columns}
    key = next((c for c in source.constraints if c.id == index.constraint), None)
    part = name_part(
        index.named_after
        or [*(IndexKey(names.get(k.column), k.expression) for k in copy.keys), *(IndexKey(names[i]) for i in copy.include)]
    )
    if key is None:
        name = index_name(catalog, table.key.schema, table.key.name, part)
        made = replace(copy, id=catalog.new_id(), name=name, constraint=None, parent=parent_index)
        return catalog.put(replace(table, indexes=(*table.indexes, made)))
    name = key_name(catalog, table.key.schema, table.key.name, "" if key.kind == "primary" else part, LABELS[key.kind])
    made = replace(copy, id=catalog.new_id(), name=name, parent=parent_index)
    constraint = replace(
        key, id=catalog.new_id(), name=name, columns=mapped(key.columns, source, table), index=made.id,
        parent=key.id if parent_index is not None else None,
    )  # fmt: skip
    made = replace(made, constraint=constraint.id)
    return catalog.put(replace(table, indexes=(*table.indexes, made), constraints=(*table.constraints, constraint)))


def mapped(columns: tuple[int, ...], source: Relation, target: Relation) -> tuple[int, ...]:
    """Columns of the same names in another relation."""
    names = {c.id: c.name for c in source.columns}
    ids = {c.name: c.id for c in target.columns}
    return tuple(ids[names[c]] for c in columns if names.get(c) in ids)


def _carried(index: Index, source: Relation, target: Relation) -> Index:
    """An index as it would be over another relation's columns."""
    keys = tuple(
        replace(k, column=next(iter(mapped((k.column,), source, target)), None)) if k.column is not None else k for k in index.keys
    )
    return replace(index, keys=keys, include=mapped(index.include, source, target))


def _alike(a: Index, b: Index) -> bool:
    return _facts(a) == _facts(b)


def _facts(index: Index) -> tuple[object, ...]:
    keys = tuple((k.column, normal(k.expression) if k.expression else "", k.operator) for k in index.keys)
    return (
        keys,
        index.include,
        index.unique,
        index.nulls_not_distinct,
        index.deferrable,
        index.exclusion,
        normal(index.predicate) if index.predicate else "",
    )


def give_foreign_key(catalog: Catalog, child_id: int, parent: Relation, key: Constraint) -> None:
    """A partition's part of a foreign key, and that of its own partitions."""
    child = catalog.relations.get(child_id)
    if child is None:
        return
    columns = mapped(key.columns, parent, child)
    own = next(
        (c for c in child.constraints if c.parent is None and _same_key(replace(c, columns=columns), key) and c.columns == columns), None
    )
    if own is not None:
        constraints = tuple(replace(c, parent=key.id) if c.id == own.id else c for c in child.constraints)
        catalog.put(replace(child, constraints=constraints))
        return
    name = key.name
    if child.constraint(name) is not None:
        name = numbered_name(catalog, child.key.schema, key.name)
    made = replace(key, id=catalog.new_id(), name=name, columns=columns, parent=key.id)
    child = catalog.put(replace(child, constraints=(*child.constraints, made)))
    for below in catalog.children(child) if child.kind == "partitioned" else ():
        give_foreign_key(catalog, below.id, child, made)


def _same_key(a: Constraint, b: Constraint) -> bool:
    facts = [
        (c.kind, c.references, c.referenced, c.on_delete, c.on_update, c.deferrable, c.enforced, c.not_valid) for c in (a, b)
    ]  # fmt: skip
    return facts[0] == facts[1]


def joined(child: Relation, parent: Relation) -> Relation:
    """A table that is attached: its columns and CHECKs are the parent's from now on."""
    theirs = {c.name: c for c in parent.columns}
    checks = {c.name: c.id for c in parent.constraints if c.kind == "check"}
    return replace(
        child,
        columns=tuple(_joined(c, theirs[c.name]) if c.name in theirs else c for c in child.columns),
        constraints=tuple(replace(c, parent=checks[c.name]) if c.kind == "check" and c.name in checks else c for c in child.constraints),
    )


def _joined(column: Column, theirs: Column) -> Column:
    return replace(column, inherited=True, identity=theirs.identity, own_not_null=column.own_not_null and not theirs.not_null)


def separated(child: Relation, parent: Relation, others: list[Relation]) -> Relation:
    """A child that leaves one of its parents: it keeps all it has, but for an identity, which was the parent's; what no other parent has
    is its own."""
    constraints = {c.id for c in parent.constraints}
    names = {c.name for c in parent.columns}
    return replace(
        child,
        columns=tuple(_separated(c, others) if c.name in names else c for c in child.columns),
        indexes=tuple(replace(i, parent=None) for i in child.indexes),
        constraints=tuple(replace(c, parent=None) if c.parent in constraints else c for c in child.constraints),
    )


def _separated(column: Column, others: list[Relation]) -> Column:
    theirs = [c for other in others for c in other.columns if c.name == column.name]
    return replace(
        column, inherited=column.inherited and bool(theirs), identity="" if column.inherited else column.identity,
        own_not_null=column.own_not_null or not any(c.not_null for c in theirs),
    )  # fmt: skip
