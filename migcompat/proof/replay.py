"""Runs a migration on a scratch database, statement by statement, as psql would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.lowering.statements import PSQL_QUIET
from migcompat.migrations.model import Source
from migcompat.proof.access import load_psycopg
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server
from migcompat.sql.splitter import Statement, split

if TYPE_CHECKING:
    from psycopg import Error

_COPY = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_COPY_END = re.compile(r"^\\\.[^\S\n]*\r?$", re.MULTILINE)
_EXTENSION = re.compile(r"create\s+extension\s+(?:if\s+not\s+exists\s+)?\"?([\w-]+)", re.IGNORECASE)
_OF_EXTENSION = re.compile(r"(?:comment\s+on|alter|drop)\s+extension\s+(?:if\s+exists\s+)?\"?([\w-]+)", re.IGNORECASE)
_CREATE_ROLE = re.compile(r"create\s+(?:role|user|group)\s+\"?([^\s\";]+)", re.IGNORECASE)
_POWERFUL = re.compile(r"\b(?:superuser|replication|bypassrls)\b", re.IGNORECASE)
_WANTS_TRANSACTION = re.compile(r"(?:set\s+local|lock|declare|savepoint)\b|create\s.*\bon\s+commit\b", re.IGNORECASE | re.DOTALL)
_CONTROL = frozenset("begin start commit end rollback abort savepoint release prepare".split())
_MISSING_ROLE = re.compile(r'role "(.+)" does not exist')
_LOOK_AGAIN = "SAVEPOINT migcompat_look; SELECT FROM pg_largeobject_metadata LIMIT 0; ROLLBACK TO migcompat_look; RELEASE migcompat_look"
"""A session that has just missed a role believes so until it locks a relation anew: only then it hears of what others did."""
REFUSED = "42501"
"""insufficient_privilege: what the sandbox takes from a migration says nothing about its other statements."""
_MOST_ROLES = 20


@frozen
class Rejection:
    """A statement that the server did not accept."""

    span: Span
    sqlstate: str
    message: str
    hint: str = ""
    extension: str = ""
    """The extension that the server lacks."""
    skipped: int = 0
    """How many statements of the migration were not run because of it."""

    @property
    def answer(self) -> str:
        """The message with its SQLSTATE."""
        return f"{self.message} ({self.sqlstate})" if self.sqlstate else self.message


@dataclass(slots=True)
class Replayed:
    """What came of a migration."""

    statements: int = 0
    rejections: list[Rejection] = field(default_factory=list)


class Replay:
    """One history's migrations on one scratch database."""

    def __init__(self, server: Server, scratch: Scratch) -> None:
        self.server, self.scratch = server, scratch
        self.missing: set[str] = set()
        """Extensions that the server lacks."""
        self._own_transaction = False
        scratch.connection.prepare_threshold = None

    def run(self, source: Source) -> Replayed:
        """Runs what goes forward, in a session of its own. After a rejection the rest of the migration is skipped."""
        done = Replayed()
        statements = [s for part in source.forward for s in split(source.text, part).statements]
        try:
            for number, statement in enumerate(statements):
                done.statements += 1
                rejection = self._run(source, statement)
                if rejection is None:
                    continue
                goes_on = rejection.sqlstate in ("", REFUSED) or rejection.extension
                skipped = 0 if goes_on else len(statements) - number - 1
                done.rejections.append(
                    Rejection(rejection.span, rejection.sqlstate, rejection.message, rejection.hint, rejection.extension, skipped)
                )
                if skipped:
                    break
        finally:
            self._close_session()
        self.server.check_limits()
        return done

    def _close_session(self) -> None:
        """What a file opened ends with its session; a transaction that was only ours is kept."""
        connection = self.scratch.connection
        if connection.closed:
            return
        if self._in_transaction():
            connection.execute("COMMIT" if self._own_transaction else "ROLLBACK")
        self._own_transaction = False
        connection.execute("DISCARD ALL")

    def _run(self, source: Source, statement: Statement) -> Rejection | None:
        if statement.word.startswith("\\"):
            quiet = statement.word in PSQL_QUIET or statement.word.startswith("\\d")
            return None if quiet else Rejection(statement.span, "", f"psql's own command {statement.word} is not run here")
        if statement.unterminated:
            return Rejection(statement.span, "42601", f"unterminated {statement.unterminated}")
        mentioned = _OF_EXTENSION.match(statement.text)
        if mentioned and mentioned[1] in self.missing:
            return None
        psycopg = load_psycopg()
        for _ in range(_MOST_ROLES):
            try:
                self._execute(source, statement)
            except psycopg.Error as error:  # noqa: PERF203 - what it names is made, then it is run again
                if self.server.failure(error) is not None:
                    raise
                if not self._remedied(statement, error):
                    return None if self._excused(statement, error) else self._rejection(source, statement, error)
            else:
                return None
        return Rejection(statement.span, "42704", "it names more roles than can be made")

    def _execute(self, source: Source, statement: Statement) -> None:
        connection = self.scratch.connection
        if not self._in_transaction() and _WANTS_TRANSACTION.match(statement.text):
            connection.execute("BEGIN")  # most migration tools run a file in one
            self._own_transaction = True
        guarded = self._in_transaction() and statement.word not in _CONTROL
        if guarded:
            connection.execute("SAVEPOINT migcompat_statement")
        try:
            if _COPY.match(statement.text):
                self._copy(source, statement)
            else:
                connection.execute(statement.text.encode())
        except load_psycopg().Error:
            if guarded and not connection.closed:
                connection.execute("ROLLBACK TO migcompat_statement")
            raise
        if guarded and self._in_transaction():
            connection.execute("RELEASE migcompat_statement")
        if not self._in_transaction():
            self._own_transaction = False

    def _copy(self, source: Source, statement: Statement) -> None:
        """The lines after `COPY … FROM stdin;` up to `\\.`."""
        start = source.text.find("\n", statement.span.end) + 1
        end = _COPY_END.search(source.text, start) if start else None
        data = source.text[start : end.start()] if end else ""
        with self.scratch.connection.cursor() as cursor, cursor.copy(statement.text.encode()) as copy:
            if data:
                copy.write(data)

    def _in_transaction(self) -> bool:
        from psycopg.pq import TransactionStatus

        return self.scratch.connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def _remedied(self, statement: Statement, error: Error) -> bool:
        """Whether the statement may work now: a role was made, a transaction opened or closed."""
        connection = self.scratch.connection
        if error.sqlstate == "42704" and (named := _MISSING_ROLE.search(str(error))):
            made = self.scratch.ensure_role(named[1])
            if made and self._in_transaction():
                connection.execute(_LOOK_AGAIN)
            return made
        if error.sqlstate == "25P01" and not self._in_transaction() and statement.word not in ("commit", "end", "rollback", "abort"):
            connection.execute("BEGIN")
            return True
        if error.sqlstate == "25001" and self._own_transaction:
            connection.execute("COMMIT")
            self._own_transaction = False
            return True
        return False

    def _excused(self, statement: Statement, error: Error) -> bool:
        """A role that the owner may not make here: it is made for it, without power over others, or is somebody's already."""
        named = _CREATE_ROLE.match(statement.text)
        if named is None:
            return False
        if error.sqlstate == REFUSED:
            self.scratch.ensure_role(named[1])
            return _POWERFUL.search(statement.text) is None
        return error.sqlstate == "42710" and not self.server.access.private

    def _rejection(self, source: Source, statement: Statement, error: Error) -> Rejection:
        message = (error.diag.message_primary or str(error)).strip().split("\n")[0]
        hint = " ".join(text for text in (error.diag.message_detail, error.diag.message_hint) if text)
        extension = _EXTENSION.match(statement.text)
        if extension:
            self.missing.add(extension[1])
        return Rejection(_at(statement, error), error.sqlstate or "", message, hint, extension[1] if extension else "")


def _at(statement: Statement, error: Error) -> Span:
    """Where the server points in the statement: the word there; the whole statement where it points nowhere."""
    position = error.diag.statement_position
    if position is None or not 0 < int(position) <= len(statement.text):
        return statement.span
    start = int(position) - 1
    word = re.compile(r'"[^"]*"|\w+|\S').match(statement.text, start)
    end = word.end() if word else start + 1
    return Span(statement.span.start + start, statement.span.start + end)
