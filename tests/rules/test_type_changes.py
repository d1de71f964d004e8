"""Which types PostgreSQL compares with each other decides whether a comparison fails after a change from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from migcompat.checking import check_text
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


WIDER = (
    "smallint", "integer", "bigint", "numeric", "numeric(5)", "numeric(6)", "numeric(5,2)", "numeric(7,2)", "numeric(7,4)", "real",
    "double precision", "text", "character varying", "character varying(5)", "character varying(9)", "character(5)", "character(9)",
    "bit(3)", "bit varying", "bit varying(3)", "bit varying(9)", "timestamp(3) without time zone", "timestamp(6) without time zone",
    "timestamp without time zone", "time(3) without time zone", "time without time zone", "interval(3)", "interval", "d", "e",
    "numeric(5,2)[]", "numeric(7,2)[]", "text[]", "character varying(5)[]", "character varying(9)[]", "bit(5)", "numeric(6,2)", "numeric[]",
    "character varying[]",
)  # fmt: skip


def test_a_wider_type_needs_a_second_column_where_postgresql_writes_the_table_anew(stage: Stage) -> None:
    stage.prior.execute("CREATE DOMAIN d AS integer; CREATE DOMAIN e AS integer")

    def writes(before: str, after: str) -> bool:
        stage.prior.execute(f"CREATE TABLE t (c {before})")
        file = stage.prior.execute("SELECT pg_relation_filenode('t')").fetchall()
        stage.prior.execute(f"ALTER TABLE t ALTER c TYPE {after}")
        changed = bool(stage.prior.execute("SELECT pg_relation_filenode('t')").fetchall() != file)
        stage.prior.execute("DROP TABLE t")
        return changed

    def says(before: str, after: str) -> str:
        schema = f"CREATE DOMAIN d AS integer; CREATE DOMAIN e AS integer; CREATE TABLE t (c {before})"
        (found,) = check_text(schema, f"ALTER TABLE t ALTER c TYPE {after}") or (None,)
        return found.help if found is not None and "only widens" in found.message else ""

    pairs = {(before, after): says(before, after) for before in WIDER for after in WIDER if before != after}
    wider = {pair for pair, help_ in pairs.items() if help_}
    assert {pair for pair in wider if "new type" in pairs[pair]} == {pair for pair in wider if writes(*pair)}


def test_only_a_number_that_takes_all_values_of_the_other_is_wider(stage: Stage) -> None:
    def fits(before: str, after: str) -> bool:
        digits, _, scale = before.removeprefix("numeric(").removesuffix(")").partition(",")
        most = f"(10::numeric ^ {int(digits) - int(scale or 0)} - 10::numeric ^ {-int(scale or 0)})::{before}"
        try:
            return bool(stage.prior.execute(f"SELECT {most} = {most}::{after}").fetchall() == [(True,)])
        except psycopg.errors.NumericValueOutOfRange:
            return False

    numbers = [type_ for type_ in WIDER if type_.startswith("numeric(") and "[" not in type_]
    pairs = [(before, after) for before in numbers for after in numbers if before != after]
    assert {pair for pair in pairs if compare(*pair).kind == "widens"} == {pair for pair in pairs if fits(*pair)}


def test_bits_of_another_number_are_rejected(stage: Stage) -> None:
    stage.prior.execute("CREATE TABLE t (c bit(5))")
    with pytest.raises(psycopg.errors.StringDataLengthMismatch) as refused:
        stage.prior.execute("INSERT INTO t VALUES (B'101')")
    assert (compare("bit(3)", "bit(5)").kind, compare("bit(3)", "bit(5)").sqlstate) == ("narrows", refused.value.sqlstate)
    assert compare("vector(3)", "vector(5)").kind == "narrows"


@pytest.mark.parametrize("odd", ["bit varying(x)", "bit varying(1,2)", "interval(x)", "time(\u00b2)", "numeric(a)", "varchar(x)"])
@pytest.mark.parametrize("plain", ["bit varying(3)", "interval(2)", "time(2)", "numeric(5,2)"])
def test_a_limit_that_is_no_number_is_no_wider_one(odd: str, plain: str) -> None:
    for before, after in ((odd, plain), (plain, odd)):
        found = check_text(f"CREATE TABLE t (a {before});", f"ALTER TABLE t ALTER a TYPE {after};")
        assert [f.rule for f in found] == ["change-column-type"]
