"""Constraints that are added, with their indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from migcompat.changes import AddConstraint, Change, ConstraintDef, IndexKey
from migcompat.frozen import replace
from migcompat.schema.apply import requirements
from migcompat.schema.apply.naming import constraint_name, key_name, name_part
from migcompat.schema.apply.partitions import LABELS, give_foreign_key, give_index, mapped
from migcompat.schema.apply.references import rest_of
from migcompat.schema.apply.target import target
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Constraint, Index, IndexColumn, Relation
from migcompat.sql.conditions import columns_of

_ORDER = {"primary": 1, "unique": 2, "exclusion": 2, "foreign": 3}


def add(catalog: Catalog, relation_id: int, definition: ConstraintDef) -> None:
    """Adds a constraint to one relation."""
    relation = catalog.relations.get(relation_id)
    if relation is None or _refused(relation, definition):
        return
    if definition.kind == "not-null":
        _add_not_null(catalog, relation, definition)
    elif definition.using_index is not None:
        _from_index(catalog, relation, definition)
    elif definition.kind in ("primary", "unique", "exclusion"):
        _add_key(catalog, relation, definition)
    elif definition.kind == "check":
        found = columns_of(definition.expression)
        mentioned = frozenset(definition.columns) if found is None else found
        columns = tuple(c.id for c in relation.columns if c.name in mentioned)
        _put(catalog, relation, _constraint(catalog, relation, definition, columns, _named(relation, mentioned)))
    elif definition.references is not None:
        relation, columns = _ids(catalog, relation, definition.columns)
        parent = relation if catalog.relation(definition.references) is relation else catalog.existing(definition.references)
        made = _constraint(catalog, relation, definition, columns, definition.columns)
        current = catalog.now(relation)
        referenced = definition.referenced_columns or _primary_columns(parent)
        primary = None if definition.referenced_columns else next((c.index for c in parent.constraints if c.kind == "primary"), None)
        target = primary if primary is not None else rest_of(parent, referenced)
        _put(catalog, current, replace(made, references=parent.id, referenced=referenced, target=target))
        catalog.relations.touch(parent.id)


def in_order(definitions: Iterable[ConstraintDef]) -> list[ConstraintDef]:
    """The constraints of one statement as PostgreSQL makes them: checks, the primary key, other keys, foreign keys. Of keys that are alike
    only one is made; it takes the first name that any of them has (transformIndexConstraints in parse_utilcmd.c)."""
    found: list[ConstraintDef] = []
    for definition in sorted(definitions, key=lambda d: _ORDER.get(d.kind, 0)):
        twin = next((i for i, other in enumerate(found) if _alike(other, definition)), None)
        if twin is None:
            found.append(definition)
        else:
            found[twin] = replace(found[twin], name=found[twin].name or definition.name)
    return found


def _alike(a: ConstraintDef, b: ConstraintDef) -> bool:
    kinds = {a.kind, b.kind}
    return (kinds <= {"primary", "unique"} or kinds == {"exclusion"}) and a.using_index is None and _key_facts(a) == _key_facts(b)


def _key_facts(key: ConstraintDef) -> tuple[object, ...]:
    return key.columns, key.keys, key.include, key.predicate, key.nulls_not_distinct, key.without_overlaps, key.deferrable, key.deferred


def _named(relation: Relation, mentioned: frozenset[str]) -> tuple[str, ...]:
    """The column part of a CHECK's default name: only where it speaks of exactly one column."""
    names = [name for name in mentioned if not relation.complete or relation.column(name) is not None]
    return tuple(names) if len(names) == 1 else ()


def _ids(catalog: Catalog, relation: Relation, names: tuple[str, ...]) -> tuple[Relation, tuple[int, ...]]:
    ids = []
    for name in names:
        column = relation.column(name)
        if column is None:
            relation, column = catalog.assume_column(relation, name)
        ids.append(column.id)
    return relation, tuple(ids)


def _primary_columns(relation: Relation) -> tuple[str, ...]:
    primary = next((c for c in relation.constraints if c.kind == "primary"), None)
    if primary is None:
        return ()
    return tuple(c.name for i in primary.columns if (c := relation.column_by_id(i)) is not None)


def _constraint(
    catalog: Catalog, relation: Relation, definition: ConstraintDef, columns: tuple[int, ...], parts: tuple[str, ...]
) -> Constraint:
    second = "" if definition.kind == "primary" else "_".join(parts)
    choose = key_name if definition.kind in ("primary", "unique", "exclusion") else constraint_name
    name = definition.name or choose(catalog, relation.key.schema, relation.key.name, second, LABELS[definition.kind])
    return Constraint(
        catalog.new_id(), name, definition.kind, columns, definition.expression, on_delete=definition.on_delete,
        on_update=definition.on_update, deferrable=definition.deferrable, enforced=definition.enforced,
        not_valid=definition.not_valid, no_inherit=definition.no_inherit, origin=catalog.origin(definition.span),
        deferred=definition.deferred, match="full" if definition.match == "full" else "",
        emptied=tuple(i for i, column in enumerate(definition.columns) if column in definition.emptied),
    )  # fmt: skip


def _put(catalog: Catalog, relation: Relation, constraint: Constraint) -> Relation:
    return catalog.put(replace(relation, constraints=(*relation.constraints, constraint)))


def _add_not_null(catalog: Catalog, relation: Relation, definition: ConstraintDef) -> None:
    if not definition.enforced:
        return
    relation, columns = _ids(catalog, relation, definition.columns)
    relation = requirements.required(relation, columns)
    if definition.name or definition.no_inherit:
        relation = replace(
            relation, constraints=(*relation.constraints, _constraint(catalog, relation, definition, columns, definition.columns))
        )
    catalog.put(relation)


def _add_key(catalog: Catalog, relation: Relation, definition: ConstraintDef) -> None:
    if definition.kind == "exclusion":
        columns = tuple(c.id for c in relation.columns if c.name in definition.columns)
        ids: dict[str | None, int] = {c.name: c.id for c in relation.columns}
        keys = tuple(IndexColumn(ids.get(k.column), k.expression, k.operator) for k in definition.keys)
    else:
        relation, columns = _ids(catalog, relation, definition.columns)
        keys = tuple(IndexColumn(c) for c in columns)
    over = definition.keys or tuple(IndexKey(column) for column in definition.columns)
    named_after = (*over, *map(IndexKey, definition.include))
    constraint = _constraint(catalog, relation, definition, columns, (name_part(named_after),))
    index = Index(
        catalog.new_id(), constraint.name, keys, definition.kind != "exclusion" and not definition.without_overlaps, definition.predicate,
        definition.nulls_not_distinct, definition.deferrable, definition.kind == "exclusion" or definition.without_overlaps, constraint.id,
        origin=constraint.origin, include=tuple(c.id for c in relation.columns if c.name in definition.include),
        named_after=named_after,
    )  # fmt: skip
    if definition.kind == "primary":
        relation = requirements.required(relation, columns)
    catalog.put(
        replace(relation, indexes=(*relation.indexes, index), constraints=(*relation.constraints, replace(constraint, index=index.id)))
    )


def _from_index(catalog: Catalog, relation: Relation, definition: ConstraintDef) -> None:
    """ADD … USING INDEX: the index becomes the constraint's, and takes its name."""
    assert definition.using_index is not None
    index = next((i for i in relation.indexes if i.name == definition.using_index.name), None)
    if index is None:
        index = Index(catalog.new_id(), definition.using_index.name, (), unique=True, assumed=True)
        relation = catalog.learn(relation, indexes=(index,))
    columns = tuple(k.column for k in index.keys if k.column is not None)
    constraint = replace(_constraint(catalog, relation, definition, columns, ()), name=definition.name or index.name, index=index.id)
    used = replace(index, name=constraint.name, constraint=constraint.id, deferrable=definition.deferrable)
    if definition.kind == "primary":
        relation = requirements.required(relation, columns)
    catalog.put(
        replace(
            relation,
            indexes=tuple(used if i.id == index.id else i for i in relation.indexes),
            constraints=(*relation.constraints, constraint),
        )
    )


def _refused(relation: Relation, definition: ConstraintDef) -> bool:
    """Whether PostgreSQL would not add it, for the name is taken or there is a primary key: in a block, so it is not what ran."""
    return any(
        (c.name == definition.name or (c.kind == definition.kind == "primary")) and not c.assumed and c.kind != "not-null"
        for c in relation.constraints
    )


def _add(catalog: Catalog, change: AddConstraint) -> None:
    relation = target(catalog, change)
    if relation is not None:
        add_with_children(catalog, relation, change.constraint, only=change.only)


def add_with_children(catalog: Catalog, relation: Relation, definition: ConstraintDef, *, only: bool) -> None:
    """Adds a constraint. Plain inheritance hands down CHECK and NOT NULL only, that of a primary key, too; partitions take keys and foreign
    keys as well."""
    before = {c.id for c in relation.constraints}
    add(catalog, relation.id, definition)
    made = catalog.now(relation)
    if only:  # of a primary key, too: PostgreSQL 18 takes it only where the children have its NOT NULL, 17 leaves theirs as it is
        return
    if definition.kind in ("primary", "not-null") and definition.enforced and not definition.no_inherit:
        _require_of_children(catalog, made, definition, before)
    if definition.kind == "check" and not definition.no_inherit:
        for constraint in (c for c in made.constraints if c.id not in before):
            for child in catalog.children(made):
                _inherit(catalog, child, made, constraint)
    if definition.kind in ("check", "not-null"):
        return
    for constraint in made.constraints if made.kind == "partitioned" else ():
        for child in catalog.children(made) if constraint.id not in before else ():
            if constraint.kind == "foreign":
                give_foreign_key(catalog, child.id, made, constraint)
            elif (index := made.index(constraint.index)) is not None:
                give_index(catalog, child.id, made, index)


def _require_of_children(catalog: Catalog, relation: Relation, definition: ConstraintDef, before: set[int]) -> None:
    """What inherits from a relation has its NOT NULL, too."""
    keys = (c.columns for c in relation.constraints if c.id not in before and c.kind == "primary")
    names = definition.columns or tuple(c.name for ids in keys for c in relation.columns if c.id in ids)
    for name in names:
        for child in catalog.children(relation):
            requirements.require(catalog, child, name, own=False)


def _inherit(catalog: Catalog, child: Relation, parent: Relation, check: Constraint) -> None:
    """A CHECK of the same name is the child's own, and merges with it."""
    if child.constraint(check.name) is not None:
        return
    made = replace(check, id=catalog.new_id(), columns=mapped(check.columns, parent, child), parent=check.id)
    child = _put(catalog, child, made)
    for below in catalog.children(child):
        _inherit(catalog, below, child, made)


APPLY: dict[type[Change], Callable[..., None]] = {AddConstraint: _add}
