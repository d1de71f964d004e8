"""Which expressions may raise an error for some row."""

from __future__ import annotations

import pytest

from migcompat.sql.fallible import failures

TYPES = {"t": "text", "v": "character varying(20)", "n": "integer", "j": "jsonb", "d": "timestamp without time zone", "a": "text[]"}

MAY_FAIL = [
    ("t::int", "22P02"),
    ("(t)::int", "22P02"),
    ("CAST (t AS date)", "22P02"),
    ("lower(t)::uuid", "22P02"),
    ("(j ->> 'x')::numeric", "22P02"),
    ("((j -> 'x') ->> 'y')::boolean", "22P02"),
    ("n::text::date", "22P02"),
    ("v::jsonb", "22P02"),
    ("n / n", "22012"),
    ("1 % (n - 1)", "22012"),
    ("n / 0.0", "22012"),
    ("to_date(t, 'YYYY')", "22007"),
    ("mine(n)", "P0001"),
    ("upper(mine(t))", "P0001"),
]
NEVER_FAILS = [
    "t",
    "lower(t)",
    "n::text",
    "n::bigint",
    "d::date",
    "'2026-01-01'::date",
    "CAST ('7' AS int)",
    "CAST (n AS varchar(10))",
    "j -> 'x'",
    "(j ->> 'x')::text",
    "j::json",
    "n / 2",
    "n % 10",
    "n / NULLIF(n, 0)",
    "coalesce(t, '')",
]


@pytest.mark.parametrize(("expression", "sqlstate"), MAY_FAIL, ids=[expression for expression, _ in MAY_FAIL])
def test_what_may_fail(expression: str, sqlstate: str) -> None:
    assert next(failures(expression, TYPES, {"mine"}.__contains__)).sqlstate == sqlstate


@pytest.mark.parametrize("expression", NEVER_FAILS)
def test_what_never_fails(expression: str) -> None:
    assert list(failures(expression, TYPES, {"mine"}.__contains__)) == []
