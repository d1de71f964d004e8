"""CREATE, ALTER and DROP of types and domains."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import (
    AddLabel,
    AlterComposite,
    AlterDomain,
    Change,
    ConstraintDef,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateType,
    DropType,
    MoveType,
    Name,
    RenameLabel,
    RenameType,
    SetOwner,
)
from migcompat.findings import Span
from migcompat.lowering.columns import column_definition, constraint_traits
from migcompat.sql.cursor import Cursor
from migcompat.sql.types import type_name


def create_type(cursor: Cursor, start: int) -> Iterator[Change]:
    """After CREATE TYPE."""
    name = cursor.name()
    if cursor.take("as", "enum"):
        cursor.need("(")
        labels = () if cursor.at(")") else cursor.list_of(cursor.string)
        cursor.need(")")
        cursor.finish()
        yield CreateEnum(cursor.since(start), name, labels)
    elif cursor.take("as", "range"):
        cursor.parenthesised()
        cursor.finish()
        yield CreateType(cursor.since(start), name, "range")
    elif cursor.take("as"):
        cursor.need("(")
        attributes = () if cursor.at(")") else cursor.list_of(lambda: column_definition(cursor)[0])
        cursor.need(")")
        cursor.finish()
        yield CreateComposite(cursor.since(start), name, attributes)
    else:
        kind = "base" if cursor.at("(") else "shell"
        if kind == "base":
            cursor.parenthesised()
        cursor.finish()
        yield CreateType(cursor.since(start), name, kind)


def create_domain(cursor: Cursor, start: int) -> Iterator[Change]:
    """After CREATE DOMAIN."""
    name = cursor.name()
    cursor.take("as")
    base = type_name(cursor)
    not_null, default = False, None
    checks: list[ConstraintDef] = []
    while not cursor.done:
        at = cursor.start
        if cursor.take("collate"):
            cursor.name()
        elif cursor.take("default"):
            default = cursor.expression("constraint", "not", "null", "check", "collate")
        else:
            constraint = _domain_constraint(cursor, at)
            not_null = not_null or constraint.kind == "not-null"
            if constraint.kind == "check":
                checks.append(constraint)
    yield CreateDomain(cursor.since(start), name, base, not_null, default, tuple(checks))


def _domain_constraint(cursor: Cursor, start: int) -> ConstraintDef:
    name = cursor.identifier() if cursor.take("constraint") else None
    if cursor.take("check"):
        return constraint_traits(cursor, ConstraintDef("check", Span(start, start), name, expression=cursor.parenthesised()))
    if cursor.take("not", "null"):
        return constraint_traits(cursor, ConstraintDef("not-null", Span(start, start), name))
    if cursor.take("null"):
        return ConstraintDef("null", Span(start, start), name)
    raise cursor.fail("a constraint")


def alter_domain(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER DOMAIN."""
    name = cursor.name()
    at = cursor.start
    if cursor.take("rename"):
        if cursor.take("to"):
            yield RenameType(cursor.since(start), name, cursor.identifier())
        else:
            cursor.need("constraint")
            old = cursor.identifier()
            cursor.need("to")
            yield AlterDomain(cursor.since(at), name, rename=(old, cursor.identifier()))
    elif cursor.take("set", "schema"):
        yield MoveType(cursor.since(start), name, cursor.identifier())
    elif cursor.take("owner", "to"):
        yield SetOwner(cursor.since(start), "type", name, cursor.identifier())
    elif cursor.take("validate", "constraint"):
        yield AlterDomain(cursor.since(at), name, validate=cursor.identifier())
    elif cursor.take("drop", "constraint"):
        missing_ok, constraint = cursor.if_exists(), cursor.identifier()
        cursor.cascade()
        yield AlterDomain(cursor.since(at), name, drop=constraint, if_exists=missing_ok)
    elif cursor.take("add"):
        constraint_def = _domain_constraint(cursor, cursor.start)
        if constraint_def.kind == "not-null":
            yield AlterDomain(cursor.since(at), name, not_null=True)
        else:
            yield AlterDomain(cursor.since(at), name, add=constraint_def)
    elif cursor.take("set", "default"):
        default = cursor.expression()
        yield AlterDomain(cursor.since(at), name, default=default)
    elif cursor.take("drop", "default"):
        yield AlterDomain(cursor.since(at), name, drop_default=True)
    elif cursor.at("set", "not", "null") or cursor.at("drop", "not", "null"):
        not_null = cursor.next().value == "set"
        cursor.need("not", "null")
        yield AlterDomain(cursor.since(at), name, not_null=not_null)
    else:
        raise cursor.fail("an action of ALTER DOMAIN")
    cursor.finish()


def alter_type(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER TYPE."""
    name = cursor.name()
    at = cursor.start
    if cursor.take("add", "value"):
        missing_ok, label = cursor.if_not_exists(), cursor.string()
        before = cursor.string() if cursor.take("before") else None
        after = cursor.string() if cursor.take("after") else None
        yield AddLabel(cursor.since(at), name, label, missing_ok, before, after)
    elif cursor.take("rename", "value"):
        label = cursor.string()
        cursor.need("to")
        yield RenameLabel(cursor.since(at), name, label, cursor.string())
    elif cursor.take("rename", "to"):
        yield RenameType(cursor.since(start), name, cursor.identifier())
    elif cursor.take("rename", "attribute"):
        old = cursor.identifier()
        cursor.need("to")
        to = cursor.identifier()
        cursor.cascade()
        yield AlterComposite(cursor.since(at), name, old, rename=to)
    elif cursor.take("set", "schema"):
        yield MoveType(cursor.since(start), name, cursor.identifier())
    elif cursor.take("owner", "to"):
        yield SetOwner(cursor.since(start), "type", name, cursor.identifier())
    elif cursor.take("set"):
        cursor.parenthesised()
    else:
        yield from sorted(cursor.list_of(lambda: _attribute_action(cursor, name)), key=_turn)
    cursor.finish()


def _turn(change: AlterComposite) -> int:
    """PostgreSQL drops first, then changes types, then adds, whatever their order in the statement."""
    return 2 if change.add is not None else 1 if change.type is not None else 0


def _attribute_action(cursor: Cursor, name: Name) -> AlterComposite:
    start = cursor.start
    if cursor.take("add", "attribute"):
        attribute = column_definition(cursor)[0]
        cursor.cascade()
        return AlterComposite(cursor.since(start), name, attribute.name, add=attribute)
    if cursor.take("drop", "attribute"):
        cursor.if_exists()
        old = cursor.identifier()
        cursor.cascade()
        return AlterComposite(cursor.since(start), name, old)
    if cursor.take("alter", "attribute"):
        old = cursor.identifier()
        cursor.take("set", "data")
        cursor.need("type")
        new = type_name(cursor)
        if cursor.take("collate"):
            cursor.name()
        cursor.cascade()
        return AlterComposite(cursor.since(start), name, old, type=new)
    raise cursor.fail("an action of ALTER TYPE")


def drop_types(cursor: Cursor, kind: str, start: int) -> Iterator[Change]:
    """After DROP TYPE / DOMAIN."""
    missing_ok = cursor.if_exists()
    names = cursor.list_of(cursor.name)
    cascade = cursor.cascade()
    cursor.finish()
    for number, name in enumerate(names):
        yield DropType(cursor.since(start), name, kind, missing_ok, cascade, number > 0)
