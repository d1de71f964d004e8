from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class RecreateColumn(Rule):
    name = "recreate-column"
    summary = "A column is dropped and added again, so its data is lost"
    breaks = Breaks.DATA
    adr = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.replaced:
            return
        for old, new in pair.changed:
            if old.id == new.id or new.inherited or new.generated:  # a generated column's values are computed anew: generate-column
                continue
            if pair.new.column_by_id(old.id) is None:
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} is dropped and added again: the values that the prior generation stored are gone",
                    "change the column in place, or fill a new column and move readers over before the old one is dropped",
                    statement=f"SELECT {column_sql(old)} FROM {pair.sql}",
                    detail=old.name,
                    created=old.origin,
                )
