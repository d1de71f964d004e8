"""When a view takes writes (https://www.postgresql.org/docs/18/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS)."""

from __future__ import annotations

from migcompat.schema.model import Relation

EVENTS = ("insert", "update", "delete")


def writable(relation: Relation, event: str) -> bool:
    """Whether a statement of this kind works: through the view to one table, by an INSTEAD OF trigger or an unconditional INSTEAD rule."""
    if relation.kind == "materialized view":
        return False
    if not relation.is_view or (relation.query is not None and relation.query.simple):
        return True
    by_trigger = any(t.enabled and t.timing == "instead of" and event in t.events for t in relation.triggers)
    return by_trigger or any(r.enabled and r.instead and not r.conditional and r.event == event for r in relation.rules)
