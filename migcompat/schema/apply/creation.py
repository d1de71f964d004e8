"""Relations that come: tables, partitions, query tables, views, sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

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
from migcompat.schema.apply import constraints
from migcompat.schema.apply.columns import build, own_sequence
from migcompat.schema.apply.removal import remove
from migcompat.schema.apply.shape import shape
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Constraint, Index, Key, Privilege, Relation


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
    columns: list[Column] = []
    for parent in parents:
        columns += [_copy(catalog, c, inherited=True) for c in parent.columns if c.name not in {o.name for o in columns}]
    type_ = catalog.type(change.of_type) if change.of_type is not None else None
    if type_ is not None:
        columns += [_copy(catalog, c, inherited=False) for c in type_.attributes]
    likes = [(catalog.existing(like.source), like) for like in change.likes]
    for source, like in likes:
        columns += [_liked(catalog, c, like) for c in source.columns]
    for definition in change.columns:
        columns = _merge(catalog, columns, definition)
    complete = all(p.complete for p in parents) and all(s.complete for s, _ in likes) and (change.of_type is None or bool(columns))
    relation = catalog.put(
        Relation(
            catalog.new_id(), key, change.kind, tuple(columns), complete, temporary=change.temporary, parents=tuple(p.id for p in parents),
            bound=change.bound, of_type=type_.id if type_ is not None else None, grants=_default_grants(catalog, key, "tables"), origin=origin,
        )
    )  # fmt: skip
    for definition, column in ((d, c) for d in change.columns for c in relation.columns if c.name == d.name):
        if definition.serial or definition.identity:
            own_sequence(catalog, relation, column)
    for parent in parents:
        _inherit(catalog, relation.id, parent, everything=change.partition_of is not None)
    for source, like in likes:
        _like(catalog, relation.id, source, like)
    for constraint in constraints.in_order(change.constraints):
        constraints.add(catalog, relation.id, constraint)
    if change.if_not_exists and not catalog.closed:  # no proof that it is new
        made = catalog.relations.get(relation.id)
        if made is not None:
            catalog.relations.restate(made.id, key, made)
    for parent in parents:
        catalog.relations.touch(parent.id)


def _copy(catalog: Catalog, column: Column, *, inherited: bool) -> Column:
    return replace(column, id=catalog.new_id(), inherited=inherited, identity="" if not inherited else column.identity)


def _owned_sequence(catalog: Catalog, column: Column) -> Relation | None:
    return next((r for r in catalog.relations if r.kind == "sequence" and r.owned_by and r.owned_by[1] == column.id), None)


def _liked(catalog: Catalog, column: Column, like: Like) -> Column:
    kept = replace(column, id=catalog.new_id(), inherited=False)
    if "defaults" not in like.including:
        kept = replace(kept, default=None, has_default=False)
    elif column.default == "nextval" and (sequence := _owned_sequence(catalog, column)) is not None:
        kept = replace(kept, default=f"nextval('{sequence.key}'::regclass)")  # it draws from the source's own sequence
    if "identity" not in like.including:
        kept = replace(kept, identity="")
    if "generated" not in like.including:
        kept = replace(kept, generated="", expression="")
    return kept


def _merge(catalog: Catalog, columns: list[Column], definition: ColumnDef) -> list[Column]:
    """A column that a parent or type has already is refined, not added."""
    new = build(catalog, definition)
    for i, old in enumerate(columns):
        if old.name == new.name:
            filled = new.has_default or definition.identity or definition.generated
            merged = replace(
                old,
                not_null=old.not_null or new.not_null,
                default=new.default if filled else old.default,
                has_default=new.has_default if filled else old.has_default,
                identity=new.identity or old.identity,
            )
            return [*columns[:i], merged, *columns[i + 1 :]]
    return [*columns, new]


def _inherit(catalog: Catalog, child_id: int, parent: Relation, *, everything: bool) -> None:
    """Checks come from any parent; a partition also gets its parent's keys and foreign keys."""
    child = catalog.relations.get(child_id)
    assert child is not None
    names = {c.id: c.name for c in parent.columns}
    ids = {c.name: c.id for c in child.columns}
    new_constraints: list[Constraint] = []
    index_ids: dict[int | None, int] = {}
    new_indexes: list[Index] = []
    if everything:
        for index in parent.indexes:
            index_ids[index.id] = catalog.new_id()
            keys = tuple(replace(k, column=ids.get(names.get(k.column, ""))) if k.column is not None else k for k in index.keys)
            new_indexes.append(replace(index, id=index_ids[index.id], name=_child_name(index.name, parent, child), keys=keys, constraint=None))
    for constraint in parent.constraints:
        if constraint.no_inherit or (constraint.kind != "check" and not everything):
            continue
        columns = tuple(ids[names[c]] for c in constraint.columns if names.get(c) in ids)
        name = constraint.name if constraint.kind in ("check", "foreign") else _child_name(constraint.name, parent, child)
        made = replace(constraint, id=catalog.new_id(), name=name, columns=columns, index=index_ids.get(constraint.index))
        new_constraints.append(made)
        new_indexes = [replace(i, constraint=made.id) if i.id == made.index else i for i in new_indexes]
    catalog.put(replace(child, constraints=(*child.constraints, *new_constraints), indexes=(*child.indexes, *new_indexes)))


def _child_name(name: str, parent: Relation, child: Relation) -> str:
    return name.replace(parent.key.name, child.key.name, 1) if name.startswith(parent.key.name) else f"{child.key.name}_{name}"


def _like(catalog: Catalog, table_id: int, source: Relation, like: Like) -> None:
    table = catalog.relations.get(table_id)
    assert table is not None
    kinds = ({"check"} if "constraints" in like.including else set()) | (
        {"primary", "unique", "exclusion"} if "indexes" in like.including else set()
    )
    copied = replace(source, constraints=tuple(c for c in source.constraints if c.kind in kinds))
    if "indexes" not in like.including:
        copied = replace(copied, indexes=())
    _inherit(catalog, table_id, copied, everything=True)


def _default_grants(catalog: Catalog, key: Key, kind: str) -> frozenset[Privilege]:
    return catalog.default_grants.get((kind, key.schema), frozenset()) | catalog.default_grants.get((kind, ""), frozenset())


def _query_table(catalog: Catalog, change: CreateQueryTable) -> None:
    key = _place(catalog, change.name, temporary=change.temporary, missing_ok=change.if_not_exists)
    if key is None:
        return
    found = shape(catalog, change.query, change.columns)
    catalog.put(
        Relation(
            catalog.new_id(), key, "table", tuple(replace(c, source=None) for c in found.columns), found.complete, temporary=change.temporary,
            grants=_default_grants(catalog, key, "tables"), origin=catalog.origin(change.span),
        )
    )  # fmt: skip


def _view(catalog: Catalog, change: CreateView) -> None:
    key = catalog.creation_key(change.name, change.temporary)
    found = catalog.relations.find(key)
    shaped = shape(catalog, change.query, change.columns)
    kind = "materialized view" if change.materialized else "view"
    if found is not None and (change.or_replace or change.if_not_exists):
        if change.if_not_exists or not found.is_view:
            return
        kept = [replace(new, id=old.id) for old, new in zip(found.columns, shaped.columns)] + list(shaped.columns[len(found.columns) :])
        columns: Iterable[Column] = kept if found.complete else shaped.columns
        catalog.put(
            replace(
                found, columns=tuple(columns), complete=shaped.complete, query=change.query, reads=shaped.reads, uses=shaped.uses,
                definition=change.text,
            )
        )  # fmt: skip
        return
    place = _place(catalog, change.name, temporary=change.temporary, missing_ok=False)
    assert place is not None
    catalog.put(
        Relation(
            catalog.new_id(), place, kind, shaped.columns, shaped.complete, temporary=change.temporary, query=change.query, reads=shaped.reads,
            uses=shaped.uses, definition=change.text, grants=_default_grants(catalog, place, "tables"), origin=catalog.origin(change.span),
        )
    )  # fmt: skip


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
            catalog.new_id(), key, "sequence", temporary=change.temporary, owned_by=owned_by, grants=_default_grants(catalog, key, "sequences"),
            origin=catalog.origin(change.span),
        )
    )  # fmt: skip


APPLY: dict[type[Change], Callable[..., None]] = {
    CreateQueryTable: _query_table,
    CreateSequence: _sequence,
    CreateTable: _table,
    CreateView: _view,
}
