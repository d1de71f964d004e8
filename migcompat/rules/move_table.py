from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.sql.quoting import qualified


class MoveTable(Rule):
    name = "move-table"
    summary = "A table or view moves to another schema and nothing answers in the old one"
    breaks = Breaks.READS
    sqlstate = "42P01"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        moved = pair.same
        if pair.old.kind in ("sequence", "index") or moved is None or pair.new is not None or moved.key.name != pair.old.key.name:
            return
        if moved.key.schema == pair.old.key.schema:
            return
        kind = "view" if pair.old.is_view else "table"
        yield self.found(
            pair.name,
            f"{kind} {pair.name} moves to schema {moved.key.schema}: a statement that finds it under its old name is rejected",
            f"in the same migration, CREATE VIEW {pair.sql} AS SELECT * FROM {qualified(*moved.key)} with the same grants;"
            " drop the view in a later deploy",
            statement=f"SELECT * FROM {pair.sql}",
            created=pair.old.origin,
        )
