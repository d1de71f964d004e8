"""Where the objects of the schema before are now, and under which names."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.rules.base import Break
from migcompat.rules.pairs import Deploy, RelationPair
from migcompat.rules.shown import shown_by
from migcompat.schema.model import Column, Constraint, Relation


def old_column(pair: RelationPair, found: Break) -> Column:
    """The column of the schema before that a finding speaks of."""
    return next(c for c in pair.old.columns if c.name == found.detail)


def old_constraint(pair: RelationPair, found: Break) -> Constraint:
    """The constraint of the schema before that a finding speaks of."""
    return next(c for c in pair.old.constraints if c.name == found.detail)


def altered(pair: RelationPair) -> Relation:
    """What ALTER TABLE must name now: what has the old name, or the table behind it where that is a view."""
    if pair.new is None or pair.new.kind != "view" or pair.old.is_view:
        return pair.new or pair.same or pair.old
    return shown_table(pair.deploy, pair.new.id) or pair.same or pair.new


def shown_table(deploy: Deploy, view: int) -> Relation | None:
    """The table that a view shows, though it may be through others; anything else itself."""
    relations, passed = deploy.catalog.relations, set[int]()
    shown = relations.get(view)
    while shown is not None and shown.is_view:
        if shown.id in passed:  # views in a circle
            return None
        passed.add(shown.id)
        shown = shown_by(relations.get, shown)
    return shown


def today(pair: RelationPair) -> Relation:
    """The same with the columns that running code finds: those of its names, which pass for the old ones, and new ones."""
    now, ids = altered(pair), {c.name: c.id for c in pair.old.columns}
    known = set(ids.values())
    return replace(now, columns=tuple(replace(c, id=ids.get(c.name, c.id)) for c in now.columns if c.name in ids or c.id not in known))


def written(pair: RelationPair) -> list[tuple[Column, Column]]:
    """The changed columns that a write may name: what a view in the table's place computes takes no value, which restrict-view says."""
    if not pair.changed:
        return []
    there = {column.id for column in altered(pair).columns}
    return [(old, new) for old, new in pair.changed if new.id in there]


def column_behind(pair: RelationPair, found: Break) -> Column:
    """What a written column is in the table that ALTER TABLE must name."""
    now = next(new for old, new in pair.kept if old.name == found.detail)
    return next(c for c in altered(pair).columns if c.id == now.id)


def relation_now(deploy: Deploy, id_: int | None) -> Relation | None:
    """A relation of the schema before: itself, or what has its name."""
    relations = deploy.catalog.relations
    was = relations.was(id_)
    return relations.get(id_) or (relations.find(was.key) if was is not None else None)


def column_now(pair: RelationPair, column: Column) -> Column | None:
    """What answers to an old column's name now, in the table that it is in; else the same column under another name."""
    table = altered(pair)
    shown = pair.new.column(column.name) if pair.new is not None else None
    if shown is None:
        return table.column_by_id(column.id)
    return table.column_by_id(shown.id)


def column_home(pair: RelationPair, column: Column) -> Relation:
    """Where ALTER TABLE must change a column: PostgreSQL refuses to where it is inherited, and hands down what is done above."""
    return _above(pair.deploy, altered(pair), column)


def _above(deploy: Deploy, table: Relation, column: Column) -> Relation:
    """A parent that has it, or else one that had it."""
    above = parents(deploy, table) if column.inherited else []
    now = [(parent, parent.column(column.name)) for parent in above]
    before = [(parent, (deploy.catalog.relations.was(parent.id) or parent).column(column.name)) for parent in above]
    return next((_above(deploy, parent, theirs) for parent, theirs in (*now, *before) if theirs is not None), table)


def parents(deploy: Deploy, table: Relation) -> list[Relation]:
    return [r for id_ in table.parents if (r := relation_now(deploy, id_)) is not None]
