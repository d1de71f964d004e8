"""The functions that build SQL text, for arguments of which the value is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from migcompat.lowering.plpgsql.values import LONGEST, Array, Text, Value, join, text, unknown
from migcompat.sql.quoting import ident, literal

_FORMAT = re.compile(r"%(?:(%)|(?:(\d+)\$)?(-?\d*)([sIL]))", re.DOTALL)


def _scalar(value: Value) -> Text:
    if not isinstance(value, Text):
        raise TypeError
    return value


def _constant(value: Value) -> str:
    constant = _scalar(value).constant
    if constant is None:
        raise ValueError
    return constant


def quote_ident(value: Value) -> Text:
    """quote_ident; an unknown part is taken to stand bare."""
    scalar = _scalar(value)
    return scalar if scalar.unknown else text(ident(_constant(scalar)))


def quote_literal(value: Value) -> Text:
    """quote_nullable."""
    if value is None:
        return text("NULL")
    pieces = tuple(literal(piece)[1:-1] if isinstance(piece, str) else piece for piece in _scalar(value).pieces)
    return join([text("'"), Text(pieces), text("'")])


def _format(arguments: list[Value]) -> Value:
    """format(): https://www.postgresql.org/docs/18/functions-string.html#FUNCTIONS-STRING-FORMAT"""
    template, values = _scalar(arguments[0]), arguments[1:]
    pattern = template.constant
    if pattern is None:  # what stands before the first place that could differ is certain
        head = template.pieces[0] if isinstance(template.pieces[0], str) else ""
        return join([text(head.split("%")[0]), unknown(template.unknown[0].source)])
    parts: list[Text] = []
    at = last = 0
    for place in _FORMAT.finditer(pattern):
        between = pattern[at : place.start()]
        if "%" in between:
            raise ValueError
        parts.append(text(between))
        at = place.end()
        if place.group(1):
            parts.append(text("%"))
            continue
        last = int(place.group(2)) if place.group(2) else last + 1
        if last < 1 or place.group(3):
            raise ValueError
        parts.append(_formatted(values[last - 1], place.group(4)))
    if "%" in pattern[at:]:
        raise ValueError
    return join([*parts, text(pattern[at:])])


def _formatted(value: Value, how: str) -> Text:
    if how == "L":
        return quote_literal(value)
    if how == "I":
        return quote_ident(value)
    return text("") if value is None else _scalar(value)


def _coalesce(arguments: list[Value]) -> Value:
    return next((value for value in arguments if value is not None), None)


def _concat(arguments: list[Value]) -> Value:
    return join(_scalar(value) for value in arguments if value is not None)


def _concat_ws(arguments: list[Value]) -> Value:
    return _joined(_scalar(arguments[0]), [value for value in arguments[1:] if value is not None])


def _array_to_string(arguments: list[Value]) -> Value:
    array, separator = arguments
    if not isinstance(array, Array):
        raise TypeError
    return _joined(_scalar(separator), [item for item in array.items if item is not None])


def _joined(separator: Text, values: Sequence[Value]) -> Text:
    return join(part for i, value in enumerate(values) for part in ([separator] if i else []) + [_scalar(value)])


def _string_to_array(arguments: list[Value]) -> Value:
    whole, separator = (_constant(value) for value in arguments)
    return Array(tuple(text(part) for part in whole.split(separator)) if whole else ())


def _length(arguments: list[Value]) -> Value:
    if not isinstance(arguments[0], Array):
        raise TypeError
    return text(str(len(arguments[0].items)))


def _replace(whole: str, old: str, new: str) -> str:
    if not old:
        return whole
    if whole.count(old) * len(new) > LONGEST:
        raise ValueError
    return whole.replace(old, new)


def _of_constants(function: Callable[..., str]) -> Callable[[list[Value]], Value]:
    return lambda arguments: text(function(*(_constant(value) for value in arguments)))


FUNCTIONS: Mapping[str, Callable[[list[Value]], Value]] = {
    "array_length": _length,
    "array_to_string": _array_to_string,
    "array_upper": _length,
    "btrim": _of_constants(lambda whole: whole.strip(" ")),
    "cardinality": _length,
    "chr": _of_constants(lambda code: chr(int(code))),
    "coalesce": _coalesce,
    "concat": _concat,
    "concat_ws": _concat_ws,
    "current_schema": lambda _: text("public"),
    "format": _format,
    "lower": _of_constants(str.lower),
    "quote_ident": lambda arguments: quote_ident(arguments[0]),
    "quote_literal": lambda arguments: quote_literal(arguments[0]) if arguments[0] is not None else None,
    "quote_nullable": lambda arguments: quote_literal(arguments[0]),
    "replace": _of_constants(_replace),
    "string_to_array": _string_to_array,
    "text": lambda arguments: _scalar(arguments[0]),
    "upper": _of_constants(str.upper),
}
"""The functions whose result is known where their arguments are."""
