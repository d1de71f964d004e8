"""Which types PostgreSQL compares with each other decides whether a comparison fails after a change from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from migcompat.rules.type_changes import compare, has_no_cast

if TYPE_CHECKING:
    from generations import Stage

TYPES = (
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "date", "timestamp without time zone",
    "timestamp with time zone", "time without time zone", "time with time zone", "interval", "text", "character varying", "character(5)",
    "inet", "cidr", "bit(3)", "bit varying", "json", "jsonb", "xml", "point", "polygon", "uuid", "boolean", "bytea", "integer[]", "text[]",
    "date[]", "timestamp without time zone[]", "tsrange", "daterange",
)  # fmt: skip


def test_a_comparison_fails_where_the_types_have_no_equality_in_common(stage: Stage) -> None:
    def compares(column: str, value: str) -> bool:
        try:
            stage.prior.execute(f'PREPARE one ({value}) AS SELECT FROM "{column}" WHERE c = $1')
        except psycopg.errors.UndefinedFunction:
            return False
        stage.prior.execute("DEALLOCATE one")
        return True

    for type_ in TYPES:
        stage.prior.execute(f'CREATE TABLE "{type_}" (c {type_})')
    compared = [type_ for type_ in TYPES if compares(type_, type_)]
    pairs = [(before, after) for before in TYPES for after in TYPES]
    rejected = {(before, after) for before, after in pairs if before in compared and not compares(after, before)}
    assert {pair for pair in pairs if compare(*pair).sqlstate == "42883"} == rejected


def test_no_value_is_copied_where_postgresql_has_no_cast(stage: Stage) -> None:
    def casts(before: str, after: str) -> bool:
        try:
            stage.prior.execute(f"SELECT NULL::{before}::{after}")
        except psycopg.errors.CannotCoerce:
            return False
        return True

    none = {(before, after) for before in TYPES for after in TYPES if has_no_cast(before, after)}
    assert {("integer", "uuid"), ("jsonb", "text[]")} <= none
    assert not any(casts(*pair) for pair in none)
    spoken_of = {type_ for pair in none for type_ in pair if "[" not in "".join(pair)}
    assert {(before, after) for before in spoken_of for after in spoken_of if not casts(before, after)} <= none
