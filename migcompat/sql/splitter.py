"""Cuts a migration into statements and comments, with exact offsets, as psql would."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.sql.lexer import comment_end

_BEFORE = r"(?<![^\0-#%-/:-@\[-^`{-\x7f])"
"""No character of a name comes before; the classes say what they are not, which compiles ten times faster."""
_TAG = r"[^\0-@\[-^`{-\x7f][^\0-/:-@\[-^`{-\x7f]*"
_EDGE = re.compile(
    rf"""
      (--[^\n\r]*)
    | (/\*)
    | ({_BEFORE}[eE]'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'? | '[^']*(?:''[^']*)*'? | "[^"]*(?:""[^"]*)*"?)
    | ({_BEFORE}\$(?:{_TAG})?\$)
    | (;)
    | (\\[^\n\r]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = r"""[^;'"$\\/-]*"""
_PIECE = r"""(?:'[^'\\]*'|"[^"]*"|-(?!-)|/(?!\*))"""
_ORDINARY = re.compile(rf"\s*((?!create\b|copy\b)([a-z_]+)(?![a-z_]){_PLAIN}(?:{_PIECE}{_PLAIN}){{0,100}});", re.IGNORECASE)
"""A statement in which a semicolon can only be its end: the commonest kind, read at once. Bounded, for each piece takes memory."""
_PIECES = re.compile(rf"(?:{_PLAIN}(?<![eE]){_PIECE}){{1,1000}}")
"""What cannot hold a statement's end, of a longer one."""
_BLANK = re.compile(r"\s*")
_COPY_DATA = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_COPY_END = re.compile(r"^\\\.[^\S\n]*\r?$", re.MULTILINE)
_CREATE = re.compile(r"create\b", re.IGNORECASE)
_ROUTINE = re.compile(r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)
_RULE = re.compile(r"create\s+(?:or\s+replace\s+)?rule\b", re.IGNORECASE)
_BLOCK_WORD = re.compile(r"\b(begin\s+atomic|begin|case|end)\b", re.IGNORECASE)
_WORD = re.compile(r"\(*\s*([A-Za-z_]+)")


@frozen
class Statement:
    """One statement, without its semicolon and the comments before it."""

    text: str
    span: Span
    word: str
    """Its first word in lower case, or a psql command such as `\\i`; empty where it starts with neither."""
    unterminated: str = ""
    """What never ended in it: `quoted string`, `comment`, `body` of a routine or rule, …; empty where all is closed."""


@frozen
class Comment:
    """One comment, markers included."""

    text: str
    span: Span


@frozen
class Script:
    """What a text is made of; COPY data is in neither list."""

    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]


def split(text: str, within: Span | None = None) -> Script:
    """Cuts `text` (or the span of it) into statements and comments; never raises."""
    span = within or Span(0, len(text))
    comments: list[Comment] = []
    statements = tuple(read_statements(text, span, comments))
    return Script(statements, tuple(comments))


def read_statements(text: str, span: Span, comments: list[Comment]) -> Iterator[Statement]:  # noqa: C901 - one pass, one state
    """The statements one after the other, for a text of millions; adds the comments on the way."""
    at, stop = span.start, span.end
    start = -1  # of the statement being read; -1: none yet
    copy_ends = True  # false once the rest of the text was searched for `\\.` in vain
    body: _Body | None = None  # of a statement that may hold semicolons
    while at < stop:
        ordinary = _ORDINARY.match(text, at, stop) if start < 0 else None
        if ordinary is not None:
            said, begun, at = ordinary[1].rstrip(), ordinary.start(1), ordinary.end()
            yield Statement(said, Span(begun, begun + len(said)), ordinary[2].lower())
            continue
        pieces = _PIECES.match(text, at, stop) if start >= 0 and body is None else None
        if pieces is not None:
            at = pieces.end()
            continue
        edge = _EDGE.search(text, at, stop)
        upto = edge.start() if edge else stop
        if start < 0:
            begin = _BLANK.match(text, at, upto)
            assert begin is not None
            if begin.end() < upto:
                start = begin.end()
                body = _Body(text, start) if _CREATE.match(text, start, stop) else None
        if edge is None:
            break
        after, unterminated = edge.end(), ""
        kind = edge.lastindex
        if kind in (1, 2):
            if kind == 2:
                closed = comment_end(text, upto, stop)
                after, unterminated = (stop, "comment") if closed is None else (closed, "")
            comments.append(Comment(text[upto:after], Span(upto, after)))
            if body is not None:
                body.quoted.append((upto, after))
            if unterminated and start < 0:
                start = upto
        elif kind in (3, 4):
            start = upto if start < 0 else start
            if kind == 4:
                closing = text.find(edge.group(), after, stop)
                after, unterminated = (stop, "dollar-quoted string") if closing < 0 else (closing + len(edge.group()), "")
            else:
                unterminated = _unterminated(edge.group())
            if body is not None:
                body.quoted.append((upto, after))
        elif kind == 5:
            if start >= 0 and not (body is not None and body.reaches(upto)):
                yield _statement(text, start, upto)
                if copy_ends and _COPY_DATA.match(text, start, upto):
                    copy_ends, after = _copy_data_end(text, after, stop)
                start, body = -1, None
        else:
            if start >= 0:
                yield _statement(text, start, upto)  # a psql command sends what stands before it
            start, body = -1, None
            if text.startswith("\\;", upto):
                after = upto + 2
            else:
                yield _psql(text, upto, after)
        if unterminated:
            yield _statement(text, start, stop, unterminated)
            return
        at = after
    if start >= 0:
        yield _statement(text, start, stop, "body" if body is not None and body.reaches(stop) else "")


def _statement(text: str, start: int, end: int, unterminated: str = "") -> Statement:
    body = text[start:end].rstrip()
    word = _WORD.match(body)
    return Statement(body, Span(start, start + len(body)), word.group(1).lower() if word else "", unterminated)


def _psql(text: str, start: int, end: int) -> Statement:
    """A psql command reads to the end of its line."""
    command = text[start:end].rstrip()
    return Statement(command, Span(start, start + len(command)), command.split(None, 1)[0].lower())


def _unterminated(quoted: str) -> str:
    quote = quoted[0] if quoted[0] in "'\"" else "'"
    body = quoted[quoted.index(quote) + 1 :]
    if body.endswith(quote) and not _odd_escape(quoted, body, quote):
        return ""
    return "quoted identifier" if quote == '"' else "quoted string"


def _odd_escape(quoted: str, body: str, quote: str) -> bool:
    """Whether the last quote of an unfinished constant is itself escaped."""
    if quoted[0] in "eE":
        return re.fullmatch(r"[^'\\]*(?:(?:''|\\.)[^'\\]*)*'", body, re.DOTALL) is None
    return (len(body) - len(body.rstrip(quote))) % 2 == 0


class _Body:
    """Tells the semicolons inside a BEGIN ATOMIC body, or inside a rule's parenthesised actions, from the one that ends the statement."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start, self.at, self.depth = text, start, start, 0
        self.quoted: list[tuple[int, int]] = []
        """Quoted and commented spans that were not read yet."""

    def reaches(self, semicolon: int) -> bool:
        """Whether it is still open there. Each part of the statement is read once."""
        plain = self._plain(semicolon)
        if _RULE.match(self.text, self.start, semicolon):
            self.depth += plain.count("(") - plain.count(")")
        elif _ROUTINE.match(self.text, self.start, semicolon):
            for word in _BLOCK_WORD.finditer(plain):
                found = word.group(1).lower()
                if self.depth == 0:
                    self.depth = int(found not in ("begin", "case", "end"))
                else:
                    self.depth += -1 if found == "end" else 1
        return self.depth > 0

    def _plain(self, end: int) -> str:
        """What came since the last semicolon, without what is quoted or commented."""
        pieces = []
        for begin, finish in self.quoted:
            pieces.append(self.text[self.at : begin])
            self.at = finish
        pieces.append(self.text[self.at : end])
        self.at, self.quoted = end, []
        return " ".join(pieces)


def _copy_data_end(text: str, at: int, stop: int) -> tuple[bool, int]:
    """Whether the lines of `COPY … FROM stdin` end with `\\.`, and the offset after it; without it nothing is skipped."""
    end = _COPY_END.search(text, at, stop)
    return end is not None, end.end() if end else at
