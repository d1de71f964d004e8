"""What PostgreSQL refuses to do to a table as it is now, however right it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from migcompat.changes import AddColumn, Alter, DropColumn, DropRelation, RenameColumn, SetColumnType
from migcompat.lowering.statements import lower
from migcompat.rules.keys import partition_key
from migcompat.schema.apply.target import children
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Relation
from migcompat.sql.lexer import tokens
from migcompat.sql.splitter import split


def refusal(catalog: Catalog, statements: Iterable[str]) -> str:
    """Why PostgreSQL refuses one of the statements that belong together; empty: nothing is known to stand in their way."""
    changes = [change for sql in statements for statement in split(sql).statements for change in lower(statement)]
    altering = [change for change in changes if isinstance(change, Alter)]
    dropping = [change for change in changes if isinstance(change, DropRelation)]
    return next(chain(_refusals(catalog, altering), _held(catalog, dropping)), "")


def _user(table: Relation, column: str) -> str:
    """What of the table itself names a column; empty: nothing that fixes its type."""
    users = {f"column {c.name}": c.expression for c in table.columns if c.generated}
    users |= {f"policy {p.name}": f"{p.using} {p.check}" for p in table.policies}
    users |= {f"trigger {t.name}": t.definition for t in table.triggers}
    users |= {f"rule {r.name}": r.text for r in table.rules}
    return next((user for user, text in users.items() if text and any(token.value == column for token in tokens(text))), "")


def _held(catalog: Catalog, changes: Iterable[DropRelation]) -> Iterator[str]:
    """An index of a partitioned table that is part of a partition's own key stays as long as that does."""
    for change in changes:
        home = catalog.index_home(change.name) if change.kind == "index" else None
        for part in children(catalog, home[0]) if home is not None else ():
            for index in part.indexes:
                if home is not None and index.parent == home[1] and index.constraint is not None:
                    yield f"index {change.name.name} stays as long as the key {index.name} of {part.key}"


def _refusals(catalog: Catalog, changes: Iterable[Alter]) -> Iterator[str]:
    freed: set[str] = set()
    for change in changes:
        table = catalog.relation(change.table)
        if table is None or not table.is_table or not isinstance(change, (AddColumn, DropColumn, RenameColumn, SetColumnType)):
            continue
        added = change.column.name if isinstance(change, AddColumn) else change.to if isinstance(change, RenameColumn) else ""
        if table.of_type is not None:
            yield f"the columns of {table.key} are those of its type"
        if added and added not in freed and table.column(added) is not None:
            yield f"{table.key} has another column {added} by now"
        if isinstance(change, (DropColumn, SetColumnType)) and change.column in partition_key(table):
            yield f"{table.key} is partitioned by {change.column}"
        if isinstance(change, SetColumnType) and (user := _user(table, change.column)):
            yield f"{user} uses {change.column}, whose type stays as long as it does"
        if isinstance(change, (DropColumn, RenameColumn)):
            freed.add(change.column)
