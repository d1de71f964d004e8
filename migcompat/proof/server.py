"""A PostgreSQL to prove things on: embedded for one run, or an existing one, used only through scratch databases."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from migcompat.errors import CheckError
from migcompat.proof.access import Access, load_psycopg
from migcompat.proof.guard import Guard
from migcompat.proof.leftovers import claim_run, keep_clean, sweep_dead_runs
from migcompat.proof.limits import DEFAULT_LIMITS, Limits, with_way_out
from migcompat.proof.scratch import PREFIX, Scratch, create_scratch, drop_scratch

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

_LOST = ("08", "57P")
_EXHAUSTED = ("53", "58")
"""SQLSTATE classes about the server, not the statement: connection lost, shut down; out of disk or memory, system error."""


class Server:
    """A running server. Everything happens in scratch databases made by `scratch`."""

    def __init__(self, access: Access, admin: Connection[TupleRow], guard: Guard, run: str) -> None:
        self.access = access
        self.admin = admin
        self._guard = guard
        self._run = run
        self._count = 0
        self.version: int = admin.info.server_version
        """As PostgreSQL numbers it: 180004 is 18.4."""

    @property
    def product(self) -> str:
        """What it is, for people."""
        return f"PostgreSQL {self.version // 10000}.{self.version % 10000}"

    @contextmanager
    def scratch(self) -> Iterator[Scratch]:
        """An empty database, its owner's connection and the administrator's; dropped at the end with all that belongs to it."""
        psycopg = load_psycopg()
        self._count += 1
        name = f"{self._run}_{self._count}"
        try:
            made = create_scratch(self.access, self.admin, name, self._guard.limits)
            try:
                yield made
            finally:
                made.connection.close()
                made.admin.close()
        except psycopg.Error as error:
            if (failure := self.failure(error)) is not None:
                raise CheckError(failure) from error
            raise
        finally:
            with contextlib.suppress(psycopg.OperationalError):  # the server is gone, or the keeper drops it
                drop_scratch(self.admin, name)

    @contextmanager
    def database(self) -> Iterator[Connection[TupleRow]]:
        """The owner's connection to an empty database."""
        with self.scratch() as made:
            yield made.connection

    def check_limits(self) -> None:
        """Raises CheckError where the work so far exceeds a limit."""
        self._guard.check()

    def failure(self, error: BaseException) -> str | None:
        """Why nothing can be concluded from an error: a limit was exceeded, or the server failed. None: the statement itself is wrong."""
        psycopg = load_psycopg()
        if not isinstance(error, psycopg.Error):
            return None
        if self._guard.reason is not None and (error.sqlstate is None or error.sqlstate.startswith(_LOST)):
            return self._guard.reason
        message = (error.diag.message_primary or str(error)).strip().split("\n")[0]
        if error.sqlstate is None:
            return f"the connection to the server was lost: {message}" if isinstance(error, psycopg.OperationalError) else None
        if error.sqlstate.startswith(_LOST):
            return f"the server ended the connection: {message}"
        if not error.sqlstate.startswith(_EXHAUSTED):
            return None
        place = str(Path(self.access.parameters["host"]).parent) if self.access.private else ""
        return f"the server cannot go on: {with_way_out(message, place) if place else message}"


@contextmanager
def open_server(url: str | None = None, limits: Limits = DEFAULT_LIMITS) -> Iterator[Server]:
    """The embedded server, or the one that `url` names; its databases are left alone."""
    with _access(url, limits) as access:
        psycopg = load_psycopg()
        run = f"{PREFIX}_{secrets.token_hex(4)}"
        with contextlib.ExitStack() as stack:
            try:
                admin = stack.enter_context(access.connect())
                if not access.private:
                    _require_rights(admin)
                    sweep_dead_runs(admin)
                    claim_run(admin, run)
                    stack.enter_context(keep_clean(access, run))
                guard = Guard(access.connect(), f"{run}\\_%", limits, log_is_ours=access.private)
            except psycopg.Error as error:
                raise CheckError(f"the server cannot be used: {' '.join(str(error).split())}") from error
            stack.callback(guard.end)
            yield Server(access, admin, guard, run)


def _access(url: str | None, limits: Limits) -> AbstractContextManager[Access]:
    load_psycopg()
    if url is not None:
        return contextlib.nullcontext(_existing(url))
    if sys.platform == "win32":
        raise CheckError("the embedded server needs a Unix system: name a server with --server URL")
    from migcompat.proof.embedded import embedded_access

    return embedded_access(limits)


def _existing(url: str) -> Access:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        named = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise CheckError(f"--server is not a PostgreSQL URL: {str(error).strip()}") from error
    if "dbname" not in named and "PGDATABASE" not in os.environ:
        named["dbname"] = "postgres"
    return Access(named, private=False)


def _require_rights(admin: Connection[TupleRow]) -> None:
    row = admin.execute(
        "SELECT rolsuper OR (rolcreatedb AND rolcreaterole), current_user FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is None or not row[0]:
        name = row[1] if row else "of --server"
        raise CheckError(f"role {name} may not make scratch databases and their owners: ALTER ROLE {name} CREATEDB CREATEROLE")
    if admin.info.server_version < 130000:
        raise CheckError(f"the server is PostgreSQL {admin.info.server_version // 10000}; 13 is the oldest that can be used")
