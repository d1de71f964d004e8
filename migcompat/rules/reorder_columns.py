from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.schema.definitions import view_sql
from migcompat.sql.quoting import ident


class ReorderColumns(Rule):
    """INSERT without a list of columns, COPY, UNION and INSERT … SELECT * go by the order of columns, and so does code that reads a row by
    position. A view that is created anew, or another table that takes the name, may have them in another order. Silent where a new column
    comes between, as SELECT * may widen at any time, and where a column goes. A warning: most code names columns, and SQL does not show it.
    """

    name = "reorder-columns"
    summary = "Columns come in another order"
    looks_at = ("id",)
    severity = Severity.WARNING
    breaks = Breaks.READS
    sqlstate = "42804"
    example = Example(
        schema="""
            CREATE TABLE people (id integer, name text); CREATE TABLE former_people (id integer, name text);
            CREATE VIEW members AS SELECT id, name FROM people;
        """,
        migration="DROP VIEW members; CREATE VIEW members AS SELECT name, id FROM people",
        statement="INSERT INTO former_people SELECT * FROM members",
        compatible=("CREATE VIEW members_by_name AS SELECT name, id FROM people",),
    )
    rollback = "The code before it mixes columns up, or is rejected, where it goes by their order, until the old order is back."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or not pair.replaced or pair.lost or not (pair.old.complete and pair.new.complete):
            return
        before = [old.name for old, _ in pair.kept]
        after = [c.name for c in pair.new.columns if c.name in set(before)]
        if before != after:
            listed = ", ".join(map(ident, after))
            yield self.found(
                pair.name,
                f"the columns of {pair.name} come in another order ({listed}): what goes by their order is rejected or mixed up",
                "keep the old order, and add new columns at the end",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep("Name the columns wherever their order counts"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        now = pair.deploy.catalog.relations.get(pair.new.id) if pair.new is not None else None
        view = view_sql(pair.old) if pair.old.is_view and now is not None and now.kind == pair.old.kind else ""
        return Restoration((f"DROP {pair.old.kind.upper()} {pair.sql}", view)) if view else Restoration(lost="the order of the columns")
