"""SQL as it is shown and written: one statement after the other, each with its semicolon."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc

from migcompat.sql.lexer import Kind, tokens
from migcompat.sql.splitter import split


def sql_text(text: str) -> str:
    """A script; statements that were written on one line stand on lines of their own."""
    text = cleandoc(text).strip()
    script = split(text)
    if "\n" not in text and not script.comments:
        return "\n".join(terminated(statement.text) for statement in script.statements)
    return terminated(text)


def terminated(statement: str) -> str:
    """A statement with its semicolon, which stands before a comment at its end; comments alone stay as they are."""
    found = tokens(statement)
    if not found or (found[-1].kind, found[-1].value) == (Kind.SYMBOL, ";"):
        return statement
    end = found[-1].end
    return f"{statement[:end]};{statement[end:]}"


def script_of(statements: Iterable[str]) -> str:
    """Statements as one text."""
    return "\n".join(terminated(cleandoc(statement).strip()) for statement in statements)
