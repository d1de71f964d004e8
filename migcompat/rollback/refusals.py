"""What PostgreSQL refuses to do to a schema as it is now, however right it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migcompat.changes import (
    AddColumn,
    AddConstraint,
    Alter,
    AttachPartition,
    Change,
    ConstraintDef,
    CreateDomain,
    CreateSequence,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropRelation,
    DropType,
    Name,
    RenameColumn,
    RenameType,
    SetColumnType,
    SetDefault,
    SetIdentity,
)
from migcompat.lowering.statements import lower
from migcompat.rules.keys import partition_key
from migcompat.rules.type_changes import UNLIKE, compare
from migcompat.schema.apply.references import rest_of
from migcompat.schema.apply.requirements import is_kept_back
from migcompat.schema.apply.sequences import sequence_named
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Constraint, Relation, Type
from migcompat.sql.conditions import normal
from migcompat.sql.lexer import tokens
from migcompat.sql.splitter import split
from migcompat.sql.types import INTEGERS


def refusal(catalog: Catalog, statements: Iterable[str]) -> str:
    """Why PostgreSQL refuses one of the statements that belong together; empty: nothing is known to stand in their way."""
    changes = [change for sql in statements for statement in split(sql).statements for change in lower(statement)]
    together = _Together(catalog)
    return next((why for change in changes for why in together.refusals(change)), "")


class _Together:
    """Changes that belong together, each on the schema as it is now and what those before it have taken out of the way."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.made: set[Name] = set()
        self.dropped: set[int] = set()
        self.unbound: set[tuple[int, str]] = set()
        """Constraints that are gone, with their tables."""
        self.freed: set[str] = set()
        """Names of columns."""
        self.renamed: dict[Name, Type] = {}
        """Types, by what they are called by then."""

    def refusals(self, change: Change) -> Iterator[str]:
        yield from self._of_defaults(change)
        yield from _of_types(self.catalog, change)
        if isinstance(change, (CreateTable, CreateSequence)):
            self.made.add(change.name)
        if isinstance(change, CreateTable):
            yield from _of_partition_bound(self.catalog, change)
            yield from _of_child(self.catalog, change)
        if isinstance(change, DropRelation):
            yield from self._of_relation(change)
        renamed = self.catalog.type(change.name) if isinstance(change, RenameType) else None
        if isinstance(change, RenameType) and renamed is not None:
            self.renamed[Name(change.to, change.name.schema)] = renamed
        if isinstance(change, DropType) and change.name in self.renamed:
            yield from _of_users(self.catalog, self.renamed[change.name])
        table = self.catalog.relation(change.table) if isinstance(change, Alter) else None
        if table is not None and table.is_table:
            yield from self._of_columns(table, change)
            yield from self._of_constraints(table, change)
        elif table is not None and isinstance(change, (AddColumn, AddConstraint, SetColumnType)):
            yield f"{table.key} is a {table.kind} by now"

    def _of_relation(self, change: DropRelation) -> Iterator[str]:
        found = self.catalog.relation(change.name)
        self.dropped |= {found.id} if found is not None else set()
        home = self.catalog.index_home(change.name) if change.kind == "index" else None
        if home is not None:
            yield from _of_partitions_key(self.catalog, *home)
            yield from self._of_key(*home)

    def _of_columns(self, table: Relation, change: Change) -> Iterator[str]:
        if isinstance(change, (AddColumn, DropColumn, RenameColumn, SetColumnType)):
            yield from _of_column(table, change, self.freed)
        if isinstance(change, AddColumn):
            yield from _of_children(self.catalog, table, change)
        if isinstance(change, SetColumnType):
            yield from _of_type(self.catalog, table, change.column, self.dropped)
            yield from self._of_partners(table, change)
        if isinstance(change, SetIdentity) and change.added and table.bound:
            yield f"the columns of {table.key} are those of its parent"
        if isinstance(change, (DropColumn, RenameColumn)):
            self.freed.add(change.column)

    def _of_constraints(self, table: Relation, change: Change) -> Iterator[str]:
        if isinstance(change, AddConstraint) and change.constraint.kind == "primary":
            kept = (c.name for c in table.columns if c.name in change.constraint.columns and is_kept_back(table, c))
            yield from (f"children are let off NOT NULL of {column}, which no primary key allows" for column in kept)
        if isinstance(change, AddConstraint):
            yield from _of_reference(self.catalog, change.constraint)
        if isinstance(change, DropConstraint):
            found = table.constraint(change.constraint)
            yield from self._of_key(table, found.index) if found is not None and found.index is not None else ()
            self.unbound.add((table.id, change.constraint))
        if isinstance(change, AttachPartition):
            yield from _of_partition(self.catalog, table, self.catalog.relation(change.partition))

    def _of_partners(self, table: Relation, change: SetColumnType) -> Iterator[str]:
        """A foreign key compares its columns with those that it points to, so it must know how."""
        type_ = self.catalog.type_text(self.catalog.data_type(change.type))
        for child, key, column, other in _partners(self.catalog, table, change.column):
            unlike = compare(self.catalog.type_text(column.type), type_).sqlstate == UNLIKE
            if unlike and (child.id, key.name) not in self.unbound:
                yield f"foreign key {key.name} of {child.key} compares it with {other.key}.{column.name}, which is of another type"

    def _of_key(self, table: Relation, index: int) -> Iterator[str]:
        """A key stays as long as foreign keys rest on it."""
        for other in self.catalog.referrers(table):
            own = (key.name for key in other.constraints if key.target == index and key.parent is None)
            yield from (f"foreign key {name} of {other.key} rests on it" for name in own if (other.id, name) not in self.unbound)

    def _of_defaults(self, change: Change) -> Iterator[str]:
        """A default cannot draw from a sequence that is gone."""
        columns = change.columns if isinstance(change, CreateTable) else (change.column,) if isinstance(change, AddColumn) else ()
        defaults = [change.default] if isinstance(change, SetDefault) else [column.default for column in columns]
        for name in map(sequence_named, defaults):
            if name is not None and name not in self.made and self.catalog.relation(name) is None:
                yield f"sequence {name} is gone"
        if isinstance(change, SetDefault) and sequence_named(change.default) is not None:
            yield from _of_numbers(self.catalog, change)


def _of_users(catalog: Catalog, type_: Type) -> Iterator[str]:
    """A type stays as long as routines and other types are made of it; columns have got its successor."""
    made = [(f"{f.kind} {f.key}", (f.result, *(p.type for p in f.parameters or ()))) for f in catalog.functions]
    made += [(f"type {other.key}", (other.base, *(a.type for a in other.attributes))) for other in catalog.types]
    yield from (f"{what} is made of {type_.key}" for what, types in made if any(t is not None and t.type_id == type_.id for t in types))


def _of_numbers(catalog: Catalog, change: SetDefault) -> Iterator[str]:
    """What a sequence gives out is a bigint."""
    table = catalog.relation(change.table)
    column = table.column(change.column) if table is not None else None
    if column is not None and compare("bigint", catalog.type_text(column.type)).sqlstate == UNLIKE:
        yield f"{change.table}.{change.column} is of another type by now"


def _of_types(catalog: Catalog, change: Change) -> Iterator[str]:
    """Nothing can be of a type that is gone."""
    columns = change.columns if isinstance(change, CreateTable) else (change.column,) if isinstance(change, AddColumn) else ()
    types = [column.type for column in columns if column.type is not None]
    types += [change.base] if isinstance(change, CreateDomain) else [change.type] if isinstance(change, SetColumnType) else []
    for type_ in types:
        there = type_.builtin or catalog.type(type_.name) is not None
        if not there and any(catalog.types.was_at(key) is not None for key in catalog.keys(type_.name)):
            yield f"type {type_.name} is gone"


def _of_partition_bound(catalog: Catalog, change: CreateTable) -> Iterator[str]:
    """No two partitions take the same rows."""
    whole = catalog.relation(change.partition_of) if change.partition_of is not None else None
    for part in catalog.children(whole) if whole is not None else ():
        if normal(part.bound) == normal(change.bound):
            yield f"{part.key} takes its rows by now"


def _of_child(catalog: Catalog, change: CreateTable) -> Iterator[str]:
    """A column that a parent has, too, must be of the same type."""
    types = {c.name: catalog.data_type(c.type) for c in change.columns if c.type is not None}
    for parent in (found for name in change.inherits if (found := catalog.relation(name)) is not None):
        for column in parent.columns:
            if column.type is not None and types.get(column.name, column.type) != column.type:
                yield f"{parent.key}.{column.name} has another type by now"


def _of_children(catalog: Catalog, table: Relation, change: AddColumn) -> Iterator[str]:
    """A column that a child has already must be of the same type."""
    type_ = catalog.data_type(change.column.type) if change.column.type is not None else None
    for child in catalog.children(table):
        own = child.column(change.column.name)
        if own is not None and own.type != type_:
            yield f"{child.key} has another column {own.name} by now"


def _of_reference(catalog: Catalog, key: ConstraintDef) -> Iterator[str]:
    """A foreign key rests on a key over the columns that it points to."""
    parent = catalog.relation(key.references) if key.references is not None else None
    if parent is not None and parent.complete and key.referenced_columns and rest_of(parent, key.referenced_columns) is None:
        yield f"{parent.key} has no key over {', '.join(key.referenced_columns)} by now"


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


def _partners(catalog: Catalog, table: Relation, column: str) -> Iterator[tuple[Relation, Constraint, Column, Relation]]:
    """The foreign keys that a column is part of, with their tables, and the column at the other end with its table."""
    own = table.column(column)
    for key in table.constraints:
        parent = catalog.relations.get(key.references)
        if own is not None and parent is not None and own.id in key.columns and key.referenced:
            partner = parent.column(key.referenced[key.columns.index(own.id)])
            if partner is not None:
                yield table, key, partner, parent
    for child in catalog.referrers(table):
        for key in child.constraints:
            if key.references == table.id and column in key.referenced:
                partner = child.column_by_id(key.columns[key.referenced.index(column)])
                if partner is not None:
                    yield child, key, partner, child


def _of_partitions_key(catalog: Catalog, table: Relation, index: int) -> Iterator[str]:
    """An index of a partitioned table that is part of a partition's own key stays as long as that does."""
    for part in catalog.children(table):
        keys = (i.name for i in part.indexes if i.parent == index and i.constraint is not None)
        yield from (f"the key {name} of {part.key} is a part of it" for name in keys)


def _of_partition(catalog: Catalog, table: Relation, partition: Relation | None) -> Iterator[str]:
    """A partition must have its table's columns and CHECKs, and no children."""
    if partition is None or not partition.complete or not table.complete:
        return
    if partition.kind != "partitioned" and catalog.children(partition):
        yield f"{partition.key} has children by now"
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
