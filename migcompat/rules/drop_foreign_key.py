from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.foreign_keys import enforced, successor
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, constraint_sql
from migcompat.rules.whereabouts import altered, old_constraint, today
from migcompat.schema.definitions import deletes_sql
from migcompat.schema.model import Constraint, Relation
from migcompat.sql.quoting import ident

_CARING = ("cascade", "set null", "set default")


class DropForeignKey(Rule):
    """Nothing is rejected, but the prior generation may now read rows that point nowhere, and its DELETE of a parent no longer cleans
    up behind itself, or is no longer refused. A key that comes back with another ON DELETE is the same. Silent when an equal key takes
    its place, and when the parent or a column of the key goes with it. An error where a DELETE that saw to the rows is refused now.
    """

    name = "drop-foreign-key"
    summary = "A foreign key goes, or does something else on DELETE"
    looks_at = ("constraints",)
    severity = Severity.WARNING
    breaks = Breaks.READS
    example = Example(
        schema="""
            CREATE TABLE orders (id integer PRIMARY KEY);
            CREATE TABLE order_items (product text, order_id integer CONSTRAINT order_items_order_id_fkey REFERENCES orders);
            INSERT INTO orders VALUES (1);
            INSERT INTO order_items VALUES ('lamp', 1);
        """,
        migration="ALTER TABLE order_items DROP CONSTRAINT order_items_order_id_fkey",
        statement="SELECT product FROM order_items JOIN orders ON orders.id = order_id",
        compatible=(),
        answer="DELETE FROM orders WHERE id = 1 RETURNING id",
    )
    rollback = "The code before it may meet rows without a parent; they stay when the key comes back for new rows."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.constraints is pair.new.constraints:
            return
        kept = {c.id: c for c in enforced(pair.new)}
        now = {(frozenset(c.columns), c.references): c for c in kept.values()}
        lost = {c.id for c in pair.lost}
        for key in pair.old.constraints:
            if key.kind != "foreign" or lost & set(key.columns) or not key.enforced:
                continue
            columns = _now(pair, frozenset(key.columns))
            if key.references is not None and pair.deploy.catalog.relations.get(key.references) is None:
                continue  # its parent is dropped: that is the break
            heir = successor(pair.deploy, key.references)
            parents = (key.references, heir.id) if heir is not None else (key.references,)
            alike = next((now[columns, p] for p in parents if (columns, p) in now), None)
            new = kept.get(key.id, None if key.assumed else alike)
            sqlstate = ""
            if new is None:
                what = "goes: rows may point nowhere, and a DELETE of a parent leaves them behind"
            elif new.on_delete != key.on_delete or _emptied(new) != _now(pair, _emptied(key)):
                sqlstate = _refusal(pair, pair.new, key, new)
                what = f"now does {_named(deletes_sql(pair.new, new))} instead of {_named(deletes_sql(pair.old, key))} on DELETE"
                what += ": a DELETE of a parent that has rows is rejected" if sqlstate else ""
            elif new.on_update != key.on_update:
                what = f"now does {_named(new.on_update.upper())} instead of {_named(key.on_update.upper())} on UPDATE"
            else:
                continue
            yield self.found(
                f"{pair.name}.{key.name}",
                f"foreign key {key.name} of {pair.name} {what}",
                "make sure that the prior generation does not count on it",
                detail=key.name,
                severity=Severity.ERROR if sqlstate else None,
                sqlstate=sqlstate,
                breaks=Breaks.WRITES if sqlstate else None,
                created=key.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        new = next((c for c in altered(pair).constraints if c.name == found.detail), None)
        added = constraint_sql(pair.deploy, altered(pair), new) if new is not None else ""
        drop = f"ALTER TABLE {pair.sql} DROP CONSTRAINT {ident(found.detail)}"
        return (
            DeployStep("Cope with rows without a parent, and clean up behind a DELETE"),
            DeployStep(
                "When only that code runs: change the key" if added else "When only that code runs: drop the key",
                (f"{drop}, ADD {added}" if added else drop,),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table, key = today(pair), old_constraint(pair, found)
        sql = constraint_sql(pair.deploy, table, key)
        if not sql:
            return Restoration(lost="the key's definition, which was never seen")
        same = [
            c.name
            for c in table.constraints
            if c.kind == "foreign" and set(c.columns) == set(key.columns) and c.references == key.references
        ]
        # NOT VALID: rows that the new generation wrote may violate it, and the next write must not wait for a scan.
        return Restoration((f"{alter(table)} {''.join(f'DROP CONSTRAINT {ident(name)}, ' for name in same)}ADD {sql} NOT VALID",))


def _refusal(pair: RelationPair, table: Relation, old: Constraint, new: Constraint) -> str:
    """With what a DELETE of a parent is refused that took care of its rows before; empty: it is not."""
    if old.on_delete not in _CARING:
        return ""
    if new.on_delete not in _CARING:
        return "23503"
    required = pair.required if new.on_delete == "set default" else pair.not_null
    before = [c for c in pair.old.columns if c.id in _emptied(old) and not (old.on_delete == "set default" and pair.was_filled(c))]
    after = [c for c in table.columns if c.id in _emptied(new)]
    return "23502" if any(map(required, after)) and not any(map(pair.was_not_null, before)) else ""


def _emptied(key: Constraint) -> frozenset[int]:
    """The columns that are NULL or their default after a DELETE of a parent."""
    sets = key.on_delete in ("set null", "set default")
    return frozenset(key.columns[i] for i in key.emptied or range(len(key.columns))) if sets else frozenset()


def _named(action: str) -> str:
    return action or "NO ACTION"


def _now(pair: RelationPair, columns: frozenset[int]) -> frozenset[int]:
    """A key's columns; where another table has taken the name, those which are called the same there."""
    if not pair.replaced:
        return columns
    assert pair.new is not None
    names = {c.name for c in pair.old.columns if c.id in columns}
    return frozenset(c.id for c in pair.new.columns if c.name in names)
