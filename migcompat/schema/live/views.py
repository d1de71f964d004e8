"""Which columns a view shows: the catalogues tell what it depends on, only its query tells what comes out where."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.schema.apply.shape import shape
from migcompat.schema.catalog import Catalog


def trace_columns(catalog: Catalog) -> None:
    """Finds the source of each view's columns."""
    for view in catalog.relations:
        if view.query is None:
            continue
        shown = shape(catalog, view.query).columns
        if len(shown) == len(view.columns):
            catalog.put(replace(view, columns=tuple(replace(c, source=s.source) for c, s in zip(view.columns, shown, strict=True))))
