"""ALTER TABLE and its siblings (VIEW, MATERIALIZED VIEW, INDEX, SEQUENCE, FOREIGN TABLE): every action of PostgreSQL 18."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migcompat.changes import (
    AddColumn,
    AddConstraint,
    AlterConstraint,
    AlterInert,
    AlterSequence,
    AttachPartition,
    Change,
    DetachPartition,
    DropColumn,
    DropConstraint,
    MoveRelation,
    RenameColumn,
    RenameConstraint,
    RenameRelation,
    SetColumnType,
    SetDefault,
    SetExpression,
    SetIdentity,
    SetInheritance,
    SetNotNull,
    SetOptions,
    SetOwner,
    SetReplicaIdentity,
    SetRowSecurity,
    SetRule,
    SetTableType,
    SetTrigger,
    ValidateConstraint,
)
from migcompat.lowering.alter_column import alter_column
from migcompat.lowering.columns import column_definition, starts_constraint, table_constraint
from migcompat.lowering.options import options, sequence_options
from migcompat.lowering.tables import partition_bound
from migcompat.lowering.target import Target
from migcompat.sql.cursor import Cursor


def alter_relation(cursor: Cursor, kind: str) -> Iterator[Change]:
    """After `ALTER TABLE` (or VIEW …). Raises Unreadable."""
    if cursor.take("all", "in", "tablespace"):
        cursor.rest()
        return
    target = Target(cursor, kind)
    alone = _alone(cursor, target)
    if alone is not None:
        yield alone
    elif kind == "sequence":
        yield from _sequence_options(cursor, target)
    else:
        yield from sorted(cursor.list_of(lambda: _action(cursor, target)), key=_turn)
    cursor.finish()


def _turn(change: Change) -> int:
    """When PostgreSQL gets to an action among others: drops come first, keys after columns, whatever their order in the statement (the
    passes of ATPrepCmd in tablecmds.c)."""
    if isinstance(change, (SetDefault, SetNotNull, SetIdentity, SetExpression)):
        drops = (
            (isinstance(change, SetDefault) and change.default is None)
            or (isinstance(change, SetNotNull) and not change.not_null)
            or (isinstance(change, SetIdentity) and not change.identity)
            or (isinstance(change, SetExpression) and change.expression is None)
        )
        if isinstance(change, SetIdentity) and not change.added:
            return _DROP if drops else _LAST
        return _DROP if drops else _LATE if isinstance(change, (SetDefault, SetIdentity)) else _SET
    if isinstance(change, AddConstraint):
        kind = change.constraint.kind
        return _ADD if kind in ("check", "not-null") else _KEY if kind != "foreign" else _LATE
    return _TURNS.get(type(change), _LAST)


_DROP, _RETYPE, _COLUMN, _ADD, _SET, _KEY, _LATE, _LAST = range(8)
_TURNS: dict[type[Change], int] = {DropColumn: _DROP, DropConstraint: _DROP, SetColumnType: _RETYPE, AddColumn: _COLUMN}


def _alone(cursor: Cursor, target: Target) -> Change | None:
    """The forms that stand alone in their statement."""
    start = cursor.start
    if cursor.take("rename"):
        return _rename(cursor, target, start)
    if cursor.take("set", "schema"):
        return MoveRelation(cursor.since(start), target.kind, target.name, cursor.identifier(), target.if_exists)
    if cursor.take("attach", "partition"):
        partition = cursor.name()
        bound = partition_bound(cursor) if not cursor.done else ""
        return target.change(AttachPartition, start, partition=partition, bound=bound)
    if cursor.take("detach", "partition"):
        partition = cursor.name()
        cursor.take_any("concurrently", "finalize")
        return target.change(DetachPartition, start, partition=partition)
    if cursor.take("no", "depends") or cursor.take("depends"):
        cursor.rest()
        return target.change(AlterInert, start)
    return None


def _rename(cursor: Cursor, target: Target, start: int) -> Change:
    if cursor.take("to"):
        to = cursor.identifier()
        return RenameRelation(cursor.since(start), target.kind, target.name, to, target.if_exists)
    if cursor.take("constraint"):
        old = cursor.identifier()
        cursor.need("to")
        return target.change(RenameConstraint, start, constraint=old, to=cursor.identifier())
    cursor.take("column")
    old = cursor.identifier()
    cursor.need("to")
    return target.change(RenameColumn, start, column=old, to=cursor.identifier())


def _action(cursor: Cursor, target: Target) -> Change:
    start = cursor.start
    word = cursor.identifier()
    read = _ACTIONS.get(word)
    if read is None:
        cursor.i -= 1
        raise cursor.fail("an action of ALTER TABLE")
    return read(cursor, target, start)


def _add(cursor: Cursor, target: Target, start: int) -> Change:
    if starts_constraint(cursor):
        constraint = table_constraint(cursor)
        return target.change(AddConstraint, start, constraint=constraint)
    cursor.take("column")
    if_not_exists = cursor.if_not_exists()
    column, constraints = column_definition(cursor)
    return target.change(AddColumn, start, column=column, constraints=constraints, if_not_exists=if_not_exists)


def _drop(cursor: Cursor, target: Target, start: int) -> Change:
    if cursor.take("constraint"):
        missing_ok, name = cursor.if_exists(), cursor.identifier()
        cascade = cursor.cascade()
        return target.change(DropConstraint, start, constraint=name, constraint_if_exists=missing_ok, cascade=cascade)
    cursor.take("column")
    missing_ok, name = cursor.if_exists(), cursor.identifier()
    cascade = cursor.cascade()
    return target.change(DropColumn, start, column=name, column_if_exists=missing_ok, cascade=cascade)


def _alter(cursor: Cursor, target: Target, start: int) -> Change:
    return _alter_constraint(cursor, target, start) if cursor.take("constraint") else alter_column(cursor, target, start)


def _alter_constraint(cursor: Cursor, target: Target, start: int) -> Change:
    name = cursor.identifier()
    deferrable: bool | None = None
    deferred: bool | None = None
    enforced: bool | None = None
    inherit: bool | None = None
    while not cursor.done and not cursor.at(","):
        negated = cursor.take("not")
        if cursor.take("deferrable"):
            deferrable = not negated
            deferred = deferred if deferrable else False
        elif cursor.take("enforced"):
            enforced = not negated
        elif cursor.take("initially"):
            deferred = cursor.identifier() == "deferred"
            deferrable = deferred or deferrable
        elif cursor.take("inherit"):
            inherit = True
        elif cursor.take("no", "inherit"):
            inherit = False
        else:
            raise cursor.fail("what to alter of the constraint")
    spoken = {"deferrable": deferrable, "deferred": deferred, "enforced": enforced, "inherit": inherit}
    return target.change(AlterConstraint, start, constraint=name, **spoken)


def _validate(cursor: Cursor, target: Target, start: int) -> Change:
    cursor.need("constraint")
    return target.change(ValidateConstraint, start, constraint=cursor.identifier())


def _switch(cursor: Cursor, target: Target, start: int) -> Change:
    """ENABLE / DISABLE [ALWAYS | REPLICA] TRIGGER | RULE, ROW LEVEL SECURITY."""
    enabled = cursor.tokens[cursor.i - 1].value == "enable"
    if cursor.take("row", "level", "security"):
        return target.change(SetRowSecurity, start, enabled=enabled)
    mode = cursor.take_any("always", "replica")
    if cursor.take("trigger"):
        return target.change(SetTrigger, start, trigger=cursor.identifier(), enabled=enabled and mode != "replica")
    cursor.need("rule")
    return target.change(SetRule, start, rule=cursor.identifier(), enabled=enabled and mode != "replica")


def _force(cursor: Cursor, target: Target, start: int) -> Change:
    cursor.need("row", "level", "security")
    return target.change(SetRowSecurity, start, forced=True)


def _no(cursor: Cursor, target: Target, start: int) -> Change:
    if cursor.take("force", "row", "level", "security"):
        return target.change(SetRowSecurity, start, forced=False)
    cursor.need("inherit")
    return target.change(SetInheritance, start, parent=cursor.name(), inherits=False)


def _inherit(cursor: Cursor, target: Target, start: int) -> Change:
    return target.change(SetInheritance, start, parent=cursor.name())


def _owner(cursor: Cursor, target: Target, start: int) -> Change:
    cursor.need("to")
    return SetOwner(cursor.since(start), target.kind, target.name, cursor.identifier())


def _set(cursor: Cursor, target: Target, start: int) -> Change:
    if cursor.at("("):
        return _options(target, start, options(cursor))
    if cursor.take("without"):
        cursor.take_any("cluster", "oids")
    elif cursor.take("access", "method") or cursor.take("tablespace"):
        cursor.identifier()
        cursor.take("nowait")
    elif not cursor.take_any("logged", "unlogged"):
        raise cursor.fail("what to set")
    return target.change(AlterInert, start)


def _options(target: Target, start: int, said: tuple[tuple[str, str | None], ...]) -> Change:
    """Those of a view; what a table's storage is like is no contract."""
    if any(name in ("check_option", "security_invoker") for name, _ in said):
        return target.change(SetOptions, start, options=said)
    return target.change(AlterInert, start)


def _inert(cursor: Cursor, target: Target, start: int) -> Change:
    """CLUSTER ON, RESET, OF, NOT OF, REPLICA IDENTITY, OPTIONS."""
    word = cursor.tokens[cursor.i - 1].value
    if word == "reset":
        return _options(target, start, tuple((name, None) for name, _ in options(cursor)))
    if word == "options":
        cursor.parenthesised()
    elif word == "cluster":
        cursor.need("on")
        cursor.identifier()
    elif word == "of":
        return target.change(SetTableType, start, type=cursor.name())
    elif word == "not":
        cursor.need("of")
        return target.change(SetTableType, start)
    else:
        cursor.need("identity")
        if cursor.take("using", "index"):
            return target.change(SetReplicaIdentity, start, identity="index", index=cursor.identifier())
        return target.change(SetReplicaIdentity, start, identity=cursor.identifier())
    return target.change(AlterInert, start)


def _attach(cursor: Cursor, target: Target, start: int) -> Change:
    """ALTER INDEX … ATTACH PARTITION."""
    cursor.need("partition")
    return target.change(AttachPartition, start, partition=cursor.name())


_ACTIONS: dict[str, Callable[[Cursor, Target, int], Change]] = {
    "add": _add, "drop": _drop, "alter": _alter, "validate": _validate, "enable": _switch, "disable": _switch, "force": _force, "no": _no,
    "inherit": _inherit, "owner": _owner, "set": _set, "cluster": _inert, "reset": _inert, "of": _inert, "not": _inert, "replica": _inert,
    "options": _inert, "attach": _attach,
}  # fmt: skip


def _sequence_options(cursor: Cursor, target: Target) -> Iterator[Change]:
    start = cursor.start
    if cursor.take("owner", "to"):
        yield SetOwner(cursor.since(start), "sequence", target.name, cursor.identifier())
        return
    if cursor.take("set"):
        cursor.take_any("logged", "unlogged")
        yield target.change(AlterInert, start)
        return
    owned_by, disowned, numbers = sequence_options(cursor)
    yield AlterSequence(cursor.since(start), target.name, owned_by, disowned, numbers, target.if_exists)
