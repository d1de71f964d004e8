"""The name that PostgreSQL gives a result column without an alias: FigureColname in its src/backend/parser/parse_target.c."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migcompat.changes import TypeName
from migcompat.sql.cursor import Cursor
from migcompat.sql.keywords import VALUE_FUNCTIONS
from migcompat.sql.tree import UNPLACED_FUNCTIONS, name_of, source_name
from migcompat.sql.types import type_name

if TYPE_CHECKING:
    from sqlglot import exp

NAMELESS = "?column?"
_WEAK, _SURE = 1, 2
"""A type's name gives way to CASE and to the name of what is cast; the name of a column or function does not."""
_INTERNAL = {
    "integer": "int4", "bigint": "int8", "smallint": "int2", "real": "float4", "double precision": "float8", "boolean": "bool",
    "character varying": "varchar", "character": "bpchar", "bit varying": "varbit", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp", "time with time zone": "timetz", "time without time zone": "time",
}  # fmt: skip
"""What `format_type` prints and how pg_type calls it."""


def result_name(node: exp.Expr, text: str) -> str | None:
    """The name of the column that an expression yields; None where only the server knows."""
    name, _ = _figure(node, text)
    return name


def cast_type(node: exp.Expr) -> TypeName | None:
    """The type that an expression is cast to; None where it is no cast."""
    from sqlglot import exp

    node = node.unnest()
    if isinstance(node, exp.Collate):
        return cast_type(node.this)
    if isinstance(node, exp.Interval):
        return type_name(Cursor("interval"))
    return written_type(node.to) if isinstance(node, exp.Cast) else None


def written_type(node: exp.Expr) -> TypeName:
    """The type that sqlglot has read."""
    cursor = Cursor(node.sql(dialect="postgres"))
    found = type_name(cursor)
    cursor.finish()
    return found


def is_star(node: exp.Expr) -> bool:
    """`*`, `t.*`, `(expression).*`; a subquery that yields a star is none."""
    from sqlglot import exp

    last = node.this if isinstance(node, exp.Column) else node.expression if isinstance(node, exp.Dot) else node
    return isinstance(last, exp.Star)


def is_value_function(node: exp.Expr) -> bool:
    """Whether what looks like a column is `user`, `current_role` …"""
    unquoted = node.args.get("table") is None and not node.this.args.get("quoted")
    return unquoted and name_of(node.this) in VALUE_FUNCTIONS


def _figure(node: exp.Expr, text: str) -> tuple[str | None, int]:
    from sqlglot import exp

    if isinstance(node, (exp.Paren, exp.Bracket, exp.Collate, exp.Window, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)):
        return _figure(node.this, text)
    if isinstance(node, exp.Column):
        return name_of(node.this), _SURE
    if isinstance(node, exp.Dot):
        after = node.expression
        return (name_of(after), _SURE) if isinstance(after, exp.Identifier) else _figure(after, text)
    if isinstance(node, (exp.Cast, exp.Interval)):
        name, strength = _figure(node.this, text) if isinstance(node, exp.Cast) else (NAMELESS, 0)
        return (name, strength) if strength > _WEAK else (_internal_name(node), _WEAK)
    if isinstance(node, exp.Case):
        name, strength = _figure(node.args["default"], text) if node.args.get("default") else (NAMELESS, 0)
        return (name, strength) if strength > _WEAK else ("case", _WEAK)
    if isinstance(node, exp.Subquery):
        return _column_of(node.unnest(), text), _SURE
    return _figure_call(node, text)


def _figure_call(node: exp.Expr, text: str) -> tuple[str | None, int]:
    from sqlglot import exp

    called = source_name(node, text) if isinstance(node, exp.Func) else None
    if called is not None:
        return called, _SURE
    if isinstance(node, exp.Tuple):
        return "row", _SURE
    if isinstance(node, exp.AtTimeZone):
        return "timezone", _SURE
    if isinstance(node, exp.Overlaps):
        return "overlaps", _SURE
    if isinstance(node, exp.Array):
        return "array", _SURE
    if isinstance(node, exp.Trim):
        return {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "btrim"), _SURE
    if isinstance(node, exp.Extract):
        return _extract(text), _SURE
    if isinstance(node, exp.Func) and node.key.startswith(("current", "local", "session")):
        return _spelt(node.key), _SURE
    known = UNPLACED_FUNCTIONS.get(type(node).__name__)
    if known is not None:
        return known, _SURE
    unknown = isinstance(node, exp.Func) and not isinstance(node, (exp.Binary, exp.Unary, exp.Predicate, exp.MatchAgainst))
    return None if unknown else NAMELESS, 0


def _extract(text: str) -> str | None:
    """date_part() and EXTRACT have one class and no position."""
    lower = text.lower()
    return "extract" if "date_part" not in lower else "date_part" if "extract" not in lower else None


def _spelt(key: str) -> str:
    """`currentdate` → `current_date`: these stand without parentheses and so without a position."""
    return next(name for name in VALUE_FUNCTIONS if name.replace("_", "") == key)


def _internal_name(node: exp.Expr) -> str | None:
    found = cast_type(node)
    if found is None:
        return None
    if not found.builtin:
        return found.name.name
    return _INTERNAL.get(found.name.name, found.name.name.partition(" ")[0])


def _column_of(query: exp.Expr, text: str) -> str | None:
    """The name of a scalar subquery's only column."""
    from sqlglot import exp

    while isinstance(query, (exp.SetOperation, exp.Subquery)):
        query = query.this
    if isinstance(query, exp.Values):
        return "column1"
    column = query.expressions[0]
    if isinstance(column, exp.Alias):
        return name_of(column.args["alias"])
    return None if is_star(column) else result_name(column, text)
