"""What PostgreSQL refuses to do to a table as it is now, however right it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migcompat.changes import AddColumn, Alter, DropColumn, RenameColumn, SetColumnType
from migcompat.lowering.statements import lower
from migcompat.rules.keys import partition_key
from migcompat.schema.catalog import Catalog
from migcompat.sql.splitter import split


def refusal(catalog: Catalog, statements: Iterable[str]) -> str:
    """Why PostgreSQL refuses one of the statements that belong together; empty: nothing is known to stand in their way."""
    changes = [change for sql in statements for statement in split(sql).statements for change in lower(statement)]
    return next(_refusals(catalog, [change for change in changes if isinstance(change, Alter)]), "")


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
        if isinstance(change, (DropColumn, RenameColumn)):
            freed.add(change.column)
