"""Carrying a change into a catalog, with PostgreSQL's side effects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migcompat.changes import Change
from migcompat.schema.apply import (
    access,
    columns,
    constraints,
    creation,
    functions,
    held_constraints,
    indexes,
    objects,
    privileges,
    publications,
    relations,
    types,
)
from migcompat.schema.catalog import Catalog

_APPLY: dict[type[Change], Callable[[Catalog, Any], None]] = {
    **access.APPLY,
    **columns.APPLY,
    **constraints.APPLY,
    **creation.APPLY,
    **functions.APPLY,
    **held_constraints.APPLY,
    **indexes.APPLY,
    **objects.APPLY,
    **privileges.APPLY,
    **publications.APPLY,
    **relations.APPLY,
    **types.APPLY,
}


def apply(catalog: Catalog, change: Change) -> None:
    """Changes the catalog; a change that says nothing about the schema (Opaque, Dynamic) leaves it."""
    handler = _APPLY.get(type(change))
    if handler is not None:
        handler(catalog, change)
