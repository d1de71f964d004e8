from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class GenerateColumn(Rule):
    name = "generate-column"
    summary = "A column becomes generated and takes no values any more"
    breaks = Breaks.WRITES
    sqlstate = "428C9"
    adr = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.changed:
            if new.generated and old.generated == "":
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} becomes generated: an INSERT or UPDATE that gives it a value is rejected",
                    "add the generated column under another name, move readers over, and drop the old one in a later deploy",
                    statement=f"INSERT INTO {pair.sql} ({column_sql(old)}) VALUES ($1)",
                    detail=old.name,
                    created=old.origin,
                )
