"""Types and domains."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from migcompat.changes import (
    AddColumn,
    AddLabel,
    Alter,
    AlterComposite,
    AlterDomain,
    Change,
    ConstraintDef,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateType,
    DropColumn,
    DropType,
    MoveType,
    Name,
    RenameColumn,
    RenameLabel,
    RenameType,
    SetColumnType,
)
from migcompat.frozen import replace
from migcompat.schema.apply import columns, removal
from migcompat.schema.apply.mentions import drop_callers, drop_casts
from migcompat.schema.apply.naming import choose_name, object_name
from migcompat.schema.apply.target import was_there
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import USAGE_BY_ALL, Column, Constraint, DataType, Key, Label, Relation, Type
from migcompat.sql.lexer import Kind, tokens
from migcompat.sql.quoting import literal

NOBODY = Name("")


def _create(catalog: Catalog, name: Name, kind: str, change: Change) -> Type:
    key = catalog.creation_key(name)
    was = catalog.types.was_at(key)
    if was is not None and was.doubtful and catalog.types.get(was.id) is None:
        catalog.types.forget(was.id)
    found = catalog.types.find(key)
    if found is not None and found.assumed:
        catalog.types.forget(found.id)
    return Type(catalog.new_id(), key, kind, grants=catalog.granted("types", key.schema), origin=catalog.origin(change.span))


def _enum(catalog: Catalog, change: CreateEnum) -> None:
    labels = tuple(Label(catalog.new_id(), text) for text in change.labels)
    catalog.put_type(replace(_create(catalog, change.name, "enum", change), labels=labels))


def _composite(catalog: Catalog, change: CreateComposite) -> None:
    attributes = tuple(columns.build(catalog, a) for a in change.attributes)
    catalog.put_type(replace(_create(catalog, change.name, "composite", change), attributes=attributes))


def _other(catalog: Catalog, change: CreateType) -> None:
    found = catalog.type(change.name)
    if found is None or found.kind != "shell":
        catalog.put_type(_create(catalog, change.name, change.kind, change))
    else:
        catalog.put_type(replace(found, kind=change.kind))


def _domain(catalog: Catalog, change: CreateDomain) -> None:
    base = catalog.data_type(change.base)
    below = catalog.types.get(base.type_id) if not base.dims else None
    given = change.default if change.default is not None or below is None else below.default  # what it is over passes its default on
    default = given if columns.gives_value(given) else None
    made = replace(_create(catalog, change.name, "domain", change), base=base, not_null=change.not_null, default=default)
    for check in change.constraints:
        made = _checked(catalog, made, check)
    catalog.put_type(made)


def _checked(catalog: Catalog, domain: Type, definition: ConstraintDef) -> Type:
    name = definition.name or _check_name(catalog, domain)
    check = Constraint(
        catalog.new_id(),
        name,
        "check",
        expression=definition.expression,
        not_valid=definition.not_valid,
        origin=catalog.origin(definition.span),
    )
    return replace(domain, checks=(*domain.checks, check))


def _check_name(catalog: Catalog, domain: Type) -> str:
    taken = {c.name for c in domain.checks}
    return choose_name(domain.key.name, "", "check", lambda name: catalog.constraint_taken(Key(domain.key.schema, name)) or name in taken)


def existing(catalog: Catalog, name: Name, kind: str) -> Type:
    """The type of this name; one never seen is taken to have existed before the deploy."""
    found = catalog.type(name)
    if found is not None:
        return found
    key = catalog.creation_key(name)
    catalog.unseen(key)
    assumed = Type(catalog.new_id(), key, kind, complete=False, grants=USAGE_BY_ALL, assumed=True)
    catalog.types.assume(assumed.id, assumed.key, assumed)
    return assumed


def _alter_domain(catalog: Catalog, change: AlterDomain) -> None:
    domain = existing(catalog, change.name, "domain")
    if change.add is not None:
        domain = _checked(catalog, domain, change.add)
    if change.drop is not None:
        if all(c.name != change.drop for c in domain.checks) and (
            not change.if_exists or change.drop == object_name(domain.key.name, "", "not_null")
        ):  # NOT NULL has a name too
            domain = replace(domain, not_null=False)
        domain = replace(domain, checks=tuple(c for c in domain.checks if c.name != change.drop))
    if change.rename is not None:
        old, new = change.rename
        domain = replace(domain, checks=tuple(replace(c, name=new) if c.name == old else c for c in domain.checks))
    if change.validate is not None:
        domain = replace(domain, checks=tuple(replace(c, not_valid=False) if c.name == change.validate else c for c in domain.checks))
    if change.not_null is not None:
        domain = replace(domain, not_null=change.not_null)
    if change.default is not None:
        domain = replace(domain, default=change.default if columns.gives_value(change.default) else None)
    if change.drop_default:
        if domain.assumed and domain.default is None:
            known = replace(domain, default="")
            catalog.types.assume(domain.id, domain.key, known)
            domain = known
        domain = replace(domain, default=None)
    catalog.put_type(domain)


def _add_label(catalog: Catalog, change: AddLabel) -> None:
    type_ = existing(catalog, change.name, "enum")
    texts = [label.text for label in type_.labels]
    if change.label not in texts:
        place = len(texts)
        if change.before in texts:
            place = texts.index(change.before)
        elif change.after in texts:
            place = texts.index(change.after) + 1
        added = Label(catalog.new_id(), change.label)
        catalog.put_type(replace(type_, labels=(*type_.labels[:place], added, *type_.labels[place:])))


def _rename_label(catalog: Catalog, change: RenameLabel) -> None:
    type_ = existing(catalog, change.name, "enum")
    if all(label.text != change.label for label in type_.labels):
        label, was = Label(catalog.new_id(), change.label), catalog.types.was(type_.id) or type_
        catalog.types.restate(type_.id, was.key, replace(was, labels=(*was.labels, label)))
        type_ = replace(type_, labels=(*type_.labels, label))
    labels = tuple(replace(label, text=change.to) if label.text == change.label else label for label in type_.labels)
    catalog.put_type(replace(type_, labels=labels))
    for relation in catalog.users(type_.id):
        _rename_in_defaults(catalog, relation, type_, change)


def _rename_in_defaults(catalog: Catalog, relation: Relation, type_: Type, change: RenameLabel) -> None:
    """A default holds the label, whatever that is called (pg_enum.oid): it is the one that it was before."""

    def today(of: Relation) -> Relation:
        return replace(of, columns=tuple(replace(c, default=_with_label(c.default, change)) if concerns(c) else c for c in of.columns))

    def concerns(column: Column) -> bool:
        own = column.type is not None and (column.type.type_id, column.type.dims) == (type_.id, 0)
        return own and _with_label(column.default, change) != column.default

    was = catalog.relations.was(relation.id)
    if any(map(concerns, relation.columns)):
        catalog.put(today(relation))
        if was is not None:
            catalog.relations.restate(was.id, was.key, today(was))


def _with_label(default: str | None, change: RenameLabel) -> str | None:
    """A default that is the label itself, with or without a cast."""
    first = next(iter(tokens(default)), None) if default else None
    if default is None or first is None or first.kind is not Kind.STRING or first.value != change.label:
        return default
    return literal(change.to) + default[first.end :]


def _alter_composite(catalog: Catalog, change: AlterComposite) -> None:
    type_ = existing(catalog, change.name, "composite")
    if change.add is None and not type_.complete and all(a.name != change.attribute for a in type_.attributes):
        type_ = _learn(catalog, type_, change.attribute)
    attributes = type_.attributes
    if change.add is None and all(a.name != change.attribute for a in attributes):
        return  # with IF EXISTS, or it fails
    if change.add is not None:
        attributes = (*attributes, columns.build(catalog, change.add))
        _of_type(catalog, type_, AddColumn(change.span, NOBODY, column=change.add))
    elif change.rename is not None:
        attributes = tuple(replace(a, name=change.rename) if a.name == change.attribute else a for a in attributes)
        _of_type(catalog, type_, RenameColumn(change.span, NOBODY, column=change.attribute, to=change.rename))
    elif change.type is not None:
        new = catalog.data_type(change.type)
        attributes = tuple(replace(a, type=new) if a.name == change.attribute else a for a in attributes)
        _of_type(catalog, type_, SetColumnType(change.span, NOBODY, column=change.attribute, type=change.type))
    else:
        attributes = tuple(a for a in attributes if a.name != change.attribute)
        _of_type(catalog, type_, DropColumn(change.span, NOBODY, column=change.attribute, column_if_exists=True, cascade=True))
    catalog.put_type(replace(type_, attributes=attributes))


def _of_type(catalog: Catalog, type_: Type, change: Alter) -> None:
    """Typed tables follow their type (with CASCADE; without it PostgreSQL refuses)."""
    for relation in catalog.users(type_.id):
        if relation.of_type == type_.id:
            columns.APPLY[type(change)](catalog, replace(change, table=Name(relation.key.name, relation.key.schema)))


def _learn(catalog: Catalog, type_: Type, name: str) -> Type:
    """An attribute that the type had before the deploy, though it was never seen."""
    attribute = Column(catalog.new_id(), name, assumed=True)
    was = catalog.types.was(type_.id) or type_
    catalog.types.restate(type_.id, was.key, replace(was, attributes=(*was.attributes, attribute)))
    return replace(type_, attributes=(*type_.attributes, attribute))


def _drop(catalog: Catalog, change: DropType) -> None:
    found = catalog.type(change.name)
    if found is None:
        if (change.if_exists and catalog.closed) or (change.also and was_there(catalog, catalog.types, change.name)):
            return
        found = existing(catalog, change.name, "domain" if change.kind == "domain" else "unknown")
        if change.if_exists:
            found = replace(found, doubtful=True)
            catalog.types.assume(found.id, found.key, found)
    if change.cascade:
        remove(catalog, found)
    else:
        catalog.types.remove(found.id)


def remove(catalog: Catalog, type_: Type) -> None:
    """Drops a type with CASCADE: columns, attributes, domains and routines of it go too."""
    if catalog.types.get(type_.id) is None:
        return
    users = catalog.users(type_.id)
    catalog.types.remove(type_.id)
    for relation in users:
        if relation.of_type == type_.id:
            removal.remove_cascading(catalog, relation)
    remove_uses(catalog, users, lambda used: used is not None and used.type_id == type_.id)
    drop_casts(catalog, type_)


def remove_uses(catalog: Catalog, users: Iterable[Relation], is_gone: Callable[[DataType | None], bool]) -> None:
    """What goes with types that are gone, or arrays of them; `users` are the relations that may have columns of them."""
    for relation in users:
        for column in relation.columns:
            current = catalog.relations.get(relation.id)
            if current is not None and is_gone(column.type):
                columns.drop_column_cascading(catalog, current, column)
    for found in catalog.types:
        other = catalog.types.get(found.id)  # it may have lost something to another one that went
        if other is None:
            continue
        if is_gone(other.base):
            remove(catalog, other)
        elif any(is_gone(a.type) for a in other.attributes):
            catalog.put_type(replace(other, attributes=tuple(a for a in other.attributes if not is_gone(a.type))))
    for function in catalog.functions:
        if any(is_gone(p.type) for p in function.parameters or ()) or is_gone(function.result):
            catalog.functions.remove(function.id)
            drop_callers(catalog, function.key)


def _rename(catalog: Catalog, change: RenameType) -> None:
    type_ = existing(catalog, change.name, "unknown")
    catalog.put_type(replace(type_, key=Key(type_.key.schema, change.to)))


def _move(catalog: Catalog, change: MoveType) -> None:
    type_ = existing(catalog, change.name, "unknown")
    catalog.put_type(replace(type_, key=Key(change.schema, type_.key.name)))


APPLY: dict[type[Change], Callable[..., None]] = {
    AddLabel: _add_label,
    AlterComposite: _alter_composite,
    AlterDomain: _alter_domain,
    CreateComposite: _composite,
    CreateDomain: _domain,
    CreateEnum: _enum,
    CreateType: _other,
    DropType: _drop,
    MoveType: _move,
    RenameLabel: _rename_label,
    RenameType: _rename,
}
