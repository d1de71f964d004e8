from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule, column_sql
from migcompat.sql.conditions import normal


class ChangeDefault(Rule):
    name = "change-default"
    summary = "A column that writers may omit is filled with something else"
    severity = Severity.WARNING
    breaks = Breaks.WRITES

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.kept:
            if not old.has_default or not old.default or pair.required(new):
                continue
            if new.identity or new.generated:
                continue
            now = new.default if new.has_default and new.default else "NULL"
            if normal(now) != normal(old.default):
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} is filled with {now} instead of {old.default} where a write omits it",
                    "make sure that the prior generation can live with such rows, or let it write the value itself first",
                    statement=f"SELECT {column_sql(old)} FROM {pair.sql}",
                    detail=old.name,
                    created=old.origin,
                )
