"""SQL that makes types, and that changes one under the columns which have it."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.rules.pairs import Deploy
from migcompat.rules.view_steps import around_views
from migcompat.schema.definitions import type_definition
from migcompat.schema.model import Column, Key, Relation, Type
from migcompat.sql.quoting import ident, qualified


def columns_of(deploy: Deploy, type_: Type) -> list[tuple[Relation, Column]]:
    """The table columns of a type or its arrays; those that are inherited follow their parents."""
    users = [r for r in deploy.catalog.users(type_.id) if r.is_table and not r.is_temporary]
    return [(r, c) for r in users for c in r.columns if c.type is not None and c.type.type_id == type_.id and not c.inherited]


def columns_before(deploy: Deploy, type_: Type) -> list[tuple[Relation, Column]]:
    """The same as the schema before had them."""
    relations = deploy.catalog.relations
    before = [r for id_ in {r.id for r in relations} if (r := relations.was(id_)) is not None and r.is_table and not r.is_temporary]
    return [(r, c) for r in before for c in r.columns if c.type is not None and c.type.type_id == type_.id and not c.inherited]


def name_taken(deploy: Deploy, key: Key) -> str:
    """Why no type can have a name: what has columns is a type, too. Empty: it can."""
    taken = deploy.catalog.relations.find(key)
    if taken is None or taken.kind in ("sequence", "index"):
        return ""
    return f"the name {key}, until the {'table' if taken.is_table else taken.kind} that took it gets another"


def rebuild(deploy: Deploy, now: Type, wanted: Type, columns: list[tuple[Relation, Column]]) -> tuple[str, ...]:
    """Rename, create, alter, drop: PostgreSQL has no other way to take a label from an enum, or to change what a domain is over."""
    created = type_definition(deploy.catalog, replace(wanted, key=now.key))
    name, spare = qualified(*now.key), f"{now.key.name}_old"
    kind = "DOMAIN" if now.kind == "domain" else "TYPE"
    sql = (
        f"ALTER {kind} {name} RENAME TO {ident(spare)}",
        created,
        *(_retype(deploy, name, now, relation, column) for relation, column in columns),
        f"DROP {kind} {qualified(now.key.schema, spare)}",
    )
    return around_views(deploy, columns, sql)


def _retype(deploy: Deploy, name: str, type_: Type, relation: Relation, column: Column) -> str:
    """The default of the old type goes first, that of the new schema comes after."""
    table = deploy.catalog.relations.get(relation.id)
    today = table.column_by_id(column.id) if table is not None else None
    array = "[]" if column.type is not None and column.type.dims else ""
    through = "" if type_.kind == "domain" else f"::text{array}"
    alter = f"ALTER COLUMN {ident(column.name)}"
    change = f"{alter} TYPE {name}{array} USING {ident(column.name)}{through}::{name}{array}"
    gone = f"{alter} DROP DEFAULT, " if column.default else ""
    back = f", {alter} SET DEFAULT {today.default}" if today is not None and today.default else ""
    return f"ALTER TABLE {qualified(*relation.key)} {gone}{change}{back}"
