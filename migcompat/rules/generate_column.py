from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, column_definition, column_sql, default_sql, type_sql
from migcompat.rules.whereabouts import altered, column_behind, old_column
from migcompat.sql.quoting import ident, qualified


class GenerateColumn(Rule):
    """PostgreSQL makes no generated column out of one that is there, so the old one is dropped and a generated one takes its name. An
    INSERT or UPDATE of the prior generation that gives it a value is rejected, and the values that it had stored are computed anew.
    Silent for a generated column that is added under a new name, and when only the expression of one changes.
    """

    name = "generate-column"
    summary = "A column becomes generated and takes no values any more"
    looks_at = ("changed",)
    breaks = Breaks.WRITES
    sqlstate = "428C9"
    adr = True
    example = Example(
        schema="CREATE TABLE prices (net numeric NOT NULL, gross numeric)",
        migration="ALTER TABLE prices DROP COLUMN gross, ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.19) STORED",
        statement="INSERT INTO prices (net, gross) VALUES (100, 119)",
        compatible=("ALTER TABLE prices ADD COLUMN gross_price numeric GENERATED ALWAYS AS (net * 1.19) STORED",),
    )
    rollback = "The code before it cannot write the column until it is a plain one again; the values that it had stored are gone."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        for old, new in pair.changed:
            if new.generated and old.generated == "":
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} becomes generated: an INSERT or UPDATE that gives it a value is rejected",
                    "add the generated column under another name, move readers over, and drop the old one in a later deploy",
                    statement=f"INSERT INTO {pair.sql} ({column_sql(old)}) VALUES ($1)",
                    detail=old.name,
                    created=old.origin,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        new, beside = next(new for _, new in pair.changed if new.name == found.detail), f"{found.detail}_new"
        added = column_definition(pair.deploy, replace(new, name=beside))
        return (
            DeployStep(f"Add the generated column as {beside}", (f"ALTER TABLE {pair.sql} ADD COLUMN {added}",)),
            DeployStep(f"Read {beside} instead of {found.detail}, and write {found.detail} no more"),
            DeployStep(
                f"When no running code names {found.detail}: drop it", (f"ALTER TABLE {pair.sql} DROP COLUMN {ident(found.detail)}",)
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table = altered(pair)
        old, new = old_column(pair, found), column_behind(pair, found)
        lost = (
            f"the values of {found.detail} that were stored before; the computed ones stay, and rows that the new generation adds have none"
        )
        name = ident(new.name)
        column = f"{alter(table)} ALTER COLUMN {name}"
        default = default_sql(pair.deploy, old)
        refill = (f"{column} SET DEFAULT {default}",) if default else ()
        if new.generated == "stored":
            return Restoration((f"{column} DROP EXPRESSION", *refill), lost)
        added = column_definition(pair.deploy, replace(old, name=new.name, not_null=False, default=None))
        type_, now = (type_sql(pair.deploy, column.type) for column in (old, new))
        value = new.expression if now == type_ else f"({new.expression})::text::{type_}"
        # PostgreSQL makes no plain column out of a virtual one.
        return Restoration(
            (
                f"{alter(table)} DROP COLUMN {name}, ADD COLUMN {added}",
                f"UPDATE {qualified(*table.key)} SET {name} = {value}",
                *refill,
            ),
            lost,
        )
