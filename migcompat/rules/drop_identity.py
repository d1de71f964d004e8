from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule


class DropIdentity(Rule):
    name = "drop-identity"
    summary = "A required column is no longer filled by its identity or expression"
    breaks = Breaks.WRITES
    sqlstate = "23502"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.kept:
            if (old.identity or old.generated) and not new.filled and pair.required(new) is not False:
                what = "identity" if old.identity else "expression"
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} is required and loses its {what}: an INSERT that omits it is rejected",
                    "let every writer give the column a value, deploy that, and drop it in a later deploy",
                    statement=f"INSERT INTO {pair.sql} DEFAULT VALUES",
                    detail=old.name,
                    created=old.origin,
                )
