"""From a server's schema on through texts: a history that holds what only a server knows goes on from there."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Function, signature


def continued(live: Catalog, replayed: Catalog) -> Catalog:
    """The server's schema to go on with instead of the replayed one, with what only the texts tell. What it was before the deploy it
    still knows."""
    live.default_path = live.search_path = replayed.default_path
    live.default_grants = dict(replayed.default_grants)
    live.partial = replayed.partial
    _what_routines_do(live, replayed)
    return live


def _what_routines_do(live: Catalog, replayed: Catalog) -> None:
    """A later migration may call them."""
    known = {(f.key, _types(replayed, f)): f for f in replayed.functions}
    for function in live.functions:
        same = known.get((function.key, _types(live, function)))
        if same is not None:
            told = replace(function, text=same.text, definition=same.definition, refuses=same.refuses)
            live.functions.assume(function.id, (function.id,), told)


def _types(catalog: Catalog, function: Function) -> tuple[str, ...]:
    """Ids are each catalogue's own."""
    return tuple(map(catalog.type_text, signature(function)))
