from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import column_definition


class NewColumnInStar(Rule):
    """PostgreSQL fixes the columns of a prepared statement when it is prepared. After a column is added, a prepared SELECT * is refused
    with 0A000 until the session prepares it again. Within a transaction the driver cannot do so. Nor does a wider row fit where SELECT
    * feeds a UNION or an INSERT, COPY … FROM without columns misses a value (22P04), and a name without its table may mean another
    table's column as well (42702). Off unless asked for, as code that names its columns and their tables never notices.
    """

    name = "new-column-in-star"
    summary = "A prepared SELECT * must be prepared again"
    looks_at = ("added",)
    severity = Severity.NOTE
    breaks = Breaks.READS
    sqlstate = "0A000"
    opt_in = True
    example = Example(
        schema="CREATE TABLE products (name text, price numeric)",
        migration="ALTER TABLE products ADD COLUMN weight numeric",
        statement="EXECUTE all_products",
        compatible=(),
        session="PREPARE all_products AS SELECT * FROM products",
    )
    rollback = "The code before it goes on to work once its sessions prepare the statement again, as they do when they reconnect."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.kind in ("sequence", "index") or pair.new is None or pair.replaced:
            return
        for column in pair.fresh.values():
            yield self.found(
                f"{pair.name}.{column.name}",
                f"column {column.name} is added to {pair.name}: a SELECT * that was prepared before fails until it is prepared again",
                "name the columns in prepared statements",
                statement=f"EXECUTE prepared  -- PREPARE prepared AS SELECT * FROM {pair.sql}",
                detail=column.name,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        new = next(c for c in pair.added if c.name == found.detail)
        add = (f"ALTER TABLE {pair.sql} ADD COLUMN {column_definition(pair.deploy, new)}",) if pair.old.is_table else ()
        return (
            DeployStep("Name the columns in prepared statements"),
            DeployStep("When only that code runs: add the column", add),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        return Restoration(lost="nothing: a session that prepares the statement again reads on")
