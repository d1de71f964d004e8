from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class RenameColumn(Rule):
    name = "rename-column"
    summary = "A column is renamed"
    breaks = Breaks.READS
    sqlstate = "42703"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        for column in pair.lost:
            to = pair.renamed(column)
            if to is not None:
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"column {column.name} of {pair.name} is now {to}: a statement that names it is rejected",
                    f"add {to} beside it, keep both filled, move readers over, and drop {column.name} in a later deploy",
                    statement=f"SELECT {column_sql(column)} FROM {pair.sql}",
                    detail=column.name,
                    created=column.origin,
                )
