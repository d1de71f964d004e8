"""`migcompat schema`: the tool's word on the schema, to be checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from pytest_snapshot.plugin import Snapshot

from migcompat.config import Config
from migcompat.migrations.discovery import discover
from migcompat.migrations.source import read

if TYPE_CHECKING:
    from conftest import Run

FIXTURES = Path(__file__).parents[2] / "fixtures"

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
"""
KEYS = r"""
    SELECT regexp_replace(indexdef, ' DESC| INCLUDE \(\w+\)', '', 'g') FROM pg_indexes WHERE schemaname = 'public'
"""
"""Indexes but for their sort order and payload, which no statement relies on."""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""


@pytest.fixture(autouse=True)
def _in_fixtures(monkeypatch: pytest.MonkeyPatch, snapshot: Snapshot) -> None:
    monkeypatch.chdir(FIXTURES)
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"


def test_the_webshop_as_sql(migcompat: Callable[..., Run], snapshot: Snapshot) -> None:
    snapshot.assert_match(str(migcompat("schema", "webshop")), "schema_webshop.sql")


def test_what_changes_between_two_migrations(migcompat: Callable[..., Run], snapshot: Snapshot) -> None:
    snapshot.assert_match(str(migcompat("schema", "webshop", "--diff", "0008_coupons.sql", "11")), "schema_diff.txt")


@pytest.mark.parametrize("history", ["webshop", "chat", "clinic"])
def test_the_sql_builds_what_the_migrations_built(history: str, migcompat: Callable[..., Run], database: str) -> None:
    printed = migcompat("schema", history).out
    with psycopg.connect(database, autocommit=True) as connection:
        for migration in discover([history], Config())[0].migrations:
            source = read(migration)
            for span in source.forward:
                connection.execute(source.text[span.start : span.end].encode())
        migrated = facts(connection)
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.execute(printed.encode())
        assert [now ^ was for now, was in zip(facts(connection), migrated, strict=True)] == [set(), set(), set()]


def facts(connection: psycopg.Connection[tuple[object, ...]]) -> list[set[tuple[object, ...]]]:
    """Columns, indexes and constraints of the public schema."""
    return [set(connection.execute(query).fetchall()) for query in (COLUMNS, KEYS, CONSTRAINTS)]


@pytest.mark.parametrize("point", ["0009_refunds.sql", "webshop/0009_refunds.sql", "0009_refunds", "0009", "9"])
def test_a_point_is_named_as_people_name_migrations(migcompat: Callable[..., Run], point: str) -> None:
    out = migcompat("schema", "webshop", "--at", point).out
    assert out.startswith("-- the schema after webshop/0009_refunds.sql (9 of 12 migrations)\n")
    assert "full_name" in out
    assert "payments" not in out


def test_a_migration_as_path_means_the_schema_after_it(migcompat: Callable[..., Run]) -> None:
    assert migcompat("schema", "webshop/0009_refunds.sql").out == migcompat("schema", "webshop", "--at", "9").out


def test_json_holds_the_same(migcompat: Callable[..., Run]) -> None:
    data = json.loads(migcompat("schema", "webshop", "--format", "json").out)
    assert (data["version"], data["after"], data["migrations"]) == (1, "webshop/0012_reviews.sql", 12)
    orders = next(relation for relation in data["relations"] if relation["name"] == "public.orders")
    currency = next(column for column in orders["columns"] if column["name"] == "currency")
    assert (currency["type"], currency["not_null"], currency["default"]) == ("character(3)", True, None)
    assert data["types"][0]["labels"] == ["placed", "paid", "shipped", "refunded", "cancelled"]


def test_json_names_the_owner(migcompat: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1.sql").write_text("CREATE TABLE t (a int); ALTER TABLE t OWNER TO clerk; CREATE TABLE u (a int)")
    monkeypatch.chdir(tmp_path)
    data = json.loads(migcompat("schema", ".", "--format", "json").out)
    assert [relation["owner"] for relation in data["relations"]] == ["clerk", None]


def test_a_difference_as_json(migcompat: Callable[..., Run]) -> None:
    data = json.loads(migcompat("schema", "webshop", "--diff", "9", "10", "--format", "json").out)
    assert (data["from"], data["to"]) == ("0009_refunds.sql", "0010_drop_customer_full_name.sql")
    assert data["differences"] == [
        {
            "subject": "table public.customers",
            "object": "public.customers.full_name",
            "kind": "column",
            "before": "full_name text",
            "after": None,
        }
    ]


def test_two_points_with_the_same_contract(migcompat: Callable[..., Run]) -> None:
    assert (
        migcompat("schema", "webshop", "--diff", "9", "9").out
        == "nothing changes in the contract between 0009_refunds.sql and 0009_refunds.sql\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "99"], "`99` is no migration of webshop"),
        (["--at", "0009_refund"], "`0009_refund` is no migration of webshop; did you mean `0009_refunds.sql`?"),
        (["--diff", "11", "9"], "9 comes before 11: write --diff 9 11"),
        (["--at", "1", "--diff", "1", "2"], "--at and --diff exclude each other"),
    ],
)
def test_a_point_that_is_not_there(migcompat: Callable[..., Run], arguments: list[str], says: str) -> None:
    run = migcompat("schema", "webshop", *arguments)
    assert (run.code, run.out, run.err) == (2, "", f"migcompat: {says}\n")


def test_what_a_migration_writes_cannot_act_on_the_terminal(
    migcompat: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1.sql").write_text("CREATE TABLE t (a text DEFAULT '\x1b[2J');")
    monkeypatch.chdir(tmp_path)
    assert "DEFAULT '\\x1b[2J'" in migcompat("schema", ".").out
