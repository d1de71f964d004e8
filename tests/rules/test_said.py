"""What is said of every break, word for word: the finding, the compatible way, the way back. That they work, other tests ask PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psycopg
import pytest
from generations import breaks, named
from hard_cases import HARDER
from pytest_snapshot.plugin import Snapshot
from variants import UNSEEN, VARIANTS

from migcompat.checking import lowered
from migcompat.engine import judge, replay
from migcompat.rollback.fix_forward import fix_forward
from migcompat.rules.base import Break
from migcompat.rules.every import BY_NAME, RULES
from migcompat.rules.pairs import Pair
from migcompat.schema.catalog import Catalog
from migcompat.schema.difference import differences
from migcompat.schema.difference_text import difference_text
from migcompat.schema.render import schema_sql
from migcompat.sql.splitter import split

EXAMPLES = tuple((rule.example.schema, rule.example.migration) for rule in RULES if rule.example is not None)
FORMS = {"examples": EXAMPLES, "harder cases": tuple((case.schema, case.migration) for case in HARDER), **VARIANTS, "the unseen": UNSEEN}


def said(schema: str, migration: str) -> Iterator[str]:
    yield f"-- {' '.join(schema.split())}"
    yield " ".join(migration.split())
    for pair, found in breaks(schema, migration):
        yield f"  {found.severity.value}: {found.rule} of {found.object} ({found.breaks.value}, {found.sqlstate}): {found.message}"
        yield f"    help: {found.help}"
        yield from (f"    {what}: {text}" for what, text in (("statement", found.statement), ("relaxed by", found.relaxable)) if text)
        yield from (f"    {number}. {line}" for number, line in enumerate(way(pair, found), 1))
        back = BY_NAME[found.rule].restore(pair, found)
        yield from (f"    back: {sql}" for sql in back.sql)
        yield from (f"    lost: {lost}" for lost in [back.lost] if lost)
    yield ""


def way(pair: Pair, found: Break) -> Iterator[str]:
    for step in BY_NAME[found.rule].steps(pair, found):
        yield "\n         ".join((step.title, *step.sql))


@pytest.mark.parametrize("topic", FORMS)
def test_what_is_said(topic: str, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots" / "said"
    snapshot.assert_match("\n".join(line for form in FORMS[topic] for line in said(*form)), f"{topic.replace(' ', '_')}.txt")


def shown(schema: str, migration: str) -> Iterator[str]:
    migrations, read = named([schema, migration])
    catalog = Catalog()
    replay(catalog, migrations[:1], lambda m: lowered(read(m)))
    list(judge(catalog, migrations[1:], lambda m: lowered(read(m))))  # after it the catalogue holds both sides of the deploy
    yield f"-- {' '.join(migration.split())}"
    yield schema_sql(catalog)
    yield difference_text(differences(catalog))


@pytest.mark.parametrize("topic", [*VARIANTS, "the unseen"])
def test_what_is_shown_of_the_schema(topic: str, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots" / "shown"
    snapshot.assert_match("\n".join(line for form in FORMS[topic] for line in shown(*form)), f"{topic.replace(' ', '_')}.txt")


def skip_before(connection: psycopg.Connection[Any], schema: str) -> None:
    if "needed NOT NULL" in schema and connection.info.server_version < 180_000:
        pytest.skip("since PostgreSQL 18 a NOT NULL has a name")


EACH = [pytest.param(schema, migration, id=migration[:80]) for topic in VARIANTS.values() for schema, migration in topic]


@pytest.mark.parametrize(("schema", "migration"), EACH)
def test_postgresql_takes_each_variant(connection: psycopg.Connection[Any], schema: str, migration: str) -> None:
    skip_before(connection, schema)
    with connection.transaction(force_rollback=True):
        connection.execute(schema)
        for statement in split(migration).statements:
            connection.execute(statement.text)


@pytest.mark.parametrize(("schema", "migration"), EACH)
def test_postgresql_takes_the_draft_for_each_variant(
    connection: psycopg.Connection[Any], schema: str, migration: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_before(connection, schema)
    monkeypatch.chdir(tmp_path)
    Path("migrations").mkdir()
    Path("migrations/1_schema.sql").write_text(schema)
    Path("migrations/2_deploy.sql").write_text(migration)
    (found,) = fix_forward("migrations/2_deploy.sql", None, datetime(2026, 11, 1, tzinfo=timezone.utc))
    with connection.transaction(force_rollback=True):
        for script in (schema, migration, *(file.text for file in found.files[:1])):
            for statement in split(script).statements:
                connection.execute(statement.text)
