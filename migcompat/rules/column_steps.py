"""From one column to another beside it: the deploys in which code moves over, and the way back to a name that is gone."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.rules.base import DeployStep
from migcompat.rules.keys import fits_partitioning
from migcompat.rules.pairs import RelationPair
from migcompat.rules.sql_text import (
    alter,
    column_definition,
    constraint_sql,
    default_sql,
    is_serial,
    type_sql,
    unique_key_sql,
)
from migcompat.rules.type_changes import UNCOMPARED, compare
from migcompat.rules.whereabouts import column_home, column_now, today
from migcompat.schema.definitions import index_sql
from migcompat.schema.model import Column, Index, Relation
from migcompat.sql.conditions import columns_of
from migcompat.sql.quoting import ident, qualified


def move_over(pair: RelationPair, old: Column, new: str, type_: str, copied: str, default: str) -> tuple[DeployStep, ...]:
    """Four deploys from `old` to a column `new`; `copied` turns the one's value into the other's (empty: no cast does), `default` is the
    new one's."""
    table, name = f"ALTER TABLE {pair.sql}", ident(new)
    stale = "" if type_ in UNCOMPARED else f" WHERE {name} IS DISTINCT FROM {copied}"
    copy = [f"UPDATE {pair.sql} SET {name} = {copied}{stale}" if copied else f"-- UPDATE {pair.sql} SET {name} = … WHERE {name} IS NULL"]
    if default and not is_serial(pair.deploy, old):
        copy.append(f"{table} ALTER COLUMN {name} SET DEFAULT {default}")
    in_key = any(old.id in c.columns for c in pair.old.constraints if c.kind == "primary")
    optional = (f"{table} ALTER COLUMN {ident(old.name)} DROP NOT NULL",) if old.not_null and not in_key else ()
    forget = f"require {old.name} no more; the code forgets it" if optional else f"the code forgets {old.name}"
    required = (f"{table} ALTER COLUMN {name} SET NOT NULL",) if old.not_null else ()
    keys = f", and make the keys and indexes of {old.name} anew over {new}" if _is_key(pair, old) else ""
    return (
        DeployStep(
            f"Add {new} beside {old.name}; the code writes both and reads {old.name}", (f"{table} ADD COLUMN {name} {type_ or '…'}",)
        ),
        DeployStep(f"When only that code runs: copy what is not there yet{keys}; the code reads {new} and still writes both", tuple(copy)),
        DeployStep(f"When only that code runs: {forget}", optional),
        DeployStep(f"When no running code names {old.name}: drop it", (*required, f"{table} DROP COLUMN {ident(old.name)}")),
    )  # fmt: skip


def _is_key(pair: RelationPair, column: Column) -> bool:
    """Whether a key or index goes with the column, or a foreign key keeps it from going."""
    own = any(column.id in c.columns for c in pair.old.constraints if c.kind in ("primary", "unique", "foreign", "exclusion"))
    indexed = any(key.column == column.id for index in pair.old.indexes for key in index.keys)
    keys = (key for child in pair.deploy.catalog.referrers(pair.old) for key in child.constraints if key.references == pair.old.id)
    return own or indexed or any(column.name in key.referenced for key in keys)


def bring_back(pair: RelationPair, column: Column) -> tuple[str, ...]:
    """Adds a dropped column again: required only where something fills it, since the new generation does not write it."""
    if not type_sql(pair.deploy, column.type):
        return ()
    table = column_home(pair, column)
    filled = column.filled or is_serial(pair.deploy, column)
    added = replace(column, not_null=column.not_null if filled else False)
    return (f"{alter(table)} ADD COLUMN {column_definition(pair.deploy, added)}", *_keys(pair, column, added), *_foreign_keys(pair, column))


def copy_back(pair: RelationPair, column: Column) -> tuple[str, ...]:
    """Adds the old name of a renamed column again. Renaming it back would break the generation that runs now.

    A column that PostgreSQL fills by itself is only read, so the old name follows the new one; another gets a copy of its own.
    """
    now, table = column_now(pair, column), column_home(pair, column)
    type_ = type_sql(pair.deploy, column.type)
    if now is None or not type_:
        return ()
    before = pair.deploy.catalog.relations.was(table.id) or pair.old  # what fills the column, the parent says
    column, now = before.column(column.name) or column, table.column(now.name) or now
    name, source = ident(column.name), ident(now.name)
    if column.identity or column.generated or is_serial(pair.deploy, column):
        follows = now.expression if now.generated else source
        return (f"{alter(table)} ADD COLUMN {name} {type_} GENERATED ALWAYS AS ({follows}) STORED", *_other_keys(pair, column))
    default = default_sql(pair.deploy, column)
    added = f"{alter(table)} ADD COLUMN {name} {type_}" + (f" DEFAULT {default}" if default else "")
    required = now.not_null and not default and not _primary(table, now.name)
    optional = (f"{alter(table)} ALTER COLUMN {source} DROP NOT NULL",) if required else ()
    change = compare(pair.deploy.type_after(now.type), pair.deploy.type_before(column.type))
    value = f"{source}::text::{type_}" if change.kind == "family" else source
    return (added, f"UPDATE {qualified(*table.key)} SET {name} = {value}", *optional, *_other_keys(pair, column))


def _primary(table: Relation, name: str) -> bool:
    column = table.column(name)
    return column is not None and any(column.id in c.columns for c in table.constraints if c.kind == "primary")


def _with_name(pair: RelationPair, column: Column) -> Relation:
    """The relation as it is now, with the column under its old name."""
    table = today(pair)
    return replace(table, columns=(*(c for c in table.columns if c.id != column.id), column))


def _unique_over(pair: RelationPair, column: Column) -> list[Index]:
    """The old unique keys that speak of a column."""

    def speaks(index: Index) -> bool:
        return any(k.column == column.id or (k.column is None and column.name in (columns_of(k.expression) or ())) for k in index.keys)

    return [index for index in pair.old.indexes if index.unique and speaks(index)]


def _keys(pair: RelationPair, column: Column, added: Column) -> tuple[str, ...]:
    """A dropped column's unique keys. A column that nothing fills is no part of a primary key: an index serves ON CONFLICT as well."""
    table = _with_name(pair, column)
    found = []
    for index in _unique_over(pair, column):
        constraint = next((c for c in pair.old.constraints if c.index == index.id), None)
        serves = constraint is not None and (constraint.kind != "primary" or added.not_null)
        found.append(unique_key_sql(pair.deploy, table, index, constraint if serves else None))
    return tuple(sql for sql in found if sql)


def _other_keys(pair: RelationPair, column: Column) -> tuple[str, ...]:
    """The same unique keys once more, over the old name: ON CONFLICT must find them."""
    table = _with_name(pair, column)
    return tuple(sql for i in _unique_over(pair, column) if fits_partitioning(table, i) and (sql := index_sql(table, i, "")))


def _foreign_keys(pair: RelationPair, column: Column) -> tuple[str, ...]:
    table = _with_name(pair, column)
    keys = [c for c in pair.old.constraints if c.kind == "foreign" and column.id in c.columns]
    return tuple(f"{alter(table)} ADD {sql} NOT VALID" for key in keys if (sql := constraint_sql(pair.deploy, table, key)))
