"""The same SQL in other letters, other white space, with comments and with quotes around plain names."""

from __future__ import annotations

import re
from collections.abc import Callable

from migcompat.lowering.rows import ROWS
from migcompat.lowering.statements import CANNOT_TOUCH_THE_CONTRACT, STATEMENTS
from migcompat.sql.keywords import RESERVED, WITH_GRAMMAR
from migcompat.sql.lexer import Kind, Token, tokens
from migcompat.sql.types import ALIASES, BUILTINS

Rewrite = Callable[[str], str]

_NO_NAMES = (
    RESERVED
    | WITH_GRAMMAR
    | set(ALIASES)
    | BUILTINS
    | ROWS
    | CANNOT_TOUCH_THE_CONTRACT
    | {word for statement in STATEMENTS for word in statement.split()}
    | set(
        """if cascade restrict conflict commit of all no action nothing instead also concurrently current by at value owner add
        before after enum identity level returns""".split()
    )
)
_NAMED = re.compile(r"\b(?:table|column|view|index|constraint|exists|only|to|on|references)\s+([a-z_][a-z0-9_]*)\b", re.IGNORECASE)


def rewritten(text: str, word: Callable[[Token, str], str], gap: Callable[[str], str]) -> str:
    """The text with each unquoted word, and each stretch of white space between tokens, replaced; all else stays to the byte."""
    pieces, at, before = [], 0, None
    for token in tokens(text):
        between = text[at : token.start]
        strings = before is not None and before.kind is token.kind is Kind.STRING
        pieces.append(gap(between) if between.isspace() and not strings else between)
        raw = text[token.start : token.end]
        pieces.append(word(token, raw) if token.kind is Kind.WORD else raw)
        at, before = token.end, token
    return "".join(pieces) + text[at:]


def same_word(_: Token, raw: str) -> str:
    return raw


def same_gap(between: str) -> str:
    return between


def in_capitals(text: str) -> str:
    return rewritten(text, lambda _, raw: raw.upper() if raw.isascii() else raw, same_gap)


def in_small_letters(text: str) -> str:
    return rewritten(text, lambda _, raw: raw.lower() if raw.isascii() else raw, same_gap)


def spread_over_lines(text: str) -> str:
    return rewritten(text, same_word, lambda between: between + "\n\t  ")


def full_of_comments(text: str) -> str:
    return rewritten(text, same_word, lambda between: f"{between}/* DROP TABLE x; -- */ ")


def with_quoted_names(text: str) -> str:
    """Plain names that stand where only a name can, in quotes wherever they are."""
    names = {name.lower() for name in _NAMED.findall(text)} - _NO_NAMES
    return rewritten(text, lambda token, raw: f'"{token.value}"' if token.value in names and raw.isascii() else raw, same_gap)


REWRITES = (in_capitals, in_small_letters, spread_over_lines, full_of_comments, with_quoted_names)
