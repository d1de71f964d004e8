from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.sql.quoting import qualified


class DetachPartition(Rule):
    name = "detach-partition"
    summary = "A partition or child leaves its parent"
    breaks = Breaks.WRITES
    sqlstate = "23514"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        now = pair.same
        for parent_id in pair.old.parents:
            parent = pair.deploy.catalog.relations.was(parent_id)
            if parent is None or pair.deploy.catalog.relations.get(parent_id) is None or (now is not None and parent_id in now.parents):
                continue
            if now is None and pair.old.bound == "":
                continue
            what = "is detached from" if now is not None else "is dropped from"
            consequence = "a row that belongs in it is rejected, and its rows are no longer read there" if pair.old.bound else "its rows are no longer read there"
            yield self.found(
                pair.name,
                f"{pair.name} {what} {parent.key}: {consequence}",
                "attach a partition that takes its place in the same migration, or wait until nobody writes or reads its range",
                statement=f"INSERT INTO {qualified(*parent.key)} … -- a row of the partition {pair.old.key.name}",
                created=pair.old.origin,
            )
