from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import old_name_view
from migcompat.rules.whereabouts import altered
from migcompat.sql.quoting import ident, qualified


class MoveTable(Rule):
    """The prior generation looks for the table in its old schema, by name or through its search path, and finds nothing. Owned
    sequences, indexes and constraints move along, so the rows are safe. Silent when a view in the old schema takes over the name in the
    same deploy. Code whose search path already holds the new schema may be spared, but SQL alone cannot tell.
    """

    name = "move-table"
    summary = "A table or view moves to another schema and nothing answers in the old one"
    looks_at = ("id",)
    breaks = Breaks.READS
    sqlstate = "42P01"
    example = Example(
        schema="CREATE TABLE invoices (id integer PRIMARY KEY, total numeric NOT NULL)",
        migration="CREATE SCHEMA billing; ALTER TABLE invoices SET SCHEMA billing",
        statement="INSERT INTO invoices (id, total) VALUES (1, 9.90)",
        compatible=(
            "CREATE SCHEMA billing; ALTER TABLE invoices SET SCHEMA billing; CREATE VIEW invoices AS SELECT * FROM billing.invoices",
        ),
    )
    rollback = "The code before it cannot run until a view answers in the old schema, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        moved = pair.same
        if pair.old.kind in ("sequence", "index") or moved is None or pair.new is not None or moved.key.name != pair.old.key.name:
            return
        kind = "view" if pair.old.is_view else "table"
        yield self.found(
            pair.name,
            f"{kind} {pair.name} moves to schema {moved.key.schema}: a statement that finds it under its old name is rejected",
            f"in the same migration, CREATE VIEW {pair.sql} AS SELECT * FROM {qualified(*moved.key)} with the same grants;"
            " drop the view in a later deploy",
            statement=f"SELECT * FROM {pair.sql}",
            created=pair.old.origin,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        kind, to = pair.old.kind if pair.old.is_view else "table", altered(pair).key
        catalog = pair.deploy.catalog
        home = catalog.namespaces.find(to.schema)
        created = (f"CREATE SCHEMA {ident(to.schema)}",) if home is not None and catalog.namespaces.was(home.id) is None else ()
        moved = f"ALTER {kind.upper()} {pair.sql} SET SCHEMA {ident(to.schema)}"
        return (
            DeployStep(
                f"Move {pair.name} to schema {to.schema}, and let a view answer to the old name; the code uses the new one",
                (*created, moved, *old_name_view(pair)),
            ),
            DeployStep("When no running code uses the old name: drop the view", (f"DROP VIEW {pair.sql}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        return Restoration(old_name_view(pair))
