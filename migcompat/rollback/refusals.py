"""What PostgreSQL refuses to do to a schema as it is now, however right it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migcompat.changes import (
    AddColumn,
    AddConstraint,
    Alter,
    AttachPartition,
    Change,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropRelation,
    RenameColumn,
    SetColumnType,
)
from migcompat.lowering.statements import lower
from migcompat.rules.keys import partition_key
from migcompat.schema.apply.requirements import is_kept_back
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Relation
from migcompat.sql.lexer import tokens
from migcompat.sql.splitter import split
from migcompat.sql.types import INTEGERS


def refusal(catalog: Catalog, statements: Iterable[str]) -> str:
    """Why PostgreSQL refuses one of the statements that belong together; empty: nothing is known to stand in their way."""
    changes = [change for sql in statements for statement in split(sql).statements for change in lower(statement)]
    return next(_refusals(catalog, changes), "")


def _refusals(catalog: Catalog, changes: Iterable[Change]) -> Iterator[str]:
    dropped: set[int] = set()
    freed: set[str] = set()
    gone: set[tuple[int, str]] = set()
    for change in changes:
        if isinstance(change, CreateTable):
            yield from _of_child(catalog, change)
        if isinstance(change, DropRelation):
            found = catalog.relation(change.name)
            dropped |= {found.id} if found is not None else set()
            yield from _of_index(catalog, change)
            if change.kind == "index" and (home := catalog.index_home(change.name)) is not None:
                yield from _of_key(catalog, *home, gone)
        table = catalog.relation(change.table) if isinstance(change, Alter) else None
        if table is None or not table.is_table:
            continue
        if isinstance(change, (AddColumn, DropColumn, RenameColumn, SetColumnType)):
            yield from _of_column(table, change, freed)
        if isinstance(change, SetColumnType):
            yield from _of_type(catalog, table, change.column, dropped)
        if isinstance(change, AddConstraint) and change.constraint.kind == "primary":
            kept = (c.name for c in table.columns if c.name in change.constraint.columns and is_kept_back(table, c))
            yield from (f"children are let off NOT NULL of {column}, which no primary key allows" for column in kept)
        if isinstance(change, DropConstraint) and (index := _index_behind(table, change.constraint)) is not None:
            yield from _of_key(catalog, table, index, gone)
        if isinstance(change, DropConstraint):
            gone.add((table.id, change.constraint))
        if isinstance(change, AttachPartition):
            yield from _of_partition(table, catalog.relation(change.partition))
        if isinstance(change, (DropColumn, RenameColumn)):
            freed.add(change.column)


def _of_child(catalog: Catalog, change: CreateTable) -> Iterator[str]:
    """A column that a parent has, too, must be of the same type."""
    types = {c.name: catalog.data_type(c.type) for c in change.columns if c.type is not None}
    for parent in (found for name in change.inherits if (found := catalog.relation(name)) is not None):
        for column in parent.columns:
            if column.type is not None and types.get(column.name, column.type) != column.type:
                yield f"{parent.key}.{column.name} has another type by now"


def _of_column(table: Relation, change: AddColumn | DropColumn | RenameColumn | SetColumnType, freed: set[str]) -> Iterator[str]:
    added = change.column.name if isinstance(change, AddColumn) else change.to if isinstance(change, RenameColumn) else ""
    if table.of_type is not None:
        yield f"the columns of {table.key} are those of its type"
    own = table.column(change.column) if not isinstance(change, AddColumn) else None
    if table.bound if own is None else own.inherited:
        yield f"the columns of {table.key} are those of its parent"
    if added and added not in freed and table.column(added) is not None:
        yield f"{table.key} has another column {added} by now"
    if own is not None and own.identity and isinstance(change, SetColumnType) and change.type.name.name not in INTEGERS:
        yield f"{table.key}.{own.name} is an identity by now"
    if isinstance(change, (DropColumn, SetColumnType)) and change.column in partition_key(table):
        yield f"{table.key} is partitioned by {change.column}"


def _of_type(catalog: Catalog, table: Relation, column: str, dropped: set[int]) -> Iterator[str]:
    """Whatever uses a column fixes its type."""
    users = {f"column {c.name}": c.expression for c in table.columns if c.generated}
    users |= {f"policy {p.name}": f"{p.using} {p.check}" for p in table.policies}
    users |= {f"trigger {t.name}": t.definition for t in table.triggers}
    users |= {f"rule {r.name}": r.text for r in table.rules}
    naming = [user for user, text in users.items() if text and any(token.value == column for token in tokens(text))]
    ids = {c.id for c in table.columns if c.name == column}
    views = (view for view in catalog.readers(table) if view.id not in dropped)
    naming += [f"{view.kind} {view.key}" for view in views if ids & view.uses or not view.complete]
    yield from (f"{user} uses {column}, whose type stays as long as it does" for user in naming)


def _of_index(catalog: Catalog, change: DropRelation) -> Iterator[str]:
    """An index of a partitioned table that is part of a partition's own key stays as long as that does."""
    home = catalog.index_home(change.name) if change.kind == "index" else None
    for part in catalog.children(home[0]) if home is not None else ():
        for index in part.indexes:
            if home is not None and index.parent == home[1] and index.constraint is not None:
                yield f"index {change.name.name} stays as long as the key {index.name} of {part.key}"


def _index_behind(table: Relation, constraint: str) -> int | None:
    found = table.constraint(constraint)
    return found.index if found is not None else None


def _of_key(catalog: Catalog, table: Relation, index: int, gone: set[tuple[int, str]]) -> Iterator[str]:
    """A key stays as long as foreign keys rest on it."""
    for other in catalog.referrers(table):
        resting = (key.name for key in other.constraints if key.target == index and (other.id, key.name) not in gone)
        yield from (f"foreign key {name} of {other.key} rests on it" for name in resting)


def _of_partition(table: Relation, partition: Relation | None) -> Iterator[str]:
    """A partition must have its table's columns and CHECKs."""
    if partition is None or not partition.complete or not table.complete:
        return
    theirs = {c.name: c for c in partition.columns}
    if theirs.keys() != {c.name for c in table.columns}:
        yield f"{partition.key} has other columns by now"
    for column in table.columns:
        own = theirs.get(column.name)
        if own is not None and own.type != column.type:
            yield f"{partition.key}.{column.name} has another type by now"
        if own is not None and column.not_null and not own.not_null:
            yield f"{partition.key}.{column.name} takes NULL by now"
    for check in table.constraints:
        if check.kind == "check" and not check.no_inherit and partition.constraint(check.name) is None:
            yield f"{partition.key} has no constraint {check.name} by now"
