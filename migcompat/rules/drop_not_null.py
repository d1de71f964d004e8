from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.add_check import checks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.null_checks import keep_out_null
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, column_sql
from migcompat.rules.whereabouts import altered, column_behind, written
from migcompat.schema.model import Constraint, Relation
from migcompat.sql.quoting import ident, qualified


class DropNotNull(Rule):
    """Nothing is rejected, but rows may now hold NULL, and the prior generation has never read one there: what it does then, SQL cannot
    tell. It is a warning, and the usual first deploy of a column that is to go. Silent when the column could hold NULL before, and when a
    CHECK keeps it out.
    """

    name = "drop-not-null"
    summary = "A column may now hold NULL, which readers have never met"
    looks_at = ("changed",)
    severity = Severity.WARNING
    breaks = Breaks.READS
    example = Example(
        schema="""
            CREATE TABLE customers (name text NOT NULL, phone text NOT NULL DEFAULT '');
            INSERT INTO customers VALUES ('Ada', '');
        """,
        migration="ALTER TABLE customers ALTER COLUMN phone DROP NOT NULL; UPDATE customers SET phone = NULL WHERE phone = ''",
        statement="SELECT name, phone FROM customers",
        compatible=(),
        answer="SELECT count(*) FROM customers WHERE phone IS NULL",
    )
    rollback = "The code before it reads NULL in the rows that the new code wrote; they need a value before NOT NULL can come back."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        for old, new in written(pair):
            if pair.was_not_null(old) and pair.not_null(new) is False and not keep_out_null(_valid(pair.new), new):
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} may hold NULL: the prior generation has never read one",
                    "make readers cope with NULL, deploy that, and write NULL in a later deploy",
                    statement=f"SELECT {column_sql(old)} FROM {pair.sql}",
                    detail=old.name,
                    created=old.origin,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        drop = f"ALTER TABLE {pair.sql} ALTER COLUMN {ident(found.detail)} DROP NOT NULL"
        return (
            DeployStep(f"Cope with NULL wherever {found.detail} is read"),
            DeployStep("When only that code runs: drop NOT NULL; the code may write NULL", (drop,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        now = column_behind(pair, found)
        name, table = ident(now.name), qualified(*altered(pair).key)
        fill = f"UPDATE {table} SET {name} = {'DEFAULT' if now.has_default else '…'} WHERE {name} IS NULL"
        required = f"{alter(altered(pair))} ALTER COLUMN {name} SET NOT NULL"
        return Restoration((fill if now.has_default else f"-- {fill}", required))


def _valid(table: Relation) -> list[Constraint]:
    """The checks that hold for the rows that are there, too."""
    return [check for check in checks(table) if not check.not_valid]
