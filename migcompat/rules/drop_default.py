from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule


class DropDefault(Rule):
    name = "drop-default"
    summary = "A required column loses the default that filled it"
    breaks = Breaks.WRITES
    sqlstate = "23502"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.kept:
            if old.identity or old.generated or not pair.was_filled(old):
                continue
            required = pair.required(new)
            if required or (required is None and new.has_default is False and not new.filled):
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} is required and loses its default: an INSERT that omits it is rejected",
                    "let every writer give the column a value, deploy that, and drop the default in a later deploy",
                    statement=f"INSERT INTO {pair.sql} DEFAULT VALUES",
                    detail=old.name,
                    created=old.origin,
                )
