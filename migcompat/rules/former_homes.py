"""Which partition took the rows before that a new one takes now."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.frozen import replace
from migcompat.rules.pairs import Deploy, RelationPair
from migcompat.rules.partition_bounds import takes_all
from migcompat.schema.model import Relation
from migcompat.sql.conditions import normal

_DEEPEST = 50
"""Partitions of partitions; PostgreSQL knows no circles, a text may."""


def taken_over(deploy: Deploy, partition: Relation) -> RelationPair | None:
    """A new partition as if it had replaced the one that took its rows before; None where no partition took them, or the same does."""
    was = deploy.catalog.relations.was(partition.id)
    above = _there_before(deploy, partition)
    if above is None or (was is not None and (was.parents, was.bound) == (partition.parents, partition.bound)):
        return None
    taken = {normal(bound) for bound in (partition.bound, "default")}
    homes = [home for home in _partitions_before(deploy, above) if normal(home.bound) in taken]
    former = next((home for home in homes if normal(home.bound) != "default"), homes[0] if homes else None)
    if former is None or former.id == partition.id:
        return None
    return RelationPair(replace(former, key=partition.key), partition, partition, deploy)


def takes_all_before(deploy: Deploy, table: Relation) -> bool:
    """Whether a table had a place for every row."""
    return table.kind != "partitioned" or takes_all([partition.bound for partition in _partitions_before(deploy, table)])


def _there_before(deploy: Deploy, partition: Relation) -> Relation | None:
    """The nearest partitioned table above that the deploy has not made."""
    relations = deploy.catalog.relations
    for _ in range(_DEEPEST):
        if not partition.bound or not partition.parents:
            return None
        parent = relations.get(partition.parents[0])
        if parent is None or relations.was(parent.id) is not None:
            return parent
        partition = parent
    return None


def _partitions_before(deploy: Deploy, parent: Relation) -> Iterator[Relation]:
    relations = deploy.catalog.relations
    ids = deploy.catalog.ever_children(parent.id)
    for id_ in sorted(ids - relations.created(ids)):
        was = relations.was(id_)
        if was is not None and was.bound and parent.id in was.parents:
            yield was
