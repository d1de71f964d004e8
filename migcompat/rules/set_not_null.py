from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class SetNotNull(Rule):
    name = "set-not-null"
    summary = "A column that took NULL takes it no longer"
    breaks = Breaks.WRITES
    sqlstate = "23502"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.kept:
            if pair.not_null(new) and not pair.was_not_null(old) and not new.generated and not (pair.recreated(old, new) and pair.required(new)):
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} becomes NOT NULL: a write that leaves it NULL is rejected",
                    "let every writer fill it (a default helps), backfill, deploy that, and require it in a later deploy",
                    statement=f"INSERT INTO {pair.sql} ({column_sql(old)}) VALUES (NULL)",
                    detail=old.name,
                    created=old.origin,
                )
