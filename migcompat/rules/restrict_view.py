from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import old_name_view
from migcompat.rules.view_steps import as_it_was, changed_beside
from migcompat.rules.writable_views import EVENTS, checked_rows, shows_plainly, takes
from migcompat.schema.model import Relation
from migcompat.sql.quoting import ident

_STATEMENTS = {"insert": "INSERT INTO {} …", "update": "UPDATE {} SET …", "delete": "DELETE FROM {} …"}


class RestrictView(Rule):
    """PostgreSQL writes through a view that shows the rows of one relation plainly. Once its query has a DISTINCT, a join, grouping, a set
    operation or the like, INSERT, UPDATE and DELETE are rejected; a column that has become an expression takes no value any more
    (0A000); and WITH CHECK OPTION rejects rows that the view would not show (44000). A materialized view that became a plain one cannot
    be refreshed (42809), and one WITH NO DATA cannot be read before it is. Silent when an INSTEAD OF trigger or rule takes the writes.
    """

    name = "restrict-view"
    summary = "A view refuses statements that it took"
    breaks = Breaks.WRITES
    sqlstate = "55000"
    example = Example(
        schema="""
            CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, city text);
            CREATE VIEW members AS SELECT id, name, city FROM people;
        """,
        migration="CREATE OR REPLACE VIEW members AS SELECT DISTINCT id, name, city FROM people",
        statement="INSERT INTO members (id, name) VALUES (1, 'Ada')",
        compatible=("CREATE VIEW member_list AS SELECT DISTINCT id, name, city FROM people",),
    )
    rollback = "The code before it cannot write through the view until its query is the old one again, which takes a moment."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        now = pair.deploy.catalog.relations.get(pair.new.id) if pair.new is not None else None
        if pair.new is None or now is None or not now.is_view or not (pair.old.is_view or pair.old.is_table):
            return
        yield from self._as_a_whole(pair, now)
        if now.kind == "view" and now.query is not None and now.query.simple and takes(pair.deploy, now, "update"):
            own = {column.name: column for column in now.columns}  # as the view has them, rather than its table
            for old, new in pair.kept:
                if shows_plainly(pair.old, old) and not shows_plainly(now, own.get(new.name, new)) and now.complete:
                    yield self._computed(pair, old.name)

    def _as_a_whole(self, pair: RelationPair, now: Relation) -> Iterator[Break]:
        old = pair.old
        refused = [e for e in EVENTS if takes(pair.deploy, old, e, before=True) and not takes(pair.deploy, now, e)]
        by_query = [e for e in refused if not old.is_view or (old.query is not None and old.query.simple)]
        if old.kind == "materialized view" and now.kind == "view":
            yield self._found(
                pair, "is now a plain view: REFRESH MATERIALIZED VIEW is rejected", "42809", f"REFRESH MATERIALIZED VIEW {pair.sql}"
            )
        elif now.kind == "materialized view" and not now.populated and old.populated:
            what = "holds no data: a statement that reads it is rejected until it is refreshed"
            yield self._found(pair, what, "55000", f"SELECT * FROM {pair.sql}", Breaks.READS)
        elif by_query:
            what = "is now a materialized view" if now.kind == "materialized view" else "can no longer be written through"
            events = ", ".join(e.upper() for e in by_query)
            state = "42809" if now.kind == "materialized view" else "55000"
            yield self._found(
                pair, f"{what}: {events} {'is' if len(by_query) == 1 else 'are'} rejected", state, _STATEMENTS[by_query[0]].format(pair.sql)
            )
        elif (
            now.kind == "view"
            and checked_rows(pair.deploy, now) - checked_rows(pair.deploy, old, before=True)
            and takes(pair.deploy, old, "insert", before=True)
        ):
            what = "checks what is written through it: a row that it would not show is rejected"
            yield self._found(pair, what, "44000", _STATEMENTS["insert"].format(pair.sql))

    def _found(self, pair: RelationPair, what: str, sqlstate: str, statement: str, breaks: Breaks | None = None) -> Break:
        return self.found(
            pair.name,
            f"{pair.old.kind if pair.old.is_view else 'view'} {pair.name} {what}",
            "create the changed view under another name, and let this one be until no running code needs it as it is",
            statement=statement,
            sqlstate=sqlstate,
            breaks=breaks,
            created=pair.old.origin,
        )

    def _computed(self, pair: RelationPair, column: str) -> Break:
        return self.found(
            f"{pair.name}.{column}",
            f"column {column} of view {pair.name} is now computed: a statement that writes it is rejected",
            "show the plain column as well, and let the code read the computed one under another name",
            statement=f"UPDATE {pair.sql} SET {ident(column)} = $1",
            detail=column,
            sqlstate="0A000",
            created=pair.old.origin,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        if pair.old.is_view:
            return changed_beside(pair)
        return (
            DeployStep(f"Let no running code write to {pair.name} under this name"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        now = pair.deploy.catalog.relations.get(pair.new.id) if pair.new is not None else None
        if now is not None and now.kind == "materialized view" and not now.populated:
            return Restoration((f"REFRESH MATERIALIZED VIEW {pair.sql}",))
        if found.sqlstate == "44000":
            return Restoration((f"ALTER VIEW {pair.sql} RESET (check_option)",))
        if pair.old.is_view:
            return as_it_was(pair)
        if pair.same is None:
            return Restoration(lost=f"table {pair.name}, which is gone")
        return Restoration((f"DROP {now.kind.upper() if now is not None else 'VIEW'} {pair.sql}", *old_name_view(pair)))
