from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.add_unique import now_called
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.rules.keys import infers, unique_keys
from migcompat.sql.quoting import ident


class DeferUnique(Rule):
    name = "defer-unique"
    summary = "A unique key becomes deferrable, so ON CONFLICT can no longer use it"
    breaks = Breaks.UPSERTS
    sqlstate = "55000"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.is_view or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        after = unique_keys(pair.new)
        for old in unique_keys(pair.old, now_called(pair)):
            same = [new for new in after if infers(new, old)]
            if not old.deferrable and same and all(new.deferrable for new in same):
                keys = ", ".join(sorted(k if k.startswith("(") else ident(k) for k in old.keys))
                yield self.found(
                    f"{pair.name}.{old.index.name}",
                    f"unique key {old.index.name} of {pair.name} becomes deferrable: ON CONFLICT over ({keys}) is rejected",
                    "keep a unique index that is not deferrable beside it while running code upserts on it",
                    statement=f"INSERT INTO {pair.sql} … ON CONFLICT ({keys}) DO NOTHING",
                    detail=old.index.name,
                    created=old.index.origin,
                )
