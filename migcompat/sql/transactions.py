"""What of a script a ROLLBACK takes back, however the script is run.

A migration tool may run a file in a transaction of its own or not. What stands between BEGIN, or SAVEPOINT, and its ROLLBACK is taken back
either way. A ROLLBACK without a BEGIN ends a transaction of which the file says nothing, so it takes back nothing here.
https://www.postgresql.org/docs/18/sql-rollback.html
"""

from __future__ import annotations

from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.splitter import Statement

_CONTROL = frozenset({"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare", r"\if"})


class Transaction:
    """The transaction that a script is in, as far as the script itself began it."""

    def __init__(self) -> None:
        self._begun: int | None = None
        self._savepoints: dict[str, int] = {}
        self._conditional = False

    def kept(self, statement: Statement, steps: int) -> int:
        """How many of the steps before a statement are still there after it."""
        if statement.word not in _CONTROL:
            return steps
        try:
            return self._after(statement.word, Cursor(statement.text), steps)
        except Unreadable:
            return steps

    def _after(self, word: str, cursor: Cursor, steps: int) -> int:
        if word == r"\if":
            self._conditional = True  # psql decides which of the lines that follow it runs
        elif word == "begin" or cursor.at("start", "transaction"):
            self._begun = steps if self._begun is None else self._begun
        elif cursor.take("savepoint"):
            self._savepoints[cursor.identifier()] = steps
        elif cursor.take("release"):
            cursor.take("savepoint")
            self._savepoints.pop(cursor.identifier(), None)
        elif word == "prepare":
            self._begun = None if cursor.at("prepare", "transaction") else self._begun
        elif not cursor.at("rollback", "prepared") and not cursor.at("commit", "prepared"):
            return self._ended(word, cursor, steps)
        return steps

    def _ended(self, word: str, cursor: Cursor, steps: int) -> int:
        """COMMIT or ROLLBACK, the latter perhaps to a savepoint only."""
        cursor.next()
        cursor.take_any("work", "transaction")
        to_savepoint = cursor.take("to")
        start = self._savepoints.get(_savepoint(cursor), steps) if to_savepoint else self._begun
        back = word in ("rollback", "abort") and start is not None and not self._conditional
        left = min(start, steps) if back and start is not None else steps
        if not to_savepoint:
            self._begun = left if cursor.at("and", "chain") else None
            self._savepoints.clear()
        return left


def _savepoint(cursor: Cursor) -> str:
    cursor.take("savepoint")
    return cursor.identifier()
