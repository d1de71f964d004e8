from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule


class DropIdentity(Rule):
    name = "drop-identity"
    summary = "A required column is no longer filled by its identity or expression"
    breaks = Breaks.WRITES
    sqlstate = "23502"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.changed:
            what = "identity" if old.identity else "expression"
            if (old.identity or old.generated) and not new.filled and pair.required(new) is not False:
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} is required and loses its {what}: an INSERT that omits it is rejected",
                    "let every writer give the column a value, deploy that, and drop it in a later deploy",
                    statement=f"INSERT INTO {pair.sql} DEFAULT VALUES",
                    detail=old.name,
                    created=old.origin,
                )
            elif old.generated and not new.generated:
                empty = self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} loses its {what}: rows of the prior generation have no computed value in it",
                    "let every writer give the column a value, deploy that, and drop it in a later deploy",
                    detail=old.name,
                    severity=Severity.WARNING,
                    breaks=Breaks.READS,
                    created=old.origin,
                )
                yield replace(empty, sqlstate=None)
