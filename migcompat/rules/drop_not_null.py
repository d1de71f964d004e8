from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class DropNotNull(Rule):
    name = "drop-not-null"
    summary = "A column may now hold NULL, which readers have never met"
    severity = Severity.WARNING
    breaks = Breaks.READS

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.kept:
            if pair.was_not_null(old) and pair.not_null(new) is False:
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} may hold NULL: the prior generation has never read one",
                    "make readers cope with NULL, deploy that, and write NULL in a later deploy",
                    statement=f"SELECT {column_sql(old)} FROM {pair.sql}",
                    detail=old.name,
                    created=old.origin,
                )
