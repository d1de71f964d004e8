"""Whether a trigger's function refuses every write that it is called for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.lexer import Kind, Token

_MESSAGES = frozenset({"debug", "log", "info", "notice", "warning"})
_MAY_TURN = frozenset("if case for foreach while loop begin return exit continue declare".split())
"""Statements after which others need not run."""
UNNAMED = "P0001"


def refusal(body: str) -> str:
    """The SQLSTATE that a PL/pgSQL body raises whatever it is given; empty where it may not."""
    if "raise" not in body.lower():
        return ""
    try:
        tokens = Cursor(body).tokens
    except Unreadable:
        return ""
    words = [t.value if t.kind is Kind.WORD else "" for t in tokens]
    handled = any(a == "exception" and b == "when" for a, b in pairwise(words))
    if "begin" not in words or handled:
        return ""
    for statement in _statements(tokens[words.index("begin") + 1 :]):
        first = statement[0].value if statement[0].kind is Kind.WORD else ""
        if first in _MAY_TURN or statement[0].value == "<<":
            return ""
        if first == "raise" and (len(statement) > 1 and not (statement[1].kind is Kind.WORD and statement[1].value in _MESSAGES)):
            return _state(statement)
    return ""


def _statements(tokens: list[Token]) -> Iterator[list[Token]]:
    found: list[Token] = []
    for token in tokens:
        if token.value == ";" and token.kind is Kind.SYMBOL:
            if found:
                yield found
            found = []
        else:
            found.append(token)


def _state(statement: list[Token]) -> str:
    """`RAISE SQLSTATE '…'`, `USING ERRCODE = '…'`; a condition's name is not looked up."""
    for before, token in pairwise(statement):
        named = before.value in ("sqlstate", "=", ":=") and token.kind is Kind.STRING
        if (
            named
            and len(token.value) == 5
            and token.value.isalnum()
            and ("errcode" in {t.value for t in statement} or before.value == "sqlstate")
        ):
            return token.value
    return UNNAMED
