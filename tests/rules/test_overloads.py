"""Which calls a new overload makes ambiguous: for every pair of signatures the check says what PostgreSQL says."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from generations import answer

import migcompat

ONE = ("1", "'1'")
TEXT = ("'x'", "'x'")
DAY = ("'2026-01-01'", "'2026-01-01'")
CONSTANTS = {
    "int": ONE, "bigint": ONE, "numeric": ONE, "float8": ONE, "text": TEXT, "date": DAY, "timestamp": DAY,
    "timestamptz": DAY, "jsonb": ("'1'", "'1'"), "boolean": ("'true'", "'true'"),
    "int[]": ("'{1}'", "'{1}'"), "mood": ("'ok'", "'ok'"), "email": TEXT, "anyelement": ("1", "1"),
}  # fmt: skip
"""Of each type a constant as SQL writes it, and one that leaves the type open."""

SIGNATURES = (
    "", *(f"a {type_}" for type_ in CONSTANTS), "VARIADIC a int[]", "a int, VARIADIC b int[]", "a int, b int DEFAULT 0",
    "a text, b text DEFAULT ''", "a text, b int", "a int, b jsonb", "b int, a text", "a int DEFAULT 0, b int DEFAULT 0",
)  # fmt: skip
SCHEMA = "CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN email AS text"


def function(signature: str) -> str:
    return f"CREATE FUNCTION f({signature}) RETURNS int LANGUAGE sql AS 'SELECT 1'"


def parameters(signature: str) -> list[tuple[str, str]]:
    """Names and types."""
    parts = [part.strip().removeprefix("VARIADIC ").split() for part in signature.split(",") if part]
    return [(name, type_) for name, type_, *_ in parts]


def calls(signature: str) -> Iterator[str]:
    """By position and by name, with each number of arguments: typed, as constants, and with the types left open."""
    given, variadic = parameters(signature), "VARIADIC" in signature
    required = len([part for part in signature.split(",") if part and "DEFAULT" not in part])
    for count in range(required, len(given) + 1 + variadic):
        used = [given[min(i, len(given) - 1)] for i in range(count)]
        types = [type_.removesuffix("[]") if variadic else type_ for _, type_ in used]
        typed = [CONSTANTS[t][0] if t == "anyelement" else f"{CONSTANTS[t][0]}::{t}" for t in types]
        for values in (typed, [CONSTANTS[t][0] for t in types], [CONSTANTS[t][1] for t in types]):
            yield f"SELECT f({', '.join(values)})"
            if count and not variadic:
                yield f"SELECT f({', '.join(f'{name} => {value}' for (name, _), value in zip(used, values, strict=True))})"


def ambiguous_on_the_server(connection: psycopg.Connection, old: str, new: str) -> bool:
    """Whether a call that worked is answered with 42725."""
    with connection.transaction(force_rollback=True):
        connection.execute(f"{SCHEMA}; {function(old)}")
        worked = [call for call in dict.fromkeys(calls(old)) if answer(connection, call) == "works"]
        assert worked
        connection.execute(function(new))
        answers = {answer(connection, call) for call in worked}
    assert answers <= {"works", "42725"}
    return "42725" in answers


def ambiguous_to_the_check(old: str, new: str) -> bool:
    findings = migcompat.check_text(f"{SCHEMA}; {function(old)}", function(new))
    assert {finding.rule for finding in findings} <= {"ambiguous-function"}
    return bool(findings)


def takes_the_same_types(one: str, other: str) -> bool:
    """Then it is no overload."""
    return [type_ for _, type_ in parameters(one)] == [type_ for _, type_ in parameters(other)]


@pytest.mark.parametrize("old", SIGNATURES, ids=[f"f({signature})" for signature in SIGNATURES])
def test_the_check_finds_ambiguous_what_postgresql_does(old: str, database: str) -> None:
    overloads = [new for new in SIGNATURES if not takes_the_same_types(old, new)]
    with psycopg.connect(database, autocommit=True) as connection:
        server = {new for new in overloads if ambiguous_on_the_server(connection, old, new)}
    assert {new for new in overloads if ambiguous_to_the_check(old, new)} == server


TOGETHER = [
    (
        "two overloads at once, which no call tells apart",
        function("a date"),
        f"{function('a text')}; {function('a text, b int DEFAULT 0')}",
        "SELECT f('2026-01-01')",
        ("works", "42725"),
    ),
    (
        "a constant goes with the type of the others",
        f"{function('a int, b jsonb')}; {function('a text, b text')}",
        function("a int, b int"),
        "SELECT f(1, '1')",
        ("works", "works"),
    ),
    (
        "a constant goes with no type of the others",
        f"{function('a int, b jsonb')}; {function('a text, b text')}",
        function("a int, b date"),
        "SELECT f(1, '1')",
        ("works", "42725"),
    ),
    (
        "an exact match goes before what an integer is cast to",
        f"{function('a int, b text')}; {function('a bigint, b text')}",
        function("a numeric, b text"),
        "SELECT f(1, 'x')",
        ("works", "works"),
    ),
    (
        "a constant goes with strings, whatever the typed one beside it meets",
        function("a date, b anyelement"),
        function("a text, b bigint"),
        "SELECT f('2026-01-01', 1)",
        ("works", "works"),
    ),
    (
        "what was ambiguous before, by a type that is gone",
        f"CREATE DOMAIN big AS bigint; {function('a numeric')}; {function('a big')}",
        f"DROP DOMAIN big CASCADE; {function('a real')}",
        "SELECT f(1)",
        ("42725", "42725"),
    ),
]


@pytest.mark.parametrize(("schema", "deploy", "call", "answers"), [case[1:] for case in TOGETHER], ids=[case[0] for case in TOGETHER])
def test_overloads_that_come_together(schema: str, deploy: str, call: str, answers: tuple[str, str], database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(schema)
        before = answer(connection, call)
        connection.execute(deploy)
        assert (before, answer(connection, call)) == answers
    found = {finding.rule for finding in migcompat.check_text(schema, deploy)}
    assert ("ambiguous-function" in found) == (answers == ("works", "42725"))
