from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import index_keys, with_names
from migcompat.rules.old_names import names_for
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import add_constraint_sql, constraint_sql, drop_constraint_sql
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Index, Relation
from migcompat.sql.conditions import columns_of, normal


class AddExclusion(Rule):
    """A row that conflicts with another by the constraint's operators, which the prior generation could write until now, is rejected.
    It is a unique key with other operators than equality, and as hard to foresee for code that never heard of it. Silent when an equal
    constraint was there already.
    """

    name = "add-exclusion"
    summary = "An exclusion constraint refuses rows that were accepted before"
    looks_at = ("indexes",)
    breaks = Breaks.WRITES
    sqlstate = "23P01"
    example = Example(
        schema="""
            CREATE TABLE closures (reason text NOT NULL, during daterange NOT NULL);
            INSERT INTO closures VALUES ('Easter', '[2026-04-03,2026-04-07)');
        """,
        migration="ALTER TABLE closures ADD CONSTRAINT closures_during_excl EXCLUDE USING gist (during WITH &&)",
        statement="INSERT INTO closures (reason, during) VALUES ('Stocktaking', '[2026-04-01,2026-04-04)')",
        compatible=("DELETE FROM closures a USING closures b WHERE a.during && b.during AND a.ctid > b.ctid",),
    )
    rollback = "The code before it gets 23P01 for every such row until the constraint is dropped, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        for index in _exclusions(pair.new):
            shape, name = _shape(pair.new, index, {}), index.name
            names = names_for(pair, shape[0] | (columns_of(index.predicate) or set()))
            if all(_shape(pair.old, old, names) != shape for old in _exclusions(pair.old)):
                yield self.found(
                    f"{pair.name}.{name}",
                    f"exclusion constraint {name} is added to {pair.name}: a row that conflicts with another is rejected",
                    "let no writer produce conflicting rows, clean up the existing ones, deploy that, and add it in a later deploy",
                    statement=f"INSERT INTO {pair.sql} … -- a row that conflicts with one that is there",
                    detail=name,
                )

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        return self.relation(pair)

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        constraint = pair.new.constraint(found.detail)
        sql = constraint_sql(pair.deploy, pair.new, constraint) if constraint is not None else ""
        return (
            DeployStep(f"Stop writing rows that {found.detail} refuses"),
            DeployStep(
                "When only that code runs: remove the rows that conflict, and add it",
                (add_constraint_sql(pair, found.detail, sql),) if sql else (),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        return Restoration(drop_constraint_sql(pair.deploy, altered(pair), found.detail))


def _exclusions(relation: Relation) -> list[Index]:
    temporal = {c.index for c in relation.constraints if c.kind in ("primary", "unique")}  # WITHOUT OVERLAPS: add-unique
    return [i for i in relation.indexes if i.exclusion and i.id not in temporal]


def _shape(relation: Relation, index: Index, names: dict[str, str]) -> tuple[frozenset[str], tuple[str, ...], str]:
    """What it excludes, with columns as `names` call them."""
    today = with_names(index, names)
    keys = frozenset(names.get(key, key) for key in index_keys(relation, today))
    return keys, tuple(sorted(k.operator for k in index.keys)), normal(today.predicate)
