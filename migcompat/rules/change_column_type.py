from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql
from migcompat.rules.type_changes import COLLATION, TypeChange, compare
from migcompat.schema.model import Column


class ChangeColumnType(Rule):
    name = "change-column-type"
    summary = "A column gets another type"
    breaks = Breaks.READS
    sqlstate = "42883"
    adr = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.old.kind in ("sequence", "index"):
            return
        for old, new in pair.kept:
            if old.type is new.type and old.collation == new.collation and not _renamed_type(pair, old):
                continue
            before, after = pair.deploy.type_before(old.type), pair.deploy.type_after(new.type)
            if not after or (not before and not old.assumed):
                continue
            if before != after:
                change = compare(before, after)
            elif pair.old.is_table and old.id == new.id and old.collation != new.collation:
                change = COLLATION
                after = f"{after} COLLATE {new.collation or 'of the type'}"
            else:
                continue
            yield self.found(
                f"{pair.name}.{old.name}",
                f"column {old.name} of {pair.name} changes from {before or 'its type'} to {after}: {change.consequence}{_lost(old, new, pair)}",
                "add a column of the new type, keep both filled, move readers over, and drop the old one in a later deploy",
                statement=_statement(pair, old, change),
                detail=old.name,
                sqlstate=change.sqlstate,
                breaks=change.breaks,
                created=old.origin,
                relaxable="widening-type" if change.kind == "widens" else "",
            )


def _renamed_type(pair: RelationPair, column: Column) -> bool:
    return column.type is not None and column.type.type_id is not None and pair.deploy.type_before(column.type) != pair.deploy.type_after(column.type)


def _lost(old: Column, new: Column, pair: RelationPair) -> str:
    return "; it is dropped and added again, so its data is lost" if old.id != new.id and not pair.replaced else ""


def _statement(pair: RelationPair, column: Column, change: TypeChange) -> str:
    name = column_sql(column)
    if change.breaks is Breaks.WRITES:
        return f"INSERT INTO {pair.sql} ({name}) VALUES ($1)"
    if change.sqlstate == "0A000":
        return f"EXECUTE prepared  -- PREPARE prepared AS SELECT {name} FROM {pair.sql}"
    return f"SELECT {name} FROM {pair.sql} WHERE {name} = $1"
