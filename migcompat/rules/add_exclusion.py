from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, index_keys
from migcompat.schema.model import Relation
from migcompat.sql.conditions import normal


class AddExclusion(Rule):
    name = "add-exclusion"
    summary = "An exclusion constraint refuses rows that were accepted before"
    breaks = Breaks.WRITES
    sqlstate = "23P01"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        before = _exclusions(pair.old)
        for shape, name in _exclusions(pair.new).items():
            if shape not in before:
                yield self.found(
                    f"{pair.name}.{name}",
                    f"exclusion constraint {name} is added to {pair.name}: a row that conflicts with another is rejected",
                    "let no writer produce conflicting rows, clean up the existing ones, deploy that, and add it in a later deploy",
                    statement=f"INSERT INTO {pair.sql} … -- a row that conflicts with one that is there",
                    detail=name,
                )


def _exclusions(relation: Relation) -> dict[tuple[frozenset[str], tuple[str, ...], str], str]:
    temporal = {c.index for c in relation.constraints if c.kind in ("primary", "unique")}  # WITHOUT OVERLAPS: add-unique
    return {
        (index_keys(relation, i), tuple(sorted(k.operator for k in i.keys)), normal(i.predicate)): i.name for i in relation.indexes if i.exclusion and i.id not in temporal
    }
