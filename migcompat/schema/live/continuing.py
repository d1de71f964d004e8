"""From a server's schema on through texts: a history that holds what only a server knows goes on from there."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import signature


def continued(live: Catalog, replayed: Catalog) -> Catalog:
    """The server's schema to go on with instead of the replayed one, with what only the texts tell. What it was before the deploy it
    still knows."""
    live.default_path = live.search_path = replayed.default_path
    live.default_grants = dict(replayed.default_grants)
    live.partial = replayed.partial
    _what_routines_do(live, replayed)
    _what_is_published(live, replayed)
    return live


def _what_routines_do(live: Catalog, replayed: Catalog) -> None:
    """A later migration may call them."""
    known = {(f.key, signature(f)): f for f in replayed.functions if f.definition is not None}
    for function in live.functions:
        same = known.get((function.key, signature(function)))
        if same is not None:
            live.functions.assume(function.id, (function.id,), replace(function, definition=same.definition))


def _what_is_published(live: Catalog, replayed: Catalog) -> None:
    for publication in replayed.publications:
        keys = [table.key for id_ in publication.tables if (table := replayed.relations.get(id_)) is not None]
        tables = frozenset(found.id for key in keys if (found := live.relations.find(key)) is not None)
        id_ = live.new_id()
        live.publications.assume(id_, publication.name, replace(publication, id=id_, tables=tables))
