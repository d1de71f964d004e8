"""Constraints that are there: dropped, renamed, altered and validated, with their indexes and those of children."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import AlterConstraint, Change, DropConstraint, RenameConstraint, ValidateConstraint
from migcompat.frozen import replace
from migcompat.schema.apply import requirements
from migcompat.schema.apply.naming import object_name
from migcompat.schema.apply.references import drop_references
from migcompat.schema.apply.target import family, target
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Constraint, Relation

_GUESSES = (("foreign", ("fkey", "fk", "foreign")), ("check", ("check", "chk", "ck")))


def _guess(name: str) -> str:
    """The kind of a constraint never seen, from how people name them."""
    words = name.lower().split("_")
    return next((kind for kind, marks in _GUESSES if any(mark in (words[0], words[-1]) for mark in marks)), "unknown")


def _known(catalog: Catalog, relation: Relation, name: str) -> tuple[Relation, Constraint]:
    found = relation.constraint(name)
    if found is not None:
        return relation, found
    assumed = Constraint(catalog.new_id(), name, _guess(name), assumed=True)
    return catalog.learn(relation, constraints=(assumed,)), assumed


def _drop(catalog: Catalog, change: DropConstraint) -> None:
    relation = target(catalog, change)
    if relation is None:
        return
    if relation.constraint(change.constraint) is None:
        if (unnamed := _unnamed_not_null(relation, change.constraint)) is not None:
            requirements.lift(catalog, relation, unnamed.name, only=change.only)
            return
        if change.constraint_if_exists and relation.complete:
            return
    relation, constraint = _known(catalog, relation, change.constraint)
    if constraint.kind == "not-null":
        for column in (c.name for c in relation.columns if c.id in constraint.columns):
            requirements.lift(catalog, relation, column, only=change.only)
        return
    if change.only and constraint.index is None and constraint.kind != "foreign":  # keys go with their parts
        for child, part in _parts(catalog, relation, constraint)[1:]:
            if part.parent == constraint.id:
                catalog.put(_put_in(child, replace(part, parent=None)))
        _remove(catalog, relation, constraint)
        return
    for member, part in _parts(catalog, relation, constraint):
        heir = _heir(catalog, member, part) if member.id != relation.id else None
        if heir is None:
            _remove(catalog, member, part)
        else:
            catalog.put(_put_in(member, replace(part, parent=heir.id)))


def _parts(catalog: Catalog, relation: Relation, constraint: Constraint) -> list[tuple[Relation, Constraint]]:
    """The constraint, and those of children that are there because of it."""
    found = [(relation, constraint)]
    for child in catalog.children(relation):
        for other in child.constraints:
            if other.parent == constraint.id or (constraint.assumed and (other.name, other.kind) == (constraint.name, constraint.kind)):
                found += _parts(catalog, child, other)
    return found


def _heir(catalog: Catalog, member: Relation, part: Constraint) -> Constraint | None:
    """Another parent's CHECK of that name, which keeps the child's."""
    parents = (p for id_ in member.parents if (p := catalog.relations.get(id_)) is not None)
    return next(
        (c for p in parents for c in p.constraints if c.kind == part.kind == "check" and c.name == part.name and c.id != part.parent), None
    )


def _put_in(relation: Relation, constraint: Constraint) -> Relation:
    return replace(relation, constraints=tuple(constraint if c.id == constraint.id else c for c in relation.constraints))


def _unnamed_not_null(relation: Relation, name: str) -> Column | None:
    """The column of a NOT NULL constraint that PostgreSQL 18 named: `{table}_{column}_not_null`."""
    required = (c for c in relation.columns if c.not_null)
    return next((column for column in required if name == object_name(relation.key.name, column.name, "not_null")), None)


def _remove(catalog: Catalog, relation: Relation, constraint: Constraint) -> None:
    drop_references(catalog, relation, [i for i in relation.indexes if i.id == constraint.index])
    current = catalog.now(relation)
    catalog.put(
        replace(
            current,
            constraints=tuple(c for c in current.constraints if c.id != constraint.id),
            indexes=tuple(i for i in current.indexes if i.id != constraint.index),
        )
    )
    if constraint.references is not None:
        catalog.relations.touch(constraint.references)


def _rename(catalog: Catalog, change: RenameConstraint) -> None:
    relation = target(catalog, change)
    if relation is None:
        return
    relation, constraint = _known(catalog, relation, change.constraint)
    _give_name(catalog, relation, constraint, change.to)
    for member in family(catalog, relation, only=constraint.kind != "check")[1:]:
        held = member.constraint(constraint.name)
        if held is not None and held.kind == "check":
            _give_name(catalog, member, held, change.to)


def _give_name(catalog: Catalog, relation: Relation, constraint: Constraint, to: str) -> None:
    """Renames a constraint, and the index behind it."""
    catalog.put(
        replace(
            relation,
            constraints=tuple(replace(c, name=to) if c.id == constraint.id else c for c in relation.constraints),
            indexes=tuple(replace(i, name=to) if i.id == constraint.index else i for i in relation.indexes),
        )
    )


def _alter(catalog: Catalog, change: AlterConstraint) -> None:
    relation = target(catalog, change)
    if relation is None:
        return
    unnamed = _unnamed_not_null(relation, change.constraint)
    if unnamed is not None and relation.constraint(change.constraint) is None:
        named = Constraint(catalog.new_id(), change.constraint, "not-null", (unnamed.id,), origin=catalog.origin(change.span))
        relation = catalog.put(replace(relation, constraints=(*relation.constraints, named)))
    relation, constraint = _known(catalog, relation, change.constraint)
    for member, part in _parts(catalog, relation, constraint):
        changed = replace(
            part,
            deferrable=part.deferrable if change.deferrable is None else change.deferrable,
            deferred=part.deferred if change.deferred is None else change.deferred,
            enforced=part.enforced if change.enforced is None else change.enforced,
            no_inherit=part.no_inherit if change.inherit is None else not change.inherit,
        )
        indexes = tuple(replace(i, deferrable=changed.deferrable) if i.id == part.index else i for i in member.indexes)
        catalog.put(replace(_put_in(member, changed), indexes=indexes))
    if constraint.kind == "not-null" and change.inherit is not None:
        for column in (c.name for c in relation.columns if c.id in constraint.columns):
            requirements.hand_down(catalog, relation, column, inherit=change.inherit)


def _validate(catalog: Catalog, change: ValidateConstraint) -> None:
    relation = target(catalog, change)
    constraint = relation.constraint(change.constraint) if relation is not None else None
    if relation is not None and constraint is not None:
        for member, part in _parts(catalog, relation, constraint):
            catalog.put(_put_in(member, replace(part, not_valid=False)))


APPLY: dict[type[Change], Callable[..., None]] = {
    AlterConstraint: _alter,
    DropConstraint: _drop,
    RenameConstraint: _rename,
    ValidateConstraint: _validate,
}
