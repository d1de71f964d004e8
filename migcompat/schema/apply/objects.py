"""Schemas, extensions, the search path, and objects known by name alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migcompat.changes import (
    Change,
    CreateExtension,
    CreateSchema,
    Dependent,
    DropExtension,
    DropOwned,
    DropSchema,
    EnterSchema,
    LeaveSchema,
    RenameSchema,
    SetSearchPath,
)
from migcompat.schema.apply import columns, types
from migcompat.schema.apply.mentions import drop_callers
from migcompat.schema.apply.removal import remove_cascading
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Extension, Key, Namespace, OtherObject

_TYPES = {
    "citext": frozenset({"citext"}),
    "cube": frozenset({"cube"}),
    "hstore": frozenset({"hstore"}),
    "isn": frozenset({"ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"}),
    "ltree": frozenset({"ltree", "lquery", "ltxtquery"}),
    "postgis": frozenset({"geometry", "geography", "box2d", "box3d"}),
    "seg": frozenset({"seg"}),
    "vector": frozenset({"vector", "halfvec", "sparsevec"}),
}
"""The column types that go with an extension; of any other only the server knows."""


def namespace(catalog: Catalog, name: str) -> Namespace:
    """The schema of this name; one never seen is taken to have existed."""
    found = catalog.namespaces.find(name)
    if found is None:
        found = Namespace(catalog.new_id(), name, assumed=True)
        catalog.namespaces.assume(found.id, name, found)
    return found


def _create_schema(catalog: Catalog, change: CreateSchema) -> None:
    found = catalog.namespaces.find(change.name)
    if found is not None and not found.assumed:
        return
    if found is not None:
        if change.if_not_exists:
            return
        catalog.namespaces.forget(found.id)
    grants = catalog.default_grants.get(("schemas", ""), frozenset())
    catalog.put_namespace(Namespace(catalog.new_id(), change.name, grants, origin=catalog.origin(change.span)))


def _drop_schema(catalog: Catalog, change: DropSchema) -> None:
    if catalog.namespaces.find(change.name) is None and change.if_exists and not _used(catalog, change.name) and not catalog.partial:
        return
    found = namespace(catalog, change.name)
    for relation in catalog.relations:
        if relation.key.schema == change.name:
            remove_cascading(catalog, relation)
    for type_ in catalog.types:
        if type_.key.schema == change.name:
            types.remove(catalog, type_)
    for function in catalog.functions:
        if function.key.schema == change.name:
            catalog.functions.remove(function.id)
            drop_callers(catalog, function.key)
    catalog.namespaces.remove(found.id)


def _used(catalog: Catalog, name: str) -> bool:
    return any(r.key.schema == name for r in catalog.relations)


def _rename_schema(catalog: Catalog, change: RenameSchema) -> None:
    found = namespace(catalog, change.name)
    catalog.put_namespace(replace(found, name=change.to))
    for relation in catalog.relations:
        if relation.key.schema == change.name:
            catalog.put(replace(relation, key=Key(change.to, relation.key.name)))
    for type_ in catalog.types:
        if type_.key.schema == change.name:
            catalog.put_type(replace(type_, key=Key(change.to, type_.key.name)))
    for function in catalog.functions:
        if function.key.schema == change.name:
            catalog.put_function(replace(function, key=Key(change.to, function.key.name)))


def _search_path(catalog: Catalog, change: SetSearchPath) -> None:
    catalog.search_path = change.schemas or catalog.default_path


def _enter_schema(catalog: Catalog, change: EnterSchema) -> None:
    catalog.search_path = (change.name, *catalog.search_path)


def _leave_schema(catalog: Catalog, change: LeaveSchema) -> None:
    catalog.search_path = catalog.search_path[1:] or catalog.default_path


def _create_extension(catalog: Catalog, change: CreateExtension) -> None:
    if catalog.extensions.find(change.name) is None:
        extension = Extension(catalog.new_id(), change.name, origin=catalog.origin(change.span))
        catalog.extensions.put(extension.id, extension.name, extension)


def _drop_extension(catalog: Catalog, change: DropExtension) -> None:
    found = catalog.extensions.find(change.name)
    if found is None:
        if change.if_exists and catalog.closed:
            return
        found = Extension(catalog.new_id(), change.name, assumed=True)
        catalog.extensions.assume(found.id, found.name, found)
    catalog.extensions.remove(found.id)
    if change.cascade:
        _drop_columns_of(catalog, _TYPES.get(change.name, frozenset()))


def _drop_columns_of(catalog: Catalog, types_: frozenset[str]) -> None:
    for relation in catalog.relations if types_ else ():
        for column in relation.columns:
            current = catalog.relations.get(relation.id)
            if (
                current is not None
                and column.type is not None
                and column.type.type_id is None
                and column.type.name.split(".")[-1] in types_
            ):
                columns.drop_column_cascading(catalog, current, column)


def _dependent(catalog: Catalog, change: Dependent) -> None:
    key = (change.kind, change.name)
    found = catalog.others.find(key)
    if change.created:
        if found is None:
            made = OtherObject(catalog.new_id(), change.kind, change.name)
            catalog.others.put(made.id, key, made)
        return
    if found is None:
        found = OtherObject(catalog.new_id(), change.kind, change.name)
        catalog.others.assume(found.id, key, found)
    catalog.others.remove(found.id)


def _drop_owned(catalog: Catalog, change: DropOwned) -> None:
    """What else the role owns only the server knows: the loss is reported as one object a role."""
    for role in change.roles:
        for relation in catalog.relations:
            if relation.owner == role:
                remove_cascading(catalog, relation)
            elif any(p.role == role for p in relation.grants):
                catalog.put(replace(relation, grants=frozenset(p for p in relation.grants if p.role != role)))
        _dependent(catalog, Dependent(change.span, "owned objects", role, created=False))


APPLY: dict[type[Change], Callable[..., None]] = {
    CreateExtension: _create_extension,
    CreateSchema: _create_schema,
    Dependent: _dependent,
    DropExtension: _drop_extension,
    DropOwned: _drop_owned,
    DropSchema: _drop_schema,
    EnterSchema: _enter_schema,
    LeaveSchema: _leave_schema,
    RenameSchema: _rename_schema,
    SetSearchPath: _search_path,
}
