"""The rows that a PL/pgSQL loop goes over, where its source is constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migcompat.findings import Span
from migcompat.lowering.plpgsql.constants import as_array, evaluate, group_end, split_list
from migcompat.lowering.plpgsql.values import Array, Environment, Record, Text, Value, text, unknown
from migcompat.sql.lexer import Kind, Token, tokens

MOST_TURNS = 1000
"""A longer loop is followed as one of unknown values."""

Row = Mapping[str, Value]
Columns = list[tuple[str, list[Text | Array | None]]]
"""Each column's name and values, all of one length."""


def rows(source: str, span: Span, kind: str, targets: Sequence[str], environment: Environment) -> list[Row] | None:
    """The variables of each turn of a loop; None where only the server knows."""
    if kind == "array":
        columns: Columns | None = _array_column(source, span, environment, "")
    elif kind == "range":
        columns = _range_column(source, span, environment)
    elif kind == "query":
        columns = _query_columns(source, tokens(source, span.start, span.end), environment)
    else:
        columns = None
    if columns is None or len(columns[0][1]) > MOST_TURNS:
        return None
    return [_row(columns, i, targets) for i in range(len(columns[0][1]))]


def _row(columns: Columns, i: int, targets: Sequence[str]) -> Row:
    """One turn: a variable for each column, or one record of them."""
    if len(targets) > 1:
        return {target: values[i] for target, (_, values) in zip(targets, columns, strict=False)}
    return {targets[0]: Record(tuple((name, values[i]) for name, values in columns))}


def _array_column(source: str, span: Span, environment: Environment, name: str) -> Columns | None:
    array = as_array(evaluate(source, span, environment))
    return [(name, list(array.items))] if array else None


def _range_column(source: str, span: Span, environment: Environment) -> Columns | None:
    """`low .. high`."""
    found = tokens(source, span.start, span.end)
    dots = next((i for i, token in enumerate(found) if token.value == ".."), 0)
    stop = next((i for i, token in enumerate(found) if token.value == "by" and token.kind is Kind.WORD), len(found))
    if not dots or stop < len(found):
        return None
    ends = [_number(source, part, environment) for part in (found[:dots], found[dots + 1 : stop])]
    return _series(ends, "")


def _series(ends: Sequence[int | None], name: str) -> Columns | None:
    low, high = ends
    if low is None or high is None or abs(high - low) >= MOST_TURNS:
        return None
    return [(name, [text(str(number)) for number in range(min(low, high), max(low, high) + 1)])]


def _number(source: str, found: Sequence[Token], environment: Environment) -> int | None:
    if not found:
        return None
    value = evaluate(source, _span(found), environment)
    constant = value.constant if isinstance(value, Text) else None
    return int(constant) if constant is not None and constant.isdecimal() and len(constant) < 9 else None


def _span(found: Sequence[Token]) -> Span:
    return Span(found[0].start, found[-1].end)


def _query_columns(source: str, found: Sequence[Token], environment: Environment) -> Columns | None:
    """VALUES, `SELECT unnest(…)` and `SELECT … FROM` VALUES, unnest or generate_series."""
    while _grouped(found):
        found = found[1:-1]
    if not found or found[0].kind is not Kind.WORD:
        return None
    if found[0].value == "values":
        return _values(source, found[1:], environment)
    if found[0].value != "select":
        return None
    cut = next((i for i, token in enumerate(found) if token.value == "from" and token.kind is Kind.WORD), 0)
    if not cut:
        return _set_function(source, found[1:], environment)
    items = found[cut + 1 :]
    read = _from_values if items and items[0].value == "(" else _set_function
    columns = read(source, items, environment)
    return _selected(columns, split_list(found[1:cut])) if columns else None


def _grouped(found: Sequence[Token]) -> bool:
    """Whether one pair of parentheses holds it all."""
    return len(found) > 1 and found[0].value == "(" and group_end(found, 0) == len(found)


def _values(source: str, found: Sequence[Token], environment: Environment) -> Columns | None:
    """`(a, b), (c, d)`."""
    columns: Columns = []
    for row in split_list(found):
        items = split_list(row[1:-1]) if _grouped(row) else []
        columns = columns or [(f"column{i + 1}", []) for i in range(len(items))]
        if not items or not all(items) or len(items) != len(columns):
            return None
        for (name, values), item in zip(columns, items, strict=True):
            value = evaluate(source, _span(item), environment)
            values.append(unknown(name) if isinstance(value, Record) else value)
    return columns or None


def _from_values(source: str, found: Sequence[Token], environment: Environment) -> Columns | None:
    """`(VALUES …) AS alias(a, b)`."""
    end = group_end(found, 0)
    columns = _values(source, found[2 : end - 1], environment) if found[1:2] and found[1].value == "values" else None
    names = _alias(found[end:])
    if columns is None or names is None:
        return None
    labels = [*names[1:], *[name for name, _ in columns][max(len(names) - 1, 0) :]]
    return [(label, values) for label, (_, values) in zip(labels, columns, strict=False)]


def _set_function(source: str, found: Sequence[Token], environment: Environment) -> Columns | None:
    """`unnest(array)` or `generate_series(a, b)`, and its alias."""
    if len(found) < 4 or found[1].value != "(":
        return None
    end = group_end(found, 1)
    names, inside, function = _alias(found[end:]), found[2 : end - 1], found[0].value
    if names is None or not inside:
        return None
    name = names[-1] if names else function
    if function == "unnest":
        return _array_column(source, _span(inside), environment, name)
    arguments = split_list(inside)
    if function != "generate_series" or len(arguments) != 2:
        return None
    return _series([_number(source, argument, environment) for argument in arguments], name)


def _alias(found: Sequence[Token]) -> list[str] | None:
    """`[AS] alias [(column, …)]`: the alias and its columns; None where anything else follows."""
    words = [token.value for token in found if token.value != "as" or token.kind is not Kind.WORD]
    names = [token.value for token in found if token.kind in (Kind.WORD, Kind.QUOTED) and token.value != "as"]
    shapes: tuple[list[str], ...] = ([], names[:1], [*names[:1], "(", *_between(names[1:]), ")"])
    return names if words in shapes else None


def _between(names: Sequence[str]) -> list[str]:
    return [part for i, name in enumerate(names) for part in ([","] if i else []) + [name]]


def _selected(columns: Columns, wanted: Sequence[Sequence[Token]]) -> Columns | None:
    """The columns of a select list of plain names, or of `*`."""
    if [token.value for item in wanted for token in item] == ["*"]:
        return columns
    known = dict(columns)
    chosen: Columns = []
    for item in wanted:
        path = [token.value for token in item]
        if not path or path[-1] not in known or any(token.kind not in (Kind.WORD, Kind.QUOTED) and token.value != "." for token in item):
            return None
        chosen.append((path[-1], known[path[-1]]))
    return chosen
