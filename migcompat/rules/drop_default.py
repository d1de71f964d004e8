from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.shown import through
from migcompat.rules.sql_text import allow_null, set_default_sql
from migcompat.rules.whereabouts import altered, column_behind, old_column, written
from migcompat.schema.model import Relation
from migcompat.sql.quoting import ident


class DropDefault(Rule):
    """The prior generation may leave the column out of its INSERT, as the default filled it. Without the default PostgreSQL has nothing
    to put there, and the column is required. Silent when the column may be NULL: then its rows differ, which `change-default` says.
    """

    name = "drop-default"
    summary = "A required column loses the default that filled it"
    looks_at = ("changed",)
    breaks = Breaks.WRITES
    sqlstate = "23502"
    example = Example(
        schema="CREATE TABLE tickets (title text NOT NULL, status text NOT NULL DEFAULT 'open')",
        migration="ALTER TABLE tickets ALTER COLUMN status DROP DEFAULT",
        statement="INSERT INTO tickets (title) VALUES ('Printer on fire')",
        compatible=(),
    )
    rollback = "The code before it cannot insert until the default is back, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None:
            return
        if pair.old.is_view:
            yield from self._of_view(pair, pair.new)
            return
        for old, new in written(pair):
            if old.identity or old.generated or not pair.was_filled(old):
                continue
            required = pair.required(new)
            if required or (required is None and new.has_default is False and not new.filled):
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"column {old.name} of {pair.name} is required and loses its default: an INSERT that omits it is rejected",
                    "let every writer give the column a value, deploy that, and drop the default in a later deploy",
                    statement=f"INSERT INTO {pair.sql} DEFAULT VALUES",
                    detail=old.name,
                    created=old.origin,
                )

    def _of_view(self, pair: RelationPair, now: Relation) -> Iterator[Break]:
        """A view may have defaults of its own, which fill what its table requires."""
        behind = {c.name: c for c in through(pair.deploy.catalog, now).columns} if now.kind == pair.old.kind == "view" else {}
        for old, new in pair.changed if behind else ():
            below = behind.get(old.name)
            if old.default and not new.default and below is not None and below.id != new.id and pair.required(below):
                yield self.found(
                    f"{pair.name}.{old.name}",
                    f"view {pair.name} no longer fills column {old.name}, which its table requires: an INSERT that omits it is rejected",
                    "let every writer give the column a value, deploy that, and let the view's default go in a later deploy",
                    statement=f"INSERT INTO {pair.sql} DEFAULT VALUES",
                    detail=old.name,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        drop = f"ALTER TABLE {pair.sql} ALTER COLUMN {ident(found.detail)} DROP DEFAULT"
        return (
            DeployStep(f"Give {found.detail} a value in every INSERT"),
            DeployStep("When only that code runs: drop the default", (drop,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        old, now = old_column(pair, found), column_behind(pair, found)
        default = old.default or pair.deploy.domain_default_before(old)
        sql = set_default_sql(pair.deploy, altered(pair), replace(old, default=default), now)
        if not sql:
            return allow_null(pair, now, "the default, which was never seen: until it is set, the column stays NULL")
        return Restoration(sql)
