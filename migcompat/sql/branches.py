r"""Which statements of a script psql runs: \if … \endif, and \q (https://www.postgresql.org/docs/18/app-psql.html)."""

from __future__ import annotations

from migcompat.frozen import frozen, replace
from migcompat.sql.splitter import Statement

_COMMANDS = frozenset({r"\if", r"\elif", r"\else", r"\endif", r"\q", r"\quit"})
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@frozen
class _If:
    """An `\\if` that is not ended yet."""

    opened: Statement
    reached: bool | None
    untaken: bool | None
    """Whether none of its branches was taken so far."""
    by: Statement | None
    """What decides whether it is reached."""


class Branches:
    """The branch that a script is in. What psql decides by variables is not known: None."""

    def __init__(self) -> None:
        self._running: bool | None = True
        self._open: list[_If] = []
        self.undecided: Statement | None = None
        """The command by which psql decides whether it runs what comes now."""

    def run(self, statement: Statement) -> bool | None:
        """Whether psql runs a statement; it is asked about each of a script's, one after the other."""
        if statement.word in _COMMANDS:
            self._follow(statement)
            return False  # it runs no SQL
        return self._running

    def _follow(self, statement: Statement) -> None:
        if statement.word == r"\if":
            self._open.append(_If(statement, self._running, True, self.undecided))
            self._enter(_value(statement.text))
        elif statement.word in (r"\q", r"\quit"):
            ends = None if self._running is None else not self._running
            self._open = [replace(one, reached=_and(one.reached, ends), by=one.by or statement) for one in self._open]
            self._running = False
        elif self._open and statement.word == r"\endif":
            ended = self._open.pop()
            self._running, self.undecided = ended.reached, ended.by
        elif self._open:
            self._enter(_value(statement.text) if statement.word == r"\elif" else True)

    def _enter(self, holds: bool | None) -> None:
        """One more branch of the innermost `\\if`: taken if that is reached, none before it was, and its own condition holds."""
        inner = self._open[-1]
        self._running, self.undecided = _and(_and(inner.reached, inner.untaken), holds), inner.by or inner.opened
        self._open[-1] = replace(inner, untaken=_and(inner.untaken, None if holds is None else not holds))


def _value(text: str) -> bool | None:
    """A constant condition as psql reads it: any prefix that is clear, in any case; what is no Boolean counts as false."""
    word = text.partition(" ")[2].strip().strip("'").lower()
    if not word or any(mark in word for mark in ":`"):
        return None if word else False
    found = {value for name, value in _WORDS.items() if name.startswith(word)}
    return found.pop() if len(found) == 1 else False


def _and(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True
