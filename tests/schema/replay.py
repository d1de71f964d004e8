"""One history, on the server and in the tool, statement by statement; nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

import histories
import psycopg
from generations import named

from migcompat import engine
from migcompat.checking import lowered
from migcompat.findings import Severity, Span
from migcompat.migrations.model import Source
from migcompat.proof.live import live_breaks
from migcompat.schema.catalog import Catalog
from migcompat.schema.comparison import differences
from migcompat.schema.live import read_catalog

ONLY_IN_THE_TEXT = frozenset({"truncate-table", "change-sequence", "revoke-privilege", "drop-object"})
"""TRUNCATE leaves no mark in the catalogues, and of a sequence only what was said of it is compared. A REVOKE of what the history never
granted is taken to revoke something, and DROP OWNED to drop something."""


def changes_of(text: str) -> Source:
    return Source("history.sql", text, (Span(0, len(text)),))


class Replay:
    """What the server accepts is carried into the catalog; what it rejects is skipped on both sides."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.catalog = Catalog()
        self.catalog.known = True
        self.catalog.begin()
        self.accepted: list[str] = []
        self.rejected: list[tuple[str, str]] = []

    def run(self, statement: str) -> bool:
        """Whether the server took it."""
        try:
            self._execute(statement)
        except psycopg.Error as error:
            self.connection.execute("ROLLBACK TO before")
            self.rejected.append((statement, str(error).splitlines()[0]))
            return False
        self.accepted.append(statement)
        for step in lowered(changes_of(statement)).steps:
            for _ in engine.perform(self.catalog, step.change):
                pass
        return True

    def run_all(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self.run(statement)

    def open(self) -> None:
        """A new file begins, with a session of its own."""
        self._execute("SET LOCAL search_path = public; DISCARD TEMP")
        self.catalog.open("next.sql")

    def _execute(self, statement: str) -> None:
        self.connection.execute(f"{statement}; RELEASE before; SAVEPOINT before")

    def write(self, random: Random, length: int, beginning: int = 0) -> None:
        """So many random statements."""
        for number in range(beginning + length):
            self.run(histories.statement(random, self.catalog, beginning=number < beginning))


def mistaken(history: Replay) -> list[str]:
    """What the tool takes the schema for, and the server does not."""
    invented = ["something was taken to exist that no statement made"] if history.catalog.partial else []
    return differences(history.catalog, read_catalog(history.connection)) + invented


def text_breaks(history: Sequence[str], deploy: Sequence[str]) -> set[tuple[str, str]]:
    """The rules that a deploy breaks and the objects, as the tool finds them in its text. What a table is filled with only that tells."""
    migrations, read = named(["".join(f"{statement};\n" for statement in statements) for statements in (history, deploy)])
    catalog = Catalog()
    catalog.known = True
    engine.replay(catalog, migrations[:1], lambda m: lowered(read(m)))
    found = (verdict.found for verdict in engine.judge(catalog, migrations[1:], lambda m: lowered(read(m))))
    return {(one.rule, one.object) for one in found if (one.rule, one.severity) != ("rename-table", Severity.WARNING)}


@contextmanager
def replay(connection: psycopg.Connection[Any]) -> Iterator[Replay]:
    """In a transaction that is rolled back."""
    connection.execute("BEGIN; SET LOCAL search_path = public; SAVEPOINT before")
    try:
        yield Replay(connection)
    finally:
        connection.execute("ROLLBACK")


def disagreements_about(connection: psycopg.Connection[Any], old: Sequence[str], new: Sequence[str]) -> list[str] | None:
    """None: the server does not take all of it."""
    with replay(connection) as history:
        history.run_all(old)
        history.open()
        before = read_catalog(connection)
        history.run_all(new)
        return disagreements(old, new, live_breaks(before, read_catalog(connection))) if not history.rejected else None


ALIKE = {"rename-constraint": "drop-constraint"}
"""A new type for its column makes a constraint anew in the catalogues: a renamed one cannot be told from another."""


WHERE_IT_WRITES = frozenset({"stable", "immutable"})
"""What becomes of a routine that writes; whether one does, its body tells, which is not read from the catalogues."""


def disagreements(old: Sequence[str], new: Sequence[str], live: Sequence[Any]) -> list[str]:
    """Breaks that only the text has, or only the catalogues."""
    in_text = {(ALIKE.get(rule, rule), name) for rule, name in text_breaks(old, new)}
    in_catalogues = {(ALIKE.get(found.rule, found.rule), found.object) for _, found in live if found.detail not in WHERE_IT_WRITES}
    invented = {found for found in in_text - in_catalogues if found[0] not in ONLY_IN_THE_TEXT}
    return [f"missed: {found}" for found in in_catalogues - in_text] + [f"invented: {found}" for found in invented]
