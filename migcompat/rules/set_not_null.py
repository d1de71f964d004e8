from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.add_check import checks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.null_checks import keep_out_null
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.row_facts import yields_null
from migcompat.rules.sql_text import allow_null, column_sql
from migcompat.rules.whereabouts import column_behind, written
from migcompat.sql.quoting import ident


class SetNotNull(Rule):
    """The prior generation was written for a column that takes NULL. Its INSERT that leaves the column out, or its UPDATE that empties
    it, is rejected. A domain that forbids NULL does the same, and so does a primary key. Silent when the column was required before, be it
    by a CHECK: the usual way to SET NOT NULL without a long scan.
    """

    name = "set-not-null"
    summary = "A column that took NULL takes it no longer"
    looks_at = ("changed",)
    breaks = Breaks.WRITES
    sqlstate = "23502"
    example = Example(
        schema="CREATE TABLE customers (name text NOT NULL, phone text)",
        migration="ALTER TABLE customers ALTER COLUMN phone SET NOT NULL",
        statement="INSERT INTO customers (name) VALUES ('Ada')",
        compatible=("ALTER TABLE customers ALTER COLUMN phone SET DEFAULT ''; UPDATE customers SET phone = '' WHERE phone IS NULL",),
    )
    rollback = "The code before it cannot write NULL until NOT NULL is dropped again, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        for old, new in written(pair):
            rewritten = bool(new.generated and new.expression != old.expression and old.generated and yields_null(pair, new))
            if (
                pair.not_null(new)
                and (rewritten or not pair.was_not_null(old))
                and not (new.generated and not old.generated)
                and not (pair.recreated(old, new) and pair.required(new))
                and (rewritten or not keep_out_null(checks(pair.old), old))
            ):
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} becomes NOT NULL: a write that leaves it NULL is rejected",
                    "let every writer fill it (a default helps), backfill, deploy that, and require it in a later deploy",
                    statement=f"INSERT INTO {pair.sql} ({column_sql(old)}) VALUES (NULL)",
                    detail=old.name,
                    created=old.origin,
                )

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        return self.relation(pair)

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        name = ident(found.detail)
        return (
            DeployStep(f"Give {found.detail} a value in every INSERT and UPDATE; a default covers the code that leaves it out"),
            DeployStep(
                f"When only that code runs: give {found.detail} a value in the rows that have none, and require it",
                (f"-- UPDATE {pair.sql} SET {name} = … WHERE {name} IS NULL", f"ALTER TABLE {pair.sql} ALTER COLUMN {name} SET NOT NULL"),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        return allow_null(pair, column_behind(pair, found))
