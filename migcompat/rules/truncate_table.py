from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule


class TruncateTable(Rule):
    name = "truncate-table"
    summary = "All rows of a table are removed"
    breaks = Breaks.DATA

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.same is not None and pair.same.emptied != pair.old.emptied:
            yield self.found(
                pair.name,
                f"table {pair.name} is truncated: the rows that the prior generation counts on are gone",
                "make sure that no running code needs the rows, or delete only those that nobody needs",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
            )
