"""Extensions on the embedded server: real ones, stand-ins, and those that are lacking. With MIGCOMPAT_TEST_SERVER, where the extensions are
the real ones, the same tests say whether what is expected here is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import errors, sql

from migcompat.proof.extensions import STAND_INS
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server

CONTRACTS = Path(__file__).with_name("extensions")
NAMES = [stand_in.name for stand_in in STAND_INS]

OFFERED = """
WITH member AS (
    SELECT d.classid AS class, d.objid AS oid
    FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    WHERE d.deptype = 'e' AND e.extname = %s
)
SELECT CASE p.prokind WHEN 'a' THEN 'aggregate ' ELSE 'function ' END || proname || '(' || pg_get_function_identity_arguments(p.oid)
    || ') returns ' || CASE WHEN proretset THEN 'setof ' ELSE '' END || format_type(prorettype, NULL)
FROM member JOIN pg_proc AS p ON class = 'pg_proc'::regclass AND p.oid = member.oid
UNION ALL SELECT 'type ' || format_type(t.oid, NULL) || ' category ' || typcategory::text
FROM member JOIN pg_type AS t ON class = 'pg_type'::regclass AND t.oid = member.oid
UNION ALL SELECT 'operator ' || CASE oprleft WHEN 0 THEN '' ELSE format_type(oprleft, NULL) END || ' ' || oprname || ' '
    || format_type(oprright, NULL) || ' returns ' || format_type(oprresult, NULL)
FROM member JOIN pg_operator AS o ON class = 'pg_operator'::regclass AND o.oid = member.oid
UNION ALL SELECT 'cast ' || format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL) || ' ' || castcontext::text
FROM member JOIN pg_cast AS c ON class = 'pg_cast'::regclass AND c.oid = member.oid
UNION ALL SELECT 'operator class ' || opcname || ' using ' || amname || ' for ' || format_type(opcintype, NULL)
    || CASE WHEN opcdefault THEN ' default' ELSE '' END
FROM member JOIN pg_opclass AS o ON class = 'pg_opclass'::regclass AND o.oid = member.oid JOIN pg_am AS a ON a.oid = opcmethod
UNION ALL SELECT 'relation ' || relname FROM member JOIN pg_class AS r ON class = 'pg_class'::regclass AND r.oid = member.oid
UNION ALL SELECT pg_describe_object(class, member.oid, 0) FROM member
WHERE class IN ('pg_ts_dict'::regclass, 'pg_ts_template'::regclass, 'pg_foreign_data_wrapper'::regclass)
"""

GIVES = [
    ("uuid-ossp", "uuid_generate_v3(uuid_ns_dns(), 'example.com')", "9073926b-929f-31c2-abc9-fad77ae3e8eb"),
    ("uuid-ossp", "substr(uuid_generate_v4()::text, 15, 1)", "4"),
    ("uuid-ossp", "uuid_generate_v5(uuid_ns_url(), 'x') = uuid_generate_v5(uuid_ns_url(), 'x')", "true"),
    ("pgcrypto", "digest('x', 'sha256') = sha256('x')", "true"),
    ("pgcrypto", "(SELECT crypt('pw', hash) = hash FROM (SELECT crypt('pw', gen_salt('bf', 4))) AS made(hash))", "true"),
    ("pgcrypto", "(SELECT crypt('no', hash) = hash FROM (SELECT crypt('pw', gen_salt('bf', 4))) AS made(hash))", "false"),
    ("pgcrypto", "(SELECT crypt('pw', hash) = hash FROM (SELECT crypt('pw', gen_salt('md5'))) AS made(hash))", "true"),
    ("pgcrypto", "length(crypt('pw', gen_salt('bf', 4)))", "60"),
    ("pgcrypto", "length(gen_random_bytes(40))", "40"),
    ("pgcrypto", "pgp_sym_decrypt(pgp_sym_encrypt('a', 'key'), 'key')", "a"),
    ("pgcrypto", "dearmor(armor('abc'))", "\\x616263"),
    ("citext", "'Ab'::citext = 'aB'", "true"),
    ("citext", "'STRASSE'::citext LIKE 'str%'", "true"),
    ("citext", "replace('aXbxc'::citext, 'x'::citext, '-'::citext)", "a-b-c"),
    ("citext", "split_part('aXbxc'::citext, 'x'::citext, 3)", "c"),
    ("citext", "regexp_match('fooBAR'::citext, 'bar'::citext)", "{BAR}"),
    ("citext", "(SELECT count(DISTINCT x::citext) FROM (VALUES ('a'), ('A')) AS v(x))", "1"),
    ("pg_trgm", "show_trgm('Foo bar')", '{"  b","  f"," ba"," fo","ar ",bar,foo,"oo "}'),
    ("pg_trgm", "round(similarity('word', 'two words')::numeric, 4)", "0.3636"),
    ("pg_trgm", "'word' % 'wird'", "false"),
    ("hstore", """'a=>1, "c d"=>"e\\"f"'::hstore -> 'c d'""", 'e"f'),
    ("hstore", "'a=>1'::hstore || 'a=>3,b=>2'", '"a"=>"3", "b"=>"2"'),
    ("hstore", "'a=>1, b=>2'::hstore = 'b=>2,a=>1'", "true"),
    ("hstore", "'a=>1,a=>2'::hstore -> 'a'", "1"),
    ("hstore", "'a=>1,b=>NULL'::hstore::jsonb", '{"a": "1", "b": null}'),
    ("hstore", "hstore(ROW(1, 'x'))", '"f1"=>"1", "f2"=>"x"'),
    ("hstore", "'a=>1,b=>2'::hstore - 'a=>1,b=>3'::hstore", '"b"=>"2"'),
    ("ltree", "'a.b'::ltree @> 'a.b.c'", "true"),
    ("ltree", "'a.b'::ltree @> 'a.bc'", "false"),
    ("ltree", "subpath('a.b.c', -2)", "b.c"),
    ("ltree", "lca('a.b.c', 'a.b.d')", "a.b"),
    ("ltree", "'a.b.c'::ltree ~ 'a.*{1}.c'", "true"),
    ("ltree", "'a.b.c'::ltree ~ '!a.*'", "false"),
    ("ltree", "'a.b.c'::ltree @ 'b & !x'", "true"),
    ("intarray", "'{1,2}'::int[] | '{2,3}'::int[]", "{1,2,3}"),
    ("intarray", "'{1,2}'::int[] @@ '1&(2|3)'::query_int", "true"),
    ("intarray", "subarray('{1,2,3,4}', 2, -1)", "{2,3}"),
    ("btree_gist", "'2020-01-01'::date <-> '2020-01-05'::date", "4"),
    ("unaccent", "unaccent('Hôtel à Zürich')", "Hotel a Zurich"),
    ("fuzzystrmatch", "levenshtein('kitten', 'sitting')", "3"),
    ("fuzzystrmatch", "soundex('Tymczak')", "T522"),
]


def available(postgres: Server) -> frozenset[str]:
    """Every extension that CREATE EXTENSION finds, stand-ins included."""
    return frozenset(str(name) for (name,) in postgres.admin.execute("SELECT name FROM pg_available_extensions").fetchall())


def create(scratch: Scratch, postgres: Server, *names: str) -> None:
    for name in names:
        if name not in available(postgres):
            pytest.skip(f"the server lacks {name}")
        try:
            scratch.connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(name)))
        except errors.InsufficientPrivilege:
            scratch.admin.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(name)))


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_the_real_extension_offers_is_there(scratch: Scratch, postgres: Server, name: str) -> None:
    create(scratch, postgres, name)
    offered = {line for (line,) in scratch.admin.execute(OFFERED, [name]).fetchall()}
    assert [line for line in (CONTRACTS / f"{name}.txt").read_text().splitlines() if line not in offered] == []


@pytest.fixture(scope="module")
def equipped(postgres: Server) -> Iterator[Scratch]:
    """A scratch database with every extension there is a stand-in of."""
    with postgres.scratch() as made:
        for name in sorted(available(postgres).intersection(NAMES)):
            create(made, postgres, name)
        yield made


@pytest.mark.parametrize(("name", "expression", "result"), GIVES, ids=[f"{name}: {expression}" for name, expression, _ in GIVES])
def test_what_it_computes(equipped: Scratch, postgres: Server, name: str, expression: str, result: str) -> None:
    if name not in available(postgres):
        pytest.skip(f"the server lacks {name}")
    assert equipped.connection.execute(f"SELECT ({expression})::text").fetchone() == (result,)


def test_a_stand_in_is_named_and_a_real_extension_is_not(scratch: Scratch, postgres: Server) -> None:
    create(scratch, postgres, "citext", "pg_trgm", "vector")
    assert scratch.leaned_on() == tuple(sorted({"citext", "pg_trgm"} & postgres.access.stand_ins))


def test_an_extension_that_is_nowhere_is_named_by_the_server(scratch: Scratch, postgres: Server) -> None:
    with pytest.raises(errors.FeatureNotSupported, match='extension "no_such_extension" is not available'):
        scratch.connection.execute("CREATE EXTENSION no_such_extension")
    assert "no_such_extension" not in available(postgres)


@pytest.mark.parametrize("name", NAMES)
def test_it_works_from_another_schema_and_can_be_moved_and_dropped(scratch: Scratch, postgres: Server, name: str) -> None:
    if name not in postgres.access.stand_ins:
        pytest.skip("a real extension")
    identifier = sql.Identifier(name)
    scratch.connection.execute("CREATE SCHEMA extensions; CREATE SCHEMA elsewhere")
    scratch.connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA extensions").format(identifier))
    scratch.admin.execute(sql.SQL("ALTER EXTENSION {} SET SCHEMA elsewhere").format(identifier))  # as ever, a superuser's matter
    scratch.connection.execute(sql.SQL("ALTER EXTENSION {} UPDATE").format(identifier))
    scratch.connection.execute(sql.SQL("COMMENT ON EXTENSION {} IS 'ours'; DROP EXTENSION {}").format(identifier, identifier))
    assert scratch.leaned_on() == ()


@pytest.mark.parametrize(("expression", "result"), [entry[1:] for entry in GIVES if entry[0] == "hstore"])
def test_functions_find_each_other_from_any_search_path(scratch: Scratch, postgres: Server, expression: str, result: str) -> None:
    create(scratch, postgres, "hstore")
    scratch.connection.execute(f"CREATE VIEW v AS SELECT ({expression})::text AS r; CREATE SCHEMA other; SET search_path = other")
    assert scratch.connection.execute("SELECT r FROM public.v").fetchone() == (result,)


def test_an_earlier_version_can_be_asked_for(scratch: Scratch, postgres: Server) -> None:
    if "pg_trgm" not in postgres.access.stand_ins:
        pytest.skip("a real extension")
    scratch.connection.execute("CREATE EXTENSION pg_trgm VERSION '1.3'; ALTER EXTENSION pg_trgm UPDATE TO '1.5'")
    assert scratch.connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'").fetchone() == ("1.5",)


KINDS = {
    "int4": "n",
    "float8": "n",
    "numeric": "n",
    "interval": "n * interval '1 s'",
    "uuid": "gen_random_uuid()",
    "text": "repeat('x', n % 50)",
    "inet": "inet '10.0.0.0' + n",
    "boolean": "n % 2 = 0",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["gist", "gin"])
def test_an_index_of_many_pages_finds_every_row(scratch: Scratch, postgres: Server, method: str, kind: str) -> None:
    create(scratch, postgres, f"btree_{method}")
    scratch.connection.execute(f"CREATE TABLE t (v {kind}); CREATE INDEX ON t USING {method} (v)")
    scratch.connection.execute(f"INSERT INTO t SELECT {KINDS[kind]} FROM generate_series(1, 2000) AS n; INSERT INTO t VALUES (NULL)")
    find = "SELECT count(*) FROM t WHERE v = (SELECT v FROM t LIMIT 1)"
    expected = scratch.connection.execute(find).fetchone()
    scratch.connection.execute("SET enable_seqscan = off")
    assert scratch.connection.execute(find).fetchone() == expected
    scratch.connection.execute("DELETE FROM t WHERE v IS NOT NULL")
    scratch.connection.execute("VACUUM t")
    assert scratch.connection.execute(find).fetchone() == (0,)


def test_exclusion_constraints_hold(scratch: Scratch, postgres: Server) -> None:
    create(scratch, postgres, "btree_gist")
    scratch.connection.execute("CREATE TABLE booking (room text, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&))")
    scratch.connection.execute("INSERT INTO booking VALUES ('a', '[2026-01-01,2026-01-03)'), ('b', '[2026-01-01,2026-01-03)')")
    with pytest.raises(errors.ExclusionViolation):
        scratch.connection.execute("INSERT INTO booking VALUES ('a', '[2026-01-02,2026-01-04)')")


def test_temporal_keys_hold(scratch: Scratch, postgres: Server) -> None:
    if postgres.version < 180000:
        pytest.skip("new in PostgreSQL 18")
    create(scratch, postgres, "btree_gist")
    scratch.connection.execute("CREATE TABLE price (item int, valid daterange, PRIMARY KEY (item, valid WITHOUT OVERLAPS))")
    scratch.connection.execute("INSERT INTO price VALUES (1, '[2026-01-01,2026-02-01)'), (2, '[2026-01-01,2026-02-01)')")
    with pytest.raises(errors.ExclusionViolation):
        scratch.connection.execute("INSERT INTO price VALUES (1, '[2026-01-15,2026-03-01)')")


def test_unique_citext_ignores_case(scratch: Scratch, postgres: Server) -> None:
    create(scratch, postgres, "citext")
    scratch.connection.execute("CREATE TABLE account (email citext PRIMARY KEY); INSERT INTO account VALUES ('A@b.org')")
    with pytest.raises(errors.UniqueViolation):
        scratch.connection.execute("INSERT INTO account VALUES ('a@B.org')")
    scratch.connection.execute("INSERT INTO account VALUES ('a@b.ORG') ON CONFLICT (email) DO NOTHING")


def test_search_indexes_can_be_made(scratch: Scratch, postgres: Server) -> None:
    create(scratch, postgres, "pg_trgm", "hstore", "ltree", "intarray", "btree_gin")
    scratch.connection.execute("CREATE TABLE t (a text, h hstore, l ltree, ls ltree[], i int[], n int)")
    for columns in (
        "gin (a gin_trgm_ops)", "gist (a gist_trgm_ops)", "gist (a gist_trgm_ops(siglen = 32))", "gin (h)", "gist (h)", "btree (h)",
        "hash (h)", "gist (l)", "btree (l)", "gist (ls)", "gin (i gin__int_ops)", "gist (i gist__int_ops)", "gin (a gin_trgm_ops, n)",
    ):  # fmt: skip
        scratch.connection.execute(f"CREATE INDEX ON t USING {columns}")
    scratch.connection.execute(
        "INSERT INTO t SELECT 'text ' || n, hstore('k', n::text), ('a.b' || n)::ltree, ARRAY[('a.b' || n)::ltree], ARRAY[n], n"
        " FROM generate_series(1, 200) AS n"
    )
    for condition in ("a LIKE '%xt 77%'", "h @> 'k=>77'", "l <@ 'a.b77'", "ls @> 'a.b77.c'::ltree", "i @> '{77}'", "l = 'a.b77'"):
        for switch in ("on", "off"):
            scratch.connection.execute(f"SET enable_seqscan = {switch}")
            assert scratch.connection.execute(f"SELECT n FROM t WHERE {condition}").fetchall() == [(77,)], (condition, switch)


def test_functions_of_triggers_and_foreign_servers(scratch: Scratch, postgres: Server) -> None:
    create(scratch, postgres, "moddatetime")
    scratch.connection.execute("CREATE TABLE t (a int, at timestamp); INSERT INTO t VALUES (1, '2000-01-01')")
    scratch.connection.execute("CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION moddatetime(at)")
    scratch.connection.execute("UPDATE t SET a = 2")
    assert scratch.connection.execute("SELECT a, at > '2020-01-01' FROM t").fetchone() == (2, True)
    if "postgres_fdw" in postgres.access.stand_ins:
        scratch.connection.execute(
            "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1')"
        )
        scratch.connection.execute("CREATE FOREIGN TABLE far_away (a int) SERVER far")
        with pytest.raises(errors.ObjectNotInPrerequisiteState):
            scratch.connection.execute("SELECT * FROM far_away")
