"""Holds the work on a server to its limits from outside, since a migration may switch off what PostgreSQL offers inside."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from migcompat.errors import CheckError
from migcompat.proof.access import load_psycopg
from migcompat.proof.limits import MEGABYTE, Limits

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

_EVERY_SECONDS = 0.25
_GRACE_SECONDS = 2
"""PostgreSQL's own statement_timeout comes first: it leaves the connection usable and says where it stopped."""

_LONGEST = """
SELECT max(extract(epoch FROM clock_timestamp() - query_start))::float8
FROM pg_stat_activity WHERE usename LIKE %s AND datname LIKE %s AND state = 'active'
"""
_SIZE = "SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint FROM pg_database WHERE datname LIKE %s"
_LOG_SIZE = "SELECT coalesce(sum(size), 0)::bigint FROM pg_ls_waldir()"
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE %s AND datname LIKE %s"


class Guard:
    """A thread that cuts the connections of a run's roles when they exceed a limit, and says which."""

    def __init__(self, connection: Connection[TupleRow], names: str, limits: Limits, *, log_is_ours: bool) -> None:
        """`names` is a LIKE pattern of the run's databases and roles; the connection belongs to the guard from now on."""
        self.reason: str | None = None
        self._connection = connection
        self._names = names
        self.limits = limits
        self._log_is_ours = log_is_ours
        self._deadline = time.monotonic() + limits.total_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="migcompat-guard", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Looks now, lest what a statement did between two looks is never seen. Raises CheckError where a limit is exceeded."""
        with contextlib.suppress(load_psycopg().Error):
            self._look()
        if self.reason is not None:
            raise CheckError(self.reason)

    def end(self) -> None:
        """No limit is watched any more."""
        self._over.set()
        self._thread.join()
        self._connection.close()

    def _watch(self) -> None:
        psycopg = load_psycopg()
        while not self._over.wait(_EVERY_SECONDS):
            with contextlib.suppress(psycopg.Error):  # a database was dropped while it was measured, or the server is gone
                self._look()
            if self._connection.closed:
                return

    def _look(self) -> None:
        exceeded = self._exceeded()
        if exceeded is not None:
            self.reason = exceeded
            self._connection.execute(_CUT, [self._names, self._names])

    def _exceeded(self) -> str | None:
        limits = self.limits
        if time.monotonic() > self._deadline:
            return f"stopped: the work on the server took longer than {limits.total_seconds:g} s"
        longest = self._number(_LONGEST, self._names, self._names)
        if longest > limits.statement_seconds + _GRACE_SECONDS:
            return f"stopped: a statement ran longer than {limits.statement_seconds:g} s, with statement_timeout switched off"
        size = self._number(_SIZE, self._names)
        if self._log_is_ours:
            size += self._number(_LOG_SIZE)
        if size > limits.disk_bytes:
            return f"stopped: the scratch databases grew beyond {limits.disk_bytes // MEGABYTE} MB"
        return None

    def _number(self, query: str, *parameters: str) -> float:
        with contextlib.closing(self._connection.execute(query, parameters)) as cursor:
            row = cursor.fetchone()
        return float(row[0] or 0) if row else 0.0
