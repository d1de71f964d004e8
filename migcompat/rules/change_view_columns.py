from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class ChangeViewColumns(Rule):
    name = "change-view-columns"
    summary = "A view offers fewer columns than before"
    breaks = Breaks.READS
    sqlstate = "42703"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_view or pair.new is None or not pair.new.complete:
            return
        for column in pair.lost:
            to = pair.renamed(column)
            what = f"is now {to}" if to is not None else "is no longer there"
            yield self.found(
                f"{pair.name}.{column.name}",
                f"column {column.name} of {pair.old.kind} {pair.name} {what}: a statement that names it is rejected",
                "keep the column in the view until no running code reads it",
                statement=f"SELECT {column_sql(column)} FROM {pair.sql}",
                detail=column.name,
                created=pair.old.origin,
            )
