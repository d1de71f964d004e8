from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.view_steps import as_it_was


class DropView(Rule):
    """Every statement of the prior generation that reads the view is rejected. A view that is dropped by CASCADE, with a table or
    column that it reads, is reported like one that is dropped by name. Silent when the deploy creates it again; whether its columns and
    grants came back, other rules say.
    """

    name = "drop-view"
    summary = "A view or materialized view is dropped and nothing answers to its name"
    looks_at = ("id",)
    breaks = Breaks.READS
    sqlstate = "42P01"
    example = Example(
        schema="""
            CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, active boolean NOT NULL DEFAULT true);
            CREATE VIEW active_customers AS SELECT id, name FROM customers WHERE active;
        """,
        migration="DROP VIEW active_customers",
        statement="SELECT name FROM active_customers",
        compatible=(),
    )
    rollback = "The code before it cannot read the view until it is created again, which takes a moment while what it reads is still there."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.is_view and pair.same is None and pair.new is None:
            yield self.found(
                pair.name,
                f"{pair.old.kind} {pair.name} is dropped: every statement that reads it is rejected",
                "stop reading the view, deploy that, and drop it in a later deploy",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        return (
            DeployStep(f"Stop reading {found.object}"),
            DeployStep(f"When no running code reads {found.object}: drop it", (f"DROP {pair.old.kind.upper()} {pair.sql}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        return as_it_was(pair)
