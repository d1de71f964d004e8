from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class DropColumn(Rule):
    name = "drop-column"
    summary = "A column is dropped"
    breaks = Breaks.READS
    sqlstate = "42703"
    adr = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        for column in pair.lost:
            if pair.renamed(column) is None:
                yield self._gone(pair, column.name, column.origin)

    def _gone(self, pair: RelationPair, column: str, origin: object) -> Break:
        return self.found(
            f"{pair.name}.{column}",
            f"column {column} of {pair.name} is dropped: a statement that names it is rejected",
            "stop using the column, deploy that, and drop it in a later deploy",
            statement=f"SELECT {column_sql(column)} FROM {pair.sql}",
            detail=column,
            created=origin,  # type: ignore[arg-type]
        )
