from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.sql.quoting import literal


class DropSequence(Rule):
    name = "drop-sequence"
    summary = "A sequence is dropped, renamed or moved"
    breaks = Breaks.WRITES
    sqlstate = "42P01"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.kind != "sequence" or pair.old.owned_by is not None or pair.new is not None:
            return
        what = "is dropped" if pair.same is None else f"is now {pair.same.key}"
        yield self.found(
            pair.name,
            f"sequence {pair.name} {what}: nextval() of it is rejected",
            "use the sequence no more, deploy that, and drop it in a later deploy",
            statement=f"SELECT nextval({literal(pair.sql)})",
            created=pair.old.origin,
        )
