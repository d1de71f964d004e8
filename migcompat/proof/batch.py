"""Many statements in few round trips: sent together, each answered for itself (libpq's pipeline mode)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from migcompat.frozen import frozen
from migcompat.proof.access import load_psycopg

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.pq.abc import PGresult
    from psycopg.rows import TupleRow

_AT_ONCE = 32
"""So few that what is sent always fits the socket's buffers, whatever the server has to say meanwhile."""


@frozen
class Refusal:
    sqlstate: str
    message: str


def answers(connection: Connection[TupleRow], statements: Sequence[str]) -> list[Refusal | None]:
    """What the server says to each, in order; None: it accepts. Within a transaction the first refusal makes it refuse what follows."""
    found: list[Refusal | None] = []
    for start in range(0, len(statements), _AT_ONCE):
        found += _batch(connection, statements[start : start + _AT_ONCE])
    return found


def _batch(connection: Connection[TupleRow], statements: Sequence[str]) -> Iterator[Refusal | None]:
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    try:
        for statement in statements:
            pgconn.send_query_params(statement.encode(), None)
            pgconn.pipeline_sync()
        collected = connection.wait(_collect(connection, len(statements)))
    finally:
        if not connection.closed:
            pgconn.exit_pipeline_mode()
    return map(_refusal, collected)


def _collect(connection: Connection[TupleRow], wanted: int) -> Generator[Any, Any, list[list[PGresult]]]:
    """The results of each statement: PostgreSQL ends them with one for the synchronisation."""
    from psycopg.pq import ExecStatus
    from psycopg.waiting import Wait

    pgconn = connection.pgconn
    while pgconn.flush():
        yield Wait.RW
        pgconn.consume_input()
    found: list[list[PGresult]] = [[]]
    while len(found) <= wanted:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            found.append([])
        elif result.status in (ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH):
            raise load_psycopg().NotSupportedError("COPY cannot be tried")
        else:
            found[-1].append(result)
    return found[:wanted]


def _refusal(results: list[PGresult]) -> Refusal | None:
    from psycopg.pq import DiagnosticField, ExecStatus

    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            state, message = (result.error_field(field) for field in (DiagnosticField.SQLSTATE, DiagnosticField.MESSAGE_PRIMARY))
            return Refusal((state or b"").decode(), (message or b"the connection was lost").decode(errors="replace").strip())
    return None
