"""What of an expression may raise an error for some row: casts of text, divisions, functions that refuse arguments.

By tokens alone. Arithmetic that overflows is let pass: nearly every expression would be reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from migcompat.frozen import frozen
from migcompat.sql.lexer import Kind, Token, tokens

_TAKES_ANY_TEXT = frozenset({"text", "varchar", "character", "char", "bpchar", "name", "citext"})
_TEXTUAL = frozenset({"text", "character varying", "character", "json", "jsonb", "citext", "bytea", "unknown", ""})
"""Types, as PostgreSQL prints them, of which a cast may fail; empty: not known."""
_YIELDS_TEXT = frozenset(
    """->> #>> || -> #> lower upper initcap trim btrim ltrim rtrim substr substring left right replace translate split_part concat
    regexp_replace regexp_substr overlay lpad rpad reverse format jsonb_extract_path_text json_extract_path_text""".split()
)
_KEEPS_LENGTH = frozenset("upper lower initcap concat coalesce trim btrim ltrim rtrim".split())
_REFUSING = {
    **dict.fromkeys(("to_date", "to_timestamp", "to_number", "make_date", "make_time", "make_timestamp"), "22007"),
    **dict.fromkeys(("sqrt",), "2201F"),
    **dict.fromkeys(("ln", "log"), "2201E"),
    **dict.fromkeys(("jsonb_array_length", "json_array_length", "decode", "convert_from", "jsonb_object_keys"), "22023"),
}
"""Functions of PostgreSQL's that raise an error for some argument."""


@frozen
class Failure:
    """What may fail, and mostly with which SQLSTATE."""

    what: str
    sqlstate: str


def failures(expression: str, types: Mapping[str, str], routine: Callable[[str], bool]) -> Iterator[Failure]:
    """`types` are those of columns, as PostgreSQL prints them; `routine` tells whether a name is a user's function."""
    found = tokens(expression)
    for at, token in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        if token.kind is Kind.SYMBOL and token.value == "::" and after is not None:
            if after.value not in _TAKES_ANY_TEXT and _may_be_text(_operand(found, at), after.value, types):
                yield Failure(f"a cast to {after.value}", "22P02")
        elif token.kind is Kind.SYMBOL and token.value in ("/", "%"):
            if after is not None and after.value != "nullif" and not _is_other_than_zero(after):
                yield Failure("a division", "22012")
        elif token.kind in (Kind.WORD, Kind.QUOTED) and after is not None and after.value == "(":
            yield from _call(found, at, types, routine)


def too_long(expression: str, types: Mapping[str, str], type_: str) -> Failure | None:
    """What may not fit into a text type with a limit: columns that may be longer, handed on by nothing that shortens or chooses."""
    limit = _limit(type_)
    if limit is None:
        return None
    words = {t.value for t in tokens(expression) if t.kind in (Kind.WORD, Kind.QUOTED)}
    limits = [_limit(name) for word in words if (name := types.get(word, "")).partition("(")[0] in ("text", "character varying")]
    if words <= types.keys() | _KEEPS_LENGTH and any(each is None or each > limit for each in limits):
        return Failure(f"the assignment to {type_}", "22001")
    return None


def _limit(type_: str) -> int | None:
    name, _, modifiers = type_.partition("(")
    return int(modifiers.rstrip(")")) if name in ("character varying", "character") and modifiers.rstrip(")").isdigit() else None


def _call(found: list[Token], at: int, types: Mapping[str, str], routine: Callable[[str], bool]) -> Iterator[Failure]:
    name = found[at].value
    if name == "cast" and found[at].kind is Kind.WORD:
        inner = _group(found, at + 1)
        split = max((i for i, token in enumerate(inner) if token.kind is Kind.WORD and token.value == "as"), default=len(inner) - 1)
        to = inner[split + 1].value if split + 1 < len(inner) else ""
        if to not in _TAKES_ANY_TEXT and _may_be_text(inner[:split], to, types):
            yield Failure(f"a cast to {to}", "22P02")
    elif routine(name):
        yield Failure(f"a call of {name}()", "P0001")
    elif name in _REFUSING:
        yield Failure(f"a call of {name}()", _REFUSING[name])


def _operand(found: list[Token], at: int) -> list[Token]:
    """What stands before a cast: a name or constant, or a group with the function that it is of."""
    end = at - 1
    if found[end].value != ")":
        return found[max(end - 1, 0) : at] if end and found[end - 1].value == "::" else found[end:at]
    depth = 0
    for i in range(end, -1, -1):
        depth += (found[i].value == ")") - (found[i].value == "(") if found[i].kind is Kind.SYMBOL else 0
        if depth == 0:
            return found[max(i - 1, 0) if i and found[i - 1].kind is Kind.WORD else i : at]
    return found[:at]


def _group(found: list[Token], at: int) -> list[Token]:
    """What is inside a parenthesis."""
    depth = 0
    for i in range(at, len(found)):
        depth += (found[i].value == "(") - (found[i].value == ")") if found[i].kind is Kind.SYMBOL else 0
        if depth == 0:
            return found[at + 1 : i]
    return found[at + 1 :]


def _may_be_text(operand: list[Token], to: str, types: Mapping[str, str]) -> bool:
    """Whether a cast of it may fail; that of a constant fails at once or never, that of JSON to JSON never."""
    risky = _TEXTUAL - {"json", "jsonb"} if to in ("json", "jsonb") else _TEXTUAL
    if operand and operand[0].value == "::":
        return operand[-1].value in _TAKES_ANY_TEXT | {"json", "jsonb"}
    named = [t.value for t in operand if t.kind in (Kind.WORD, Kind.QUOTED)]
    return any(t.value in _YIELDS_TEXT for t in operand) or any(types[n].partition("(")[0] in risky for n in named if n in types)


def _is_other_than_zero(token: Token) -> bool:
    return token.kind is Kind.NUMBER and any(c in "123456789" for c in token.value.lower().partition("e")[0])
