"""A stage for two generations at a database that is empty for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from generations import Stage
from psycopg import sql

OUTSIDE = ("pg_cast", "pg_default_acl", "pg_event_trigger", "pg_extension", "pg_foreign_data_wrapper", "pg_language", "pg_publication")
"""Catalogues of what is in no schema."""


class Theatre:
    """A database that serves one test after another: a new one for each would take longer than the tests."""

    def __init__(self, server: str) -> None:
        self.server, self.name = server, ""
        with psycopg.connect(server) as admin:
            self.roles = roles(admin)

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.server, dbname=self.name, autocommit=True, prepare_threshold=None) as connection:
            yield connection

    def build(self) -> None:
        self.name = f"migcompat_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {self.name} TEMPLATE template0")

    def clear(self) -> None:
        """Leaves nothing of the test before; where that lies outside all schemas, the database goes."""
        with self.connect() as connection:
            for role in roles(connection) - self.roles:
                connection.execute(sql.SQL("DROP OWNED BY {name} CASCADE; DROP ROLE {name}").format(name=sql.Identifier(role)))
            schemas = connection.execute("SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'")
            for (schema,) in schemas.fetchall():
                connection.execute(f"DROP SCHEMA {schema} CASCADE")
            connection.execute("CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
            left = " UNION ALL ".join(f"SELECT oid FROM {catalogue}" for catalogue in OUTSIDE)
            clean = connection.execute(f"SELECT count(*) FROM ({left}) AS made WHERE oid >= 16384").fetchone() == (0,)
        if not clean:
            self.demolish()

    def demolish(self) -> None:
        with psycopg.connect(self.server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self.name = ""


def roles(connection: psycopg.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}


@pytest.fixture(scope="session")
def theatre(server: str) -> Iterator[Theatre]:
    made = Theatre(server)
    yield made
    if made.name:
        made.demolish()


@pytest.fixture
def stage(theatre: Theatre) -> Iterator[Stage]:
    if not theatre.name:
        theatre.build()
    with theatre.connect() as prior, theatre.connect() as deploying:
        yield Stage(prior, deploying)
    theatre.clear()
