from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule


class DropView(Rule):
    name = "drop-view"
    summary = "A view or materialized view is dropped and nothing answers to its name"
    breaks = Breaks.READS
    sqlstate = "42P01"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.is_view and pair.same is None and pair.new is None:
            yield self.found(
                pair.name,
                f"{pair.old.kind} {pair.name} is dropped: every statement that reads it is rejected",
                "stop reading the view, deploy that, and drop it in a later deploy",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
            )
