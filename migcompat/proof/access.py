"""Connecting to a server: the only place that knows how it is reached."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import TYPE_CHECKING, cast

from migcompat.errors import CheckError
from migcompat.frozen import frozen

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

_ENVIRONMENT = threading.Lock()
CONNECT_SECONDS = 10


@frozen
class Access:
    """Connection parameters of a server's administrator."""

    parameters: Mapping[str, str]
    private: bool
    """A server of our own: libpq's settings in the environment (PGOPTIONS, PGSERVICE …) are meant for others and are kept from it."""
    stand_ins: frozenset[str] = frozenset()
    """Extensions that a migration gets a stand-in of."""

    def connect(self, database: str | None = None, role: str | None = None, password: str | None = None) -> Connection[TupleRow]:
        """Connects with autocommit; as the administrator unless a role is given, to the administrator's database unless one is."""
        psycopg = load_psycopg()
        parameters = {
            "connect_timeout": str(CONNECT_SECONDS),
            "application_name": "migcompat",
            **self.parameters,
            "client_encoding": "utf8",
        }
        named = {"dbname": database, "user": role, "password": password}
        parameters.update({key: value for key, value in named.items() if value is not None})
        with _without_libpq_settings() if self.private else nullcontext():
            return cast("Connection[TupleRow]", psycopg.connect("", autocommit=True, **parameters))


def load_psycopg() -> ModuleType:
    """The driver, or the line that installs it."""
    try:
        import psycopg
    except ImportError as error:
        raise missing_extra() from error
    return psycopg


def missing_extra() -> CheckError:
    """`prove` without its extra."""
    return CheckError("running on a PostgreSQL server needs more packages: pip install 'migcompat[prove]'")


@contextmanager
def _without_libpq_settings() -> Iterator[None]:
    """libpq reads PGTZ, PGDATESTYLE and PGSERVICE from the environment and nothing in a connection string can turn that off."""
    with _ENVIRONMENT:
        hidden = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith("PG")}
        try:
            yield
        finally:
            os.environ.update(hidden)
