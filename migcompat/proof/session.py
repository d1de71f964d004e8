"""The prior generation's session: runs probes so that nothing of them stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from operator import eq
from typing import TYPE_CHECKING, TypeAlias

from migcompat.frozen import frozen
from migcompat.proof.access import load_psycopg
from migcompat.proof.batch import answers
from migcompat.proof.server import Server
from migcompat.sql.quoting import ident

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

_PROBE_SECONDS = 10
"""A probe concerns a row or two: only what waits for ever takes longer, even on a machine that has much else to do."""
_SEQUENCES = """
    SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences
    WHERE has_sequence_privilege(format('%I.%I', schemaname, sequencename), 'UPDATE')
"""


@frozen
class Probe:
    """A statement that the prior generation may issue."""

    statement: str
    touches: tuple[str, ...]
    """What it is about, as findings name objects: first the relation, type or routine, then columns of it, then others."""
    kind: str = ""
    """`read`, `insert`, `null`, `value`, `omit`, `duplicate`, `update`, `delete`, `upsert`, `call`, `name`, `query`, `plan`."""
    setup: tuple[str, ...] = ()
    """Statements that make the rows it needs; each is another probe's statement too."""
    role: str = ""
    owner: int = 0
    """The relation that it belongs to; 0: none."""
    prepared: str = ""
    """It was prepared under this name before the deploy."""
    place: tuple[str, int, int] | None = None
    """Of a statement from a file: its path and span."""


@frozen
class Failure:
    sqlstate: str
    message: str
    blocked: bool = False
    """Not the statement failed but one of its setup."""


Outcome: TypeAlias = "Failure | None"
"""None: it works."""


class Session:
    """A connection as the owner that lives through deploys."""

    def __init__(self, connection: Connection[TupleRow], server: Server) -> None:
        self.connection, self.server = connection, server
        connection.prepare_threshold = None

    def run(self, probes: Iterable[Probe], *, deferrable: bool) -> dict[Probe, Outcome]:
        """What the server says to each of them; each is taken back at once. What neighbours need alike is made once for them."""
        check = ["SET CONSTRAINTS ALL IMMEDIATE"] if deferrable else []
        script = ["SAVEPOINT migcompat_0"]
        placed: list[tuple[Probe, int, tuple[int, ...]]] = []
        standing: tuple[str, ...] = ()
        made: tuple[int, ...] = ()
        for probe in probes:
            needed = (*probe.setup, f"SET LOCAL ROLE {ident(probe.role)}") if probe.role else probe.setup
            if needed != standing:
                shared = sum(takewhile(bool, map(eq, needed, standing)))
                script.append(f"ROLLBACK TO migcompat_{shared}")
                made = (*made[:shared], *(len(script) + 2 * number for number in range(len(needed) - shared)))
                for number, statement in enumerate(needed[shared:], shared + 1):
                    script += (statement, f"SAVEPOINT migcompat_{number}")
                standing = needed
            placed.append((probe, len(script), made))
            script += (probe.statement, *check, f"ROLLBACK TO migcompat_{len(needed)}")
        with self.trial():
            said = self._ask(script)
        return {probe: _outcome([said[at] for at in made], said[at : at + 1 + len(check)]) for probe, at, made in placed}

    @contextmanager
    def trial(self) -> Iterator[None]:
        """A transaction of which nothing stays, sequences included."""
        sequences = self.connection.execute(_SEQUENCES).fetchall()
        self.connection.execute(
            f"BEGIN; SET LOCAL statement_timeout = '{_PROBE_SECONDS}s'; SET LOCAL lock_timeout = '{_PROBE_SECONDS // 2}s'"
        )
        try:
            yield
        finally:
            if not self.connection.closed:
                self.connection.execute("ROLLBACK")
                self.connection.execute("SELECT pg_advisory_unlock_all()")
                self._wind_back(sequences)

    def _wind_back(self, sequences: Sequence[tuple[object, ...]]) -> None:
        now = set(self.connection.execute(_SEQUENCES).fetchall())
        for name, value, called in sequences:
            if (name, value, called) not in now:
                self.connection.execute("SELECT setval(%s, %s, %s)", [name, value, called])

    def _ask(self, statements: Sequence[str]) -> list[Outcome]:
        said = answers(self.connection, statements)
        for refusal in said:
            if refusal is not None and refusal.sqlstate[:2] in ("", "08", "53", "57", "58") and refusal.sqlstate != "57014":
                psycopg = load_psycopg()
                lost = psycopg.errors.lookup(refusal.sqlstate) if refusal.sqlstate else psycopg.OperationalError
                raise lost(refusal.message)
        return [Failure(refusal.sqlstate, refusal.message) if refusal is not None else None for refusal in said]

    def _try(self, statement: str) -> Outcome:
        try:
            self.connection.execute(statement.encode(), prepare=False)
        except load_psycopg().Error as error:
            if self.server.failure(error) is not None:
                raise
            return Failure(error.sqlstate or "", (error.diag.message_primary or str(error)).strip().split("\n")[0])
        return None

    def rehearse(self, statements: Sequence[str]) -> Outcome:
        """Several statements on top of each other, within a trial; the first failure, if any. Taken back at once."""
        said = self._ask(["SAVEPOINT migcompat_row", *statements])
        self.connection.execute("ROLLBACK TO migcompat_row; RELEASE migcompat_row")
        return next(filter(None, said), None)

    def prepare(self, probes: Sequence[Probe]) -> list[Probe]:
        """Keeps those whose plan the server makes; they are run once, so that it keeps the plan."""
        said = self._ask(
            [line for probe in probes for line in (f"PREPARE {probe.prepared} AS {probe.statement}", f"EXECUTE {probe.prepared}")]
        )
        kept = [probe for number, probe in enumerate(probes) if said[2 * number] is None and said[2 * number + 1] is None]
        self._ask([f"DEALLOCATE {probe.prepared}" for number, probe in enumerate(probes) if said[2 * number] is None and probe not in kept])
        return kept

    def execute_prepared(self, probes: Sequence[Probe]) -> dict[Probe, Outcome]:
        """What the server says to plans made before the deploy; they are given up."""
        said = self._ask([line for probe in probes for line in (f"EXECUTE {probe.prepared}", f"DEALLOCATE {probe.prepared}")])
        return dict(zip(probes, said[::2], strict=True))

    def parameter_types(self, statement: str) -> tuple[list[str], Failure | None]:
        """What the server takes a statement's parameters to be."""
        self.connection.execute("BEGIN")
        try:
            failure = self._try(f"PREPARE migcompat_query AS {statement}")
            if failure is not None:
                return [], failure
            found = self.connection.execute(
                "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'migcompat_query'"
            ).fetchone()
            self.connection.execute("DEALLOCATE migcompat_query")
            return list(found[0]) if found else [], None
        finally:
            self.connection.execute("ROLLBACK")


def _outcome(setup: Sequence[Outcome], own: Sequence[Outcome]) -> Outcome:
    failure = next(filter(None, setup), None)
    return Failure(failure.sqlstate, failure.message, blocked=True) if failure is not None else next(filter(None, own), None)
