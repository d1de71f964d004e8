"""PostgreSQL's lexical rules: text to tokens with exact offsets.

Follows https://www.postgresql.org/docs/18/sql-syntax-lexical.html with standard_conforming_strings on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache, partial
from typing import NamedTuple


class Kind(IntEnum):
    """What a token is."""

    WORD = 1
    """An unquoted identifier or keyword; its value is folded to lower case."""
    QUOTED = 2
    """A quoted identifier; its value is unescaped."""
    STRING = 3
    """A string constant of any form; its value is what the server would see."""
    NUMBER = 4
    PARAMETER = 5
    SYMBOL = 6
    BROKEN = 7
    """A quote or comment that never ends; reaches to the end of the text."""


class Token(NamedTuple):
    """One token and where it stands."""

    kind: Kind
    value: str
    start: int
    end: int


_FIRST = r"[^\0-@\[-^`{-\x7f]"
"""A letter, an underscore or anything beyond ASCII, as what it is not: a tenth of the time to compile."""
_IN_WORD = r"[^\0-#%-/:-@\[-^`{-\x7f]"
_IN_TAG = r"[^\0-/:-@\[-^`{-\x7f]"
_TOKEN = re.compile(
    rf"""
    \s*(?:
      ({_FIRST}{_IN_WORD}*)(?![^\0-!\#%(-/:-@\[-^`{{-\x7f])  # nor a character of a word, a quote or an & after it
    | ([,;()\[\]])
    | ("[^"]*(?:""[^"]*)*"? | [uU]&"[^"]*(?:""[^"]*)*"?)
    | ([bBxXnN]?'[^']*(?:''[^']*)*'? | [uU]&'[^']*(?:''[^']*)*'?)
    | ([eE]'[^'\\]*(?:(?:''|\\.)[^'\\]*)*(?:'|\\?\Z))
    | --[^\n\r]*
    | (/\*)
    | (\$(?:{_FIRST}{_IN_TAG}*)?\$)
    | ({_FIRST}{_IN_WORD}*)
    | (\$[0-9]+)
    | ((?:0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+ | (?:[0-9][0-9_]*(?:\.(?!\.)[0-9_]*)? | \.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?))
    | (:: | := | => | \.\. | [.:] | (?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+ | \S)
    | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
_INK = re.compile(r"\S")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED_BODY = re.compile(r"[^'\\]*(?:(?:''|\\.)[^'\\]*)*'", re.DOTALL)
_UNICODE_ESCAPE = re.compile(r"\\(\\|[0-9a-fA-F]{4}|\+[0-9a-fA-F]{6})")
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_MAX_NAME = 63
"""NAMEDATALEN - 1 bytes: PostgreSQL truncates longer identifiers."""


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """The name that an unquoted identifier stands for."""
    return truncate(word.translate(_ASCII_LOWER))


def truncate(name: str) -> str:
    """Cuts a name to the 63 bytes PostgreSQL keeps."""
    if len(name) <= _MAX_NAME and (name.isascii() or len(name.encode("utf-8", "surrogatepass")) <= _MAX_NAME):
        return name
    return name.encode("utf-8", "surrogatepass")[:_MAX_NAME].decode("utf-8", "ignore")


def comment_end(text: str, start: int, end: int) -> int | None:
    """The offset after the block comment (they nest) that opens at `start`; None if it never closes."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start, end):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return None


_IDENTIFIER, _ESCAPED, _COMMENT, _DOLLAR = 3, 5, 6, 7
"""Groups of `_TOKEN` that take more than their text; beside them, what each group is."""
_KINDS = {
    1: Kind.WORD, 2: Kind.SYMBOL, 8: Kind.WORD, 9: Kind.PARAMETER, 10: Kind.NUMBER, 11: Kind.SYMBOL,
}  # fmt: skip
_new = partial(tuple.__new__, Token)


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `text[start:end]` without whitespace and comments; offsets are those of `text`."""
    stop = len(text) if end is None else end
    found: list[Token] = []
    at = start
    while at < stop:
        at = _read(text, at, stop, found)
    return _with_escapes(text, found) if "uescape" in text[start:stop].lower() else found


def without_comments(text: str, found: Iterable[Token] | None = None) -> str:
    """The text with blanks where comments stand, so that every offset holds; `found` are its tokens, if they were read already."""
    if "--" not in text and "/*" not in text:
        return text
    pieces, at = [], 0
    for token in tokens(text) if found is None else found:
        pieces += [_INK.sub(" ", text[at : token.start]), text[token.start : token.end]]
        at = token.end
    return "".join(pieces) + _INK.sub(" ", text[at:])


def _read(text: str, start: int, stop: int, found: list[Token]) -> int:
    """Reads up to and including the first token that a regular expression cannot bound; returns where it ends."""
    add, word, kinds = found.append, Kind.WORD, _KINDS
    for piece in _TOKEN.finditer(text, start, stop):
        group = piece.lastindex
        if group is None:
            continue
        value = piece[group]
        at, after = piece.span(group)
        if group == 1:
            add(_new((word, fold(value), at, after)))
        elif group in kinds:
            kind = kinds[group]
            add(_new((kind, fold(value) if kind is word else value, at, after)))
        elif group == _COMMENT:
            closed = comment_end(text, at, stop)
            if closed is None:
                add(Token(Kind.BROKEN, "comment", at, stop))
            return stop if closed is None else closed
        elif group == _DOLLAR:
            body = text.find(value, after, stop)
            if body < 0:
                add(Token(Kind.BROKEN, "dollar-quoted string", at, stop))
                return stop
            add(Token(Kind.STRING, text[after:body], at, body + len(value)))
            return body + len(value)
        else:
            add(_quoted(group, value, at, after))
    return stop


def _with_escapes(text: str, found: list[Token]) -> list[Token]:
    """`U&"…" UESCAPE 'c'` is one token, read with another escape character."""
    kept: list[Token] = []
    for token in found:
        escape = token.value if token.kind is Kind.STRING and len(token.value) == 1 and token.value not in _NO_ESCAPES else ""
        if len(kept) > 1 and escape and kept[-1] == (Kind.WORD, "uescape", *kept[-1][2:]):
            word, quoted = kept.pop(), kept.pop()
            body = text[quoted.start : quoted.end]
            if body[:2] in ("u&", "U&"):
                plain = _quoted(3 if quoted.kind is Kind.QUOTED else 4, body.replace(escape, "\\"), quoted.start, token.end)
                kept.append(plain)
                continue
            kept += [quoted, word]
        kept.append(token)
    return kept


_NO_ESCAPES = frozenset("0123456789abcdefABCDEF+'\" \t\n\r\f\v")
"""What the server refuses after UESCAPE (`check_uescapechar` in src/backend/parser/parser.c)."""


def _quoted(group: int | None, value: str, start: int, end: int) -> Token:
    quote = '"' if group == _IDENTIFIER else "'"
    if len(value) > 1 and value[0] == value[-1] == quote and value.count(quote) == 2:  # nothing in it is escaped
        body = value[1:-1]
        return _new((Kind.QUOTED, truncate(body), start, end)) if group == _IDENTIFIER else _new((Kind.STRING, body, start, end))
    head = value.index(quote) + 1
    if not _closed(group, value[head:], quote):
        return Token(Kind.BROKEN, "quoted identifier" if group == _IDENTIFIER else "quoted string", start, end)
    body = value[head:-1].replace(quote * 2, quote)
    if group == _ESCAPED:
        body = _ESCAPE.sub(_unescape, body)
    elif value[:2] in ("u&", "U&"):
        body = _UNICODE_ESCAPE.sub(_unescape_unicode, body)
    return Token(Kind.QUOTED, truncate(body), start, end) if group == _IDENTIFIER else Token(Kind.STRING, body, start, end)


def _closed(group: int | None, body: str, quote: str) -> bool:
    """Whether a constant's last quote ends it: a doubled or escaped one does not."""
    if group == _ESCAPED:
        return _ESCAPED_BODY.fullmatch(body) is not None
    return (len(body) - len(body.rstrip(quote))) % 2 == 1


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "xuU" and len(code) > 1:
        return _character(int(code[1:], 16))
    if code[0] in "01234567":
        return _character(int(code, 8) & 0xFF)
    return _CONTROL.get(code, code)


def _unescape_unicode(match: re.Match[str]) -> str:
    code = match.group(1)
    return "\\" if code == "\\" else _character(int(code.lstrip("+"), 16))


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else "\ufffd"
