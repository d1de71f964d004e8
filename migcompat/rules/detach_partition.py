from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.partition_bounds import condition
from migcompat.rules.whereabouts import relation_now
from migcompat.schema.model import Relation
from migcompat.sql.conditions import admits, normal
from migcompat.sql.quoting import qualified


class DetachPartition(Rule):
    """A row that belongs in the partition finds none and is rejected, and the rows that it holds are no longer read through the
    parent. A warning when another partition of the same bound, or the default one, takes new rows, as SQL alone cannot tell whether the
    old ones were moved. A child that merely inherits takes its rows out of what the parent shows. Silent when the partition is attached
    again as it was.
    """

    name = "detach-partition"
    summary = "A partition or child leaves its parent"
    looks_at = ("parents", "bound")
    breaks = Breaks.WRITES
    sqlstate = "23514"
    example = Example(
        schema=(
            "CREATE TABLE events (day date NOT NULL, what text) PARTITION BY RANGE (day);"
            " CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
        ),
        migration="ALTER TABLE events DETACH PARTITION events_2025",
        statement="INSERT INTO events (day, what) VALUES ('2025-12-31', 'Printer on fire')",
        compatible=(),
    )
    rollback = "The code before it misses the rows, and cannot write new ones, until the partition is attached again, which reads it once."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        old, now = pair.old, pair.same
        for parent_id in old.parents:
            parent = pair.deploy.catalog.relations.get(parent_id)
            if parent is None or (now is None and not old.bound):
                continue
            if now is not None and parent_id in now.parents:
                if normal(now.bound) == normal(old.bound) or _takes_as_much(parent, old.bound, now.bound):
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

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        parent = _parent(pair, found)
        if pair.same is None:
            sql = f"DROP TABLE {pair.sql}"
        elif pair.old.bound:
            sql = f"ALTER TABLE {parent} DETACH PARTITION {pair.sql}"
        else:
            sql = f"ALTER TABLE {pair.sql} NO INHERIT {parent}"
        return (
            DeployStep(f"Read and write no rows of {pair.name} through {found.detail}"),
            DeployStep("When no running code does: let it go", (sql,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        parent, heir = _parent(pair, found), _taken(pair, found)
        rows = f"the rows of {pair.name}"
        if heir is not None:
            return Restoration(lost=f"{rows} behind {found.detail}, until they are copied into {heir.key}")
        if pair.same is None or _named(pair, found) is None:
            return Restoration(lost=f"{rows}; as a partition it comes back with the table")
        name = qualified(*pair.same.key)
        if not pair.old.bound:
            return Restoration((f"ALTER TABLE {name} INHERIT {parent}",))
        if pair.old.bound == "unknown":
            return Restoration(lost="its bound: the migration that created the partition has it")
        again = f"ALTER TABLE {parent} ATTACH PARTITION {name} {_bound(pair.old)}"
        return Restoration((f"ALTER TABLE {parent} DETACH PARTITION {name}", again) if pair.same.bound else (again,))


def _takes_as_much(parent: Relation, before: str, after: str) -> bool:
    """Whether every row that belonged in a partition still does."""
    old, new = condition(parent.partition_by, before), condition(parent.partition_by, after)
    return bool(old and new) and admits([old], new)


def _parent(pair: RelationPair, found: Break) -> str:
    parent = _named(pair, found)
    return qualified(*parent.key) if parent is not None else found.detail


def _named(pair: RelationPair, found: Break) -> Relation | None:
    """The parent that a finding speaks of; it may have got its old name back since."""
    parents = [r for id_ in pair.old.parents if (r := relation_now(pair.deploy, id_)) is not None]
    return next((r for r in parents if str(r.key) == found.detail), parents[0] if parents else None)


def _taken(pair: RelationPair, found: Break) -> Relation | None:
    parent = _named(pair, found)
    heir = _heir(pair, parent) if parent is not None else None
    return heir if heir is not None and heir.bound != "default" else None


def _bound(partition: Relation) -> str:
    return partition.bound.upper() if partition.bound == "default" else partition.bound


def _heir(pair: RelationPair, parent: Relation) -> Relation | None:
    """A partition that takes the rows now: one of the same bound, or the default."""
    bounds = {normal(pair.old.bound), "default"} if pair.old.bound else set()
    others = (r for r in pair.deploy.catalog.children(parent) if r.id != pair.old.id)
    return next((r for r in others if normal(r.bound) in bounds), None)
