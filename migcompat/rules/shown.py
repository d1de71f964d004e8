"""Views that PostgreSQL writes through, seen as the relations that they show."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.frozen import replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Relation

_DEEPEST = 50
"""Views over views; more, or views in a circle, are not seen through."""


def through(catalog: Catalog, view: Relation, depth: int = 0) -> Relation:
    """A view that PostgreSQL writes through, with the facts of its table; any other relation as it is."""
    query = view.query
    shown = shown_by(catalog.relations.get, view) if view.kind == "view" and query is not None and query.simple else None
    if shown is None or depth > _DEEPEST:
        return view
    table = through(catalog, shown, depth + 1)
    below = {c.id: c.name for c in shown.columns}
    names: dict[str, list[str]] = {}
    for column in view.columns:
        if column.source in below:
            names.setdefault(below[column.source], []).append(column.name)
    plain = {name: replace(c, name=name) for c in table.columns for name in names.get(c.name, ())}
    shown_as = {c.name for c in view.columns}
    hidden = [*table.hidden, *(c for c in table.columns if c.name not in names)]
    named = tuple(replace(c, name=f"{c.name} behind the view") if c.name in shown_as else c for c in hidden)
    return replace(
        table, id=view.id, key=view.key, kind="view", columns=tuple(plain.get(c.name, c) for c in view.columns),
        hidden=named, grants=view.grants, complete=view.complete,
    )  # fmt: skip


def shown_by(look_up: Callable[[int], Relation | None], view: Relation) -> Relation | None:
    """The relation whose rows a simple view shows; others it may only name in conditions."""
    read = [found for id_ in view.reads if (found := look_up(id_)) is not None]
    sources = {c.source for c in view.columns}
    return read[0] if len(read) == 1 else next((r for r in read if any(c.id in sources for c in r.columns)), None)


def beneath(look_up: Callable[[int], Relation | None], relation: Relation, column: Column) -> list[Column]:
    """A column, and through views the columns that it shows, down to the table's. The first that has a default fills what a write omits,
    as a value that is written to those below."""
    found = [column]
    for _ in range(_DEEPEST):
        shown = shown_by(look_up, relation) if relation.kind == "view" else None
        below = shown.column_by_id(column.source) if shown is not None and column.source is not None else None
        if shown is None or below is None:
            break
        relation, column = shown, below
        found.append(column)
    return found
