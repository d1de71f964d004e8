"""What a PL/pgSQL expression is worth, as far as that is known before it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, takewhile
from operator import ge, gt, le, lt, ne

from migcompat.findings import Span
from migcompat.lowering.plpgsql.functions import FUNCTIONS
from migcompat.lowering.plpgsql.values import Array, Environment, Record, Text, Unknown, Value, join, text, unknown
from migcompat.sql.lexer import Kind, Token, tokens

_MISSING = Text((Unknown(""),))
_COMPARISONS = {"=", "<", ">", "<=", ">=", "<>", "!="}
_COMPARED: Mapping[str, Callable[[int, int], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge, "<>": ne, "!=": ne}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_WEAKER = _COMPARISONS | {
    "and", "or", "not", "is", "isnull", "notnull", "in", "like", "ilike", "similar", "between",
    ",", "from", "where", "group", "order", "limit", "union", "intersect", "except", "having",
}  # fmt: skip
"""What binds weaker than `||` (https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-PRECEDENCE), or ends an expression."""
_OPEN, _CLOSE = frozenset({"(", "[", "case"}), frozenset({")", "]", "end"})
_TEXT_TYPES = frozenset({"text", "varchar", "name", "regclass"})
_MAX_DEPTH = 50
_INTEGER_TYPES = frozenset({"int", "integer", "bigint", "smallint", "int2", "int4", "int8", "oid"})


def evaluate(source: str, span: Span, environment: Environment) -> Value:
    """The value of the expression in a span of a body."""
    found, expression = _in_one(source, tokens(source, span.start, span.end)), _Expression(source, environment)
    depth = max(accumulate((token.value in _OPEN) - (token.value in _CLOSE) for token in found), default=0)
    return expression.value(found) if depth <= _MAX_DEPTH else expression.unknown(found)


def holds(source: str, span: Span, environment: Environment) -> bool | None:
    """Whether a comparison of two integers is true; None for anything else."""
    found = tokens(source, span.start, span.end)
    at = next((i for i, token in enumerate(found) if token.kind is Kind.SYMBOL and token.value in _COMPARED), 0)
    if not 0 < at < len(found) - 1:
        return None
    sides = [evaluate(source, Span(part[0].start, part[-1].end), environment) for part in (found[:at], found[at + 1 :])]
    numbers = _integers(sides)
    return _COMPARED[found[at].value](*numbers) if numbers is not None else None


def call_arguments(source: str, span: Span, name: str, environment: Environment) -> tuple[tuple[str, str | None], ...] | None:
    """The arguments of `PERFORM f(…)` and its like as CallFunction has them; None where the statement is anything more."""
    found = tokens(source, span.start, span.end)[1:]
    opening = next((i for i, token in enumerate(found) if token.value == "(" and token.kind is Kind.SYMBOL), 0)
    if opening not in (1, 3) or found[opening - 1].value != name or group_end(found, opening) < len(found):
        return None
    arguments: list[tuple[str, str | None]] = []
    for item in split_list(found[opening + 1 : -1]):
        named = len(item) > 2 and item[1].value in ("=>", ":=")
        value = evaluate(source, Span(item[2 if named else 0].start, item[-1].end), environment) if item else None
        arguments.append((item[0].value if named else "", value.constant if isinstance(value, Text) else None))
    return tuple(arguments)


def _integers(values: Iterable[Value]) -> list[int] | None:
    """None where one of them is anything else."""
    texts = [value.constant if isinstance(value, Text) else None for value in values]
    return [int(one) for one in texts if one is not None] if all(one is not None and _INTEGER.fullmatch(one) for one in texts) else None


def _in_one(source: str, found: Sequence[Token]) -> list[Token]:
    """The tokens with string constants on lines of their own as one, which they are."""
    kept: list[Token] = []
    for token in found:
        before = kept[-1] if kept and token.kind is kept[-1].kind is Kind.STRING else None
        if before is not None and "\n" in source[before.end : token.start]:
            kept[-1] = Token(Kind.STRING, before.value + token.value, before.start, token.end)
        else:
            kept.append(token)
    return kept


def as_array(value: Value) -> Array | None:
    """An array, or the text of one."""
    if isinstance(value, Array):
        return value
    constant = value.constant if isinstance(value, Text) else None
    if constant is None or not re.fullmatch(r"\{[\w ,.-]*\}", constant):
        return None
    return Array(tuple(text(item.strip()) for item in constant[1:-1].split(",") if item))


class _Expression:
    def __init__(self, source: str, environment: Environment) -> None:
        self.source, self.environment = source, environment

    def unknown(self, found: Sequence[Token]) -> Text:
        return unknown(" ".join(self.source[found[0].start : found[-1].end].split()) if found else "nothing")

    def value(self, found: Sequence[Token]) -> Value:
        operands = _operands(found)
        if operands is None:
            return self.unknown(found)
        values = [self.operand(operand) for operand in operands]
        if len(values) == 1:
            return values[0]
        scalars = [value for value in values if isinstance(value, Text)]
        if len(scalars) < len(values):
            return None if None in values else self.unknown(found)
        return join(scalars)

    def operand(self, found: Sequence[Token]) -> Value:
        """A constant, variable, call or parenthesised expression, with its casts."""
        length = self.primary_length(found)
        value = self.primary(found[:length])
        rest = found[length:]
        while rest and value is not None:
            if rest[0].value in ("+", "-") and not any(token.value in ("+", "-") for token in rest[1:]):
                return self.sum(value, rest[0].value, self.operand(rest[1:])) or self.unknown(found)
            if rest[0].value != "::":
                return self.unknown(found)
            end = next((i for i in range(1, len(rest)) if rest[i].value == "::"), len(rest))
            value = _cast(value, [token.value for token in rest[1:end]]) or self.unknown(found)
            rest = rest[end:]
        return value

    @staticmethod
    def sum(left: Value, sign: str, right: Value) -> Value:
        """Of two integers; None for anything else."""
        numbers = _integers((left, right))
        if numbers is None:
            return None
        first, second = numbers
        return text(str(first + second if sign == "+" else first - second))

    @staticmethod
    def primary_length(found: Sequence[Token]) -> int:
        length = 1
        while len(found) > length + 1 and found[length].value == "." and found[length + 1].kind in (Kind.WORD, Kind.QUOTED):
            length += 2
        if found and found[0].value == "case" and found[0].kind is Kind.WORD:
            return group_end(found, 0)
        if found and found[0].value == "(" and found[0].kind is Kind.SYMBOL:
            return group_end(found, 0)
        if len(found) > length and found[length].value in ("(", "[") and found[0].kind in (Kind.WORD, Kind.QUOTED):
            return group_end(found, length)
        return length

    def primary(self, found: Sequence[Token]) -> Value:
        if not found or found[0].kind is Kind.BROKEN:
            return self.unknown(found)
        head = found[0]
        if head.kind is Kind.PARAMETER:
            return self.name(head.value, found)
        if head.kind in (Kind.STRING, Kind.NUMBER):
            return text(head.value)
        if head.value == "(" and len(found) > 2 and found[1].value not in ("select", "with", "values"):
            return self.value(found[1:-1])
        if head.kind not in (Kind.WORD, Kind.QUOTED):
            return self.unknown(found)
        path = ".".join(takewhile(lambda v: v not in ("(", "["), (t.value for t in found if t.value != ".")))
        opening = next((i for i, t in enumerate(found) if t.kind is Kind.SYMBOL and t.value in ("(", "[")), 0)
        if not opening:
            return self.name(path, found)
        inside = found[opening + 1 : -1]
        if found[opening].value == "(":
            return self.call(path.removeprefix("pg_catalog."), inside, found)
        return self.array(inside, found) if path == "array" else self.element(path, inside, found)

    def name(self, path: str, found: Sequence[Token]) -> Value:
        if path == "null" and path not in self.environment:
            return None
        variable, _, field = path.partition(".")
        value = self.environment.get(variable, _MISSING)
        if isinstance(value, Record):
            fields = dict(value.fields)
            field = field or next(iter(fields), "")
            return fields[field] if field in fields and (path != variable or len(fields) == 1) else self.unknown(found)
        if value is not _MISSING and not field:
            return value
        return text("public") if path == "current_schema" else self.unknown(found)

    def array(self, inside: Sequence[Token], found: Sequence[Token]) -> Value:
        items = [self.value(item) for item in split_list(inside)]
        scalars = tuple(item for item in items if item is None or isinstance(item, Text))
        return Array(scalars) if len(scalars) == len(items) else self.unknown(found)

    def element(self, path: str, inside: Sequence[Token], found: Sequence[Token]) -> Value:
        whole, index = self.environment.get(path), self.value(inside)
        number = index.constant if isinstance(index, Text) else None
        if isinstance(whole, Array) and number is not None and number.isdecimal() and len(number) < 9:
            return whole.items[int(number) - 1] if 1 <= int(number) <= len(whole.items) else None
        return self.unknown(found)

    def call(self, name: str, inside: Sequence[Token], found: Sequence[Token]) -> Value:
        function = FUNCTIONS.get(name)
        if function is None or any(token.value == "variadic" for token in inside):
            return self.unknown(found)
        try:
            return function([self.value(argument) for argument in split_list(inside)])
        except (LookupError, ValueError, TypeError, ArithmeticError):  # not constant enough, or an error on the server, too
            return self.unknown(found)


def split_list(found: Sequence[Token]) -> list[Sequence[Token]]:
    """The parts between the commas outside brackets."""
    return _split(found, ",") if found else []


def _split(found: Sequence[Token], separator: str) -> list[Sequence[Token]]:
    parts: list[Sequence[Token]] = []
    depth = start = 0
    for i, token in enumerate(found):
        if token.kind in (Kind.WORD, Kind.SYMBOL):
            depth += (token.value in _OPEN) - (token.value in _CLOSE)
            if depth == 0 and token.value == separator:
                parts.append(found[start:i])
                start = i + 1
    parts.append(found[start:])
    return parts


def _operands(found: Sequence[Token]) -> list[Sequence[Token]] | None:
    """The operands of `||`; None where another operator is the outermost."""
    depth = 0
    for token in found:
        if token.kind in (Kind.WORD, Kind.SYMBOL):
            depth += (token.value in _OPEN) - (token.value in _CLOSE)
            if depth == 0 and token.value in _WEAKER:
                return None
    return _split(found, "||")


def group_end(found: Sequence[Token], opening: int) -> int:
    """The index after the bracketed group or CASE … END that opens at an index."""
    depth = 0
    for i in range(opening, len(found)):
        if found[i].kind in (Kind.WORD, Kind.SYMBOL):
            depth += (found[i].value in _OPEN) - (found[i].value in _CLOSE)
            if depth == 0:
                return i + 1
    return len(found)


def _cast(value: Value, words: list[str]) -> Value:
    """A value under a cast that keeps its text; None where it does not."""
    name = next((word for word in words if word not in ("pg_catalog", ".")), "")
    if not isinstance(value, Text):
        return value if isinstance(value, Array) and "[" in words and name in _TEXT_TYPES else None
    if "[" in words:
        return as_array(value) if name in _TEXT_TYPES else None
    constant = value.constant
    if name == "regclass" and constant is not None:  # prints without a schema that the search path has
        return text(constant.removeprefix("public."))
    kept = name in _TEXT_TYPES or "varying" in words or (name in _INTEGER_TYPES and constant is not None and constant.isdecimal())
    return value if kept and "(" not in words else None
