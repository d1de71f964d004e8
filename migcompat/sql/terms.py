"""What a CHECK compares: columns and expressions by a canonical text, and constants as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from migcompat.changes import TypeName
from migcompat.sql.cursor import Cursor
from migcompat.sql.logic import Term
from migcompat.sql.result_names import cast_type
from migcompat.sql.tree import guarded, name_of, source_name
from migcompat.sql.types import INTEGERS, type_name

if TYPE_CHECKING:
    from sqlglot import exp

_TEXT = frozenset({"text", "character varying"})
_STRINGS = _TEXT | {"character"}
_INTEGERS = frozenset(INTEGERS)
_NUMERIC = frozenset({"numeric"})
_FLOATS = frozenset({"real", "double precision"})
_NUMBER = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*")
_STRING = re.compile(r"'(?:[^']|'')*'")
_MAX_DIGITS = 20
"""Decimal computes with 28: what lies between two constants must stay exact."""
_EXACT_FLOAT = 2**24
"""Integers up to here are exact in every floating point type."""
_SAME_FUNCTION = {"char_length": "length", "character_length": "length"}
_COUNTS = frozenset({"length", "octet_length", "bit_length", "cardinality", "array_length"})
"""Functions that return integers."""
_TOTAL = _COUNTS | {"lower", "upper", "btrim", "trim", "ltrim", "rtrim", "coalesce", "greatest", "least", "jsonb_typeof", "json_typeof"}
"""Functions that raise an error for no argument."""
_STRICT = (_TOTAL - {"coalesce", "greatest", "least"}) | {"abs", "round", "floor", "ceil", "date_trunc", "left", "right", "substr"}
"""Functions that are NULL where an argument is."""
_TOTAL_CLASSES = frozenset(
    """And Between Boolean Bracket Case Collate Column DataType EQ Extract GT GTE Identifier If In Is JSONExtract JSONExtractScalar JSONPath
    JSONPathKey JSONPathRoot JSONPathSubscript Literal LT LTE NEQ Not Null NullSafeEQ NullSafeNEQ Or Paren Trim Var""".split()
)
"""sqlglot's classes of what raises no error: no arithmetic, which may overflow or divide by zero."""
_STRICT_CLASSES = frozenset(
    """Add AtTimeZone BitwiseAnd BitwiseOr Bracket Cast Collate Column DataType DataTypeParam Div EQ Escape Extract GT GTE Identifier ILike
    JSONExtract JSONExtractScalar JSONPath JSONPathKey JSONPathRoot JSONPathSubscript Like Literal LT LTE Mod Mul Neg NEQ Not Paren
    RegexpILike RegexpLike SimilarTo Sub Substring Trim Var""".split()
)
"""sqlglot's classes of what is NULL where an operand is."""
_UNREAD_CLASSES = frozenset({"BitString", "ByteString", "HexString", "National", "RawString", "UnicodeString"})
"""Constants whose value sqlglot and PostgreSQL may take for different things."""


class UnclearError(Exception):
    """The expression holds what is not understood."""


class Terms:
    """The terms of one text, which says how its functions are called."""

    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        self.text = text
        self.types = {column: found for column, type_ in types.items() if (found := _read_type(type_)) is not None}

    def term(self, node: exp.Expr, beside: exp.Expr | None = None) -> Term:
        """The term of an expression; what it is compared with says how to read its constants."""
        from sqlglot import exp

        node = node.unnest()
        key = self._key(node, beside)
        if _is_constant(node):
            return Term(key, constant=True)
        if isinstance(node, exp.Column):
            return Term(key, whole=_is_one_of(self._type(node), _INTEGERS))
        inside = list(node.walk(prune=lambda part: isinstance(part, exp.DataType)))
        strict = all(self._is_in(part, _STRICT_CLASSES, _STRICT) for part in inside)
        return Term(
            key,
            whole=self.called(node) in _COUNTS,
            total=all(_is_harmless(part) or self._is_in(part, _TOTAL_CLASSES, _TOTAL) for part in inside),
            strict=tuple({t.key: t for t in map(self.term, node.find_all(exp.Column))}.values()) if strict else (),
        )

    def pair(self, left: exp.Expr, right: exp.Expr) -> tuple[bool, Term]:
        """How two expressions compare, as a term that is compared with 0; and whether they changed sides for it."""
        a, b = self.term(left, right), self.term(right, left)
        mirrored = a.key > b.key
        first, second = (b, a) if mirrored else (a, b)
        string = _is_one_of(self._type(_uncast(left)), _TEXT) and _STRING.fullmatch(b.key) is not None
        return mirrored, Term(f"{first.key} ? {second.key}", strict=(a, b), sides=(a, b), equals_one=a.key if string else "")

    def number(self, node: exp.Expr, beside: exp.Expr) -> Decimal | None:
        """A numeric constant, exactly as a comparison with any numeric type sees it; None where it is none."""
        from sqlglot import exp

        node = node.unnest()
        if isinstance(node, exp.Neg):
            inner = self.number(node.this, node)
            return None if inner is None else -inner
        if isinstance(node, exp.Literal):
            if not node.is_string:
                return _decimal(node.this)
            return _cast_number(node.this, self._type(beside))
        if isinstance(node, exp.Cast):
            inner = node.this.unnest()
            value = self.number(inner, inner)
            text = inner.this if isinstance(inner, exp.Literal) and inner.is_string else None if value is None else format(value, "f")
            return None if text is None else _cast_number(text, cast_type(node))
        return None

    def choices(self, node: exp.Expr) -> tuple[str, list[exp.Expr] | None]:
        """The elements of `ANY (ARRAY[…])` after the word; None where there is no such list. The word is empty for anything else."""
        from sqlglot import exp

        node = node.unnest()
        called = self.called(node)
        if isinstance(node, (exp.Any, exp.All)):
            word, inner = node.key, node.this.unnest()
        elif called in ("all", "some") and len(node.expressions) == 1:
            word, inner = ("all" if called == "all" else "any"), node.expressions[0].unnest()
        else:
            return "", None
        if isinstance(inner, exp.Cast) and inner.this.unnest().key == "array":
            to = cast_type(inner)
            if to is not None and to.dims and not to.modifiers and to.name.name in _TEXT | _INTEGERS:
                inner = inner.this.unnest()
        return word, list(inner.expressions) if isinstance(inner, exp.Array) else None

    # canonical text

    def _key(self, node: exp.Expr, beside: exp.Expr | None = None) -> str:
        from sqlglot import exp

        if isinstance(node, exp.Paren):
            inner = node.unnest()
            simple = isinstance(inner, (exp.Column, exp.Literal, exp.Cast)) or self.called(inner) is not None
            return self._key(inner, beside) if simple else f"({self._key(inner)})"
        if isinstance(node, exp.Column):
            return '"' + name_of(node.this).replace('"', '""') + '"'
        if isinstance(node, exp.Identifier):
            return name_of(node)
        if isinstance(node, exp.Literal):
            return "'" + node.this.replace("'", "''") + "'" if node.is_string else str(node.this)
        if isinstance(node, exp.Cast):
            return self._cast_key(node, beside)
        name = type(node).__name__
        if name in _UNREAD_CLASSES:
            raise UnclearError(name)
        called = self.called(node)
        parts = sorted((k, v) for k, v in node.args.items() if v and not (k == "this" and isinstance(node, exp.Anonymous)))
        return f"{called or name}({', '.join(f'{k}={self._part(v)}' for k, v in parts)})"

    def _part(self, value: object) -> str:
        from sqlglot import exp

        if isinstance(value, list):
            return f"[{', '.join(map(self._part, value))}]"
        return self._key(value) if isinstance(value, exp.Expr) else str(value)

    def _cast_key(self, node: exp.Cast, beside: exp.Expr | None) -> str:
        """Without the cast where it changes nothing: of a string to a string type, or to the type of what it is compared with."""
        from sqlglot import exp

        inner, to = node.this.unnest(), cast_type(node)
        if to is None:
            raise UnclearError("a cast")
        while isinstance(inner, exp.Cast) and _is_plain_text(cast_type(inner)) and _is_plain_text(to):
            inner = inner.this.unnest()
        key = self._key(inner)
        if not to.modifiers and not to.dims:
            if isinstance(inner, exp.Literal) and inner.is_string and _is_implied(inner.this, to, self._type(beside)):
                return key
            if _is_plain_text(to) and _is_one_of(self._type(inner), _TEXT):
                return key
        return f"{key}::{to.name.name}{to.modifiers}{'[]' if to.dims else ''}"

    # facts about parts

    def _type(self, node: exp.Expr | None) -> TypeName | None:
        from sqlglot import exp

        return self.types.get(name_of(node.this)) if isinstance(node, exp.Column) else None

    def called(self, node: exp.Expr) -> str | None:
        """The function that a node calls, by the name that the text has for it."""
        from sqlglot import exp

        called = source_name(node, self.text) if isinstance(node, exp.Func) else None
        return called and _SAME_FUNCTION.get(called, called)

    def _is_in(self, node: exp.Expr, classes: frozenset[str], functions: frozenset[str]) -> bool:
        called = self.called(node)
        return type(node).__name__ in classes if called is None else called in functions


def _read_type(text: str) -> TypeName | None:
    return guarded(lambda: type_name(Cursor(text)), None)


def _is_one_of(type_: TypeName | None, names: frozenset[str]) -> bool:
    return type_ is not None and type_.builtin and not type_.dims and type_.name.name in names


def _is_plain_text(type_: TypeName | None) -> bool:
    return _is_one_of(type_, _TEXT) and type_ is not None and not type_.modifiers


def _uncast(node: exp.Expr) -> exp.Expr:
    """Without a cast to text."""
    from sqlglot import exp

    return node.this.unnest() if isinstance(node, exp.Cast) and _is_plain_text(cast_type(node)) else node


def _is_implied(value: str, to: TypeName, column: TypeName | None) -> bool:
    """Whether a string compared with a column means the same without the cast. What is compared with a column of unknown type is taken
    to be text, not citext; `character` ignores trailing blanks where text does not."""
    if column is not None and not column.dims and to.name.name == column.name.name:
        return True
    if column is not None and not _is_one_of(column, _STRINGS):
        return False
    return _is_one_of(to, _STRINGS) and (not value.endswith(" ") or (_is_one_of(to, _TEXT) and _is_one_of(column, _TEXT)))


def _is_harmless(node: exp.Expr) -> bool:
    """A cast to text raises no error, nor does LIKE unless its pattern ends in a backslash; a constant's are raised when it is written."""
    from sqlglot import exp

    if isinstance(node, (exp.Like, exp.ILike)):
        pattern = node.expression.find(exp.Literal, bfs=True)
        return isinstance(node.expression.unnest(), (exp.Literal, exp.Cast)) and pattern is not None and not pattern.this.endswith("\\")
    return _is_constant(node) or (isinstance(node, exp.Cast) and _is_one_of(cast_type(node), _TEXT))


def _is_constant(node: exp.Expr) -> bool:
    """A constant other than NULL, with its sign and type."""
    from sqlglot import exp

    while isinstance(node, (exp.Cast, exp.Neg, exp.Paren)):
        node = node.this
    return isinstance(node, (exp.Literal, exp.Boolean))


def _cast_number(text: str, to: TypeName | None) -> Decimal | None:
    """A constant of a numeric type; None where that type would round it."""
    found = _NUMBER.fullmatch(text)
    if found is None or to is None or to.modifiers:
        return None
    value = _decimal(found.group(1))
    integral = value == value.to_integral_value()
    if _is_one_of(to, _NUMERIC) or (_is_one_of(to, _INTEGERS) and integral):
        return value
    return value if _is_one_of(to, _FLOATS) and integral and abs(value) <= _EXACT_FLOAT else None


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if len(value.as_tuple().digits) > _MAX_DIGITS or abs(value.adjusted()) > _MAX_DIGITS:
        raise UnclearError("a long number")
    return value
