"""Where the objects of the schema before are now, and under which names."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.rules.base import Deploy, RelationPair
from migcompat.schema.model import Column, Relation


def altered(pair: RelationPair) -> Relation:
    """What ALTER TABLE must name now: what has the old name, or the table behind it where that is a view."""
    if pair.new is None or pair.new.kind != "view" or pair.old.is_view:
        return pair.new or pair.same or pair.old
    view = pair.deploy.catalog.relations.get(pair.new.id)
    table = relation_now(pair.deploy, view.reads[0]) if view is not None and view.reads else None
    return pair.same or table or pair.new


def today(pair: RelationPair) -> Relation:
    """The same, where old columns are found by their identity even if others have taken their names since."""
    now = altered(pair)
    heirs = [(c, heir) for c in pair.old.columns if now.column_by_id(c.id) is None and (heir := now.column(c.name)) is not None]
    return replace(now, columns=(*now.columns, *(replace(heir, id=c.id) for c, heir in heirs)))


def relation_now(deploy: Deploy, id_: int | None) -> Relation | None:
    """A relation of the schema before: itself, or what has its name."""
    relations = deploy.catalog.relations
    was = relations.was(id_) if id_ is not None else None
    return relations.get(id_) or (relations.find(was.key) if was is not None else None)


def column_now(pair: RelationPair, column: Column) -> Column | None:
    """What answers to an old column's name now, in the table that it is in; else the same column under another name."""
    table = altered(pair)
    shown = pair.new.column(column.name) if pair.new is not None else None
    if shown is None:
        return table.column_by_id(column.id)
    return table.column_by_id(shown.id) or table.column(shown.name)


def column_home(pair: RelationPair, column: Column) -> Relation:
    """Where ALTER TABLE must change a column: PostgreSQL refuses to where it is inherited, and hands down what is done above."""
    return _above(pair.deploy, altered(pair), column)


def _above(deploy: Deploy, table: Relation, column: Column) -> Relation:
    for parent in parents(deploy, table) if column.inherited else ():
        before = deploy.catalog.relations.was(parent.id) or parent
        theirs = before.column(column.name) or parent.column(column.name)
        if theirs is not None:
            return _above(deploy, parent, theirs)
    return table


def parents(deploy: Deploy, table: Relation) -> list[Relation]:
    return [r for id_ in table.parents if (r := relation_now(deploy, id_)) is not None]
