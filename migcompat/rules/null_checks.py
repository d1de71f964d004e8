"""CHECKs that keep NULL out of a column, as NOT NULL does."""

from __future__ import annotations

from collections.abc import Iterable

from migcompat.schema.model import Column, Constraint
from migcompat.sql.conditions import admits
from migcompat.sql.quoting import ident


def keep_out_null(checks: Iterable[Constraint], column: Column) -> bool:
    """Whether no row that passes the checks holds NULL in a column."""
    conditions = [check.expression for check in checks]
    return bool(conditions) and admits(conditions, f"{ident(column.name)} IS NOT NULL")
