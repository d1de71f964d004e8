"""Functions, procedures and aggregates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migcompat.schema.live import queries
from migcompat.schema.live.columns import ReadsTypes
from migcompat.schema.live.grants import Grants
from migcompat.schema.live.rows import Rows
from migcompat.schema.model import EXECUTE_BY_ALL, DataType, Function, Key, Parameter

_KINDS = {"f": "function", "w": "function", "p": "procedure", "a": "aggregate"}
_VOLATILITY = {"s": "stable", "i": "immutable"}
_MODES = {"i": "in", "o": "out", "b": "inout", "v": "variadic", "t": "table"}


def read_functions(rows: Rows, names: ReadsTypes, grants: Grants) -> Iterator[Function]:
    """The user's own."""
    for (
        oid, schema, name, kind, owner, definer, many, ungranted, defaults, labels, modes, elements, printed, result, result_printed,
        strict, volatility, settings,
    ) in rows(queries.FUNCTIONS):  # fmt: skip
        types = [names.read(element, text) or DataType("") for element, text in zip(elements, printed, strict=True)]
        parameters = _parameters(types, labels, [_MODES[m] for m in modes] or ["in"] * len(types), defaults)
        returns, type_ = _returns(names.read(result, result_printed), parameters, many)
        if kind == "p":
            returns, type_ = "", None
        held = EXECUTE_BY_ALL if ungranted else grants["function", oid]
        yield Function(
            oid, Key(schema, name), _KINDS[kind], parameters, returns, type_, owner=owner, grants=held, definer=definer,
            options=_options(strict, volatility, settings) if kind != "a" else frozenset(),
        )  # fmt: skip


def _options(strict: bool, volatility: str, settings: Sequence[str]) -> frozenset[str]:
    said = {"strict"} if strict else set()
    said |= {_VOLATILITY[volatility]} if volatility in _VOLATILITY else set()
    named = (setting.partition("=") for setting in settings)
    return frozenset(said | {f"set {name} = {value.replace(chr(34), '')}" for name, _, value in named})


def _parameters(types: Sequence[DataType], labels: Sequence[str], modes: Sequence[str], defaults: int) -> tuple[Parameter, ...]:
    """Defaults belong to the last input parameters."""
    inputs = [i for i, mode in enumerate(modes) if mode not in ("out", "table")]
    filled = set(inputs[len(inputs) - defaults :])
    return tuple(
        Parameter(mode, labels[i] if i < len(labels) else "", type_, i in filled)
        for i, (type_, mode) in enumerate(zip(types, modes, strict=True))
    )


def _returns(result: DataType | None, parameters: Sequence[Parameter], many: bool) -> tuple[str, DataType | None]:
    """What RETURNS says; nothing where OUT parameters say it."""
    if any(p.mode == "table" for p in parameters):
        return "setof record", None
    if result is None or (not many and any(p.mode in ("out", "inout") for p in parameters)):
        return "", None
    return ("setof " if many else "") + result.name, result
