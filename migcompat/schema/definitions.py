"""The model's parts as PostgreSQL would define them. Nothing carries a semicolon; what was never seen is an empty text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from migcompat.changes import Name, TypeName
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import PUBLIC, Column, Constraint, DataType, Function, Index, Parameter, Policy, Privilege, Relation, Type
from migcompat.sql.quoting import ident, literal, qualified

SERIAL = "nextval"
"""The default of a column whose own sequence fills it."""
_SERIALS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
_CONSTRAINT_ORDER = {"primary": 1, "unique": 2, "exclusion": 3, "check": 4, "foreign": 5}


def type_sql(catalog: Catalog, type_: DataType | None) -> str:
    """A type; a user's by the name that it has now, or had last."""
    if type_ is None:
        return ""
    found = catalog.types.get(type_.type_id) or catalog.types.was(type_.type_id)
    if found is None:
        return catalog.type_text(type_)
    return str(TypeName(Name(qualified(*found.key)), type_.modifiers, type_.dims))


def column_sql(catalog: Catalog, column: Column) -> str:
    """`name type …` as CREATE TABLE writes it."""
    return f"{ident(column.name)} {_of_column(catalog, column)}".rstrip()


def _of_column(catalog: Catalog, column: Column) -> str:
    type_ = type_sql(catalog, column.type)
    not_null = ["NOT NULL"] if column.not_null else []
    if column.default == SERIAL:
        return " ".join((_SERIALS.get(type_, f"{type_} DEFAULT nextval(…)"), *not_null))
    parts = [type_]
    if column.collation:
        parts.append(collate_sql(column.collation).strip())
    if column.generated:
        parts.append(f"GENERATED ALWAYS AS ({column.expression}) {column.generated.upper()}")
    elif column.identity:
        parts.append(f"GENERATED {column.identity.upper()} AS IDENTITY")
    elif column.default:
        parts.append(f"DEFAULT {column.default}")
    return " ".join(part for part in (*parts, *not_null) if part)


def constraint_sql(catalog: Catalog, relation: Relation, constraint: Constraint) -> str:
    """`CONSTRAINT name …`."""
    parent = catalog.relations.get(constraint.references) or catalog.relations.was(constraint.references)
    body = constraint_body(relation, constraint, parent)
    if not body:
        return ""
    marks = [
        mark
        for mark, holds in (
            ("DEFERRABLE", constraint.deferrable),
            ("INITIALLY DEFERRED", constraint.deferred),
            ("NOT ENFORCED", not constraint.enforced),
            ("NO INHERIT", constraint.no_inherit),
            ("NOT VALID", constraint.not_valid),
        )
        if holds
    ]
    return " ".join((f"CONSTRAINT {ident(constraint.name)} {body}", *marks))


def constraint_body(relation: Relation, constraint: Constraint, parent: Relation | None) -> str:
    """What a constraint demands, without its name and marks; of a foreign key `parent` is what it refers to."""
    if constraint.kind == "check":
        return f"CHECK ({constraint.expression})" if constraint.expression else ""
    index = relation.index(constraint.index)
    if constraint.kind == "exclusion":
        return _exclusion(relation, index) if index is not None else ""
    columns = columns_sql(relation, constraint.columns)
    if not columns:
        return ""
    if constraint.kind == "foreign":
        return _foreign_key(relation, constraint, parent) if parent is not None else ""
    if index is not None and index.exclusion:
        columns = f"{columns[:-1]} WITHOUT OVERLAPS)"
    if constraint.kind == "primary":
        return f"PRIMARY KEY {columns}"
    nulls = "NULLS NOT DISTINCT " if index is not None and index.nulls_not_distinct else ""
    return f"UNIQUE {nulls}{columns}" if constraint.kind == "unique" else ""


def table_sql(catalog: Catalog, table: Relation, constraints: Iterable[Constraint]) -> str:
    """CREATE TABLE with these of its constraints."""
    parts = [column_sql(catalog, column) for column in table.columns]
    ordered = sorted(constraints, key=lambda constraint: _CONSTRAINT_ORDER.get(constraint.kind, 0))
    parts += [sql for constraint in ordered if (sql := constraint_sql(catalog, table, constraint))]
    kind = "FOREIGN TABLE" if table.kind == "foreign" else "TABLE"
    inside = ",\n    ".join(parts)
    return f"CREATE {kind} {qualified(*table.key)} (" + (f"\n    {inside}\n)" if parts else ")")


def columns_sql(relation: Relation, ids: Iterable[int]) -> str:
    """`(a, b)`; empty where one of them is not there."""
    columns = [relation.column_by_id(id_) for id_ in ids]
    return f"({', '.join(ident(c.name) for c in columns if c)})" if columns and all(columns) else ""


def deletes_sql(relation: Relation, constraint: Constraint) -> str:
    """What a foreign key does on DELETE: `SET NULL (a)`."""
    emptied = columns_sql(relation, (constraint.columns[i] for i in constraint.emptied))
    return f"{constraint.on_delete.upper()} {emptied}".rstrip()


def _foreign_key(relation: Relation, constraint: Constraint, parent: Relation) -> str:
    columns = columns_sql(relation, constraint.columns)
    referenced = f" ({', '.join(map(ident, constraint.referenced))})" if constraint.referenced else ""
    events = (("DELETE", deletes_sql(relation, constraint)), ("UPDATE", constraint.on_update.upper()))
    actions = "".join(f" ON {event} {action}" for event, action in events if action)
    match = " MATCH FULL" if constraint.match == "full" else ""
    return f"FOREIGN KEY {columns} REFERENCES {qualified(*parent.key)}{referenced}{match}{actions}"


def _exclusion(relation: Relation, index: Index) -> str:
    names = {c.id: ident(c.name) for c in relation.columns}
    # The access method is no part of the contract: a B-tree serves where all is compared with =, GiST the rest.
    method = "btree" if all(k.operator == "=" for k in index.keys) else "gist"
    elements = ", ".join(
        f"{names.get(k.column, '') if k.column is not None else f'({k.expression})'} WITH {k.operator}" for k in index.keys
    )
    where = f" WHERE ({index.predicate})" if index.predicate else ""
    return f"EXCLUDE USING {method} ({elements}){where}" if index.keys else ""


def index_sql(relation: Relation, index: Index, name: str | None = None) -> str:
    """CREATE INDEX, under its own name or another; under an empty one PostgreSQL chooses. Empty where a column of it is not there."""
    keys = arbiter_sql(relation, index)
    nulls = " NULLS NOT DISTINCT" if index.nulls_not_distinct else ""
    where = f" WHERE {index.predicate}" if index.predicate else ""
    chosen = index.name if name is None else name
    head = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {f'{ident(chosen)} ' if chosen else ''}"
    return f"{head}ON {qualified(*relation.key)} {keys}{nulls}{where}" if keys else ""


def arbiter_sql(relation: Relation, index: Index) -> str:
    """`(a text_pattern_ops)`, as CREATE INDEX and ON CONFLICT say it; empty where a column of it is not there."""
    keys = ", ".join(f"{key} {k.opclass}".rstrip() for key, k in zip(_keys(relation, index), index.keys, strict=False))
    return f"({keys})" if keys else ""


def keys_sql(relation: Relation, index: Index) -> str:
    """`(a, (lower(b)))`; empty where a column of it is not there."""
    keys = ", ".join(_keys(relation, index))
    return f"({keys})" if keys else ""


def _keys(relation: Relation, index: Index) -> list[str]:
    names = {c.id: ident(c.name) for c in relation.columns}
    keys = [names.get(k.column) if k.column is not None else f"({k.expression})" for k in index.keys]
    return [f"{key}{collate_sql(k.collation)}" for key, k in zip(keys, index.keys, strict=True)] if all(keys) else []


def collate_sql(collation: str) -> str:
    """` COLLATE "C"`; empty where there is none to say."""
    return " COLLATE " + ".".join(ident(part) for part in collation.split(".")) if collation else ""


def view_sql(view: Relation) -> str:
    """CREATE VIEW with the query as it was written."""
    if not view.definition:
        return ""
    outputs = [o.name for o in view.query.outputs] if view.query is not None else []
    names = [c.name for c in view.columns]
    columns = f" ({', '.join(map(ident, names))})" if view.complete and names and names != outputs else ""
    said = ["security_invoker = true"] * view.security_invoker + [f"check_option = {view.check_option}"] * bool(view.check_option)
    options = f" WITH ({', '.join(said)})" if said else ""
    return f"CREATE {view.kind.upper()} {qualified(*view.key)}{columns}{options} AS {view.definition}"


def policy_sql(relation: Relation, policy: Policy) -> str:
    """CREATE POLICY."""
    parts = [f"CREATE POLICY {ident(policy.name)} ON {qualified(*relation.key)}"]
    if not policy.permissive:
        parts.append("AS RESTRICTIVE")
    if policy.command and policy.command != "all":
        parts.append(f"FOR {policy.command.upper()}")
    if policy.roles:
        parts.append(f"TO {', '.join(map(role_sql, policy.roles))}")
    parts += [f"{word} ({expression})" for word, expression in (("USING", policy.using), ("WITH CHECK", policy.check)) if expression]
    return " ".join(parts)


def trigger_words(definition: str, names: Mapping[str, str]) -> str:
    """What a trigger does, as words, after columns got other names."""
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf"(?<!\S)(?:{pattern})(?!\S)", lambda found: names[found[0]], definition) if names else definition


def trigger_calling(definition: str, function: str) -> str:
    """The same with the function that it calls written like this."""
    head, execute, call = definition.partition(" execute function ")
    return f"{head}{execute}{function} {call[call.index('(') :]}" if "(" in call else definition


def type_definition(catalog: Catalog, type_: Type) -> str:
    """CREATE TYPE or CREATE DOMAIN."""
    name = qualified(*type_.key)
    if type_.kind == "enum":
        return f"CREATE TYPE {name} AS ENUM ({', '.join(literal(label.text) for label in type_.labels)})"
    if type_.kind == "composite":
        return f"CREATE TYPE {name} AS ({', '.join(column_sql(catalog, attribute) for attribute in type_.attributes)})"
    if type_.kind == "domain" and type_.base is not None:
        parts = [f"CREATE DOMAIN {name} AS {type_sql(catalog, type_.base)}"]
        parts += [f"DEFAULT {type_.default}"] if type_.default is not None else []
        parts += ["NOT NULL"] if type_.not_null else []
        parts += [f"CONSTRAINT {ident(check.name)} CHECK ({check.expression})" for check in type_.checks]
        return " ".join(parts)
    return ""


def function_name(catalog: Catalog, function: Function) -> str:
    """`name(types)`, which is what tells overloads apart; `name(…)` where they were never seen."""
    if function.parameters is None:
        return f"{qualified(*function.key)}(…)"
    return f"{qualified(*function.key)}({', '.join(type_sql(catalog, p.type) for p in function.inputs)})"


def function_head(catalog: Catalog, function: Function) -> str:
    """A routine as its callers know it; its body is no part of the contract."""
    parameters = "…" if function.parameters is None else ", ".join(_parameter(catalog, p) for p in function.parameters)
    returns = f" RETURNS {function.returns}" if function.returns else ""
    return f"{function.kind.upper()} {qualified(*function.key)}({parameters}){returns}"


def _parameter(catalog: Catalog, parameter: Parameter) -> str:
    mode = "" if parameter.mode == "in" else parameter.mode.upper()
    name = ident(parameter.name) if parameter.name else ""
    default = "DEFAULT …" if parameter.default else ""
    return " ".join(part for part in (mode, name, type_sql(catalog, parameter.type), default) if part)


def grants_sql(grants: Iterable[Privilege], on: str) -> Iterator[str]:
    """GRANT statements, one a role."""
    by_role: dict[str, list[str]] = {}
    for privilege in sorted(grants):
        by_role.setdefault(privilege.role, []).append(privilege_sql(privilege))
    for role, held in by_role.items():
        yield f"GRANT {', '.join(held)} ON {on} TO {role_sql(role)}"


def privilege_sql(privilege: Privilege) -> str:
    """`SELECT`, `UPDATE (name)`."""
    return privilege.privilege.upper() + (f" ({ident(privilege.column)})" if privilege.column else "")


def role_sql(role: str) -> str:
    """A role as GRANT and CREATE POLICY name it."""
    return role.upper() if role in (PUBLIC, "current_user", "session_user", "current_role") else ident(role)


def membership_sql(group: str, role: str) -> str:
    """What lets a role do what another one may, all that it owns included."""
    return f"GRANT {ident(group)} TO {role_sql(role)}"
