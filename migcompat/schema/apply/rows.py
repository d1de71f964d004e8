"""The row that a call of a routine yields (https://www.postgresql.org/docs/18/queries-table-expressions.html#QUERIES-TABLEFUNCTIONS)."""

from __future__ import annotations

from migcompat.changes import Call, Name
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, DataType, Function
from migcompat.sql.types import ALIASES, BUILTINS

_SCALARS = BUILTINS.union(ALIASES.values()) - {"record"}

Row = tuple[tuple[str, DataType | None], ...]
"""Names and types."""


def row_of(catalog: Catalog, call: Call, name: str) -> list[Column] | None:
    """Its columns; a single value goes by `name` where no OUT parameter names it. None: what is called or yielded is not known."""
    rows = {_row(catalog, f, name) for f in catalog.overloads(call.name) if _takes(f, call.arguments)}
    row = rows.pop() if len(rows) == 1 else None
    return [Column(catalog.new_id(), name, type_, None, None, None, collation=None) for name, type_ in row] if row is not None else None


def _takes(function: Function, arguments: int) -> bool:
    """Whether a call with so many arguments may reach it."""
    inputs = function.inputs
    room = function.parameters is None or any(p.mode == "variadic" for p in inputs) or arguments <= len(inputs)
    return room and arguments >= sum(not p.default for p in inputs if p.mode != "variadic")


def _row(catalog: Catalog, function: Function, name: str) -> Row | None:
    outputs = function.outputs
    if len(outputs) > 1:
        return tuple((p.name or f"column{i}", None if _is_polymorphic(p.type) else p.type) for i, p in enumerate(outputs, 1))
    type_ = outputs[0].type if outputs else function.result
    return _fields(catalog, type_, outputs[0].name or name if outputs else name) if type_ is not None else None


def _fields(catalog: Catalog, type_: DataType, name: str) -> Row | None:
    """The columns of a composite type or a table, or the one of a plain value."""
    known = catalog.types.get(type_.type_id)
    if type_.dims or type_.name in _SCALARS or (known is not None and known.kind in ("enum", "range")):
        return None if _is_polymorphic(type_) else ((name, type_),)
    if known is not None and known.kind == "domain" and known.base is not None:
        below = _fields(catalog, known.base, "")
        return ((name, type_),) if below == (("", known.base),) else below
    if known is not None:
        return tuple((a.name, a.type) for a in known.attributes) if known.kind == "composite" and known.complete else None
    schema, _, table = type_.name.rpartition(".")
    relation = catalog.relation(Name(table, schema or None))
    return tuple((c.name, c.type) for c in relation.columns) if relation is not None and relation.complete else None


def _is_polymorphic(type_: DataType) -> bool:
    """Whether it depends on the arguments."""
    return type_.type_id is None and type_.name.startswith("any")
