"""Overloads of PostgreSQL's own routines: the check says which calls are ambiguous, or reach another one, and the server agrees."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from generations import answer

import migcompat
from migcompat.proof import built_ins

MINE = "Z0001"
"""What the new overload raises."""
OVERLOADS = {
    "round(integer, bigint)": ("round(1, 1)", "round('1', '1')", "round(1.5, 1)", "round(1, 1::bigint)"),
    "round(double precision, integer)": ("round(1.5, 1)", "round(1.5::numeric, 1)", "round(2.5)"),
    "lower(character varying)": ("lower('A')", "lower('A'::text)", "lower('A'::varchar)", "lower('[1,2]'::int4range)"),
    "lower(text)": ("lower('A')", "lower('A'::varchar)", "lower('A'::text)"),
    "length(integer)": ("length('A')", "length('A'::text)"),
    "concat(text, text)": ("concat('a', 'b')", "concat('a'::text, 'b'::text)", "concat(1, 2)", "concat('a')"),
    "concat_ws(integer)": ("concat_ws('a')", "concat_ws(',', 1)"),
    "date_trunc(text, date)": ("date_trunc('day', '2026-01-01'::date)", "date_trunc('day', now())", "date_trunc('day', interval '1 day')"),
    "date_trunc(date, text)": ("date_trunc('day', '2026-01-01'::date)", "date_trunc('day', now())"),
    "to_char(date, text)": ("to_char('2026-01-01'::date, 'YYYY')", "to_char(now(), 'YYYY')", "to_char(1, '9')", "to_char(1.5, '9')"),
    "to_char(smallint, text)": ("to_char(1::smallint, '9')", "to_char(1, '9')", "to_char(1.5, '9')"),
    "array_append(text[], text)": ("array_append('{a}'::text[], 'b'::text)", "array_append(ARRAY[1], 2)"),
    "array_length(text[])": ("array_length('{a}'::text[], 1)", "array_length(ARRAY[1], 1)"),
    "abs(text)": ("abs(-1)", "abs(-1.5)"),
    "power(integer, integer)": ("power(2, 3)", "power(2::integer, 3::integer)", "power(2.0, 3)"),
    "left(text, bigint)": ("left('abc', 1)", "left('abc', '1')", "left('abc'::text, 1::integer)"),
    "split_part(text, text, integer, text DEFAULT '')": ("split_part('a.b', '.', 1)", "split_part('a.b'::text, '.'::text, 1::integer)"),
    "gen_random_uuid()": ("gen_random_uuid()",),
    "now(text DEFAULT '')": ("now()",),
    "coalesce_text(text)": ("lower('A')",),
}  # fmt: skip
"""New overloads, and calls that were there before them. Each fits a call of its own types."""


def created(overload: str, schema: str = "public") -> str:
    return f"CREATE FUNCTION {schema}.{overload} RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '{MINE}'; END $$"


@pytest.mark.parametrize("overload", OVERLOADS)
def test_what_calls_of_a_built_in_routine_reach(overload: str, database: str) -> None:
    calls = [f"SELECT {call}" for call in OVERLOADS[overload]]
    with psycopg.connect(database, autocommit=True) as connection:
        worked = [call for call in calls if answer(connection, call) == "works"]
        assert worked
        connection.execute(created(overload))
        answers = {answer(connection, call) for call in worked}
    assert answers <= {"works", "42725", MINE}
    found = {finding.rule for finding in migcompat.check_text("SELECT 1", created(overload))}
    assert ("ambiguous-function" in found) == ("42725" in answers)
    assert ("hide-name" in found) == (MINE in answers)


def test_a_schema_that_no_path_has_competes_with_nothing(database: str) -> None:
    schema, migration = "CREATE SCHEMA app", created("lower(character varying)", "app")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"{schema}; {migration}")
        assert answer(connection, "SELECT lower('A'::varchar)") == "works"
    assert not migcompat.check_text(schema, migration)


def test_an_overload_that_was_there_before_is_no_news(database: str) -> None:
    schema, migration = created("lower(character varying)"), created("lower(integer)")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(schema)
        before = answer(connection, "SELECT lower('A'::varchar)")
        connection.execute(migration)
        assert before == answer(connection, "SELECT lower('A'::varchar)") == MINE
    assert not migcompat.check_text(schema, migration)


def test_the_list_is_what_the_server_has(database: str) -> None:
    with psycopg.connect(database) as connection:
        if connection.info.server_version // 10000 != 18:
            pytest.skip("it is of PostgreSQL 18")
        source = built_ins.source(connection)
    assert source == (Path(built_ins.__file__).parents[1] / "sql/built_ins.py").read_text(encoding="utf-8")
