from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import column_sql
from migcompat.rules.view_steps import as_it_was, changed_beside, same_query
from migcompat.schema.model import Relation


class ChangeViewColumns(Rule):
    """A statement of the prior generation that names a column which the view no longer shows is rejected. CREATE OR REPLACE VIEW can
    only add columns at the end, so this takes a DROP and a CREATE, or a renamed column. Silent when the view keeps its columns and
    their names, whatever its query has become. A warning where the query of a view that is made anew does not tell its columns, as
    `SELECT (f()).*` does not of a function that was never seen.
    """

    name = "change-view-columns"
    summary = "A view offers fewer columns than before"
    looks_at = ("lost",)
    breaks = Breaks.READS
    sqlstate = "42703"
    example = Example(
        schema="""
            CREATE TABLE orders (id integer PRIMARY KEY, customer text NOT NULL, total numeric NOT NULL);
            CREATE VIEW order_totals AS SELECT id, customer, total FROM orders;
        """,
        migration="DROP VIEW order_totals; CREATE VIEW order_totals AS SELECT id, total FROM orders",
        statement="SELECT customer FROM order_totals",
        compatible=("CREATE VIEW order_sums AS SELECT id, total FROM orders",),
    )
    rollback = (
        "The code before it cannot run until the view shows the column again; the code that needs the view's new columns must then be gone."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_view or pair.new is None:
            return
        if not (pair.old.complete and pair.new.complete):
            yield from self._untold(pair, pair.new)
        for column in pair.lost if pair.new.complete else ():
            to = pair.renamed(column)
            what = f"is now {to}" if to is not None else "is no longer there"
            yield self.found(
                f"{pair.name}.{column.name}",
                f"column {column.name} of {pair.old.kind} {pair.name} {what}: a statement that names it is rejected",
                "keep the column in the view until no running code reads it",
                statement=f"SELECT {column_sql(column)} FROM {pair.sql}",
                detail=column.name,
                created=pair.old.origin,
            )

    def _untold(self, pair: RelationPair, new: Relation) -> Iterator[Break]:
        """CREATE OR REPLACE keeps every column; of another view, only what its query tells is known."""
        missing = [] if new.complete else [c.name for c in pair.old.columns if new.column(c.name) is None]
        if pair.replaced and new.is_view and not same_query(pair) and (missing or not pair.old.complete):
            untold = f"its query does not tell whether it still shows {', '.join(missing)}" if missing else "what it showed is not known"
            yield self.found(
                pair.name,
                f"{pair.old.kind} {pair.name} is made anew, and {untold}: a statement that names a column which is gone is rejected",
                "name the columns in the view's query, or make sure that it still shows those which running code reads",
                statement=f"SELECT {column_sql(missing[0]) if missing else '…'} FROM {pair.sql}",
                severity=Severity.WARNING,
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        return changed_beside(pair)

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        return as_it_was(pair)
