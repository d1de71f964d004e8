from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair


class TruncateTable(Rule):
    """Every statement of the prior generation works, and finds nothing. Partitions and children are emptied, too, and with CASCADE the
    tables that refer to any of them. Silent for a table of the same deploy. DELETE is not judged, as it is about rows that only the server
    knows.
    """

    name = "truncate-table"
    summary = "All rows of a table are removed"
    looks_at = ("emptied",)
    breaks = Breaks.DATA
    example = Example(
        schema="CREATE TABLE countries (code text PRIMARY KEY); INSERT INTO countries VALUES ('DE'), ('FR')",
        migration="TRUNCATE countries",
        statement="SELECT code FROM countries",
        compatible=(),
        answer="SELECT code FROM countries",
    )
    rollback = "The code before it works with an empty table; the rows are in a backup, or nowhere."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.same is not None and pair.same.emptied != pair.old.emptied:
            yield self.found(
                pair.name,
                f"table {pair.name} is truncated: the rows that the prior generation counts on are gone",
                "make sure that no running code needs the rows, or delete only those that nobody needs",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        bars = any(child.id != pair.old.id for child in pair.deploy.catalog.referrers(pair.old))  # a foreign key bars TRUNCATE (0A000)
        emptied = f"DELETE FROM {pair.sql}" if bars else f"TRUNCATE {pair.sql}"
        return (
            DeployStep(f"Stop needing the rows of {pair.name}"),
            DeployStep("When no running code needs them: remove them, after a last backup", (emptied,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        return Restoration(lost=f"the rows of {found.object}: they are in a backup, or nowhere")
