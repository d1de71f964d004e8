from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import old_name_view
from migcompat.rules.whereabouts import altered
from migcompat.schema.apply.target import family
from migcompat.schema.model import Relation
from migcompat.sql.quoting import ident, qualified


class RenameTable(Rule):
    """Every statement of the prior generation that uses the old name is rejected. Unlike a column, a table can go on to serve under its
    old name: PostgreSQL reads and writes through a view that does no more than select from it. Silent when such a view with the same
    grants takes the old name in the same deploy. A warning when a new table takes it that the deploy does not fill with a query.
    """

    name = "rename-table"
    summary = "A table or view is renamed and nothing answers to the old name"
    looks_at = ("id",)
    breaks = Breaks.READS
    sqlstate = "42P01"
    example = Example(
        schema="CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL)",
        migration="ALTER TABLE customers RENAME TO clients",
        statement="INSERT INTO customers (id, name) VALUES (1, 'Ada')",
        compatible=("ALTER TABLE customers RENAME TO clients; CREATE VIEW customers AS SELECT * FROM clients",),
    )
    rollback = "The code before it cannot run until a view takes the old name, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        moved = pair.same
        if moved is not None and pair.new is not None and self._left_behind(pair, moved, pair.new):
            yield self.found(
                pair.name,
                f"table {pair.name} is now {moved.key}, and a new table has its name:"
                " statements that use it find none of its rows, unless something copies them",
                f"in the same migration, INSERT INTO {pair.sql} SELECT … FROM {qualified(*moved.key)}",
                statement=f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
                severity=Severity.WARNING,
                sqlstate=None,
            )
        if pair.old.kind in ("sequence", "index") or moved is None or moved.key.name == pair.old.key.name or pair.new is not None:
            return
        kind = "view" if pair.old.is_view else "table"
        yield self.found(
            pair.name,
            f"{kind} {pair.name} is now {moved.key}: every statement that uses the old name is rejected",
            f"in the same migration, CREATE VIEW {ident(pair.old.key.name)} AS SELECT * FROM {qualified(*moved.key)} with the same grants;"
            " drop the view in a later deploy",
            statement=f"SELECT * FROM {pair.sql}",
            created=pair.old.origin,
        )

    @staticmethod
    def _left_behind(pair: RelationPair, moved: Relation, new: Relation) -> bool:
        """Whether the rows stay in a table of another name, that the new one does not read as a parent."""
        catalog = pair.deploy.catalog
        if moved.id == new.id or catalog.filled is None or not (pair.old.is_table and new.is_table):
            return False
        members = {member.id for member in family(catalog, new, only=False)}
        return catalog.relations.was(new.id) is None and members.isdisjoint((moved.id, *catalog.filled))

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        if pair.new is not None:
            columns = ", ".join(ident(old.name) for old, new in pair.kept if not new.generated)
            assert pair.same is not None
            copied = f"INSERT INTO {pair.sql} ({columns}) SELECT {columns} FROM {qualified(*pair.same.key)}"
            return (DeployStep("Copy the rows in the same migration", (copied,)),)
        kind, to = pair.old.kind if pair.old.is_view else "table", altered(pair).key
        renamed = f"ALTER {kind.upper()} {pair.sql} RENAME TO {ident(to.name)}"
        return (
            DeployStep(
                f"Rename {pair.name} to {to.name}, and let a view answer to the old name; the code uses the new one",
                (renamed, *old_name_view(pair)),
            ),
            DeployStep("When no running code uses the old name: drop the view", (f"DROP VIEW {pair.sql}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        if pair.new is not None:
            assert pair.same is not None
            return Restoration(lost=f"the rows of {pair.name}: they are in {pair.same.key}")
        return Restoration(old_name_view(pair))
