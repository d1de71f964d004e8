from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.column_steps import move_over
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import column_sql, type_sql
from migcompat.sql.quoting import ident


class RecreateColumn(Rule):
    """The name is still there, so no statement is rejected, and yet every row has lost the value that the prior generation stored: it reads
    the new column's default, or NULL. Tools write it where they found no cast from the old type to the new one. It is DROP COLUMN to the
    letter of the policy. Silent for generated columns, whose values are computed anew.
    """

    name = "recreate-column"
    summary = "A column is dropped and added again, so its data is lost"
    looks_at = ("changed",)
    breaks = Breaks.DATA
    adr = True
    example = Example(
        schema="CREATE TABLE accounts (id integer PRIMARY KEY, credit integer NOT NULL DEFAULT 0); INSERT INTO accounts VALUES (1, 40)",
        migration="ALTER TABLE accounts DROP COLUMN credit, ADD COLUMN credit integer NOT NULL DEFAULT 0",
        statement="SELECT credit FROM accounts WHERE id = 1",
        answer="SELECT credit FROM accounts WHERE id = 1",
        compatible=("ALTER TABLE accounts ADD COLUMN credit_new integer NOT NULL DEFAULT 0",),
    )
    rollback = (
        "The code before it runs, on values that are gone for good: only a backup has them."
        " Sign only when nobody needs what the column held."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.replaced:
            return
        for old, new in pair.changed:
            if old.id == new.id or new.inherited or new.generated:
                continue
            if pair.new.column_by_id(old.id) is None:
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} is dropped and added again: the values that the prior generation stored are gone",
                    "change the column in place, or fill a new column and move readers over before the old one is dropped",
                    statement=f"SELECT {column_sql(old)} FROM {pair.sql}",
                    detail=old.name,
                    created=old.origin,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        old, new = next((old, new) for old, new in pair.kept if old.name == found.detail)
        type_ = type_sql(pair.deploy, new.type)
        cast = (
            f"{ident(old.name)}::{type_}"
            if type_ and pair.deploy.type_before(old.type) != pair.deploy.type_after(new.type)
            else ident(old.name)
        )
        return move_over(pair, old, f"{old.name}_new", type_, cast, new.default or "")

    def restore(self, pair: Pair, found: Break) -> Restoration:
        return Restoration(lost=f"the values of {found.object}: they are in a backup, or nowhere")
