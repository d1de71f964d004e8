"""Statements about rows: they are never parsed, but may call a routine, make a table (INTO) or set the search path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.changes import AlterSequence, CallFunction, Change, Fill, Opaque, SetSearchPath
from migcompat.findings import Span
from migcompat.lowering import objects
from migcompat.lowering.tables import select_into
from migcompat.sql.cursor import Cursor
from migcompat.sql.lexer import Kind, tokens, without_comments
from migcompat.sql.splitter import Statement

ROWS = frozenset({"select", "with", "values", "table", "insert", "update", "delete", "merge", "copy", "import"})
"""Their first words."""

_CALL = re.compile(r"(?<![\w$.])((?:[A-Za-z_][\w$]*|\"[^\"]+\")(?:\.(?:[A-Za-z_][\w$]*|\"[^\"]+\"))?)\s*\(")
_TARGET = re.compile(r"insert\s+into\s+(?:[\w.$]|\"[^\"]*\")+(?=\s*\()", re.IGNORECASE)
"""Its column list looks like a call."""
_FILLED = re.compile(
    r"""\binsert\s+into\s+(?P<name>(?:[\w$]|"[^"]*")+(?:\.(?:[\w$]|"[^"]*")+)?)(?=[^;]{0,1000}?\b(?:select|table)\b)""", re.IGNORECASE
)
"""What a query fills."""
_SOME_ROWS = r"""(?:[\s,]*\([^()'"$]*(?:'[^'\\]*'[^()'"$]*){0,100}\)){1,100}"""
_FIRST_ROWS = re.compile(rf"insert\s+into\s+[^\s()']+\s*(?:\([^()']*\)\s*)?values{_SOME_ROWS}", re.IGNORECASE)
_MORE_ROWS = re.compile(_SOME_ROWS)
_NO_MORE_ROWS = re.compile(r"""[^()'"$]*""")
"""A seed, as `pg_dump --inserts` writes it: without parentheses inside a row it calls nothing. Bounded, for each piece takes memory."""
_NOT_ROUTINES = frozenset(
    """values in exists and or not on as any all some using select where coalesce count sum max min avg now nextval currval setval lower
    upper array row cast extract date_trunc interval into from with over partition filter case when then else case then""".split()
)  # fmt: skip
_MOST_CALLS = 200
"""Of one statement: beyond them their arguments are not told apart, as in a seed of many rows."""
_CONSTANT = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_]\w*)\s*(?:=>|:=)\s*)?
    (?:(?P<word>true|false|null)\b | '(?P<quoted>(?:[^'\\]|'')*)' | (?P<number>[0-9]+)
    | (?P<mark>\$(?:[A-Za-z_]\w*)?\$)(?P<plain>.{0,1000}?)(?P=mark))
    \s*(?:::\s*[A-Za-z_]\w*\s*)?(?:,|(?=\)))""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_SETVAL = re.compile(
    r"\bsetval\s*\(\s*'(?P<name>[^']+)'(?:\s*::\s*\w+)?\s*,\s*(?:(?P<number>[0-9]+)\s*(?:,\s*(?P<called>true|false)\s*)?\))?", re.IGNORECASE
)
_SET_CONFIG = re.compile(r"\bset_config\b(?=\s*(?:\(|/\*|--))", re.IGNORECASE)
_NEAR = 500
"""Characters in which the path follows."""


def holds_constants(text: str) -> bool:
    """Whether an INSERT calls nothing."""
    rows = _FIRST_ROWS.match(text) if "--" not in text and "/*" not in text else None
    end = 0
    while rows is not None:
        end = rows.end()
        rows = _MORE_ROWS.match(text, end)
    return end > 0 and _NO_MORE_ROWS.fullmatch(text, end) is not None


def lower_rows(statement: Statement, whole: Span) -> Iterator[Change]:
    """The changes of a statement about rows."""
    text = statement.text
    if statement.word == "import":
        yield Opaque(whole, "IMPORT FOREIGN SCHEMA makes tables that only the server knows", text)
        return
    if statement.word in ("select", "with") and re.search(r"\binto\b", text, re.IGNORECASE):
        made = select_into(text, 0, len(text))
        if made is not None:
            yield made
    path = _path_set_by_call(text)
    if path is not None:
        schemas, local = path
        yield SetSearchPath(whole, objects.search_path([part.strip().strip('"') for part in schemas.split(",")]), local)
    if statement.word in ("insert", "with") and (filled := _FILLED.search(text)) is not None:
        yield Fill(whole, Cursor(filled["name"]).name())
    if statement.word == "select" and (number := _SETVAL.search(text)) is not None:
        yield AlterSequence(whole, Cursor(number["name"]).name(), numbers=(("restart", _next(number)),), if_exists=True)
    if statement.word != "copy":
        target = _TARGET.match(text)
        yield from _calls(text, whole, target.end() if target else 0)


def _next(setval: re.Match[str]) -> str:
    """The number that comes next; `?` where only the server can say."""
    if setval["number"] is None:
        return "?"
    return str(int(setval["number"]) + ((setval["called"] or "true").lower() == "true"))


def _path_set_by_call(text: str) -> tuple[str, bool] | None:
    """The path in `set_config('search_path', '…', is_local)`, and whether it is for the transaction alone."""
    call = _SET_CONFIG.search(text)
    while call is not None:
        words = tokens(text, call.end(), min(len(text), call.end() + _NEAR))[:6]
        if len(words) > 3 and [w.value for w in words[:3]] == ["(", "search_path", ","] and words[3].kind is Kind.STRING:
            return words[3].value, words[-1].value in ("true", "t", "on", "yes", "1")
        call = _SET_CONFIG.search(text, call.end())
    return None


def _calls(text: str, span: Span, start: int = 0) -> Iterator[Change]:
    """One CallFunction for each routine that a statement about rows may call after `start`."""
    text = without_comments(text)
    named = (call for call in _CALL.finditer(text, start) if call.group(1).lower() not in _NOT_ROUTINES)
    distinct = list(dict.fromkeys((call.group(1), leading_constants(text, call.end())) for call in named))
    if len(distinct) > _MOST_CALLS:
        distinct = [(name, ((), False)) for name in dict.fromkeys(name for name, _ in distinct)]
    for called, (arguments, whole) in distinct:
        yield CallFunction(span, Cursor(called).name(), arguments, whole)


def leading_constants(text: str, at: int) -> tuple[tuple[tuple[str, str | None], ...], bool]:
    """The constant arguments with which a call begins, and whether there are no others."""
    found: list[tuple[str, str | None]] = []
    while (constant := _CONSTANT.match(text, at)) is not None:
        found.append(((constant["name"] or "").lower(), _value(constant)))
        at = constant.end()
    return tuple(found), text[at : at + _NEAR].lstrip().startswith(")")


def _value(constant: re.Match[str]) -> str | None:
    if constant["word"]:
        return None if constant["word"].lower() == "null" else constant["word"].lower()
    quoted: str | None = constant["quoted"]
    return quoted.replace("''", "'") if quoted is not None else constant["number"] or constant["plain"] or ""
