from __future__ import annotations

from collections.abc import Iterator, Sequence

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.foreign_keys import bars_truncate, could_wait, demanded, fuller, left_behind, truncating, untouched
from migcompat.rules.pairs import Deploy, Pair, RelationPair
from migcompat.rules.sql_text import add_constraint_sql, alter, constraint_sql, drop_constraint_sql
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Column, Constraint, Relation
from migcompat.sql.quoting import ident, qualified


class AddForeignKey(Rule):
    """A row without a parent, which the prior generation could write until now, is rejected, and so is its DELETE of a parent that has
    rows. NOT VALID changes nothing about that: it spares the rows that are there. From a new column or a new table the key restricts
    only what the new generation writes, so it is a note, since the prior generation's DELETE of such a parent fails then; where a default
    fills the new column it is a warning, since only the rows tell whether that has a parent. Silent when an equal key was there already,
    and about a key from there ON DELETE CASCADE or SET NULL. The first key that refers to a table bars its TRUNCATE, whatever rows there
    are (0A000): a warning where a routine does that. A key that stays with its parent when another table takes the parent's name counts
    as new: the prior generation writes the parents to that table.
    """

    name = "add-foreign-key"
    summary = "A foreign key refuses rows that were accepted before"
    looks_beyond = True
    breaks = Breaks.WRITES
    sqlstate = "23503"
    example = Example(
        schema="""
            CREATE TABLE orders (id integer PRIMARY KEY);
            CREATE TABLE order_items (order_id integer NOT NULL, product text NOT NULL);
        """,
        migration="ALTER TABLE order_items ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders NOT VALID",
        statement="INSERT INTO order_items (order_id, product) VALUES (4711, 'lamp')",
        compatible=("DELETE FROM order_items WHERE NOT EXISTS (SELECT FROM orders WHERE orders.id = order_items.order_id)",),
    )
    rollback = "The code before it gets 23503 for every such row until the key is dropped, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        if pair.old.constraints is not pair.new.constraints or pair.new_names or pair.deploy.catalog.relations.is_rekeyed:
            yield from self._child(pair)
        yield from self._parent(pair)

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        return self._child(pair)

    def _child(self, pair: RelationPair) -> Iterator[Break]:
        assert pair.new is not None
        for key in pair.new.constraints:
            if key.kind != "foreign" or not key.enforced or untouched(pair, key):
                continue
            before = demanded(pair, key)
            hastened, full = could_wait(before, key), fuller(before, key)
            if before and not hastened and not full:
                continue
            columns = [c for c in (*pair.new.columns, *pair.new.hidden) if c.id in key.columns]
            parent, other = pair.deploy.catalog.relations.get(key.references), left_behind(pair, key)
            known = [c for c in columns if pair.old.column_by_id(c.id) is not None or c.name in {o.name for o in pair.old.columns}]
            if columns and not known and not any(c.filled for c in columns):
                if parent is not None and pair.deploy.catalog.relations.was(parent.id) is not None:
                    new = f"new column {', '.join(c.name for c in columns)} of {pair.name}"
                    yield from self._restricting(pair.deploy, f"{pair.name}.{key.name}", new, altered(pair), parent, key)
                continue
            if columns and not known and not any(c.generated for c in columns):
                yield self._by_default(pair, columns, parent, key)
                continue
            names = ", ".join(ident(c.name) for c in columns)
            what = "stays" if other is not None else "changes" if hastened or full else "is added"
            consequence = (
                f"a row whose parent the prior generation writes to {other.key}, which is another table now, is rejected"
                if other is not None
                else _HASTENED if hastened else _FULL if full else "a row without a parent is rejected" + _and_so(pair, parent, key)
            )  # fmt: skip
            yield self.found(
                f"{pair.name}.{key.name}",
                f"foreign key {key.name} {what} from {pair.name} ({names}) to {parent.key if parent else 'its parent'}: {consequence}",
                "let no writer produce rows without a parent, clean up the existing ones, deploy that, and add the key in a later deploy",
                statement=f"INSERT INTO {pair.sql} ({names}) VALUES ({', '.join(f'${i + 1}' for i in range(len(columns)))})"
                "  -- no such parent",
                detail=key.name,
                at=key.origin,
            )

    def _by_default(self, pair: RelationPair, columns: Sequence[Column], parent: Relation | None, key: Constraint) -> Break:
        """The prior generation leaves new columns to their defaults; whether those have a parent, only its rows tell."""
        to = parent.key if parent else "its parent"
        known = parent is None or pair.deploy.catalog.relations.was(parent.id) is not None
        given = ", ".join(f"{c.name} {c.default}" if c.default else c.name for c in columns)
        return self.found(
            f"{pair.name}.{key.name}",
            f"foreign key {key.name} is added from {pair.name} ({', '.join(ident(c.name) for c in columns)}) to {to}:"
            f" a row that the prior generation writes gets {given}, and is rejected where {to} has no such row"
            + (_and_so(pair, parent, key) if known else ""),
            "make sure that the row which the default refers to is there and stays, or set the default in a later deploy",
            statement=f"INSERT INTO {pair.sql} … -- without {', '.join(ident(c.name) for c in columns)}",
            detail=key.name,
            at=key.origin,
            severity=Severity.WARNING,
        )

    def _parent(self, pair: RelationPair) -> Iterator[Break]:
        """A new table that refers to an old one restricts DELETE on it, once it holds rows."""
        catalog = pair.deploy.catalog
        for child in catalog.new_referrers(pair.old):
            if child.is_temporary or child.bound:
                continue
            for key in child.constraints:
                if key.kind == "foreign" and key.enforced and key.references == pair.old.id:
                    yield from self._restricting(pair.deploy, f"{child.key}.{key.name}", f"new table {child.key}", child, pair.old, key)

    def _restricting(self, deploy: Deploy, object_: str, new: str, child: Relation, parent: Relation, key: Constraint) -> Iterator[Break]:
        """What only the new generation writes refers to a table that the prior one deletes from or truncates."""
        barred = bars_truncate(deploy, child, parent)
        routine = truncating(deploy, child, parent) if barred else None
        if routine is not None:
            yield self.found(
                object_,
                f"{new} refers to {parent.key}, which {routine.kind} {routine.key} truncates: that is rejected from now on",
                f"in the same migration, let it truncate {child.key}, too, or DELETE",
                statement=f"TRUNCATE {qualified(*parent.key)}",
                at=key.origin,
                severity=Severity.WARNING,
                sqlstate="0A000",
            )
        elif key.on_delete not in _KEEPS_CHILDREN:
            yield self.found(
                object_,
                f"{new} refers to {parent.key}: a DELETE there is rejected once the new generation has written rows"
                + (", and a TRUNCATE from now on" if barred else ""),
                "consider ON DELETE CASCADE or SET NULL if the prior generation deletes such rows",
                statement=f"DELETE FROM {qualified(*parent.key)} WHERE …",
                at=key.origin,
                severity=Severity.NOTE,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        child, key = _home(pair, found)
        if found.severity is Severity.NOTE:
            return (
                DeployStep(
                    "Create it with ON DELETE CASCADE or SET NULL for as long as code runs that deletes parents and does not know it"
                ),
            )
        if found.severity is Severity.WARNING and found.sqlstate == self.sqlstate:
            return (DeployStep("Write the row that the default refers to before the key is added, and let nothing delete it"),)
        if found.severity is Severity.WARNING:
            return (DeployStep(f"In the same migration, replace the routine: it truncates {child.key}, too, or deletes"),)
        other = left_behind(pair, key)
        if other is not None:
            moved = constraint_sql(pair.deploy, child, replace(key, references=other.id))
            sql = f"{alter(child)} DROP CONSTRAINT {ident(key.name)}, ADD {moved}"
            return (DeployStep(f"In the same migration, let the key refer to {other.key}", (sql,)),)
        sql = constraint_sql(pair.deploy, child, key)
        return (
            DeployStep("Stop writing rows without a parent, and deleting parents that have rows"),
            DeployStep(
                "When only that code runs: remove the rows without a parent, and add the key",
                (add_constraint_sql(pair, key.name, sql),) if sql else (),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        child, key = _home(pair, found)
        if child.id == altered(pair).id and could_wait(demanded(pair, key), key):
            return Restoration((f"{alter(child)} ALTER CONSTRAINT {ident(key.name)} DEFERRABLE INITIALLY DEFERRED",))
        return Restoration(drop_constraint_sql(pair.deploy, child, key.name))


_FULL = "MATCH FULL refuses a row in which only some of the columns are NULL"
_HASTENED = "it no longer waits for the end of the transaction, so a row that comes before its parent is rejected"
_KEEPS_CHILDREN = ("cascade", "set null", "set default")
"""What a DELETE of a parent does that leaves none without one."""


def _and_so(pair: RelationPair, parent: Relation | None, key: Constraint) -> str:
    """What of the parents is rejected besides."""
    deletes = ["a DELETE of a parent that is referenced"] if key.on_delete not in _KEEPS_CHILDREN else []
    truncates = ["any TRUNCATE of the parents"] if parent is not None and bars_truncate(pair.deploy, altered(pair), parent) else []
    also = " and ".join(deletes + truncates)
    return f", and so {'are' if deletes and truncates else 'is'} {also}" if also else ""


def _home(pair: RelationPair, found: Break) -> tuple[Relation, Constraint]:
    """The relation that has the key now, the pair's own or a new one that refers to it, and the key."""
    own = altered(pair)
    homes = ((r, pair.name if r.id == own.id else str(r.key)) for r in (own, *pair.deploy.catalog.referrers(pair.old)))
    return next((home, key) for home, name in homes for key in home.constraints if f"{name}.{key.name}" == found.object)
