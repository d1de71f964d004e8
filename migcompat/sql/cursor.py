"""A reading position in the tokens of one statement, and the parts of the grammar that every statement shares."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TypeVar

from migcompat.findings import Span
from migcompat.sql.lexer import Kind, Token, tokens
from migcompat.sql.names import Name

T = TypeVar("T")
_OPENING = {"(": ")", "[": "]"}
_PLAIN = (Kind.WORD, Kind.SYMBOL)
_MAX_DEPTH = 2000


class Unreadable(Exception):
    """The statement is not what the grammar expects; the message says what was met instead."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


class Cursor:
    """Reads a statement from left to right. Keywords are compared in lower case; quoted identifiers never match one."""

    def __init__(self, text: str, start: int = 0, end: int | None = None) -> None:
        self.text = text
        self.stop = len(text) if end is None else end
        self.tokens = tokens(text, start, self.stop)
        self.i = 0
        broken = self.tokens[-1] if self.tokens else None
        if broken is not None and broken.kind is Kind.BROKEN:
            raise Unreadable(f"unterminated {broken.value}", Span(broken.start, broken.end))

    # position

    @property
    def token(self) -> Token:
        """The next token; a SYMBOL with an empty value at the end."""
        if self.i < len(self.tokens):
            return self.tokens[self.i]
        return Token(Kind.SYMBOL, "", self.stop, self.stop)

    @property
    def start(self) -> int:
        """Where the next token starts."""
        return self.token.start

    @property
    def last(self) -> int:
        """Where the token before ends."""
        return self.tokens[self.i - 1].end if self.i else self.start

    @property
    def done(self) -> bool:
        return self.i >= len(self.tokens)

    def since(self, start: int) -> Span:
        """From an offset to what was read last."""
        return Span(start, max(start, self.last))

    def fail(self, expected: str) -> Unreadable:
        """What to raise where something else was expected."""
        token = self.token
        met = f"`{self.text[token.start : token.end][:40]}`" if token.value or token.kind is not Kind.SYMBOL else "the end of the statement"
        return Unreadable(f"expected {expected} but met {met}", Span(token.start, max(token.end, token.start)))

    def finish(self) -> None:
        """Raises Unreadable unless everything was read: no token is left over in silence."""
        if not self.done:
            raise self.fail("the end of the statement")

    # keywords and symbols

    def at(self, *words: str) -> bool:
        """Whether the next tokens are these keywords or symbols."""
        i, tokens_ = self.i, self.tokens
        if i + len(words) > len(tokens_) or tokens_[i][1] != words[0]:  # most often it is not even the first
            return False
        for word in words:
            kind, value, _, _ = tokens_[i]
            if value != word or kind not in _PLAIN:
                return False
            i += 1
        return True

    def at_any(self, *words: str) -> bool:
        """Whether the next token is one of these."""
        return self.at_any_of(words)

    def at_any_of(self, words: Container[str]) -> bool:
        """The same, for a set of many."""
        if self.i >= len(self.tokens):
            return False
        kind, value, _, _ = self.tokens[self.i]
        return value in words and kind in _PLAIN

    @property
    def item_ends(self) -> bool:
        """Whether an item of a list ends here."""
        return self.i >= len(self.tokens) or self.at_any(",", ")")

    def take(self, *words: str) -> bool:
        """Reads these keywords if they come next."""
        if self.i < len(self.tokens) and self.tokens[self.i][1] == words[0] and self.at(*words):
            self.i += len(words)
            return True
        return False

    def take_any(self, *words: str) -> str:
        """Reads one of these; empty if none comes next."""
        if self.at_any(*words):
            self.i += 1
            return self.tokens[self.i - 1].value
        return ""

    def need(self, *words: str) -> None:
        """Reads these keywords or raises Unreadable."""
        for word in words:
            if not self.take(word):
                raise self.fail(f"`{word.upper()}`")

    def next(self) -> Token:
        """Reads any token."""
        if self.done:
            raise self.fail("more")
        self.i += 1
        return self.tokens[self.i - 1]

    # names and constants

    def identifier(self) -> str:
        """A column, constraint, role … name."""
        token = self.token
        if token.kind not in (Kind.WORD, Kind.QUOTED):
            raise self.fail("a name")
        self.i += 1
        return token.value

    def name(self) -> Name:
        """A name with an optional schema; a database name before it is dropped."""
        parts = [self.identifier()]
        while self.take("."):
            parts.append(self.identifier())
        return Name(parts[-1], parts[-2] if len(parts) > 1 else None)

    def string(self) -> str:
        """A string constant; adjacent ones are one."""
        if self.token.kind is not Kind.STRING:
            raise self.fail("a string")
        value = self.next().value
        while self._continues():
            value += self.next().value
        return value

    def _continues(self) -> bool:
        """Constants on lines of their own are one (section 4.1.2.1 of the documentation)."""
        return self.token.kind is Kind.STRING and "\n" in self.text[self.last : self.start]

    def if_exists(self) -> bool:
        return self.take("if", "exists")

    def if_not_exists(self) -> bool:
        return self.take("if", "not", "exists")

    def cascade(self) -> bool:
        """[CASCADE | RESTRICT]: whether it cascades."""
        return self.take_any("cascade", "restrict") == "cascade"

    # lists and expressions

    def list_of(self, read: Callable[[], T]) -> tuple[T, ...]:
        """`x, x, …`, at least one."""
        items = [read()]
        while self.take(","):
            items.append(read())
        return tuple(items)

    def in_parentheses(self, read: Callable[[], T]) -> T:
        """`( x )`."""
        self.need("(")
        item = read()
        self.need(")")
        return item

    def identifiers(self) -> tuple[str, ...]:
        """`(a, b)`."""
        return self.in_parentheses(lambda: self.list_of(self.identifier))

    def parenthesised(self) -> str:
        """The text inside a balanced pair of parentheses."""
        if not self.at("("):
            raise self.fail("`(`")
        start = self.i
        self.skip_group()
        return self.text[self.tokens[start].end : self.tokens[self.i - 1].start].strip()

    def skip_group(self) -> None:
        """Reads a balanced bracketed group."""
        closing: list[str] = []
        while True:
            token = self.next()
            if token.kind is not Kind.SYMBOL:
                continue
            if token.value in _OPENING:
                closing.append(_OPENING[token.value])
                if len(closing) > _MAX_DEPTH:
                    raise Unreadable(f"more than {_MAX_DEPTH} nested parentheses", Span(token.start, token.end))
            elif token.value in (")", "]"):
                if closing.pop() != token.value:
                    raise Unreadable("unbalanced parentheses", Span(token.start, token.end))
                if not closing:
                    return

    def expression(self, *stops: str) -> str:
        """The text up to one of the stop words (or a comma or closing parenthesis) outside any parentheses.

        The first token is always taken: it cannot be a stop word of its own clause. CASE … END hides what stands in it.
        """
        first, cases = self.i, 0
        while not self.done:
            token = self.token
            if token.kind is Kind.SYMBOL:
                if token.value in (",", ")", "]"):
                    break
                if token.value in _OPENING:
                    self.skip_group()
                    continue
            elif token.kind is Kind.WORD:
                if token.value in stops and not cases and self.i > first:
                    break
                cases += (token.value == "case") - (token.value == "end" and cases > 0)
            self.i += 1
        if self.i == first:
            raise self.fail("an expression")
        return self.text[self.tokens[first].start : self.last]

    def rest(self) -> str:
        """Everything that is left, as text."""
        start = self.start
        self.i = len(self.tokens)
        return self.text[start : self.last]
