from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import table_sql, type_sql


class DropTable(Rule):
    """Every statement of the prior generation that names the table is rejected, and no later migration brings its rows back. A table
    that is dropped and created again has lost its rows just the same. Partitions, and tables that go with their schema, are tables too.
    A table that was created in the same deploy may go freely, and so may a temporary one.
    """

    name = "drop-table"
    summary = "A table is dropped"
    looks_at = ("id",)
    breaks = Breaks.READS
    sqlstate = "42P01"
    adr = True
    example = Example(
        schema="CREATE TABLE wishlists (id integer PRIMARY KEY, customer text NOT NULL, product text NOT NULL)",
        migration="DROP TABLE wishlists",
        statement="INSERT INTO wishlists (id, customer, product) VALUES (1, 'Ada', 'lamp')",
        compatible=(),
    )
    rollback = (
        "The code before it cannot run until the table is back, and then it is empty: its rows are in a backup, or nowhere."
        " Sign only when no generation that you may roll back to names the table."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.same is not None:
            return
        if pair.new is None:
            yield self.found(
                pair.name,
                f"table {pair.name} is dropped: every statement that names it is rejected, and its data is gone",
                "stop using the table, deploy that, and drop it in a later deploy",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
            )
        else:
            yield self.found(
                pair.name,
                f"table {pair.name} is dropped and another {pair.new.kind} takes its name: its data is gone",
                "change the table in place, or fill a new table and let the old one be until nobody reads it",
                statement=f"SELECT * FROM {pair.sql}",
                breaks=Breaks.DATA,
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        return (
            DeployStep(f"Stop using {pair.name}"),
            DeployStep(f"When no running code names {pair.name}: drop it, after a last backup", (f"DROP TABLE {pair.sql}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        rows = f"the rows of {pair.name}: they are in a backup, or nowhere"
        if pair.new is not None:
            return Restoration(lost=rows)
        if pair.old.kind == "foreign":
            return Restoration(lost=f"the server and options of foreign table {pair.name}: its CREATE statement has them")
        if not pair.old.columns or not pair.old.complete or not all(type_sql(pair.deploy, c.type) for c in pair.old.columns):
            return Restoration(lost=f"{rows}; its columns were not all seen, so it cannot be created again")
        how = ", and how it was partitioned" if pair.old.kind == "partitioned" and not pair.old.partition_by else ""
        return Restoration(table_sql(pair.deploy, pair.old), rows + how)
