from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair

_SHOWN = "its rows are no longer those of the tables that the view read"
_MEANING = {
    ("table", "view"): ("COPY, TRUNCATE, TABLESAMPLE, ctid and xmin, and GROUP BY over its primary key alone are rejected", "42809"),
    ("table", "partitioned"): ("COPY … TO and TRUNCATE ONLY are rejected, and SELECT FROM ONLY finds nothing", "42809"),
    ("table", "foreign"): ("what its server does not do is rejected", "0A000"),
    ("view", "table"): (_SHOWN, None),
    ("view", "partitioned"): (_SHOWN, None),
    ("view", "materialized view"): ("it shows what was there when it was last refreshed", None),
}
_NOUNS = {"partitioned": "partitioned table", "foreign": "foreign table"}
_COPY = "COPY {} TO STDOUT"


class ChangeRelationKind(Rule):
    """A name can go on to serve though another kind of relation has it now, and yet not for every statement. PostgreSQL copies and
    truncates tables, not views, and only a table's rows have a ctid and an xmin. A partitioned table holds no rows itself. A table in
    the place of a view does not follow what is written to the tables that the view read. Silent where the rows or columns do not come
    along at all, which is a break of its own. A warning: few statements need the kind, and SQL does not show them.
    """

    name = "change-relation-kind"
    summary = "A table becomes a view, a view a table, or the like"
    looks_at = ("id",)
    severity = Severity.WARNING
    breaks = Breaks.READS
    sqlstate = "42809"
    example = Example(
        schema="CREATE TABLE readings (sensor integer, value numeric)",
        migration="ALTER TABLE readings RENAME TO measurements; CREATE VIEW readings AS SELECT sensor, value FROM measurements",
        statement="TRUNCATE readings",
        compatible=("CREATE VIEW measurements AS SELECT sensor, value FROM readings",),
    )
    rollback = "The code before it goes on to work but for statements that need the old kind."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        now = pair.deploy.catalog.relations.get(pair.new.id) if pair.new is not None and pair.replaced else None
        if now is None or pair.lost or (pair.old.is_table and pair.same is None):
            return
        meaning = _MEANING.get((pair.old.kind, now.kind))
        if meaning is not None:
            what, sqlstate = meaning
            returning = [f for name in (pair.old.key.name, pair.name) for f in pair.deploy.returning.get(name, ()) if pair.deploy.kept(f)]
            if returning and pair.same is not None:
                what += f"; {returning[0].kind} {returning[0].key} returns rows of {pair.same.key}, and no cast makes them rows of this one"
            yield self.found(
                pair.name,
                f"{pair.old.kind} {pair.name} is now a {_NOUNS.get(now.kind, now.kind)}: {what}",
                "let no running code count on the old kind, and deploy that first",
                statement=_COPY.format(pair.sql) if sqlstate else f"SELECT * FROM {pair.sql}",
                created=pair.old.origin,
                sqlstate=sqlstate,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep("Let no running code count on the old kind"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        """The new generation uses the new names, too: to swap them back is no way to serve both."""
        assert isinstance(pair, RelationPair)
        return Restoration(lost=f"the {pair.old.kind} {pair.name}, as far as it was more than a name for its rows")
