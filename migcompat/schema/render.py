"""The schema as the tool sees it, as SQL or as plain data, so that anyone can check its word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import (
    constraint_sql,
    function_head,
    function_name,
    grants_sql,
    index_sql,
    policy_sql,
    privilege_sql,
    role_sql,
    table_sql,
    type_definition,
    type_sql,
    view_sql,
)
from migcompat.schema.model import PUBLIC, TEMPORARY, Column, Function, Relation, Type
from migcompat.sql.quoting import ident, qualified


def schema_sql(catalog: Catalog) -> str:
    """Statements that build the schema, in an order in which they run; what SQL cannot say is a comment."""
    relations = _relations(catalog)
    tables, views = [r for r in relations if r.is_table], [r for r in relations if r.is_view]
    blocks = [
        list(_namespaces(catalog)),
        [_ended(type_definition(catalog, t)) or f"-- type {t.key} was never seen being created" for t in _types(catalog)],
        [f"CREATE SEQUENCE {qualified(*r.key)};" for r in relations if r.kind == "sequence" and r.owned_by is None],
        [f"-- {function_head(catalog, f)}" for f in catalog.functions],
        *(list(_table(catalog, table)) for table in tables),
        [sql for table in tables for sql in _foreign_keys(catalog, table)],
        *(list(_view(view)) for view in views),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def schema_data(catalog: Catalog) -> dict[str, Any]:
    """The same for other tools; version 1, only ever added to. None: not known."""
    return {
        "version": 1,
        "schemas": [namespace.name for namespace in catalog.namespaces],
        "extensions": [extension.name for extension in catalog.extensions],
        "types": [_type_data(catalog, type_) for type_ in _types(catalog)],
        "functions": [_function_data(catalog, function) for function in catalog.functions],
        "relations": [_relation_data(catalog, relation) for relation in _relations(catalog)],
    }


def _relations(catalog: Catalog) -> list[Relation]:
    return [r for r in catalog.relations if not r.is_temporary and not r.doubtful]


def _types(catalog: Catalog) -> list[Type]:
    return [t for t in catalog.types if t.key.schema != TEMPORARY and not t.doubtful]


def _ended(statement: str) -> str:
    return f"{statement};" if statement else ""


def _namespaces(catalog: Catalog) -> Iterator[str]:
    for namespace in catalog.namespaces:
        if namespace.name != PUBLIC:
            yield f"CREATE SCHEMA {ident(namespace.name)};"
        yield from map(_ended, grants_sql(namespace.grants, f"SCHEMA {ident(namespace.name)}"))
    for extension in catalog.extensions:
        yield f"CREATE EXTENSION IF NOT EXISTS {ident(extension.name)};"


def _table(catalog: Catalog, table: Relation) -> Iterator[str]:
    if not table.complete:
        yield f"-- {table.key} may have columns, keys and constraints that were never seen"
    if table.kind == "partitioned":
        yield f"-- {table.key} is partitioned; its partition key is no part of the contract"
    for parent in (catalog.relations.get(id_) for id_ in table.parents):
        if parent is not None:
            yield f"-- {table.key} {f'is the partition {table.bound} of' if table.bound else 'inherits from'} {parent.key}"
    yield _ended(table_sql(catalog, table, (c for c in table.constraints if c.kind != "foreign")))
    for index in table.indexes:
        if index.constraint is None:
            yield _ended(index_sql(table, index)) or f"-- index {index.name} of {table.key}: its keys were never seen"
    yield from _belongings(table)


def _foreign_keys(catalog: Catalog, table: Relation) -> Iterator[str]:
    for constraint in table.constraints:
        if constraint.kind == "foreign":
            sql = constraint_sql(catalog, table, constraint)
            yield (
                f"ALTER TABLE {qualified(*table.key)} ADD {sql};" if sql else f"-- foreign key {constraint.name} of {table.key}: never seen"
            )


def _view(view: Relation) -> Iterator[str]:
    yield _ended(view_sql(view)) or f"-- {view.kind} {view.key}: its query was never seen"
    yield from _belongings(view)


def _belongings(relation: Relation) -> Iterator[str]:
    """What hangs on a relation: triggers and rules as comments, since what they call is not kept."""
    name = qualified(*relation.key)
    for trigger in relation.triggers:
        yield f"-- trigger {trigger.name} {trigger.timing} {' or '.join(sorted(trigger.events))} on {relation.key}: {trigger.function}"
    for rule in relation.rules:
        yield f"-- rule {rule.name} on {rule.event} to {relation.key}{' instead' if rule.instead else ''}"
    if relation.row_security:
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"
    if relation.forced:
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
    for policy in relation.policies:
        yield f"{policy_sql(relation, policy)};"
    if relation.owner:
        yield f"ALTER {relation.kind.upper() if relation.is_view else 'TABLE'} {name} OWNER TO {role_sql(relation.owner)};"
    yield from map(_ended, grants_sql(relation.grants, name))


def _type_data(catalog: Catalog, type_: Type) -> dict[str, Any]:
    return {
        "name": str(type_.key),
        "kind": type_.kind,
        "labels": [label.text for label in type_.labels],
        "base": type_sql(catalog, type_.base) or None,
        "not_null": type_.not_null,
        "default": type_.default,
        "checks": {check.name: check.expression for check in type_.checks},
        "attributes": [_column_data(catalog, attribute) for attribute in type_.attributes],
        "complete": type_.complete,
    }


def _function_data(catalog: Catalog, function: Function) -> dict[str, Any]:
    return {
        "name": function_name(catalog, function),
        "kind": function.kind,
        "returns": function.returns or None,
        "definition": function_head(catalog, function),
        "grants": [f"{privilege_sql(p)} TO {role_sql(p.role)}" for p in sorted(function.grants)],
    }


def _relation_data(catalog: Catalog, relation: Relation) -> dict[str, Any]:
    return {
        "name": str(relation.key),
        "kind": relation.kind,
        "complete": relation.complete,
        "columns": [_column_data(catalog, column) for column in relation.columns],
        "constraints": [
            {"name": c.name, "kind": c.kind, "definition": constraint_sql(catalog, relation, c) or None} for c in relation.constraints
        ],
        "indexes": [{"name": i.name, "unique": i.unique, "definition": index_sql(relation, i) or None} for i in relation.indexes],
        "triggers": [{"name": t.name, "timing": t.timing, "events": sorted(t.events), "enabled": t.enabled} for t in relation.triggers],
        "rules": [{"name": r.name, "event": r.event, "instead": r.instead, "enabled": r.enabled} for r in relation.rules],
        "policies": [{"name": p.name, "definition": policy_sql(relation, p)} for p in relation.policies],
        "row_security": relation.row_security,
        "query": relation.definition or None,
        "owner": relation.owner or None,
        "grants": [f"{privilege_sql(p)} TO {role_sql(p.role)}" for p in sorted(relation.grants)],
    }


def _column_data(catalog: Catalog, column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": type_sql(catalog, column.type) or None,
        "not_null": column.not_null,
        "default": column.default,
        "has_default": column.has_default,
        "identity": column.identity or None,
        "generated": column.expression if column.generated else None,
        "collation": column.collation or None,
    }
