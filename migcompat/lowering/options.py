"""Lists of options: `(name = value, …)` of views and publications, and the numbering of sequences."""

from __future__ import annotations

import re

from migcompat.changes import Name, Numbers
from migcompat.sql.cursor import Cursor
from migcompat.sql.lexer import Kind
from migcompat.sql.types import type_name

_INTEGER = re.compile(r"0x_?[0-9a-f]+(?:_[0-9a-f]+)*|0o_?[0-7]+(?:_[0-7]+)*|0b_?[01]+(?:_[01]+)*|[0-9]+(?:_[0-9]+)*", re.IGNORECASE)
_FALSE = frozenset({"false", "off", "no", "0"})


def options(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """`(name [= value], …)`, names and values in lower case; without a value it is on. Raises Unreadable."""
    inner = Cursor(cursor.parenthesised())
    found = inner.list_of(lambda: _option(inner))
    inner.finish()
    return found


def _option(cursor: Cursor) -> tuple[str, str]:
    name = cursor.identifier()
    while cursor.take("."):
        name = f"{name}.{cursor.identifier()}"
    if not cursor.take("="):
        return name, "true"
    value = ""
    while not cursor.done and not cursor.at(","):
        value += cursor.next().value
    return name, value.lower()


def is_on(value: str) -> bool:
    """Whether a boolean option is on (https://www.postgresql.org/docs/18/datatype-boolean.html)."""
    return value not in _FALSE


def sequence_options(cursor: Cursor) -> tuple[tuple[Name, str] | None, bool, Numbers]:
    """What `OWNED BY` says: a column, or NONE; and how the sequence numbers. Raises Unreadable."""
    owned_by: tuple[Name, str] | None = None
    disowned = False
    numbers: list[tuple[str, str]] = []
    while not cursor.done:
        if cursor.take("owned", "by"):
            owned_by = _owner(cursor)
            disowned = owned_by is None
        else:
            numbers += number_option(cursor)
    return owned_by, disowned, tuple(numbers)


def _owner(cursor: Cursor) -> tuple[Name, str] | None:
    parts = [cursor.identifier()]
    while cursor.take("."):
        parts.append(cursor.identifier())
    if parts == ["none"]:
        return None
    if len(parts) == 1:
        raise cursor.fail("a column of a table")
    return Name(parts[-2], parts[-3] if len(parts) > 2 else None), parts[-1]


def number_option(cursor: Cursor) -> Numbers:
    """One option of a sequence; nothing for one that changes no numbers. Raises Unreadable."""
    if cursor.take("as"):
        return (("as", str(type_name(cursor))),)
    if cursor.take("cycle"):
        return (("cycle", ""),)
    if cursor.take("no"):
        word = cursor.take_any("cycle", "minvalue", "maxvalue")
        if not word:
            raise cursor.fail("CYCLE, MINVALUE or MAXVALUE")
        return ((word, "no"),)
    word = cursor.take_any("restart", "increment", "minvalue", "maxvalue", "start")
    if not word:
        cursor.next()
        if cursor.at_any("-", "+"):
            cursor.next()
        return ()
    with_number = cursor.take_any("with", "by")
    if word == "restart" and cursor.token.kind in (Kind.WORD, Kind.QUOTED) and with_number:  # a placeholder, or what a variable holds
        cursor.next()
        return (("restart", "?"),)
    if word == "restart" and not (with_number or cursor.at_any("-", "+") or cursor.token.value[:1].isdigit()):
        return (("restart", ""),)
    return ((word, integer(cursor)),)


def integer(cursor: Cursor) -> str:
    """An integer in decimal; PostgreSQL takes 0x1F, 0o17, 0b11 and 1_000, too. Raises Unreadable."""
    sign = cursor.take_any("-", "+")
    text = cursor.token.value
    if not _INTEGER.fullmatch(text):
        raise cursor.fail("an integer")
    cursor.next()
    return sign.strip("+") + str(int(text, 0) if text[1:2].isalpha() else int(text))
