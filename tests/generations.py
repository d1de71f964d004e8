"""Two generations of a service at one database: what the prior one is answered before and after a deploy, and what the check says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from migcompat.checking import Check, lowered
from migcompat.engine import judge, replay
from migcompat.findings import Finding, Span
from migcompat.migrations.model import Migration, Source
from migcompat.rules.base import Break
from migcompat.rules.every import RULES
from migcompat.rules.pairs import Pair
from migcompat.schema.catalog import Catalog
from migcompat.settings import Settings
from migcompat.sql.splitter import split

ROLES = ("migcompat_reader", "migcompat_writer")
"""Those that tests grant things to."""


def answer(connection: psycopg.Connection[Any], statement: str) -> str:
    """What the server says to a statement, of which nothing stays: `works`, or the SQLSTATE."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate or "no SQLSTATE"
    return "works"


def named(texts: Sequence[str]) -> tuple[list[Migration], Callable[[Migration], Source]]:
    """Texts as migrations, each a file of its own, and what reads them."""
    sources = {f"{number:04}.sql": Source(f"{number:04}.sql", text, (Span(0, len(text)),)) for number, text in enumerate(texts)}
    return [Migration(name, "", name, ()) for name in sources], lambda migration: sources[migration.path]


def findings(schema: str, *deploys: str) -> list[list[Finding]]:
    """What the check finds in each deploy, judged on the schema that those before it have left; rules that are off by default included."""
    migrations, read = named([schema, *deploys])
    check = Check(read, Settings(select=frozenset(rule.name for rule in RULES)))
    check.context(migrations[:1])
    return [list(check.deploy([migration])) for migration in migrations[1:]]


def breaks(schema: str, migration: str) -> list[tuple[Pair, Break]]:
    """The breaks of one deploy, each with the objects that its rule compared."""
    migrations, read = named([schema, migration])
    catalog = Catalog()
    replay(catalog, migrations[:1], lambda m: lowered(read(m)))
    verdicts = judge(catalog, migrations[1:], lambda m: lowered(read(m)))
    return [(verdict.pair, verdict.found) for verdict in verdicts if verdict.pair is not None]


@dataclass(frozen=True, slots=True)
class Stage:
    """A database with two sessions: the prior generation's, which outlives deploys, and the one that migrations run in."""

    prior: psycopg.Connection[Any]
    deploying: psycopg.Connection[Any]

    def deploy(self, script: str) -> None:
        """Statement by statement, as psql would: some of them refuse to share a transaction."""
        for statement in split(script).statements:
            self.deploying.execute(statement.text)

    def open_session(self, script: str) -> None:
        """What the prior generation's session does first."""
        for statement in split(script).statements:
            self.prior.execute(statement.text)

    def ask(self, statement: str) -> object:
        """What the prior generation is answered: rows, a count, or a refusal's SQLSTATE. Nothing of it stays."""
        try:
            with self.prior.transaction(force_rollback=True):
                cursor = self.prior.execute(statement)
                return sorted(cursor.fetchall()) if cursor.description else cursor.rowcount
        except psycopg.Error as error:
            return Refused(error.sqlstate or "")


@dataclass(frozen=True, slots=True)
class Refused:
    sqlstate: str
