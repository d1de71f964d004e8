from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.add_check import checks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, constraint_sql
from migcompat.rules.whereabouts import altered, old_constraint
from migcompat.schema.model import Relation
from migcompat.sql.conditions import admits, columns_of
from migcompat.sql.quoting import ident


class DropCheck(Rule):
    """Nothing is rejected, but the prior generation may now read values that the check ruled out. It is a warning, as SQL cannot tell
    what its readers make of them. Silent when the new schema rules out as much, by another check or NOT NULL, and when a column of the
    check goes with it.
    """

    name = "drop-check"
    summary = "A CHECK goes, so readers may meet values that could not be there"
    looks_at = ("constraints",)
    severity = Severity.WARNING
    breaks = Breaks.READS
    example = Example(
        schema="CREATE TABLE products (name text PRIMARY KEY, stock integer NOT NULL CONSTRAINT products_stock_check CHECK (stock >= 0))",
        migration="ALTER TABLE products DROP CONSTRAINT products_stock_check",
        statement="SELECT name, stock FROM products",
        compatible=(),
        answer="INSERT INTO products (name, stock) VALUES ('lamp', -1) RETURNING stock",
    )
    rollback = "The code before it may read values that it was never written for; they stay when the check comes back for new rows."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.old.constraints is pair.new.constraints:
            return
        kept = {c.id for c in pair.new.constraints}
        lost = {c.id for c in pair.lost}
        for check in pair.old.constraints:
            if (
                check.kind != "check"
                or check.id in kept
                or (check.expression and _ruled_out(pair, pair.new, check.expression))
                or lost & set(check.columns)
            ):
                continue
            yield self.found(
                f"{pair.name}.{check.name}",
                f"check {check.name} of {pair.name} goes: the prior generation may read values that it ruled out",
                "make readers cope with such values, deploy that, and write them in a later deploy",
                detail=check.name,
                created=check.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        return (
            DeployStep(f"Cope with values that {found.detail} rules out, wherever they are read"),
            DeployStep(
                "When only that code runs: drop the check; the code may write such values",
                (f"ALTER TABLE {pair.sql} DROP CONSTRAINT {ident(found.detail)}",),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        sql = constraint_sql(pair.deploy, altered(pair), old_constraint(pair, found))
        # NOT VALID: rows that the new generation wrote may violate it, and the next write must not wait for a scan.
        return (
            Restoration((f"{alter(altered(pair))} ADD {sql} NOT VALID",))
            if sql
            else Restoration(lost="the check's condition, which was never seen")
        )


def _ruled_out(pair: RelationPair, table: Relation, lost: str) -> bool:
    """Whether the new schema rules out all that a lost condition did. NOT NULL by itself rules out NULL and nothing else."""
    columns = columns_of(lost)
    demanded = [c.expression for c in checks(table) if columns is None or columns & (columns_of(c.expression) or frozenset())]
    if columns and (demanded or "null" in lost.lower()):
        demanded += [f"{ident(column.name)} IS NOT NULL" for column in table.columns if column.name in columns and pair.not_null(column)]
    return bool(demanded) and admits(demanded, lost)
