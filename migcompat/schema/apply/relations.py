"""Relations as a whole: dropped, renamed, moved, emptied, attached to a parent."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import (
    AlterSequence,
    AttachPartition,
    Change,
    DetachPartition,
    DropRelation,
    Fill,
    MoveRelation,
    Name,
    Refresh,
    RenameRelation,
    SetInheritance,
    SetNumbers,
    SetOptions,
    SetReplicaIdentity,
    SetTableType,
    Truncate,
)
from migcompat.frozen import replace
from migcompat.lowering.options import is_on
from migcompat.schema.apply import indexes, partitions
from migcompat.schema.apply.removal import remove, remove_cascading
from migcompat.schema.apply.target import family, known, target, was_there
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Key, Relation


def _sought(catalog: Catalog, name: Name, kind: str, *, missing_ok: bool) -> Relation | None:
    """The relation to drop or rename. One never seen is taken to exist; with IF EXISTS only where the history has gaps or is empty."""
    found = catalog.relation(name)
    if found is not None:
        return found
    if missing_ok and catalog.closed:
        return None
    assumed = catalog.assume(name, kind)
    return _doubted(catalog, assumed) if missing_ok else assumed


def _doubted(catalog: Catalog, relation: Relation) -> Relation:
    doubted = replace(relation, doubtful=True)
    catalog.relations.assume(relation.id, relation.key, doubted)
    return doubted


def _drop(catalog: Catalog, change: DropRelation) -> None:
    if change.kind == "index":
        home = catalog.index_home(change.name)
        if home is not None:
            indexes.drop(catalog, *home)
        elif not (change.if_exists and catalog.closed):
            _drop_unknown_index(catalog, change.name)
        return
    if change.also and catalog.relation(change.name) is None and was_there(catalog, catalog.relations, change.name):
        return
    relation = _sought(catalog, change.name, change.kind, missing_ok=change.if_exists)
    if relation is not None and change.cascade:
        remove_cascading(catalog, relation)
    elif relation is not None:
        remove(catalog, relation)


def _drop_unknown_index(catalog: Catalog, name: Name) -> None:
    """An index of a table that was never seen: it may have been unique."""
    assumed = catalog.assume(name, "index")
    catalog.relations.remove(assumed.id)


def _rename(catalog: Catalog, change: RenameRelation) -> None:
    relation = catalog.relation(change.name)
    if relation is None:
        home = catalog.index_home(change.name)
        if home is not None:
            indexes.rename(catalog, *home, change.to)
            return
        if change.kind == "index":
            return
        relation = _sought(catalog, change.name, change.kind, missing_ok=change.if_exists)
    if relation is not None:
        catalog.put(replace(relation, key=Key(relation.key.schema, change.to)))


def _move(catalog: Catalog, change: MoveRelation) -> None:
    relation = _sought(catalog, change.name, change.kind, missing_ok=change.if_exists)
    if relation is None:
        return
    catalog.put(replace(relation, key=Key(change.schema, relation.key.name)))
    for sequence in catalog.owned(relation):  # they move along
        catalog.put(replace(sequence, key=Key(change.schema, sequence.key.name)))


def _truncate(catalog: Catalog, change: Truncate) -> None:
    """With what inherits from it, and what refers to any of them."""
    emptied: set[int] = set()
    first = _sought(catalog, change.name, "table", missing_ok=change.if_exists)
    pending = family(catalog, first, only=change.only) if first is not None else []
    while pending:
        relation = pending.pop()
        if relation.id not in emptied:
            emptied.add(relation.id)
            catalog.put(replace(relation, emptied=relation.emptied + 1))
            pending += [table for parent in (relation, *catalog.above(relation)) for table in catalog.referrers(parent)]


def _attach(catalog: Catalog, change: AttachPartition) -> None:
    if not change.bound:
        indexes.attach(catalog, change.table, change.partition)
        return
    parent = catalog.existing(change.table)
    child = catalog.put(partitions.joined(replace(catalog.existing(change.partition), parents=(parent.id,), bound=change.bound), parent))
    partitions.become_partition(catalog, child.id, parent)
    catalog.relations.touch(parent.id)


def _detach(catalog: Catalog, change: DetachPartition) -> None:
    child, parent = catalog.existing(change.partition), catalog.existing(change.table)
    _learn_parent(catalog, child, parent, bound="unknown")
    child = catalog.put(partitions.separated(replace(child, parents=(), bound=""), parent, []))
    for below in family(catalog, child, only=False)[1:]:  # an identity was that of the uppermost table
        catalog.put(replace(below, columns=tuple(replace(c, identity="") if c.inherited else c for c in below.columns)))
    catalog.relations.touch(parent.id)


def _learn_parent(catalog: Catalog, child: Relation, parent: Relation, bound: str = "") -> None:
    """What leaves a parent was its child before, though where one of them was never seen nobody said so."""
    was = catalog.relations.was(child.id)
    if was is not None and parent.id not in child.parents:
        catalog.relations.restate(child.id, was.key, replace(was, parents=(*was.parents, parent.id), bound=bound))


def _inheritance(catalog: Catalog, change: SetInheritance) -> None:
    child, parent = target(catalog, change), catalog.existing(change.parent)
    if child is not None:
        others = tuple(p for p in child.parents if p != parent.id)
        if change.inherits:
            catalog.put(replace(child, parents=(*others, parent.id)))
        else:
            _learn_parent(catalog, child, parent)
            left = [relation for id_ in others if (relation := catalog.relations.get(id_)) is not None]
            catalog.put(partitions.separated(replace(child, parents=others), parent, left))
        catalog.relations.touch(parent.id)


def _table_type(catalog: Catalog, change: SetTableType) -> None:
    table = target(catalog, change)
    type_ = catalog.type(change.type) if change.type is not None else None
    if table is not None:
        catalog.put(replace(table, of_type=type_.id if type_ is not None else None))


def _sequence(catalog: Catalog, change: AlterSequence) -> None:
    sequence = _sought(catalog, change.name, "sequence", missing_ok=change.if_exists)
    if sequence is None:
        return
    owned_by = None if change.disowned else sequence.owned_by
    if change.owned_by is not None:
        owner = catalog.existing(change.owned_by[0])
        column = owner.column(change.owned_by[1])
        owned_by = (owner.id, column.id) if column is not None else None
    catalog.put(replace(sequence, owned_by=owned_by, numbers=(*sequence.numbers, *change.numbers)))


def _numbers(catalog: Catalog, change: SetNumbers) -> None:
    """Of the sequence behind an identity; one never seen has the name that PostgreSQL gives it."""
    relation = target(catalog, change)
    if relation is None:
        return
    relation, column = known(catalog, relation, change.column, identity="by default", not_null=True)
    own = [s for s in catalog.owned(relation) if s.owned_by == (relation.id, column.id) and s.of_identity]
    for sequence in own or [catalog.assume(Name(f"{relation.key.name}_{column.name}_seq", relation.key.schema), "sequence")]:
        catalog.put(replace(sequence, owned_by=(relation.id, column.id), of_identity=True, numbers=(*sequence.numbers, *change.numbers)))


def _options(catalog: Catalog, change: SetOptions) -> None:
    said = dict(change.options)
    view = catalog.relation(change.table)
    if view is None:
        if change.if_exists and catalog.closed:
            return
        view = catalog.assume(change.table, "view")
    if "check_option" in said:
        view = replace(view, check_option=said["check_option"] or "")
    if "security_invoker" in said:
        view = replace(view, security_invoker=is_on(said["security_invoker"] or "off"))
    catalog.put(view)


def _fill(catalog: Catalog, change: Fill) -> None:
    relation = catalog.relation(change.name)
    if relation is not None and catalog.filled is not None:
        catalog.filled.add(relation.id)
        was = catalog.relations.was_at(relation.key)
        if was is not None and was.id != relation.id:  # whose rows may have come with its name
            catalog.relations.touch(was.id)


def _refresh(catalog: Catalog, change: Refresh) -> None:
    view = catalog.existing(change.name, "materialized view")
    catalog.put(replace(view, populated=change.populated))


def _replica_identity(catalog: Catalog, change: SetReplicaIdentity) -> None:
    relation = target(catalog, change)
    if relation is not None:
        index = next((i.id for i in relation.indexes if i.name == change.index), None)
        catalog.put(replace(relation, replica_identity=change.identity, identity_index=index))


APPLY: dict[type[Change], Callable[..., None]] = {
    AlterSequence: _sequence,
    AttachPartition: _attach,
    DetachPartition: _detach,
    DropRelation: _drop,
    Fill: _fill,
    MoveRelation: _move,
    Refresh: _refresh,
    RenameRelation: _rename,
    SetInheritance: _inheritance,
    SetNumbers: _numbers,
    SetOptions: _options,
    SetReplicaIdentity: _replica_identity,
    SetTableType: _table_type,
    Truncate: _truncate,
}
