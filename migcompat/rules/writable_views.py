"""When a view takes writes (https://www.postgresql.org/docs/18/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS)."""

from __future__ import annotations

from migcompat.rules.pairs import Deploy
from migcompat.rules.shown import shown_by
from migcompat.schema.model import Column, Relation
from migcompat.sql.conditions import normal

EVENTS = ("insert", "update", "delete")
_DEEPEST = 50
"""Views over views; more, or views in a circle, are taken to take no writes."""


def writable(relation: Relation, event: str) -> bool:
    """Whether a statement of this kind works: through the view to one relation, by an INSTEAD OF trigger or an INSTEAD rule."""
    if relation.kind == "materialized view":
        return False
    return not relation.is_view or (relation.query is not None and relation.query.simple) or _by_itself(relation, event)


def _by_itself(view: Relation, event: str) -> bool:
    """PostgreSQL disables neither triggers nor rules of a view."""
    by_trigger = any(t.timing == "instead of" and event in t.events for t in view.triggers)
    return by_trigger or any(r.instead and not r.conditional and r.event == event for r in view.rules)


def takes(deploy: Deploy, relation: Relation, event: str, *, before: bool = False) -> bool:
    """The same with what lies below a view: one that cannot be written to bars the way."""
    relations = deploy.catalog.relations
    for _ in range(_DEEPEST):
        if not writable(relation, event):
            return False
        if not relation.is_view or _by_itself(relation, event):
            return True
        below = shown_by(relations.was if before else relations.get, relation)
        if below is None:
            return True
        relation = below
    return False


def shows_plainly(relation: Relation, column: Column) -> bool:
    """Whether a column is one that a write may name: a table's own, or one that a view shows as it is."""
    if not relation.is_view:
        return not column.generated
    return relation.query is not None and relation.query.simple and column.source is not None


def checked_rows(deploy: Deploy, view: Relation, *, before: bool = False) -> frozenset[str]:
    """The views whose conditions a row must meet that is written through this one; CASCADED checks those below, too."""
    relations = deploy.catalog.relations
    found: set[str] = set()
    cascaded = False
    shown: Relation | None = view
    for _ in range(_DEEPEST):
        if shown is None or shown.kind != "view" or shown.query is None or not shown.query.simple:
            break
        cascaded = cascaded or shown.check_option == "cascaded"
        if shown.query.filtered and (cascaded or shown.check_option):
            found.add(normal(shown.definition))
        shown = shown_by(relations.was if before else relations.get, shown)
    return frozenset(found)
