from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.schema.model import Relation
from migcompat.sql.conditions import normal
from migcompat.sql.quoting import qualified


class DetachPartition(Rule):
    name = "detach-partition"
    summary = "A partition or child leaves its parent"
    breaks = Breaks.WRITES
    sqlstate = "23514"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        old, now = pair.old, pair.same
        for parent_id in old.parents:
            parent = pair.deploy.catalog.relations.get(parent_id)
            if parent is None or (now is None and not old.bound):
                continue
            if now is not None and parent_id in now.parents:
                if not old.bound or normal(now.bound) == normal(old.bound):
                    continue
                what = f"now takes other rows of {parent.key} than before"
            else:
                what = f"is {'detached' if now is not None else 'dropped'} from {parent.key}"
            yield self._left(pair, parent, what)

    def _left(self, pair: RelationPair, parent: Relation, what: str) -> Break:
        heir = _heir(pair, parent)
        if not pair.old.bound:
            consequence = "its rows are no longer read there"
        elif heir is None:
            consequence = "a row that belongs in it is rejected, and its rows are no longer read there"
        else:
            consequence = f"new rows of it go to {heir.key}, but those that it holds are no longer read there unless they were moved"
        found = self.found(
            pair.name,
            f"{pair.name} {what}: {consequence}",
            "wait until nobody writes or reads its rows, or attach a partition that takes its place in the same migration",
            statement=f"INSERT INTO {qualified(*parent.key)} … -- a row of {pair.old.key.name}",
            detail=str(parent.key),
            created=pair.old.origin,
        )
        if pair.old.bound and heir is None:
            return found
        severity = Severity.ERROR if heir is None else Severity.WARNING
        return replace(found, severity=severity, breaks=Breaks.DATA, sqlstate=None, statement=f"SELECT * FROM {qualified(*parent.key)}")


def _heir(pair: RelationPair, parent: Relation) -> Relation | None:
    """A partition that takes the rows now: one of the same bound, or the default."""
    bounds = {normal(pair.old.bound), "default"} if pair.old.bound else set()
    children = (r for r in pair.deploy.catalog.dependents(parent.id) if parent.id in r.parents and r.id != pair.old.id)
    return next((r for r in children if normal(r.bound) in bounds), None)
