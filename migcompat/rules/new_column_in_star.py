from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule


class NewColumnInStar(Rule):
    name = "new-column-in-star"
    summary = "A prepared SELECT * must be prepared again"
    severity = Severity.NOTE
    breaks = Breaks.READS
    sqlstate = "0A000"
    opt_in = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.kind in ("sequence", "index") or pair.new is None or pair.replaced:
            return
        for column in pair.added:
            if pair.old.column_by_id(column.id) is None:
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"column {column.name} is added to {pair.name}: a SELECT * that was prepared before fails until it is prepared again",
                    "name the columns in prepared statements",
                    statement=f"EXECUTE prepared  -- PREPARE prepared AS SELECT * FROM {pair.sql}",
                    detail=column.name,
                )
