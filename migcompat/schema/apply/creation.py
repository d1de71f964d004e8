"""Relations that come: tables, partitions, query tables, views, sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from migcompat.changes import (
    Change,
    ColumnDef,
    CreateQueryTable,
    CreateSequence,
    CreateTable,
    CreateView,
    Like,
    Name,
)
from migcompat.frozen import replace
from migcompat.lowering.options import is_on
from migcompat.schema.apply import constraints, requirements
from migcompat.schema.apply.columns import build
from migcompat.schema.apply.partitions import add_copy, become_partition, mapped
from migcompat.schema.apply.removal import remove
from migcompat.schema.apply.sequences import own_sequence, spelt_out
from migcompat.schema.apply.shape import shape
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Key, Relation, Type


def _place(catalog: Catalog, name: Name, *, temporary: bool, missing_ok: bool) -> Key | None:
    """Where a new relation goes; None where IF NOT EXISTS finds one. What was only assumed makes room."""
    key = catalog.creation_key(name, temporary)
    was = catalog.relations.was_at(key)
    if was is not None and was.doubtful and catalog.relations.get(was.id) is None:
        catalog.relations.forget(was.id)
    found = catalog.relations.find(key)
    if found is None:
        return key
    if missing_ok:
        return None
    if found.assumed:
        catalog.relations.forget(found.id)
    else:
        remove(catalog, found)
    return key


def _table(catalog: Catalog, change: CreateTable) -> None:
    key = _place(catalog, change.name, temporary=change.temporary, missing_ok=change.if_not_exists)
    if key is None:
        return
    parents = tuple(catalog.existing(n) for n in ((change.partition_of,) if change.partition_of else change.inherits))
    origin = catalog.origin(change.span)
    type_ = catalog.type(change.of_type) if change.of_type is not None else None
    likes = [(catalog.existing(like.source), like) for like in change.likes]
    columns = _columns(catalog, change, parents, type_, likes)
    complete = all(p.complete for p in parents) and all(s.complete for s, _ in likes) and (change.of_type is None or bool(columns))
    relation = catalog.put(
        Relation(
            catalog.new_id(), key, change.kind, tuple(columns), complete, parents=tuple(p.id for p in parents),
            bound=change.bound, of_type=type_.id if type_ is not None else None, grants=catalog.granted("tables", key.schema),
            origin=origin, partition_by=change.partition_by,
        )
    )  # fmt: skip
    if change.until_commit:
        catalog.until_commit(relation)
    serial = {d.name for d in change.columns if d.serial or d.identity}
    for column in relation.columns:
        if column.name in serial or (column.identity and not column.inherited):
            own_sequence(catalog, relation, column)
    for parent in parents:
        _inherit_checks(catalog, relation.id, parent)
    in_order = constraints.in_order(change.constraints)
    for constraint in in_order:
        if constraint.kind == "check":
            constraints.add(catalog, relation.id, constraint)
    if change.partition_of is not None:
        become_partition(catalog, relation.id, parents[0])
    for constraint in in_order:
        if constraint.kind != "check":
            constraints.add(catalog, relation.id, constraint)
    for source, like in likes:
        _like(catalog, relation.id, source, like)
    if change.if_not_exists and not catalog.closed:  # no proof that it is new
        catalog.relations.restate(relation.id, key, catalog.now(relation))
    for parent in parents:
        catalog.relations.touch(parent.id)


def _columns(
    catalog: Catalog, change: CreateTable, parents: tuple[Relation, ...], type_: Type | None, likes: list[tuple[Relation, Like]]
) -> list[Column]:
    """Those of parents or a type, then its own in the order in which they are written."""
    partition = change.partition_of is not None
    columns: dict[str, Column] = {}
    for parent in parents:
        for column in parent.columns:
            twin = columns.get(column.name)
            mine = _inherited(catalog, parent, column, partition=partition and twin is None)
            columns[column.name] = _shared(twin, mine) if twin is not None else mine
    if type_ is not None:
        columns |= {c.name: replace(c, id=catalog.new_id()) for c in type_.attributes}
    for number in range(len(change.columns) + 1):
        for source, like in likes:
            columns |= {c.name: _liked(catalog, c, like) for c in source.columns} if like.after == number else {}
        if number < len(change.columns):
            definition = change.columns[number]
            new = build(catalog, definition)
            old = columns.get(new.name)
            columns[new.name] = _merged(old, new, definition, partition=partition) if old is not None else new
    return [*columns.values()]


def _shared(column: Column, other: Column) -> Column:
    """A column that two parents have; where both have a default the child must name its own."""
    filled = column if column.has_default else other
    return replace(
        column, not_null=column.not_null or other.not_null, default=filled.default, has_default=filled.has_default, sequence=filled.sequence
    )  # fmt: skip


def _inherited(catalog: Catalog, parent: Relation, column: Column, *, partition: bool) -> Column:
    """A parent's column. Only a partition shares the identity, which is the partitioned table's (PostgreSQL 17)."""
    identity = column.identity if partition else ""
    not_null = column.not_null and not requirements.is_kept_back(parent, column)
    return replace(
        spelt_out(catalog, column), id=catalog.new_id(), inherited=True, identity=identity, not_null=not_null, own_not_null=False
    )


def _liked(catalog: Catalog, column: Column, like: Like) -> Column:
    kept = replace(spelt_out(catalog, column), id=catalog.new_id(), inherited=False, own_not_null=True)
    if "defaults" not in like.including:
        kept = replace(kept, default=None, has_default=False, sequence=None)
    if "identity" not in like.including:
        kept = replace(kept, identity="")
    if "generated" not in like.including:
        kept = replace(kept, generated="", expression="")
    return kept


def _merged(old: Column, new: Column, definition: ColumnDef, *, partition: bool) -> Column:
    """A column that a parent or type has already is refined, not added. Of plain inheritance it becomes the child's own, too."""
    filled = definition.default is not None or definition.generated  # an identity leaves the parent's default beside it
    return replace(
        old,
        not_null=old.not_null or new.not_null,
        own_not_null=old.own_not_null or bool(new.not_null),
        default=new.default if filled else old.default,
        has_default=new.has_default if filled else old.has_default,
        identity=new.identity or old.identity,
        inherited=old.inherited and partition,
    )


def _inherit_checks(catalog: Catalog, child_id: int, parent: Relation) -> None:
    """CHECKs come from any parent; one of a name that the child has already is the same."""
    child = catalog.relations.get(child_id)
    assert child is not None
    taken = {c.name for c in child.constraints}
    copied = [
        replace(c, id=catalog.new_id(), columns=mapped(c.columns, parent, child), parent=c.id, not_valid=False)
        for c in parent.constraints
        if c.kind == "check" and not c.no_inherit and c.name not in taken
    ]
    catalog.put(replace(child, constraints=(*child.constraints, *copied)))


def _like(catalog: Catalog, table_id: int, source: Relation, like: Like) -> None:
    """CHECKs and NOT NULLs keep their names, keys and indexes get new ones."""
    table = catalog.relations.get(table_id)
    assert table is not None
    copied = ("check", "not-null") if "constraints" in like.including else ("not-null",)
    constraints = [
        replace(c, id=catalog.new_id(), columns=mapped(c.columns, source, table), parent=None, not_valid=False)
        for c in source.constraints
        if c.kind in copied
    ]
    if constraints:
        table = catalog.put(replace(table, constraints=(*table.constraints, *constraints)))
    for index in source.indexes if "indexes" in like.including else ():
        add_copy(catalog, catalog.now(table), source, index)


def _query_table(catalog: Catalog, change: CreateQueryTable) -> None:
    key = _place(catalog, change.name, temporary=change.temporary, missing_ok=change.if_not_exists)
    if key is None:
        return
    found = shape(catalog, change.query, change.columns)
    relation = catalog.put(
        Relation(
            catalog.new_id(), key, "table", tuple(map(_kept, found.columns)), found.complete,
            grants=catalog.granted("tables", key.schema), origin=catalog.origin(change.span),
        )
    )  # fmt: skip
    if catalog.filled is not None:
        catalog.filled.add(relation.id)
    if change.until_commit:
        catalog.until_commit(relation)


def _kept(column: Column) -> Column:
    """A query's column in a table of its own: it has the type and collation, and no more."""
    return replace(column, source=None, not_null=False, has_default=False)


def _view(catalog: Catalog, change: CreateView) -> None:
    shaped = shape(catalog, change.query, change.columns)
    reads = map(catalog.relations.get, shaped.reads)
    temporary = change.temporary or any(r is not None and r.is_temporary for r in reads)  # as what it reads
    key = catalog.creation_key(change.name, temporary)
    found = catalog.relations.find(key)
    kind = "materialized view" if change.materialized else "view"
    if found is not None and (change.or_replace or change.if_not_exists):
        if change.if_not_exists or not found.is_view:
            return
        # a column keeps its type: another is refused (42P16)
        kept = [
            replace(new, id=old.id, type=old.type or new.type, default=old.default, has_default=old.has_default)
            for old, new in zip(found.columns, shaped.columns, strict=False)
        ] + list(shaped.columns[len(found.columns) :])
        columns: Iterable[Column] = kept if found.complete else shaped.columns
        catalog.put(
            replace(
                found, columns=tuple(columns), complete=shaped.complete, query=change.query,
                reads=tuple(r for r in shaped.reads if r != found.id), uses=shaped.uses,
                definition=change.text, **_options(change),
            )
        )  # fmt: skip
        return
    place = _place(catalog, change.name, temporary=temporary, missing_ok=False)
    assert place is not None
    catalog.put(
        Relation(
            catalog.new_id(), place, kind, shaped.columns, shaped.complete, query=change.query,
            reads=shaped.reads, uses=shaped.uses, definition=change.text, grants=catalog.granted("tables", place.schema),
            origin=catalog.origin(change.span), populated=change.populated, **_options(change),
        )
    )  # fmt: skip


def _options(change: CreateView) -> dict[str, Any]:
    """What OR REPLACE does not say again is as by default."""
    said = dict(change.options)
    return {"check_option": said.get("check_option", ""), "security_invoker": is_on(said.get("security_invoker", "off"))}


def _sequence(catalog: Catalog, change: CreateSequence) -> None:
    key = _place(catalog, change.name, temporary=change.temporary, missing_ok=change.if_not_exists)
    if key is None:
        return
    owned_by = None
    if change.owned_by is not None:
        owner = catalog.existing(change.owned_by[0])
        column = owner.column(change.owned_by[1])
        owned_by = (owner.id, column.id) if column is not None else None
    catalog.put(
        Relation(
            catalog.new_id(), key, "sequence", owned_by=owned_by, numbers=change.numbers,
            grants=catalog.granted("sequences", key.schema), origin=catalog.origin(change.span),
        )
    )  # fmt: skip


APPLY: dict[type[Change], Callable[..., None]] = {
    CreateQueryTable: _query_table,
    CreateSequence: _sequence,
    CreateTable: _table,
    CreateView: _view,
}
