"""DDL inside procedural code: DO blocks, and what a function does when it is called."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from migcompat.changes import CallFunction, Change, CreateFunction, Dynamic, Fill, Opaque
from migcompat.findings import Span
from migcompat.frozen import frozen, replace
from migcompat.lowering.functions import create_function
from migcompat.lowering.plpgsql.constants import evaluate
from migcompat.lowering.plpgsql.execution import Budget, Execution
from migcompat.lowering.plpgsql.reader import read
from migcompat.lowering.plpgsql.values import Text, Value
from migcompat.lowering.plpgsql.values import text as text_value
from migcompat.lowering.rewriting import moved, pinned, shifted
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.splitter import Statement, split

Lower = Callable[[Statement], tuple[Change, ...]]

_DDL = re.compile(r"\b(create|alter|drop|truncate|grant|revoke|execute|import\s+foreign)\b", re.IGNORECASE)
_PLAIN_DDL = re.compile(r"\b(create|alter|drop|truncate|grant|revoke)\b", re.IGNORECASE)
_EXECUTE = re.compile(r"\bexecute\b", re.IGNORECASE)
_STRING = re.compile(r"(?:[eEnN]|[uU]&)?'|\$")
_ROUTINE = re.compile(r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)
_MAX_DEPTH = 5
"""Code that runs code that runs code."""


def do_block(cursor: Cursor, start: int, lower: Lower) -> Iterator[Change]:
    """After DO. Raises Unreadable."""
    yield from _Reading(lower, Budget()).do_block(cursor, start)


def with_effects(change: Change, text: str, lower: Lower) -> Change:
    """A new function with what its body does when it is called; any other change as it is."""
    return _Reading(lower, Budget()).with_effects(change, text) if isinstance(change, CreateFunction) else change


def effects_of_call(function: CreateFunction, call: CallFunction, lower: Lower) -> tuple[Change, ...]:
    """What a function does when it is called so. Every span is that of the function's body."""
    if not (function.effects or function.builds) or function.language != "plpgsql":
        return function.effects
    variables = _given(function, call)
    if not variables:
        return function.effects
    code = _Code(function.body, lambda _: function.body_span.start)
    found = _Reading(lower, Budget()).changes(function.language, code, function.body_span, variables)
    return tuple(pinned(change, function.body_span) for change in found)


def _given(function: CreateFunction, call: CallFunction) -> dict[str, Value]:
    """The parameters of which the value is known, by name and by number."""
    named = {name: value for name, value in call.arguments if name}
    placed = [value for name, value in call.arguments if not name]
    variables: dict[str, Value] = {}
    for i, argument in enumerate(function.inputs):
        value = placed[i] if i < len(placed) else named.get(argument.name)
        if call.whole and i >= len(placed) and argument.name not in named and argument.default is not None:
            default = evaluate(argument.default, Span(0, len(argument.default)), {})
            value = default.constant if isinstance(default, Text) else None
        if value is not None:
            variables |= {key: text_value(value) for key in (argument.name, f"${i + 1}") if key}
    return variables


@frozen
class _Code:
    """A body as the server sees it, and where each character stands in the text around it."""

    text: str
    place: Callable[[int], int]


def _code(around: str, literal: Span, value: str) -> _Code:
    """The code that a string constant holds. Exact, but for the escapes of `E'…'`: there a place may be a few characters off."""
    raw = around[literal.start : literal.end]
    if raw.startswith("$"):
        base = literal.start + raw.index("$", 1) + 1
        return _Code(value, lambda at: base + at)
    base = literal.start + raw.index("'") + 1
    quotes = [match.start() for match in re.finditer("'", value)]
    return _Code(value, lambda at: min(base + at + bisect_left(quotes, at), literal.end - 1))


@frozen
class _Reading:
    """One statement, and the code inside the code of it."""

    lower_plain: Lower
    budget: Budget
    depth: int = 0

    def do_block(self, cursor: Cursor, start: int) -> Iterator[Change]:
        language, code = "plpgsql", None
        while not cursor.done:
            if cursor.take("language"):
                language = cursor.next().value.lower()
            else:
                token = cursor.token
                code = _code(cursor.text, Span(token.start, token.end), cursor.string())
        if code is None:
            raise cursor.fail("a body")
        yield from self.changes(language, code, cursor.since(start), {})

    def with_effects(self, change: CreateFunction, text: str) -> CreateFunction:
        triggered = change.returns in ("trigger", "event_trigger")  # cannot be called: its own calls never matter
        if not _STRING.match(text, change.body_span.start):  # BEGIN ATOMIC and RETURN take queries only
            return change
        if not _DDL.search(change.body) and (triggered or "(" not in change.body):
            return change
        code = _code(text, change.body_span, change.body)
        found = self.changes(change.language, code, change.body_span, {})
        effects = tuple(effect for effect in found if not (_calls(effect, change) or isinstance(effect, Fill)))
        return replace(
            change, effects=effects, builds=bool(change.arguments) and not triggered and _EXECUTE.search(change.body) is not None
        )

    def changes(self, language: str, code: _Code, whole: Span, variables: dict[str, Value]) -> Iterator[Change]:
        """What a body does, in the offsets of the text around it."""
        readable = language in ("plpgsql", "sql")
        mentions = (_DDL if readable else _PLAIN_DDL).search(code.text)
        if not readable or self.depth > _MAX_DEPTH:
            if mentions and language not in ("c", "internal"):
                why = "code inside code is followed no deeper" if readable else f"{language} code is not read"
                yield Dynamic(whole, " ".join(code.text.split())[:200], f"{why}, and this mentions {mentions.group().upper()}")
            return
        try:
            found = self._plpgsql(code.text, variables) if language == "plpgsql" else self._sql(code.text)
        except Unreadable as error:
            if mentions:
                yield Opaque(Span(code.place(error.span.start), code.place(error.span.end)), str(error), code.text)
            return
        yield from (moved(change, code.place) for change in found)

    def _plpgsql(self, text: str, variables: dict[str, Value]) -> list[Change]:
        return list(Execution(text, self._lower, self.budget).run((read(text),), variables))

    def _sql(self, text: str) -> list[Change]:
        return [shifted(change, each.span.start) for each in split(text).statements for change in self._lower(each)]

    def _lower(self, statement: Statement) -> tuple[Change, ...]:
        """A statement of a body. Code inside it shares the budget."""
        inner = replace(self, depth=self.depth + 1)
        try:
            if statement.word == "do":
                cursor = Cursor(statement.text)
                cursor.next()
                return tuple(inner.do_block(cursor, 0))
            routine = _ROUTINE.match(statement.text)
            if routine is None or statement.unterminated:
                return self.lower_plain(statement)
            return tuple(inner.routine(statement.text))
        except Unreadable as error:
            return (Opaque(error.span, str(error), statement.text),)

    def routine(self, text: str) -> Iterator[Change]:
        cursor = Cursor(text)
        cursor.need("create")
        or_replace = cursor.take("or", "replace")
        kind = cursor.next().value
        for change in create_function(cursor, 0, kind=kind, or_replace=or_replace):
            yield self.with_effects(change, text) if isinstance(change, CreateFunction) else change


def _calls(change: Change, function: CreateFunction) -> bool:
    """Whether it calls the function itself: that does nothing new. Another number of arguments is another overload's."""
    if not isinstance(change, CallFunction) or change.name.name != function.name.name:
        return False
    other = change.whole and len(change.arguments) != len(function.arguments)
    return not other and change.name.schema in (None, function.name.schema)
