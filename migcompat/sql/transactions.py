"""What of a script a ROLLBACK takes back, however the script is run.

A migration tool may run a file in a transaction of its own or not. What stands between BEGIN, or SAVEPOINT, and its ROLLBACK is taken back
either way. A ROLLBACK without a BEGIN ends a transaction of which the file says nothing: that is doubted, and so is what is left prepared.
https://www.postgresql.org/docs/18/sql-rollback.html, https://www.postgresql.org/docs/18/sql-prepare-transaction.html
"""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.splitter import Statement

CONTROL = frozenset({"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare"})
"""The first words of what begins or ends a transaction, or a part of one."""
_NOTHING = slice(0, 0)
_ALONE = "whether it takes back what comes before it depends on whether the migration tool runs the file in a transaction"
_LEFT = "whether what comes before it happens, and how long it holds its locks, is up to whoever says COMMIT or ROLLBACK PREPARED"


class Transaction:
    """The transaction that a script is in, as far as the script itself began it."""

    def __init__(self) -> None:
        self._begun: int | None = None
        self._since = 0
        """How many steps there were when the last transaction ended."""
        self._savepoints: dict[str, int] = {}
        self._prepared: dict[str, tuple[slice, Statement]] = {}
        self.doubt = ""
        """Why the text does not tell what the last statement took back."""

    def taken_back(self, statement: Statement, steps: int) -> slice:
        """Which of the steps before a statement are no longer there after it."""
        self.doubt = ""
        if statement.word not in CONTROL:
            return _NOTHING
        try:
            return self._after(statement, Cursor(statement.text), steps)
        except Unreadable:
            return _NOTHING

    def forget(self, steps: int) -> None:
        """Psql may have ended the transaction, or begun one."""
        self._end(steps)

    def left(self) -> Iterator[tuple[Statement, str]]:
        """What is prepared at the end, and neither committed nor rolled back."""
        yield from ((statement, _LEFT) for _, statement in self._prepared.values())

    def _after(self, statement: Statement, cursor: Cursor, steps: int) -> slice:
        word = statement.word
        if word == "begin" or cursor.at("start", "transaction"):
            self._begun = steps if self._begun is None else self._begun
        elif cursor.take("savepoint"):
            self._savepoints[cursor.identifier()] = steps
        elif cursor.take("release"):
            cursor.take("savepoint")
            self._savepoints.pop(cursor.identifier(), None)
        elif cursor.at("prepare", "transaction"):
            start = self._since if self._begun is None else self._begun
            self._prepared[_name(cursor)] = slice(start, steps), statement
            self._end(steps)
        elif cursor.at("commit", "prepared"):
            self._prepared.pop(_name(cursor), None)
        elif cursor.at("rollback", "prepared"):
            return self._prepared_no_more(_name(cursor))
        elif word != "prepare":
            return self._ended(word, cursor, steps)
        return _NOTHING

    def _prepared_no_more(self, name: str) -> slice:
        back, _ = self._prepared.pop(name, (_NOTHING, None))
        gone = back.stop - back.start
        self._since -= gone
        for other, (kept, statement) in self._prepared.items():
            if kept.start >= back.stop:
                self._prepared[other] = slice(kept.start - gone, kept.stop - gone), statement
        return back

    def _ended(self, word: str, cursor: Cursor, steps: int) -> slice:
        """COMMIT or ROLLBACK, the latter perhaps to a savepoint only."""
        cursor.next()
        cursor.take_any("work", "transaction")
        back = word in ("rollback", "abort")
        if cursor.take("to"):
            cursor.take("savepoint")
            return slice(self._savepoints.get(cursor.identifier(), steps), steps) if back else _NOTHING
        start = steps if self._begun is None or not back else self._begun
        self.doubt = _ALONE if back and self._begun is None and self._since < steps else ""
        self._end(start)
        self._begun = start if cursor.at("and", "chain") else None
        return slice(start, steps)

    def _end(self, steps: int) -> None:
        self._begun, self._since = None, steps
        self._savepoints.clear()


def _name(cursor: Cursor) -> str:
    cursor.next()
    cursor.next()
    return cursor.next().value
