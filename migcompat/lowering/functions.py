"""Functions, procedures and aggregates."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import (
    Argument,
    Change,
    CreateFunction,
    DropFunction,
    MoveFunction,
    RenameFunction,
    SetBehaviour,
    SetOwner,
    SetSecurity,
    TypeName,
)
from migcompat.findings import Span
from migcompat.lowering.plpgsql.refusal import refusal
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.lexer import Kind
from migcompat.sql.types import type_name

_MET_BY_CALLS = frozenset({"strict", "volatile", "stable", "immutable"})
_MODES = {"in": "in", "out": "out", "inout": "inout", "variadic": "variadic"}
_PLAIN_OPTIONS = frozenset({"immutable", "stable", "volatile", "leakproof", "window", "strict"})


def arguments(cursor: Cursor) -> tuple[Argument, ...]:
    """`( … )` of a routine; `*` and ORDER BY of aggregates too. Raises Unreadable."""
    cursor.need("(")
    found: list[Argument] = []
    if cursor.take("*"):
        cursor.need(")")
        return ()
    while not cursor.at(")"):
        if cursor.take("order", "by") and cursor.at(")"):
            raise cursor.fail("an argument")
        found.append(_argument(cursor))
        if not cursor.take(",") and not cursor.at("order"):
            break
    cursor.need(")")
    return tuple(found)


def _argument(cursor: Cursor) -> Argument:
    mode = _mode(cursor)
    following = cursor.tokens[cursor.i + 1 : cursor.i + 2]
    if not mode and following and following[0].kind is Kind.WORD and following[0].value in _MODES and not _ends_argument(cursor, 2):
        name, mode = cursor.identifier(), _mode(cursor)  # the mode may follow the name
        type_ = type_name(cursor)
    else:
        type_, name = _typed(cursor)
    has_default = cursor.take("default") or cursor.take("=") or cursor.take(":=")
    default = cursor.expression() if has_default else None
    return Argument(type_, name, mode or "in", default)


def _typed(cursor: Cursor) -> tuple[TypeName, str]:
    """A type, or a name and a type: decided by what follows."""
    at = cursor.i
    try:
        type_ = type_name(cursor)
        if _ends_argument(cursor, 0):
            return type_, ""
    except Unreadable:
        pass
    cursor.i = at
    name = cursor.identifier()
    return type_name(cursor), name


def _mode(cursor: Cursor) -> str:
    """A mode before the type; empty where none is written."""
    if not cursor.at_any_of(_MODES) or _ends_argument(cursor, 1):
        return ""
    mode = _MODES[cursor.next().value]
    return "inout" if mode == "in" and cursor.take("out") else mode


def _ends_argument(cursor: Cursor, ahead: int) -> bool:
    following = cursor.tokens[cursor.i + ahead : cursor.i + ahead + 1]
    return not following or (following[0].kind is not Kind.QUOTED and following[0].value in (",", ")", "default", "=", ":=", "order"))


def create_function(cursor: Cursor, start: int, *, kind: str, or_replace: bool) -> Iterator[Change]:
    """After `CREATE FUNCTION` or `PROCEDURE`. Raises Unreadable."""
    name = cursor.name()
    at = cursor.start
    found = arguments(cursor)
    returns, result = "", None
    if cursor.take("returns"):
        returns, result, columns = _returns(cursor)
        found += columns
    language, body, body_span, definer = "sql", "", Span(0, 0), False
    options: list[str] = []
    while not cursor.done:
        if cursor.take("language"):
            language = cursor.next().value.lower()
        elif cursor.take("as"):
            token = cursor.token
            body, body_span = cursor.string(), Span(token.start, token.end)
            if cursor.take(","):
                cursor.string()
        elif cursor.at("begin", "atomic") or cursor.at("return"):
            start_of_body = cursor.start
            body = cursor.rest()
            body_span, language = Span(start_of_body, cursor.last), "sql"
        elif (security := _security(cursor)) is not None:
            definer = security
        else:
            options.append(_option(cursor))
    text = cursor.text[at : cursor.last]
    refuses = refusal(body) if language == "plpgsql" else ""
    yield CreateFunction(
        cursor.since(start), name, found, returns, kind, or_replace, language, body, body_span, "strict" in options, result=result,
        text=text, definer=definer, refuses=refuses, options=tuple(option for option in options if option),
    )  # fmt: skip


def _returns(cursor: Cursor) -> tuple[str, TypeName | None, tuple[Argument, ...]]:
    if cursor.take("table"):
        columns = tuple(Argument(a.type, a.name, "table") for a in arguments(cursor))
        return "setof record", None, columns
    many = cursor.at("setof")
    type_ = type_name(cursor)
    return ("setof " if many else "") + str(type_), type_, ()


def _option(cursor: Cursor) -> str:
    """One option that leaves the signature as it is; those that calls meet by the names that SetBehaviour gives them, else empty."""
    if cursor.take_any("cost", "rows"):
        cursor.next()
    elif cursor.take("support"):
        cursor.name()
    elif cursor.take("parallel"):
        cursor.identifier()
    elif cursor.take("set"):
        return _set(cursor)
    elif cursor.take("transform"):
        cursor.list_of(lambda: _transformed(cursor))
    elif cursor.take("called", "on", "null", "input"):
        return "called"
    elif cursor.take("returns", "null", "on", "null", "input"):
        return "strict"
    elif cursor.take("with"):
        cursor.parenthesised()
    elif not cursor.take("not", "leakproof"):
        word = cursor.take_any(*_PLAIN_OPTIONS)
        if not word:
            raise cursor.fail("a function option")
        return word if word in _MET_BY_CALLS else ""
    return ""


def _set(cursor: Cursor) -> str:
    parameter = "timezone" if cursor.take("time", "zone") else str(cursor.name())
    if cursor.take("from"):
        cursor.need("current")
        return f"set {parameter} = current"
    if not cursor.take("=") and not cursor.take("to"):
        raise cursor.fail("a value")
    return f"set {parameter} = {', '.join(_setting(cursor))}"


def _security(cursor: Cursor) -> bool | None:
    """Whether `[EXTERNAL] SECURITY` says DEFINER; None where it stands not here."""
    external = cursor.take("external")
    if not cursor.take("security"):
        if external:
            raise cursor.fail("SECURITY")
        return None
    word = cursor.take_any("definer", "invoker")
    if not word:
        raise cursor.fail("DEFINER or INVOKER")
    return word == "definer"


def _transformed(cursor: Cursor) -> TypeName:
    cursor.need("for", "type")
    return type_name(cursor)


def _setting(cursor: Cursor) -> list[str]:
    values = []
    while True:
        sign = "-" if cursor.take("-") else ""
        values.append(sign + cursor.next().value)
        if not cursor.take(","):
            return values


def create_aggregate(cursor: Cursor, start: int, *, or_replace: bool) -> Iterator[Change]:
    """After CREATE AGGREGATE; the old form names its type as `basetype`."""
    name = cursor.name()
    at = cursor.start
    second = cursor.tokens[cursor.i + 2 : cursor.i + 3]
    if second and second[0].value == "=":
        said = dict(_aggregate_options(cursor.parenthesised()))
        base = said.get("basetype")
        found: tuple[Argument, ...] = (Argument(base),) if base is not None else ()
    else:
        found = arguments(cursor)
        said = dict(_aggregate_options(cursor.parenthesised()))
    cursor.finish()
    text = cursor.text[at : cursor.last]
    # without a final function it returns its state, else what only that function tells
    result = said.get("stype", said.get("stype1")) if "finalfunc" not in said else None
    yield CreateFunction(
        cursor.since(start), name, found, str(result or ""), "aggregate", or_replace, result=result, text=text,
    )  # fmt: skip


def _aggregate_options(text: str) -> Iterator[tuple[str, TypeName | None]]:
    """The options of CREATE AGGREGATE, with their types where they are types: `basetype = 'ANY'` is none."""
    cursor = Cursor(text)
    while not cursor.done:
        word = cursor.next().value
        typed = word in ("basetype", "stype", "stype1") and cursor.take("=") and cursor.token.kind is not Kind.STRING
        yield word, type_name(cursor) if typed else None


def signature(cursor: Cursor) -> tuple[TypeName, ...] | None:
    """The input types of `( … )`; None where no list is written."""
    if not cursor.at("("):
        return None
    return tuple(a.type for a in arguments(cursor) if a.mode not in ("out", "table"))


def drop_functions(cursor: Cursor, kind: str, start: int) -> Iterator[Change]:
    """After DROP FUNCTION / PROCEDURE / ROUTINE / AGGREGATE."""
    missing_ok = cursor.if_exists()
    named = cursor.list_of(lambda: (cursor.name(), signature(cursor)))
    cascade = cursor.cascade()
    cursor.finish()
    for name, types in named:
        yield DropFunction(cursor.since(start), name, types, kind, missing_ok, cascade)


def alter_function(cursor: Cursor, kind: str, start: int) -> Iterator[Change]:
    """After ALTER FUNCTION / PROCEDURE / ROUTINE / AGGREGATE."""
    name = cursor.name()
    types = signature(cursor)
    if cursor.take("rename", "to"):
        yield RenameFunction(cursor.since(start), name, types, cursor.identifier())
    elif cursor.take("set", "schema"):
        yield MoveFunction(cursor.since(start), name, types, cursor.identifier())
    elif cursor.take("owner", "to"):
        owner = cursor.identifier()
        yield SetOwner(cursor.since(start), kind, name, owner, types)
    else:
        while not cursor.done:
            if cursor.take("reset"):
                yield SetBehaviour(cursor.since(start), name, types, f"reset {cursor.name()}")
            elif (definer := _security(cursor)) is not None:
                yield SetSecurity(cursor.since(start), name, types, definer)
            elif not (cursor.take("restrict") or cursor.take("no") or _depends(cursor)) and (option := _option(cursor)):
                yield SetBehaviour(cursor.since(start), name, types, option)
    cursor.finish()


def _depends(cursor: Cursor) -> bool:
    if cursor.take("depends", "on", "extension"):
        cursor.identifier()
        return True
    return False
