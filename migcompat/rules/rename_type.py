from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, TypePair
from migcompat.rules.type_sql import name_taken
from migcompat.sql.quoting import ident, qualified


class RenameType(Rule):
    """PostgreSQL finds a type by its name. Columns follow a rename, but a cast, a parameter or a column definition of the prior generation
    still says the old name, and nothing answers to it. Silent when a domain over the renamed type takes its old name, for then both serve.
    Over an enum it does not serve, since PostgreSQL compares such a domain with nothing.
    """

    name = "rename-type"
    summary = "A type or domain gets another name or schema"
    breaks = Breaks.WRITES
    sqlstate = "42704"
    example = Example(
        schema="CREATE TYPE status AS ENUM ('open', 'closed'); CREATE TABLE tickets (title text NOT NULL, status text NOT NULL)",
        migration="ALTER TYPE status RENAME TO ticket_status",
        statement="SELECT title FROM tickets WHERE status::status = 'open'",
        compatible=(),
    )
    rollback = "The code before it cannot name the type until it has the old name back, which takes a moment and loses nothing."

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.same is not None and pair.new is None and pair.same.key != pair.old.key:
            yield self.found(
                str(pair.old.key),
                f"type {pair.old.key} is now {pair.same.key}: a cast or parameter that names the old one is rejected",
                "name the type in the code no more (a constant takes the type of the column it meets), and rename it in a later deploy",
                statement=f"SELECT NULL::{qualified(*pair.old.key)}",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, TypePair)
        assert pair.same is not None
        old, new = pair.old.key, pair.same.key
        alter = f"ALTER {'DOMAIN' if pair.old.kind == 'domain' else 'TYPE'}"
        moved = [f"{alter} {qualified(*old)} SET SCHEMA {ident(new.schema)}"] if new.schema != old.schema else []
        renamed = [f"{alter} {qualified(new.schema, old.name)} RENAME TO {ident(new.name)}"] if new.name != old.name else []
        return (
            DeployStep(f"Name {old} in the code no more: a constant takes the type of the column that it meets"),
            DeployStep(f"When no running code names {old}: rename it", (*moved, *renamed)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, TypePair)
        assert pair.same is not None
        old, now = pair.old.key, pair.same.key
        if taken := name_taken(pair.deploy, old):
            return Restoration(lost=taken)
        if pair.same.kind != "enum":  # both names serve
            return Restoration((f"CREATE DOMAIN {qualified(*old)} AS {qualified(*now)}",))
        # PostgreSQL compares a domain over an enum with nothing; code that knows the new name must ship with the old one.
        renamed = (f"ALTER TYPE {qualified(*now)} RENAME TO {ident(old.name)}",) if now.name != old.name else ()
        moved = (f"ALTER TYPE {qualified(now.schema, old.name)} SET SCHEMA {ident(old.schema)}",) if now.schema != old.schema else ()
        return Restoration((*renamed, *moved))
