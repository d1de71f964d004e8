"""What the bodies of routines say. PostgreSQL reads a body that is a string again in each session, as if it had just been written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from migcompat.changes import CreateFunction, Name
from migcompat.frozen import frozen, replace
from migcompat.lowering.functions import create_function
from migcompat.schema.model import Function, Key
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.lexer import Kind, Token, tokens

Statement = list[Token]
_SOURCES = frozenset({"from", "join", "update", "into", "using", "only", ","})
_ENDS = frozenset({";", "loop", "begin", "declare"})
_PLPGSQL_ENDS = _ENDS | {"then", "else"}
_STARS = frozenset({("*", "from"), (".", "*")})
_CHOICES = frozenset({"use_column", "use_variable"})


@frozen
class Body:
    """A body in SQL or PL/pgSQL."""

    language: str
    statements: tuple[Statement, ...]
    names: frozenset[str]
    """What it calls its arguments and variables."""
    decided: bool
    """Whether it says itself what a name means that a column and a variable share."""
    starred: tuple[Statement, ...]
    """The statements that may show all columns of something."""


def body_of(function: Function) -> Body | None:
    """None: there is none to read, or PostgreSQL has read it for good (BEGIN ATOMIC)."""
    body = _read(function.text, function.kind)
    if body is None:
        return None
    plpgsql = body.language == "plpgsql"
    names = {p.name for p in function.parameters or () if p.name and (plpgsql or p.mode not in ("out", "table"))}
    return replace(body, names=body.names | names)


@lru_cache(maxsize=256)  # a new column has the bodies of all functions read that name its table
def _read(text: str, kind: str) -> Body | None:
    """Without the names of arguments."""
    cursor = Cursor(f"f{text}")
    try:
        made = next(create_function(cursor, 0, kind=kind, or_replace=False), None)
    except Unreadable:
        return None
    if not isinstance(made, CreateFunction) or cursor.text[made.body_span.start : made.body_span.start + 1].isalpha():
        return None
    found = list(tokens(made.body)) if made.language in ("sql", "plpgsql") else []
    names = frozenset(_declared(found))
    decided = any(t.value in _CHOICES for t in found[:3])
    statements = tuple(_statements(found, made.language))
    starred = tuple(s for s in statements if any((a.value, b.value) in _STARS for a, b in pairwise(s)))
    return Body(made.language, statements, names, decided, starred)


def _statements(found: Statement, language: str) -> Iterator[Statement]:
    """PL/pgSQL's control structures hold statements; SQL's CASE holds none."""
    ends, cases, statement = _PLPGSQL_ENDS if language == "plpgsql" else {";"}, 0, Statement()
    for token in found:
        word = token.value if token.kind in (Kind.WORD, Kind.SYMBOL) else ""
        inside = cases and word in ("then", "else")
        cases = max(0, cases + (word == "case" and bool(statement)) - (word == "end"))
        if word in ends and not inside:
            yield statement
            statement = []
        else:
            statement.append(token)
    yield statement


def _declared(found: Statement) -> Iterator[str]:
    """The first word of each declaration; a body in SQL has none."""
    declaring = fresh = False
    for token in found:
        if token.kind is Kind.WORD and token.value in ("declare", "begin"):
            declaring = fresh = token.value == "declare"
        elif declaring and fresh:
            yield token.value
            fresh = False
        elif declaring and token.value == ";":
            fresh = True


def reads(statement: Statement, key: Key) -> bool:
    """Whether a statement names a relation where a table may stand."""
    for at, token in enumerate(statement):
        if token.value != key.name or token.kind not in (Kind.WORD, Kind.QUOTED) or not at:
            continue
        qualified = at > 2 and statement[at - 1].value == "." and statement[at - 2].value == key.schema
        if statement[at - 3 if qualified else at - 1].value in _SOURCES:
            return True
    return False


def names_bare(statement: Statement, name: str) -> bool:
    """Whether an expression of a statement says a name without a table before it; INTO's variables are none."""
    into = False
    for at, token in enumerate(statement):
        before = statement[at - 1].value if at else ""
        after = statement[at + 1].value if at + 1 < len(statement) else ""
        if token.kind is Kind.WORD and token.value == "into":
            into = before != "insert"
        elif token.kind is Kind.WORD and token.value in ("from", "where", "values", "select"):
            into = False
        bare = before not in (".", "as") and after not in (".", "(", ":=", "=>")
        if token.value == name and token.kind in (Kind.WORD, Kind.QUOTED) and bare and not into:
            return True
    return False


def passes_on(statement: Statement, key: Key) -> bool:
    """Whether it is a query that shows all columns of a relation or routine: `SELECT * FROM t`, `SELECT x.* FROM t x`, `SELECT (f()).*`."""
    words = [t.value for t in statement]
    for at in range(len(words) - 3) if key.name in words else ():
        if words[at : at + 2] == ["select", "("] and words[-2:] == [".", "*"]:
            return words[at + 2 : at + 4] == [key.name, "("] or words[at + 2 : at + 6] == [key.schema, ".", key.name, "("]
        star = at + 1 if words[at + 1] == "*" else at + 3 if words[at + 2 : at + 4] == [".", "*"] else len(words)
        if words[at] == "select" and words[star + 1 : star + 2] == ["from"]:
            return words[star + 2 : star + 3] == [key.name] or words[star + 2 : star + 5] == [key.schema, ".", key.name]
    return False


def inserted_into(statement: Statement) -> Name | None:
    """The table that `INSERT INTO t SELECT …` fills without a list of columns."""
    words = [t.value for t in statement]
    if words[:2] != ["insert", "into"]:
        return None
    qualified = words[3:4] == ["."]
    name = Name(words[4], words[2]) if qualified else Name(words[2])
    return name if words[5 if qualified else 3 :][:1] == ["select"] else None
