"""Changing a view beside its readers, bringing it back, and taking views out of the way of a change to their table."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.frozen import replace
from migcompat.rules.base import DeployStep, Restoration
from migcompat.rules.pairs import Deploy, RelationPair
from migcompat.schema.apply.shape import runs, shape
from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import grants_sql, index_sql, view_sql
from migcompat.schema.model import Column, Key, Relation
from migcompat.sql.conditions import normal
from migcompat.sql.quoting import qualified


def changed_beside(pair: RelationPair) -> tuple[DeployStep, ...]:
    """A changed view as a new one, and the old one dropped when nobody reads it."""
    assert pair.new is not None
    key = Key(pair.old.key.schema, f"{pair.old.key.name}_new")
    create = view_sql(replace(pair.new, key=key))
    grants = tuple(grants_sql(pair.new.grants, qualified(*key)))
    return (
        DeployStep(f"Create the changed view beside {pair.name}; the code reads that one", (create, *grants) if create else ()),
        DeployStep(f"When no running code reads {pair.name}: drop it", (f"DROP {pair.old.kind.upper()} {pair.sql}",)),
    )


def as_it_was(pair: RelationPair) -> Restoration:
    """The view as its query was written; what only the new one shows goes with that."""
    if not view_sql(pair.old):
        return Restoration(lost=f"the query of {pair.name}, which was never seen")
    sql = _made(pair.old)
    if pair.new is None:
        return Restoration(sql)
    if not pair.new.is_view:
        return Restoration(lost=f"the name {pair.name}: a {pair.new.kind} has it now, and dropping that would lose its rows")
    return Restoration(_without(pair.deploy, pair.deploy.catalog.readers(pair.new), (f"DROP {pair.new.kind.upper()} {pair.sql}", *sql)))


def same_query(pair: RelationPair) -> bool:
    """Whether a view shows something else only because its table does."""
    return pair.new is not None and pair.old.definition != "" and normal(pair.old.definition) == normal(pair.new.definition)


def around_views(deploy: Deploy, columns: list[tuple[Relation, Column]], sql: tuple[str, ...]) -> tuple[str, ...]:
    """Takes the views that use columns out of the way of `sql`, and puts them back as they are now."""
    return _without(deploy, [view for table, column in columns for view in deploy.catalog.readers(table) if _uses(view, column.id)], sql)


def _without(deploy: Deploy, direct: list[Relation], sql: tuple[str, ...]) -> tuple[str, ...]:
    views = list({view.id: view for first in direct for view in _with_readers(deploy, first)}.values())
    if not all(view.definition for view in views):
        return sql
    if any(outdated(deploy.catalog, view) for view in views):
        return ()
    views.sort(key=lambda view: view.id)  # a view is younger than what it reads
    drops = tuple(f"DROP {view.kind.upper()} {qualified(*view.key)}" for view in reversed(views))
    return (*drops, *sql, *(part for view in views for part in _made(view)))


def _made(view: Relation) -> tuple[str, ...]:
    """What makes a view, with its grants and the unique indexes of a materialized one."""
    indexes = (index_sql(view, index) for index in view.indexes if index.unique)
    return (view_sql(view), *(sql for sql in indexes if sql), *grants_sql(view.grants, qualified(*view.key)))


def _uses(view: Relation, column: int) -> bool:
    return column in view.uses or not view.complete or any(c.source == column for c in view.columns)


def _with_readers(deploy: Deploy, view: Relation) -> Iterator[Relation]:
    yield view
    for reader in deploy.catalog.readers(view):
        yield from _with_readers(deploy, reader)


def outdated(catalog: Catalog, view: Relation) -> bool:
    """Whether a view's query cannot run as it was written: what it names is called otherwise, or is gone."""
    query = view.query
    if query is None:
        return False
    read = {name: catalog.relation(name) for name in query.reads}
    found = {id_ for relation in read.values() if relation is not None for id_ in (relation.id, *relation.reads)}
    if None in read.values() or view.key in {relation.key for relation in read.values() if relation is not None}:
        return True
    if any(catalog.relations.get(id_) is not None and id_ not in found for id_ in view.reads):
        return True
    return _reordered(catalog, view) or not runs(catalog, query)


def _reordered(catalog: Catalog, view: Relation) -> bool:
    """Whether a view's query shows other columns by now: a star stands for others, or one that it names is another one.

    More of them, at the end, do no harm."""
    if view.query is None or not view.complete:
        return False
    shaped = shape(catalog, view.query)
    if not shaped.complete:
        return False
    read = [of(id_) for of in (catalog.relations.was, catalog.relations.get) for id_ in (*view.reads, *shaped.reads)]
    names = {c.id: c.name for relation in read if relation is not None for c in relation.columns}
    pairs = ((a.source, b.source) for a, b in zip(view.columns, shaped.columns, strict=False))
    moved = any(a in names and b in names and names[a] != names[b] for a, b in pairs)
    more = {c.name for c in shaped.columns[len(view.columns) :]}
    return moved or len(shaped.columns) < len(view.columns) or any(c.name in more for c in view.columns)
