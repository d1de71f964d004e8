from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.column_steps import bring_back
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import column_sql
from migcompat.rules.whereabouts import altered, old_column
from migcompat.sql.quoting import ident


class DropColumn(Rule):
    """Every statement of the prior generation that names the column is rejected: its SELECT, its INSERT, and with most ORMs every query
    of the table, as they name all columns. CASCADE takes along what rests on it: keys, checks, views. Dropped together with its type or
    schema it is reported all the same. A column that was added in the same deploy may go freely.
    """

    name = "drop-column"
    summary = "A column is dropped"
    looks_at = ("lost",)
    breaks = Breaks.READS
    sqlstate = "42703"
    adr = True
    example = Example(
        schema="CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, nickname text NOT NULL)",
        migration="ALTER TABLE users DROP COLUMN nickname",
        statement="SELECT id, nickname FROM users",
        compatible=("ALTER TABLE users ALTER COLUMN nickname DROP NOT NULL",),
    )
    rollback = (
        "The code before it cannot run until the column is back, and the values that it held are gone for good."
        " Sign only when no generation that you may roll back to names the column."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        for column in pair.lost:
            if pair.renamed(column) is None:
                yield self._gone(pair, column.name, column.origin)

    def _gone(self, pair: RelationPair, column: str, origin: object) -> Break:
        view = pair.new is not None and pair.new.is_view
        what = f"{pair.name} is a view now, and shows no column {column}" if view else f"column {column} of {pair.name} is dropped"
        return self.found(
            f"{pair.name}.{column}",
            f"{what}: a statement that names it is rejected",
            "stop using the column, deploy that, and drop it in a later deploy",
            statement=f"SELECT {column_sql(column)} FROM {pair.sql}",
            detail=column,
            created=origin,  # type: ignore[arg-type]
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        if pair.new is not None and pair.new.is_view:
            return DeployStep(f"Let the view show {found.detail}"), DeployStep(f"When no running code names {found.detail}: leave it out")
        column, table, name = old_column(pair, found), f"ALTER TABLE {pair.sql}", ident(found.detail)
        drop = DeployStep(f"When no running code names {found.detail}: drop it", (f"{table} DROP COLUMN {name}",))
        if not column.not_null or column.filled:
            return DeployStep(f"Stop reading and writing {found.detail}"), drop
        keys = (c.name for c in pair.old.constraints if c.kind == "primary" and column.id in c.columns)
        freed = (*(f"{table} DROP CONSTRAINT {ident(key)}" for key in keys), f"{table} ALTER COLUMN {name} DROP NOT NULL")
        optional = DeployStep(f"When only that code runs: require {found.detail} no more; the code stops writing it", freed)
        return DeployStep(f"Stop reading {found.detail}"), optional, drop

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        column = old_column(pair, found)
        values = f"the values of {found.object}: they are in a backup, or nowhere"
        if pair.new is not None and pair.new.is_view:
            if altered(pair).column_by_id(column.id) is not None:
                return Restoration(lost=f"{found.object}: {pair.name} is a view now, so its query must show it")
            return Restoration(lost=f"{values}; {pair.name} is a view now, so its query must say where they come from")
        sql = bring_back(pair, column)
        if not sql:
            return Restoration(lost=f"{values}; its type was never seen, so it cannot be added again")
        return Restoration(sql, "" if column.generated else values)
