from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.column_steps import copy_back, move_over
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import column_sql, default_sql, type_sql
from migcompat.rules.whereabouts import old_column
from migcompat.sql.quoting import ident


class RenameColumn(Rule):
    """Every statement of the prior generation that uses the old name is rejected, and there is no moment at which old and new code both
    work. Columns have no aliases in PostgreSQL: only a second column, or a view over the table, can serve both names. Silent when
    something answers to the old name at the end of the deploy.
    """

    name = "rename-column"
    summary = "A column is renamed"
    looks_at = ("lost",)
    breaks = Breaks.READS
    sqlstate = "42703"
    example = Example(
        schema="CREATE TABLE customers (id integer PRIMARY KEY, full_name text)",
        migration="ALTER TABLE customers RENAME COLUMN full_name TO name",
        statement="INSERT INTO customers (id, full_name) VALUES (1, 'Ada Lovelace')",
        compatible=(
            "ALTER TABLE customers ADD COLUMN name text",
            "UPDATE customers SET name = full_name WHERE name IS DISTINCT FROM full_name",
        ),
    )
    rollback = (
        "The code before it cannot run until the old name is there again as a column of its own."
        " From then on each generation writes its own column, and somebody has to bring the two together."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        for column in pair.lost:
            to = pair.renamed(column)
            if to is not None:
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"column {column.name} of {pair.name} is now {to}: a statement that names it is rejected",
                    f"add {to} beside it, keep both filled, move readers over, and drop {column.name} in a later deploy",
                    statement=f"SELECT {column_sql(column)} FROM {pair.sql}",
                    detail=column.name,
                    created=column.origin,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        column = old_column(pair, found)
        to = pair.new_names[column.id]
        return move_over(pair, column, to, type_sql(pair.deploy, column.type), ident(column.name), default_sql(pair.deploy, column))

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        sql = copy_back(pair, old_column(pair, found))
        return Restoration(sql) if sql else Restoration(lost="its type was never seen: add a column of the old name by hand")
