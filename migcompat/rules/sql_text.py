"""SQL for what the model holds. Statements carry no semicolon; names are those of the relation that is passed."""

from __future__ import annotations

import re

from migcompat.changes import Name
from migcompat.frozen import replace
from migcompat.rules.base import Restoration
from migcompat.rules.keys import fits_partitioning
from migcompat.rules.pairs import Deploy, RelationPair
from migcompat.rules.whereabouts import altered, column_home, parents, relation_now
from migcompat.schema import definitions
from migcompat.schema.definitions import SERIAL, columns_sql, grants_sql, index_sql, keys_sql
from migcompat.schema.model import Column, Constraint, DataType, Index, Key, Relation
from migcompat.sql.conditions import normal
from migcompat.sql.lexer import tokens
from migcompat.sql.quoting import ident, literal, qualified

_SERIALS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
_NEXTVAL = re.compile(r"nextval\b", re.IGNORECASE)


def alter(relation: Relation) -> str:
    return f"ALTER {'FOREIGN TABLE' if relation.kind == 'foreign' else 'TABLE'} {qualified(*relation.key)}"


def add_constraint_sql(pair: RelationPair, name: str, sql: str) -> str:
    """Adds a constraint to a table; one that had the name before gives way in the same statement."""
    gone = f"DROP CONSTRAINT {ident(name)}, " if pair.old.constraint(name) is not None else ""
    return f"{alter(pair.old)} {gone}ADD {sql}"


def type_sql(deploy: Deploy, type_: DataType | None) -> str:
    """A type as a column definition writes it; a user's type by the name that it has now, or had last."""
    return definitions.type_sql(deploy.catalog, type_)


def collated_type_sql(deploy: Deploy, column: Column) -> str:
    """A column's type with its collation."""
    return type_sql(deploy, column.type) + definitions.collate_sql(column.collation or "")


def column_definition(deploy: Deploy, column: Column) -> str:
    """`name type …` as CREATE TABLE and ADD COLUMN write it."""
    type_ = type_sql(deploy, column.type)
    if is_serial(deploy, column):
        return f"{ident(column.name)} {_SERIALS.get(type_, type_)}"
    parts = [ident(column.name), collated_type_sql(deploy, column)]
    if column.generated:
        parts.append(f"GENERATED ALWAYS AS ({column.expression}) {column.generated.upper()}")
    elif column.identity:
        return " ".join((*parts, f"GENERATED {column.identity.upper()} AS IDENTITY"))
    elif default := default_sql(deploy, column):
        parts.append(f"DEFAULT {default}")
    if column.not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def is_serial(deploy: Deploy, column: Column) -> bool:
    """Whether a sequence of its own fills the column."""
    now = deploy.catalog.relations.get(column.sequence)
    own = now is not None and now.owned_by is not None and now.owned_by[1] == column.id
    return bool(column.default and _NEXTVAL.match(column.default)) and (own or _own_sequence(deploy, column) is not None)


def default_sql(deploy: Deploy, column: Column) -> str:
    """What SET DEFAULT takes; empty where the default was never seen, or its sequence is gone."""
    if column.default and _NEXTVAL.match(column.default):
        own = _own_sequence(deploy, column)
        now = deploy.catalog.relations.get(own.id if own is not None else column.sequence)
        return _nextval(now) if now is not None else ("" if column.default == SERIAL or own is not None else column.default)
    return column.default or ""


def set_default_sql(deploy: Deploy, table: Relation, old: Column, now: Column) -> tuple[str, ...]:
    """Gives a column the default that it had; a sequence that went with it comes back, and goes on after the highest value."""
    default, own = default_sql(deploy, old), _own_sequence(deploy, old)
    column = f"{alter(table)} ALTER COLUMN {ident(now.name)}"
    if default or own is None:
        return (f"{column} SET DEFAULT {default}",) if default else ()
    cast = "" if now.type is not None and now.type.name in _SERIALS else "::bigint"
    name, highest = qualified(*own.key), f"SELECT max({ident(now.name)}){cast} FROM {qualified(*table.key)}"
    return (
        f"CREATE SEQUENCE {name} OWNED BY {qualified(*table.key)}.{ident(now.name)}",
        f"SELECT setval({literal(name)}, ({highest}))",
        f"{column} SET DEFAULT {_nextval(own)}",
    )


def set_expression_sql(table: Relation, column: Column) -> str:
    """Lets a table compute a generated column as another version of it does."""
    return f"{alter(table)} ALTER COLUMN {ident(column.name)} SET EXPRESSION AS ({column.expression})"


def _nextval(sequence: Relation) -> str:
    return f"nextval({literal(qualified(*sequence.key))})"


def _own_sequence(deploy: Deploy, column: Column) -> Relation | None:
    relations = deploy.catalog.relations
    ids = {r.id for r in relations if r.kind == "sequence"} | set(relations.changed())
    before = (relations.was(id_) for id_ in ids)
    return next((r for r in before if r is not None and r.owned_by is not None and r.owned_by[1] == column.id), None)


def constraint_sql(deploy: Deploy, relation: Relation, constraint: Constraint) -> str:
    """`CONSTRAINT name …`; empty where it was never seen, or what it is over is gone."""
    if constraint.kind == "foreign" and relation_now(deploy, constraint.references) is None:
        return ""
    return definitions.constraint_sql(deploy.catalog, relation, replace(constraint, not_valid=False))


def allow_null(pair: RelationPair, inherited: Column, lost: str = "") -> Restoration:
    """What lets a column hold NULL again: not as part of a primary key, nor of a domain that forbids it."""
    deploy, table = pair.deploy, column_home(pair, inherited)
    column = table.column(inherited.name)
    assert column is not None
    if inherited.not_null and not column.not_null:  # what a child demands besides is its own
        table, column = altered(pair), inherited
    keys = [c for c in table.constraints if c.kind == "primary" and column.id in c.columns]
    if column.identity:
        return Restoration(lost=f"NULL in {pair.name}.{inherited.name}: it is an identity of {table.key}")
    if any(_is_referenced(deploy, table, key) for key in keys):
        return Restoration(lost=f"NULL in {table.key}.{column.name}: foreign keys rest on the primary key that it is part of")
    sql = [f"{alter(table)} DROP CONSTRAINT {ident(c.name)}" for c in keys]
    if column.not_null:
        sql.append(f"{alter(table)} ALTER COLUMN {ident(column.name)} DROP NOT NULL")
    forbidding = [d for d in deploy.domains_after(column) if d.not_null]
    allowed = {d.id for d in deploy.domains_before(column) if not d.not_null}
    if forbidding and all(d.id in allowed for d in forbidding):
        sql += [f"ALTER DOMAIN {qualified(*d.key)} DROP NOT NULL" for d in forbidding]
    elif forbidding:
        sql.append(f"{alter(table)} ALTER COLUMN {ident(column.name)} TYPE {type_sql(deploy, forbidding[-1].base)}")
    return Restoration(tuple(sql), lost)


def _is_referenced(deploy: Deploy, table: Relation, key: Constraint) -> bool:
    names = {c.name for c in table.columns if c.id in key.columns}
    keys = (c for other in deploy.catalog.referrers(table) for c in other.constraints if c.references == table.id)
    return any(set(key.referenced) == names for key in keys)


def table_sql(deploy: Deploy, table: Relation) -> tuple[str, ...]:
    """A table with its constraints, unique indexes and grants, in a schema that may have gone with it."""
    schemas, home = deploy.catalog.namespaces, table.key.schema
    schema = (f"CREATE SCHEMA IF NOT EXISTS {ident(home)}",) if schemas.find(home) is None and schemas.was_at(home) is not None else ()
    name, above = qualified(*table.key), parents(deploy, table)
    below = f" PARTITION BY {table.partition_by}" if table.partition_by else ""
    if table.bound and above and above[0].kind == "partitioned":  # what it inherits is the parent's to say
        partition = f"CREATE TABLE {name} PARTITION OF {qualified(*above[0].key)} {table.bound}{below}"
        return (*schema, partition, *grants_sql(table.grants, name))
    listed = [c for c in table.constraints if c.kind not in ("foreign", "not-null")]
    bare = replace(table, indexes=(), constraints=())
    named = [(c, constraint_sql(deploy, table, c)) for c in listed]
    parts = [column_definition(deploy, c) for c in table.columns]
    parts += [_nameless(sql) if c.index is not None and name_taken(deploy, bare, c.name) else sql for c, sql in named if sql]
    unique = [i for i in table.indexes if i.unique and i.constraint is None]
    indexes = [index_sql(table, i, "" if name_taken(deploy, bare, i.name) else i.name) for i in unique]
    foreign = [constraint_sql(deploy, table, c) for c in table.constraints if c.kind == "foreign"]
    inherits = f" INHERITS ({', '.join(qualified(*parent.key) for parent in above)})" if above and not table.bound else ""
    return (
        *schema,
        f"CREATE TABLE {name} (\n    " + ",\n    ".join(parts) + f"\n){inherits}{below}",
        *(sql for sql in indexes if sql),
        *(f"{alter(table)} ADD {sql}" for sql in foreign if sql),
        *grants_sql(table.grants, name),
    )


def _nameless(constraint: str) -> str:
    """`CONSTRAINT name UNIQUE …` under a name that PostgreSQL chooses."""
    return constraint[tokens(constraint)[2].start :]


def old_name_view(pair: RelationPair) -> tuple[str, ...]:
    """A view by which the old name goes on to serve, and those of columns: PostgreSQL reads and writes through it."""
    now = altered(pair)
    names = {c.id: c.name for c in pair.old.columns}
    kept = [c for c in now.columns if c.id in names or c.name not in names.values()]
    shown = [ident(c.name) + (f" AS {ident(names[c.id])}" if names.get(c.id, c.name) != c.name else "") for c in kept]
    columns = ", ".join(shown) if now.complete and any(" AS " in column for column in shown) else "*"
    # Without it the view would read as its owner, whom row security may not bind.
    invoker = " WITH (security_invoker = true)" if pair.old.row_security else ""
    there = {names.get(c.id, c.name) for c in now.columns}
    grants = (g for g in pair.old.grants if not g.column or g.column in there)
    return (f"CREATE VIEW {pair.sql}{invoker} AS SELECT {columns} FROM {qualified(*now.key)}", *grants_sql(grants, pair.sql))


def unique_key_sql(deploy: Deploy, table: Relation, index: Index, constraint: Constraint | None) -> str:
    """Makes a unique key that is gone again: as the constraint that it was, or as an index; under another name where its own is taken.
    Empty where a partitioned table cannot have it."""
    if not fits_partitioning(table, index):
        return ""
    if name_taken(deploy, table, index.name):
        return index_sql(table, index, "")
    if constraint is None:
        return index_sql(table, index, index.name)
    nullable = any(c.id in constraint.columns and not c.not_null for c in table.columns)
    if constraint.kind == "primary" and (nullable or any(c.kind == "primary" for c in table.constraints)):
        constraint = replace(constraint, kind="unique")
    sql = constraint_sql(deploy, replace(table, indexes=(index,)), constraint)
    return f"{alter(table)} ADD {sql}" if sql else ""


def name_taken(deploy: Deploy, table: Relation, name: str) -> bool:
    """Whether no index of this name can be made for a table: indexes and relations of a schema share their names."""
    if name in {i.name for i in table.indexes} | {c.name for c in table.constraints}:
        return True
    home = deploy.catalog.index_home(Name(name, table.key.schema))
    return (home is not None and home[0].id != table.id) or deploy.catalog.relations.find(Key(table.key.schema, name)) is not None


def drop_constraint_sql(deploy: Deploy, table: Relation, name: str) -> tuple[str, ...]:
    """Drops a constraint where it was added: PostgreSQL refuses to drop one that is inherited."""
    constraint = table.constraint(name)
    if constraint is not None:
        for parent in parents(deploy, table):
            if parent.kind == "partitioned" or constraint.kind == "check":
                for other in parent.constraints:
                    if _shape(parent, other) == _shape(table, constraint):
                        return drop_constraint_sql(deploy, parent, other.name) if _is_new(deploy, parent, other.id) else ()
    return (f"{alter(table)} DROP CONSTRAINT {ident(name)}",)


def drop_index_sql(deploy: Deploy, table: Relation, index: Index) -> tuple[str, ...]:
    """Drops an index where it was created: those of partitions go with that of the partitioned table."""
    for parent in parents(deploy, table):
        if parent.kind == "partitioned":
            for other in parent.indexes:
                if other.unique == index.unique and keys_sql(parent, other) == keys_sql(table, index):
                    return drop_index_sql(deploy, parent, other) if _is_new(deploy, parent, other.id) else ()
    return (f"DROP INDEX {qualified(table.key.schema, index.name)}",)


def _is_new(deploy: Deploy, parent: Relation, id_: int) -> bool:
    """Whether the parent has got it in the deploy; else the child has it because it has become a child, and loses it again with that."""
    before = deploy.catalog.relations.was(parent.id)
    return before is None or id_ not in {c.id for c in before.constraints} | {i.id for i in before.indexes}


def _shape(table: Relation, constraint: Constraint) -> tuple[str, str, str]:
    """What a constraint is but for its name: a partition's has one of its own."""
    return constraint.kind, columns_sql(table, constraint.columns), normal(constraint.expression)


def column_sql(column: Column | str) -> str:
    return ident(column if isinstance(column, str) else column.name)
