from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import Name
from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import UniqueKey, infers, unique_keys
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, constraint_sql
from migcompat.rules.whereabouts import old_constraint, today
from migcompat.rules.writable_views import takes
from migcompat.schema.model import Constraint, Index, Relation
from migcompat.sql.quoting import ident


class DropConstraint(Rule):
    """ON CONFLICT ON CONSTRAINT finds only a constraint, not an index, and not one of another name. So it is rejected though an equal
    key still keeps the rows unique and serves ON CONFLICT over the columns. Silent when a constraint of that name comes back. Where no
    equal key is left, `drop-unique` says it. A view that stands for a renamed table takes every other write, but has no constraints:
    that is a warning, as few programs name one.
    """

    name = "drop-constraint"
    summary = "A key constraint that ON CONFLICT can name goes, though an equal key takes its place"
    looks_at = ("constraints", "kind")
    breaks = Breaks.UPSERTS
    sqlstate = "42704"
    example = Example(
        schema="CREATE TABLE subscribers (email text NOT NULL, CONSTRAINT subscribers_email_key UNIQUE (email))",
        migration="""
            CREATE UNIQUE INDEX subscribers_email_idx ON subscribers (email);
            ALTER TABLE subscribers DROP CONSTRAINT subscribers_email_key;
        """,
        statement="INSERT INTO subscribers (email) VALUES ('ada@example.org') ON CONFLICT ON CONSTRAINT subscribers_email_key DO NOTHING",
        compatible=("CREATE UNIQUE INDEX subscribers_email_idx ON subscribers (email)",),
    )
    rollback = "The code before it cannot upsert by the constraint's name until a constraint has that name again; nothing is lost."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is not None and pair.new.kind == "view" and pair.old.is_table:
            yield from self._behind_a_view(pair, pair.deploy.catalog.relations.get(pair.new.id))
        if pair.new is None or pair.new.kind == "view" or pair.old.constraints is pair.new.constraints:
            return
        names = {c.name for c in pair.new.constraints if c.kind in ("primary", "unique", "exclusion")}
        ids = {c.id for c in pair.new.constraints}
        arbiters = [c for c in pair.old.constraints if c.kind in ("primary", "unique", "exclusion", "unknown")]
        gone = [c for c in arbiters if c.id not in ids and c.name not in names]
        after = unique_keys(pair.new) if gone else []
        before: dict[int | None, UniqueKey] = {k.index.id: k for k in unique_keys(pair.old)} if gone else {}
        for constraint in gone:
            key = before.get(constraint.index)
            if key is not None and not any(infers(new, key) for new in after):
                continue  # drop-unique says it
            yield self.found(
                f"{pair.name}.{constraint.name}",
                f"constraint {constraint.name} of {pair.name} goes: ON CONFLICT ON CONSTRAINT with its name is rejected",
                "use ON CONFLICT with the columns instead of the name, deploy that, and drop it in a later deploy",
                statement=f"INSERT INTO {pair.sql} … ON CONFLICT ON CONSTRAINT {ident(constraint.name)} DO NOTHING",
                detail=constraint.name,
                created=constraint.origin,
            )

    def _behind_a_view(self, pair: RelationPair, view: Relation | None) -> Iterator[Break]:
        names = [c.name for c in pair.old.constraints if c.kind in ("primary", "unique", "exclusion")]
        if names and view is not None and takes(pair.deploy, view, "insert"):
            yield self.found(
                pair.name,
                f"{pair.name} is a view now, and a view has no constraints: ON CONFLICT ON CONSTRAINT is rejected ({', '.join(names)})",
                "use ON CONFLICT with the columns instead of the name, and deploy that first",
                severity=Severity.WARNING,
                statement=f"INSERT INTO {pair.sql} … ON CONFLICT ON CONSTRAINT {ident(names[0])} DO NOTHING",
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        if not found.detail:
            return (DeployStep("In ON CONFLICT, name columns instead of a constraint; then let the view take the name"),)
        return (
            DeployStep(f"Stop naming {found.detail}: in ON CONFLICT name its columns"),
            DeployStep("When only that code runs: drop it", (f"ALTER TABLE {pair.sql} DROP CONSTRAINT {ident(found.detail)}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        if not found.detail:
            return Restoration(lost=f"the constraints that ON CONFLICT could name: {pair.name} is a view")
        table, constraint = today(pair), old_constraint(pair, found)
        index = pair.old.index(constraint.index)
        if index is None:
            return Restoration(lost="the definition of the constraint was never seen")
        home = pair.deploy.catalog.index_home(Name(found.detail, table.key.schema))
        if home is not None:
            return _by_name(table, constraint, index, *home)
        as_it_was = replace(table, indexes=(*table.indexes, index))
        sql = constraint_sql(
            pair.deploy, as_it_was, replace(constraint, kind="unique" if constraint.kind == "primary" else constraint.kind)
        )
        return Restoration((f"{alter(table)} ADD {sql}",)) if sql else Restoration(lost="the columns of the constraint are gone")


def _by_name(table: Relation, constraint: Constraint, index: Index, home: Relation, id_: int) -> Restoration:
    """What gives a constraint back whose name an index has now: that index, where it is the same key."""
    taken = home.index(id_)
    plain = taken is not None and taken.unique and not taken.predicate and taken.keys == index.keys and taken.constraint is None
    if home.id != table.id or not plain or constraint.kind == "exclusion":
        return Restoration(lost=f"the name {constraint.name}: an index of {home.key} has it now")
    name = ident(constraint.name)
    return Restoration((f"{alter(table)} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}",))
