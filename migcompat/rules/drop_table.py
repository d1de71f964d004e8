from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule


class DropTable(Rule):
    name = "drop-table"
    summary = "A table is dropped"
    breaks = Breaks.READS
    sqlstate = "42P01"
    adr = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.same is not None:
            return
        if pair.new is None:
            yield self.found(
                pair.name,
                f"table {pair.name} is dropped: every statement that names it is rejected, and its data is gone",
                "stop using the table, deploy that, and drop it in a later deploy",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
            )
        else:
            yield self.found(
                pair.name,
                f"table {pair.name} is dropped and another {pair.new.kind} takes its name: its data is gone",
                "change the table in place, or fill a new table and let the old one be until nobody reads it",
                statement=f"SELECT * FROM {pair.sql}",
                breaks=Breaks.DATA,
                created=pair.old.origin,
            )
