"""Probes, their rows and the parameters of queries."""

from __future__ import annotations

import pytest

from migcompat.proof.contract import read_contract
from migcompat.proof.probes import of_database, of_relation
from migcompat.proof.queries import filled, numbered
from migcompat.proof.rows import Maker
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server
from migcompat.proof.session import Probe, Session

TYPES = """
    smallint integer bigint numeric numeric(5,2) numeric(3,3) real float8 money text varchar varchar(3) char char(2) name bytea date
    timestamp timestamptz time timetz interval boolean uuid json jsonb inet cidr macaddr macaddr8 point line box circle path polygon
    bit(3) varbit tsvector tsquery int4range numrange daterange tstzrange int4multirange integer[] text[] uuid[] jsonb[] pg_lsn oid
""".split()


@pytest.fixture(scope="module")
def by_type(postgres: Server) -> dict[str, tuple[list[Probe], list[Probe]]]:
    """The probes of a table for each type: those that work, and those that do not."""
    known = [type_ for type_ in TYPES if postgres.version >= 140000 or "multirange" not in type_]
    with postgres.scratch() as scratch:
        for number, type_ in enumerate(known):
            scratch.connection.execute(f"CREATE TABLE t{number} (a {type_} NOT NULL, b {type_})")
        working, failing = tried(postgres, scratch)
    return {
        type_: (
            [probe for probe in working if probe.touches[0] == f"public.t{number}"],
            [probe for probe in failing if probe.touches[0] == f"public.t{number}"],
        )
        for number, type_ in enumerate(known)
    }


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_has_values_that_it_takes(by_type: dict[str, tuple[list[Probe], list[Probe]]], type_: str) -> None:
    if type_ not in by_type:
        pytest.skip("multiranges came with PostgreSQL 14")
    working, failing = by_type[type_]
    assert [probe for probe in failing if probe.kind in ("insert", "value", "null", "update", "read")] == []
    assert {"insert", "value", "null", "update", "delete", "read", "duplicate"} <= {probe.kind for probe in working}


def test_nothing_of_a_probe_stays(postgres: Server, scratch: Scratch) -> None:
    scratch.connection.execute("CREATE TABLE t (id serial PRIMARY KEY, a text UNIQUE)")
    scratch.connection.execute("INSERT INTO t (a) VALUES ('kept')")
    tried(postgres, scratch)
    assert scratch.connection.execute("SELECT * FROM t").fetchall() == [(1, "kept")]
    assert scratch.connection.execute("SELECT last_value, is_called FROM t_id_seq").fetchone() == (1, True)
    assert scratch.connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = 0").fetchone() == (0,)


def test_each_kind_of_contract_is_tried(postgres: Server, scratch: Scratch) -> None:
    scratch.connection.execute("""
        CREATE TYPE mood AS ENUM ('fine', 'awful');
        CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
        CREATE TYPE pair AS (a int, b text);
        CREATE FUNCTION twice(n int, m int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT n * 2 * m';
        CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood NOT NULL, e email CONSTRAINT one_email UNIQUE);
        CREATE UNIQUE INDEX of_lower ON t (lower(e)) WHERE m = 'fine';
        CREATE VIEW v AS SELECT id, m FROM t;
    """)
    working, _ = tried(postgres, scratch)
    statements = "\n".join(probe.statement for probe in working)
    for part in (
        "SELECT id FROM public.t", "SELECT 'awful'::public.mood", "SELECT (NULL::public.pair).b",
        "SELECT public.twice(NULL::integer)", "ON CONFLICT (id) DO NOTHING", "ON CONFLICT ON CONSTRAINT one_email DO NOTHING",
        "ON CONFLICT ((lower(", "nextval('public.t_id_seq')",
        "INSERT INTO public.v", "SELECT m FROM public.v", "DELETE FROM public.t WHERE",
    ):  # fmt: skip
        assert part in statements


def tried(server: Server, scratch: Scratch) -> tuple[list[Probe], list[Probe]]:
    """All probes of a database: those that work, and those that do not."""
    contract = read_contract(scratch.connection)
    with scratch.connect() as connection:
        session = Session(connection, server)
        maker = Maker(contract, session)
        with session.trial():
            probes = [probe for relation in contract.relations.values() for probe in of_relation(relation, maker)]
        assert maker.problems == {}
        outcomes = session.run([*probes, *of_database(contract)], deferrable=contract.deferrable)
    return [p for p, failure in outcomes.items() if failure is None], [p for p, failure in outcomes.items() if failure is not None]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("SELECT $1, $2", "SELECT $1, $2"),
        ("SELECT :a, :b, :a", "SELECT $1, $2, $1"),
        ("SELECT a::text, ':b', \":c\", 'it''s :d' -- :e", "SELECT a::text, ':b', \":c\", 'it''s :d' -- :e"),
        ("SELECT sqlc.arg(name), sqlc.narg('other')", "SELECT $1, $2"),
        ("SELECT $$ :a $1 $$, :a", "SELECT $$ :a $1 $$, $1"),
        ("SELECT a[1:2], :a", "SELECT a[1:2], $1"),
    ],
)
def test_named_parameters_become_numbered_ones(written: str, read: str) -> None:
    assert numbered(written) == read


def test_parameters_are_filled_in_but_not_within_quotes() -> None:
    assert filled("SELECT $2, '$1', $1", ["'a'::text", "7::integer"]) == "SELECT 7::integer, '$1', 'a'::text"
