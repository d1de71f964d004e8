"""Columns: added, dropped, renamed, changed; in a table and in what inherits from it."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import (
    AddColumn,
    Alter,
    Change,
    ColumnDef,
    DropColumn,
    RenameColumn,
    SetColumnType,
    SetDefault,
    SetExpression,
    SetIdentity,
    SetNotNull,
)
from migcompat.frozen import replace
from migcompat.schema.apply import constraints, removal, requirements
from migcompat.schema.apply.references import drop_references
from migcompat.schema.apply.sequences import drawn_from, drop_defaults, own_sequence, put_column
from migcompat.schema.apply.target import family, known, target
from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import trigger_words
from migcompat.schema.model import Column, Index, Relation, Trigger
from migcompat.sql.conditions import columns_of, normal, rename_column
from migcompat.sql.lexer import tokens

Act = Callable[[Catalog, Relation, Column], None]


def build(catalog: Catalog, definition: ColumnDef, *, inherited: bool = False) -> Column:
    """A new column as its definition says."""
    return Column(
        catalog.new_id(), definition.name, catalog.data_type(definition.type) if definition.type else None, definition.not_null,
        definition.default, gives_value(definition.default), definition.identity, definition.generated, definition.expression,
        definition.collation, catalog.origin(definition.span), inherited=inherited, sequence=drawn_from(catalog, definition.default),
        own_not_null=not inherited,
    )  # fmt: skip


def gives_value(default: str | None) -> bool:
    """Whether a default fills the column; NULL, however it is written, does not."""
    if default is None:
        return False
    text = normal(default).lstrip("( ")
    return not (text == "null" or text.startswith(("null ::", "cast ( null as")))


def add(catalog: Catalog, change: AddColumn) -> None:
    relation = target(catalog, change)
    if relation is None:
        return
    added: list[int] = []
    for member in family(catalog, relation, only=change.only):
        existing = member.column(change.column.name)
        if existing is not None:
            if change.if_not_exists or not existing.assumed:  # or a child had it already
                if relation.id in added and build(catalog, change.column).not_null:
                    catalog.put(requirements.required(member, (existing.id,), own=False))
                continue
            member = _forget(catalog, member, existing)
        added.append(member.id)
        column = build(catalog, change.column, inherited=member.id != relation.id)
        member = catalog.put(replace(member, columns=(*member.columns, column)))
        if member.id == relation.id and (change.column.serial or column.identity):
            own_sequence(catalog, member, column)
    if relation.id in added:
        for constraint in constraints.in_order(change.constraints):
            constraints.add_with_children(catalog, catalog.now(relation), constraint, only=change.only)


def _forget(catalog: Catalog, relation: Relation, column: Column) -> Relation:
    """ADD COLUMN proves that a column which was only assumed is not there."""
    return catalog.put(replace(relation, columns=tuple(c for c in relation.columns if c.id != column.id)))


def drop(catalog: Catalog, change: DropColumn) -> None:
    relation = target(catalog, change, column=change.column)
    if relation is None:
        return
    relation, column = known(catalog, relation, change.column)
    _drop_with_children(catalog, relation, column, drop_column_cascading if change.cascade else drop_column, only=change.only)


def _drop_with_children(catalog: Catalog, relation: Relation, column: Column, act: Act, *, only: bool) -> None:
    """Children keep a column that is their own, or that another parent still has; with ONLY they all keep it as their own."""
    heirs = catalog.children(relation)
    act(catalog, relation, column)
    for child in heirs:
        own = child.column(column.name)
        if own is None or not own.inherited or _has_another_parent(catalog, child, relation, column.name):
            continue
        if only:
            put_column(catalog, child.id, replace(own, inherited=False))
        else:
            _drop_with_children(catalog, child, own, act, only=False)


def _has_another_parent(catalog: Catalog, child: Relation, parent: Relation, column: str) -> bool:
    others = (p for id_ in child.parents if id_ != parent.id and (p := catalog.relations.get(id_)) is not None)
    return any(p.column(column) is not None for p in others)


def drop_column_cascading(catalog: Catalog, relation: Relation, column: Column) -> None:
    """With CASCADE: the views, generated columns, policies and triggers that name it go too, and the defaults that draw from its sequence
    (without it, PostgreSQL refuses while there are any)."""
    for generated in relation.columns:
        if generated.generated and not column.generated and _names(generated.expression, column.name):  # one cannot rest on another
            left = catalog.now(relation)
            if left.column_by_id(generated.id) is not None:
                drop_column_cascading(catalog, left, generated)
    for view in catalog.readers(relation):
        if column.id in view.uses:
            removal.remove_cascading(catalog, view)
    for sequence in catalog.owned(relation):
        if sequence.owned_by == (relation.id, column.id):
            drop_defaults(catalog, sequence)
    left = catalog.now(relation)
    policies = tuple(p for p in left.policies if not _names(p.using, column.name) and not _names(p.check, column.name))
    triggers = tuple(t for t in left.triggers if not _of_column(t, column.name))
    rules = tuple(r for r in left.rules if all(t.value != column.name for t in tokens(r.text)))
    drop_column(catalog, catalog.put(replace(left, policies=policies, triggers=triggers, rules=rules)), column)


def drop_column(catalog: Catalog, relation: Relation, column: Column) -> None:
    """Takes along what is part of the column: its indexes and constraints, with the foreign keys to them, and its sequence."""
    lost = {i.id for i in relation.indexes if _mentions(i, column)}
    gone_constraints = [
        c
        for c in relation.constraints
        if column.id in c.columns or c.index in lost or (c.kind == "check" and _names(c.expression, column.name))
    ]
    drop_references(catalog, relation, [i for i in relation.indexes if i.id in lost])
    current = catalog.now(relation)
    catalog.put(
        replace(
            current,
            columns=tuple(c for c in current.columns if c.id != column.id),
            indexes=tuple(i for i in current.indexes if i.id not in lost),
            constraints=tuple(c for c in current.constraints if c not in gone_constraints),
            grants=frozenset(g for g in current.grants if g.column != column.name),
        )
    )
    for sequence in catalog.owned(relation):
        if sequence.owned_by == (relation.id, column.id):
            removal.remove(catalog, sequence)


def _of_column(trigger: Trigger, column: str) -> bool:
    """Whether a trigger speaks of a column: `UPDATE OF` or WHEN."""
    words = trigger.definition.split(" execute ")[0].split(" ")
    table = words.index("on") + 1 if "on" in words else len(words)
    return column in (*words[:table], *words[table + 1 :])


def _mentions(index: Index, column: Column) -> bool:
    return (
        column.id in index.include
        or any(k.column == column.id or (k.column is None and _names(k.expression, column.name)) for k in index.keys)
        or _names(index.predicate, column.name)
    )


def _names(expression: str, column: str) -> bool:
    found = columns_of(expression)
    return found is not None and column in found


def rename(catalog: Catalog, change: RenameColumn) -> None:
    relation = target(catalog, change, column=change.column)
    if relation is None:
        return
    relation, _ = known(catalog, relation, change.column)
    for member in family(catalog, relation, only=False):
        member = catalog.now(member)  # a foreign key to a member before it has followed already
        column = member.column(change.column)
        if column is not None:
            catalog.put(_renamed(member, column, change.to))
            _tell_children(catalog, member, change.column, change.to)


def _tell_children(catalog: Catalog, relation: Relation, old: str, new: str) -> None:
    """Foreign keys to the column follow its name."""
    for other in catalog.referrers(relation):
        if any(old in c.referenced for c in other.constraints):
            followed = tuple(
                replace(c, referenced=tuple(new if r == old else r for r in c.referenced)) if c.references == relation.id else c
                for c in other.constraints
            )
            catalog.put(replace(other, constraints=followed))


def _renamed(relation: Relation, column: Column, to: str) -> Relation:
    old = column.name

    def text(expression: str) -> str:
        return rename_column(expression, old, to) if expression else expression

    strategy, space, partition_key = relation.partition_by.partition(" ")
    return replace(
        relation,
        columns=tuple(
            replace(c, name=to if c.id == column.id else c.name, expression=text(c.expression)) for c in relation.columns
        ),
        indexes=tuple(
            replace(i, keys=tuple(replace(k, expression=text(k.expression)) for k in i.keys), predicate=text(i.predicate))
            for i in relation.indexes
        ),
        constraints=tuple(replace(c, expression=text(c.expression)) for c in relation.constraints),
        grants=frozenset(g._replace(column=to) if g.column == old else g for g in relation.grants),
        policies=tuple(replace(p, using=text(p.using), check=text(p.check)) for p in relation.policies),
        partition_by=strategy + space + text(partition_key),
        triggers=tuple(replace(t, definition=trigger_words(t.definition, {old: to})) for t in relation.triggers) or relation.triggers,
    )  # fmt: skip


def _each(catalog: Catalog, change: Alter, name: str, facts: dict[str, object], new: Callable[[Column], Column]) -> None:
    """Changes a column in the whole family; `facts` are what the statement implies of one never seen."""
    relation = target(catalog, change, column=name)
    if relation is None:
        return
    relation, _ = known(catalog, relation, name, **facts)
    for member in family(catalog, relation, only=change.only):
        column = member.column(name)
        if column is not None:
            put_column(catalog, member.id, new(column))


def set_type(catalog: Catalog, change: SetColumnType) -> None:
    type_ = catalog.data_type(change.type)

    def typed(column: Column) -> Column:
        # the default stays an expression of the old type, and is converted; a domain's is one of what the domain is over
        was = catalog.types.get(column.type.type_id) if column.default and column.type is not None else None
        held = was.id if was is not None and was.kind != "domain" and column.default_type is None else column.default_type
        return replace(column, type=type_, collation=change.collation, default_type=held)

    _each(catalog, change, change.column, {}, typed)


def set_default(catalog: Catalog, change: SetDefault) -> None:
    filled = gives_value(change.default)
    facts: dict[str, object] = {"has_default": None} if filled else {"has_default": True, "default": "", "not_null": None}
    sequence = drawn_from(catalog, change.default)
    _each(
        catalog,
        change,
        change.column,
        facts,
        lambda c: replace(c, default=change.default, has_default=filled, sequence=sequence, default_type=None),
    )


def set_not_null(catalog: Catalog, change: SetNotNull) -> None:
    relation = target(catalog, change, column=change.column)
    if relation is None:
        return
    relation, column = known(catalog, relation, change.column, not_null=not change.not_null)
    if not change.not_null:
        requirements.lift(catalog, relation, change.column, only=change.only)
    elif change.only:
        catalog.put(requirements.required(relation, (column.id,)))
    else:
        requirements.require(catalog, relation, change.column)


def set_identity(catalog: Catalog, change: SetIdentity) -> None:
    facts: dict[str, object] = {"identity": "" if change.identity else "by default", "not_null": True}

    relation = target(catalog, change, column=change.column)
    if relation is None:
        return
    relation, old = known(catalog, relation, change.column, **facts)
    for member in family(catalog, relation, only=change.only or relation.kind != "partitioned"):
        column = member.column(change.column)
        if column is not None:
            put_column(catalog, member.id, replace(column, identity=change.identity))
    if change.added:
        own_sequence(catalog, catalog.now(relation), replace(old, identity=change.identity))
    for sequence in catalog.owned(relation) if old.identity and not change.identity else ():
        if sequence.owned_by == (relation.id, old.id) and sequence.of_identity:
            removal.remove(catalog, sequence)


def set_expression(catalog: Catalog, change: SetExpression) -> None:
    facts: dict[str, object] = {"generated": "stored"}

    def new(column: Column) -> Column:
        if change.expression is None:
            return replace(column, generated="", expression="")
        return replace(column, expression=change.expression)

    _each(catalog, change, change.column, facts, new)


APPLY: dict[type[Change], Callable[..., None]] = {
    AddColumn: add,
    DropColumn: drop,
    RenameColumn: rename,
    SetColumnType: set_type,
    SetDefault: set_default,
    SetNotNull: set_not_null,
    SetIdentity: set_identity,
    SetExpression: set_expression,
}
