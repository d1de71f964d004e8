from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.sql.quoting import ident, qualified


class RenameTable(Rule):
    name = "rename-table"
    summary = "A table or view is renamed and nothing answers to the old name"
    breaks = Breaks.READS
    sqlstate = "42P01"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        moved = pair.same
        if pair.old.kind in ("sequence", "index") or moved is None or moved.key.name == pair.old.key.name or pair.new is not None:
            return
        kind = "view" if pair.old.is_view else "table"
        yield self.found(
            pair.name,
            f"{kind} {pair.name} is now {moved.key}: every statement that uses the old name is rejected",
            f"in the same migration, CREATE VIEW {ident(pair.old.key.name)} AS SELECT * FROM {qualified(*moved.key)} with the same grants;"
            " drop the view in a later deploy",
            statement=f"SELECT * FROM {pair.sql}",
            created=pair.old.origin,
        )
