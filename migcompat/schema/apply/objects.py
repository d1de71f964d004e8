"""Schemas, extensions, the search path, and objects known by name alone."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import (
    AlterRole,
    Change,
    CreateExtension,
    CreateSchema,
    Dependent,
    DropExtension,
    DropOwned,
    DropSchema,
    EndTransaction,
    EnterSchema,
    LeaveSchema,
    MoveExtension,
    Name,
    RenameDependent,
    RenameSchema,
    SetSearchPath,
)
from migcompat.frozen import replace
from migcompat.schema.apply import types
from migcompat.schema.apply.mentions import drop_callers
from migcompat.schema.apply.removal import remove_cascading
from migcompat.schema.apply.roles import rename_role
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import PUBLIC, Extension, Key, Namespace, OtherObject, Privilege

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


WHOEVER = ("current_user", "current_role", "session_user")
"""The role that runs the migration, whatever it is called."""


def namespace(catalog: Catalog, name: str) -> Namespace:
    """The schema of this name; one never seen is taken to have existed."""
    found = catalog.namespaces.find(name)
    if found is None:
        found = Namespace(catalog.new_id(), name, assumed=True)
        catalog.namespaces.assume(found.id, name, found)
    return found


def _create_schema(catalog: Catalog, change: CreateSchema) -> None:
    if change.if_not_exists and change.name == PUBLIC:  # it was there before any migration
        return
    found = catalog.namespaces.find(change.name)
    if found is not None and not found.assumed:
        return
    if found is not None:
        if change.if_not_exists:
            return
        catalog.namespaces.forget(found.id)
    grants = catalog.default_grants.get(("schemas", ""), frozenset())
    owner = change.owner if change.owner not in WHOEVER else ""
    catalog.put_namespace(Namespace(catalog.new_id(), change.name, grants, owner, origin=catalog.origin(change.span)))


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
    for extension in catalog.extensions:
        if extension.schema == change.name:
            _remove_extension(catalog, extension, cascade=True)
    catalog.namespaces.remove(found.id)
    _carry_defaults(catalog, change.name, None)


def _carry_defaults(catalog: Catalog, schema: str, to: str | None) -> None:
    """Default privileges belong to the schema, not to its name."""
    for kind in [kind for kind, name in catalog.default_grants if name == schema]:
        grants = catalog.default_grants.pop((kind, schema))
        if to is not None:
            catalog.default_grants[kind, to] = grants


def _used(catalog: Catalog, name: str) -> bool:
    return any(r.key.schema == name for r in catalog.relations)


def _rename_schema(catalog: Catalog, change: RenameSchema) -> None:
    found = namespace(catalog, change.name)
    catalog.put_namespace(replace(found, name=change.to))
    _carry_defaults(catalog, change.name, change.to)
    for extension in catalog.extensions:
        if extension.schema == change.name:
            catalog.extensions.put(extension.id, extension.name, replace(extension, schema=change.to))
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
    if not change.local:
        catalog.session_path = catalog.search_path


def _end_transaction(catalog: Catalog, change: EndTransaction) -> None:
    catalog.end_transaction()


def _enter_schema(catalog: Catalog, change: EnterSchema) -> None:
    catalog.search_path = (change.name, *catalog.search_path)


def _leave_schema(catalog: Catalog, change: LeaveSchema) -> None:
    catalog.search_path = catalog.search_path[1:] or catalog.default_path


_PREINSTALLED = "plpgsql"
"""The extension, and the language, that every database has from its beginning."""


def _create_extension(catalog: Catalog, change: CreateExtension) -> None:
    if catalog.extensions.find(change.name) is None:
        schema = change.schema or catalog.creation_key(Name(change.name)).schema
        extension = Extension(catalog.new_id(), change.name, schema, origin=catalog.origin(change.span))
        catalog.extensions.put(extension.id, extension.name, extension)


def _move_extension(catalog: Catalog, change: MoveExtension) -> None:
    found = catalog.extensions.find(change.name)
    if found is None:
        found = Extension(catalog.new_id(), change.name, assumed=True)
        catalog.extensions.assume(found.id, found.name, found)
    catalog.extensions.put(found.id, found.name, replace(found, schema=change.schema))


def _drop_extension(catalog: Catalog, change: DropExtension) -> None:
    found = catalog.extensions.find(change.name)
    if found is None:
        if change.if_exists and catalog.closed and change.name != _PREINSTALLED:
            return
        found = Extension(catalog.new_id(), change.name, catalog.creation_key(Name(change.name)).schema, assumed=True)
        catalog.extensions.assume(found.id, found.name, found)
    _remove_extension(catalog, found, cascade=change.cascade)


def _remove_extension(catalog: Catalog, extension: Extension, *, cascade: bool) -> None:
    catalog.extensions.remove(extension.id)
    names = _TYPES.get(extension.name, frozenset())
    if cascade and names:
        types.remove_uses(
            catalog, catalog.relations, lambda used: used is not None and used.type_id is None and used.name.split(".")[-1] in names
        )


def _other_key(catalog: Catalog, kind: str, name: str) -> tuple[str, str]:
    """A schema that the search path has need not be named."""
    schema, _, rest = name.partition(".")
    return kind, rest if rest and schema in catalog.search_path and kind != "cast" else name


def other(catalog: Catalog, key: tuple[str, str]) -> OtherObject:
    """The object of this kind and name; one never seen is taken to have existed."""
    found = catalog.others.find(key)
    if found is None:
        found = OtherObject(catalog.new_id(), *key)
        catalog.others.assume(found.id, key, found)
    return found


def _rename_other(catalog: Catalog, change: RenameDependent) -> None:
    found = other(catalog, _other_key(catalog, change.kind, change.name))
    key = _other_key(catalog, change.kind, change.to)
    catalog.others.put(found.id, key, replace(found, name=key[1]))
    if change.kind == "role":
        rename_role(catalog, change.name, change.to)


def _alter_role(catalog: Catalog, change: AlterRole) -> None:
    found = other(catalog, _other_key(catalog, change.kind, change.name))
    settings = {**dict(found.settings), change.attribute: change.value}
    catalog.others.put(found.id, (found.kind, found.name), replace(found, settings=tuple(settings.items())))


_NEVER_CREATED = frozenset({"collation", "database", "role", "tablespace"})
"""Kinds that a database has some of from its beginning, or that are there for all databases. Of languages that is one."""


def _dependent(catalog: Catalog, change: Dependent) -> None:
    key = _other_key(catalog, change.kind, change.name)
    found = catalog.others.find(key)
    if change.created:
        if found is None:
            made = OtherObject(catalog.new_id(), *key, change.settings)
            catalog.others.put(made.id, key, made)
        return
    if change.if_exists and found is None and catalog.closed and key[0] not in _NEVER_CREATED and key[1] != _PREINSTALLED:
        return
    catalog.others.remove(other(catalog, _other_key(catalog, change.kind, change.name)).id)


def _drop_owned(catalog: Catalog, change: DropOwned) -> None:
    """What else the role owns only the server knows: the loss is reported as one object a role."""
    for role in change.roles:
        for relation in catalog.relations:
            if relation.owner == role:
                remove_cascading(catalog, relation)
            elif _of(role, relation.grants) or any(role in p.roles for p in relation.policies):
                policies = tuple(replace(p, roles=tuple(r for r in p.roles if r != role)) for p in relation.policies)
                catalog.put(
                    replace(
                        relation, grants=relation.grants - _of(role, relation.grants), policies=tuple(p for p in policies if p.roles)
                    )
                )  # fmt: skip
        for function in catalog.functions:
            if function.owner == role:
                catalog.functions.remove(function.id)
                drop_callers(catalog, function.key)
            elif _of(role, function.grants):
                catalog.put_function(replace(function, grants=function.grants - _of(role, function.grants)))
        for type_ in catalog.types:
            if type_.owner == role:
                types.remove(catalog, type_)
        for schema in catalog.namespaces:
            if schema.owner == role:
                _drop_schema(catalog, DropSchema(change.span, schema.name, cascade=True))
            elif _of(role, schema.grants):
                catalog.put_namespace(replace(schema, grants=schema.grants - _of(role, schema.grants)))
        for key, defaults in catalog.default_grants.items():
            catalog.default_grants[key] = defaults - _of(role, defaults)
        _dependent(catalog, Dependent(change.span, "owned objects", role, created=False))


def _of(role: str, grants: frozenset[Privilege]) -> frozenset[Privilege]:
    return frozenset(p for p in grants if p.role == role)


APPLY: dict[type[Change], Callable[..., None]] = {
    AlterRole: _alter_role,
    CreateExtension: _create_extension,
    CreateSchema: _create_schema,
    Dependent: _dependent,
    DropExtension: _drop_extension,
    DropOwned: _drop_owned,
    DropSchema: _drop_schema,
    EnterSchema: _enter_schema,
    LeaveSchema: _leave_schema,
    MoveExtension: _move_extension,
    RenameDependent: _rename_other,
    RenameSchema: _rename_schema,
    EndTransaction: _end_transaction,
    SetSearchPath: _search_path,
}
