from __future__ import annotations

import time

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcompat.changes import (
    Alter,
    CallFunction,
    Change,
    ColumnDef,
    ConstraintDef,
    CreateFunction,
    CreateTable,
    Dynamic,
    IndexKey,
    Name,
    Opaque,
    TypeName,
)
from migcompat.changes.definitions import NOWHERE
from migcompat.findings import Span
from migcompat.frozen import fields, replace
from migcompat.lowering.procedural import effects_of_call
from migcompat.lowering.rewriting import pinned
from migcompat.lowering.statements import lower
from migcompat.sql.splitter import split


def changes(sql: str) -> list[Change]:
    return [change for statement in split(sql).statements for change in lower(statement)]


def told(found: list[Change] | tuple[Change, ...]) -> list[str]:
    """Each change in a line: its type and everything in it that says something; calls of routines are left out."""
    return [" ".join([type(change).__name__, *words(change)]) for change in found if not isinstance(change, CallFunction)]


def words(value: object) -> list[str]:
    if isinstance(value, (Name, TypeName, str)):
        return [str(value)] if str(value) else []
    if isinstance(value, tuple):
        return [word for item in value for word in words(item)]
    if isinstance(value, (Change, ColumnDef, ConstraintDef, IndexKey)):
        return [word for name in fields(value) if name != "kind" for word in words(getattr(value, name))]
    return []


def do(body: str, declarations: str = "") -> str:
    return f"DO $$ DECLARE {declarations} BEGIN {body} END $$"


STATIC = [
    ("ALTER TABLE t DROP COLUMN c;", ["DropColumn t c"]),
    ("IF EXISTS (SELECT 1 FROM t) THEN DROP TABLE a; ELSIF x THEN DROP TABLE b; ELSE DROP TABLE c; END IF;",
     ["DropRelation a", "DropRelation b", "DropRelation c"]),
    ("CASE x WHEN 1, 2 THEN DROP TABLE a; ELSE DROP TABLE b; END CASE;", ["DropRelation a", "DropRelation b"]),
    ("CASE WHEN x > 1 THEN DROP TABLE a; END CASE;", ["DropRelation a"]),
    ("LOOP DROP TABLE a; EXIT WHEN found; END LOOP;", ["DropRelation a"]),
    ("<<outer>> WHILE i < 3 LOOP DROP TABLE a; CONTINUE outer; END LOOP outer;", ["DropRelation a"]),
    ("FOR r IN SELECT * FROM t ORDER BY a LOOP DROP TABLE a; END LOOP;", ["DropRelation a"]),
    ("FOR r IN EXECUTE 'SELECT 1' USING x LOOP DROP TABLE a; END LOOP;", ["DropRelation a"]),
    ("FOREACH x SLICE 1 IN ARRAY ys LOOP DROP TABLE a; END LOOP;", ["DropRelation a"]),
    ("BEGIN DROP TABLE a; EXCEPTION WHEN undefined_table OR SQLSTATE '42501' THEN DROP VIEW a; WHEN OTHERS THEN NULL; END;",
     ["DropRelation a", "DropRelation a"]),
    ("<<inner>> DECLARE x int := 1; DECLARE y text; BEGIN DROP TABLE a; END inner;", ["DropRelation a"]),
    ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; DROP TABLE a;",
     ["CreateFunction f integer sql BEGIN ATOMIC", "DropRelation a"]),
    ("CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b); DROP TABLE a;",
     ["CreateRule t r insert (DELETE FROM a; DELETE FROM b)", "DropRelation a"]),
    ("DO $x$ BEGIN DROP TABLE a; END $x$;", ["DropRelation a"]),
    ("CREATE TABLE n AS SELECT 1;", ["CreateQueryTable n"]),
    ("PERFORM set_config('search_path', 'app', true); DROP TABLE a;", ["SetSearchPath app", "DropRelation a"]),
    ("RETURN; DROP TABLE a;", ["DropRelation a"]),
    ("WITH gone AS (DELETE FROM t RETURNING a) INSERT INTO u SELECT a FROM gone RETURNING a INTO x;", ["Fill u"]),
]  # fmt: skip
"""DDL that stands in the body as it is: every branch is taken to run."""


@pytest.mark.parametrize(("body", "expected"), STATIC, ids=[body for body, _ in STATIC])
def test_static_ddl_of_a_body_is_ddl(body: str, expected: list[str]) -> None:
    found = told(changes(do(body)))
    assert [line[: len(wanted)] for line, wanted in zip(found, expected, strict=True)] == expected


CONDITIONAL = [
    ("IF x THEN DROP TABLE a; END IF;", "DROP TABLE IF EXISTS a"),
    ("IF x THEN NULL; ELSE CREATE TABLE a (b int); END IF;", "CREATE TABLE IF NOT EXISTS a (b int)"),
    ("IF x THEN ALTER TABLE a DROP COLUMN b; END IF;", "ALTER TABLE IF EXISTS a DROP COLUMN IF EXISTS b"),
    ("FOR i IN 1..1 LOOP DROP TABLE a; END LOOP;", "DROP TABLE a"),
    ("BEGIN DROP TABLE a; END;", "DROP TABLE a"),
]  # fmt: skip
"""What may be skipped is taken to run where it can: as if it said IF [NOT] EXISTS."""
SPARING = [
    ("BEGIN ALTER TABLE a ADD COLUMN b int; EXCEPTION WHEN duplicate_column THEN NULL; END;",
     "ALTER TABLE IF EXISTS a ADD COLUMN IF NOT EXISTS b int"),
    ("FOR r IN SELECT FROM t LOOP EXECUTE 'ALTER TABLE a DROP CONSTRAINT b'; END LOOP;",
     "ALTER TABLE IF EXISTS a DROP CONSTRAINT IF EXISTS b"),
    ("IF x THEN ALTER TABLE a ALTER COLUMN b SET NOT NULL; END IF;", "ALTER TABLE IF EXISTS a ALTER COLUMN b SET NOT NULL"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "same"), CONDITIONAL, ids=[body for body, _ in CONDITIONAL])
def test_conditional_ddl_proves_nothing_about_what_exists(body: str, same: str) -> None:
    nowhere = Span(0, 0)
    assert [pinned(change, nowhere) for change in changes(do(body))] == [pinned(change, nowhere) for change in changes(same)]


@pytest.mark.parametrize(("body", "same"), SPARING, ids=[body for body, _ in SPARING])
def test_conditional_ddl_spares_a_missing_column_which_no_if_exists_does(body: str, same: str) -> None:
    nowhere = Span(0, 0)
    sparing = [replace(change, column_if_exists=True) for change in changes(same) if isinstance(change, Alter)]
    assert [pinned(change, nowhere) for change in changes(do(body))] == [pinned(change, nowhere) for change in sparing]


QUIET = [
    "NULL;",
    "RAISE NOTICE 'would drop table %', x;",
    "RAISE EXCEPTION USING message = 'drop', errcode = '42501';",
    "ASSERT x > 0, 'create';",
    "SELECT count(*) INTO x FROM t;",
    "SELECT a, b INTO STRICT x, y FROM t WHERE drop = 'drop table';",
    "INSERT INTO t VALUES ('drop table t') ON CONFLICT DO NOTHING;",
    "UPDATE t SET a = 1; DELETE FROM t;",
    "x := 'drop table t'; y.z := x; a[1] := 2; x = 3;",
    "GET DIAGNOSTICS x = ROW_COUNT; GET STACKED DIAGNOSTICS x = MESSAGE_TEXT, y = PG_EXCEPTION_DETAIL;",
    "OPEN c FOR SELECT 1; FETCH NEXT FROM c INTO x; MOVE c; CLOSE c;",
    "OPEN c FOR EXECUTE 'DROP TABLE t';",
    "FOR r IN EXECUTE 'DROP TABLE t' LOOP NULL; END LOOP;",
    "COMMIT; ROLLBACK;",
    "LOCK TABLE t; ANALYZE t; COMMENT ON TABLE t IS 'drop';",
    "-- DROP TABLE t;\n/* DROP TABLE t; */ NULL;",
    "EXECUTE 'SELECT * FROM ' || x;",
    "EXECUTE format('UPDATE %I SET a = $1', x) USING y;",
    "EXECUTE format('DELETE FROM %I', x) INTO y;",
    "EXECUTE 'ANALYZE ' || x; EXECUTE 'VACUUM ' || x; EXECUTE 'REFRESH MATERIALIZED VIEW ' || x; EXECUTE 'NOTIFY ' || x;",
    "EXECUTE format('COMMENT ON TABLE %I IS %L', x, y); EXECUTE 'SET LOCAL ROLE ' || x;",
    "EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', x, y); EXECUTE 'GRANT ' || x || ' TO ' || y;",
    "EXECUTE format('CREATE TABLE %I (%s)', x, y); EXECUTE 'CREATE TABLE ' || x || ' PARTITION OF t FOR VALUES IN (1)';",
    "EXECUTE format('CREATE INDEX %I ON %I (a)', x, y); EXECUTE 'CREATE SCHEMA ' || x; EXECUTE 'CREATE ROLE ' || x;",
    "EXECUTE format('CREATE OR REPLACE VIEW %I AS SELECT 1', x); EXECUTE 'CREATE SEQUENCE ' || x || ' START 3';",
    "EXECUTE format('ALTER TABLE %I SET (fillfactor = %s)', x, y); EXECUTE format('ALTER TABLE %I VALIDATE CONSTRAINT %I', x, y);",
    "EXECUTE format('ALTER TABLE t ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', x, y, z);",
    "EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', x); EXECUTE format('ALTER TABLE %I ADD COLUMN c int', x);",
    "EXECUTE format('ALTER SEQUENCE %I RESTART WITH %s', x, y);",
    "q := 'SELECT 1'; IF x THEN q := q || ' WHERE true'; END IF; EXECUTE q;",
    "q := 'SELECT 1'; FOR r IN SELECT 1 LOOP q := q || r.a; END LOOP; EXECUTE q;",
    "EXECUTE format('SELECT %s' || x, y);",
]  # fmt: skip
"""Bodies that take nothing from the contract, for all that they mention."""


@pytest.mark.parametrize("body", QUIET)
def test_a_body_that_takes_nothing_is_quiet(body: str) -> None:
    assert told(changes(do(body))) == []


RESOLVED = [
    ("", "EXECUTE 'ALTER TABLE t DROP COLUMN c';", "ALTER TABLE t DROP COLUMN c"),
    ("", "EXECUTE $q$ ALTER TABLE t DROP COLUMN c; DROP TABLE u $q$;", "ALTER TABLE t DROP COLUMN c; DROP TABLE u"),
    ("", "EXECUTE 'ALTER TABLE t ' || E'DROP\\nCOLUMN' || (' ' || 'c');", "ALTER TABLE t DROP COLUMN c"),
    ("", "EXECUTE format('ALTER TABLE %I.%I DROP COLUMN %s', 'public', 'Mixed', 'c');", 'ALTER TABLE public."Mixed" DROP COLUMN c'),
    ("", "EXECUTE format('ALTER TABLE %2$I DROP COLUMN %1$I; ALTER TABLE u DROP COLUMN %I', 'user', 't');",
     'ALTER TABLE t DROP COLUMN "user"; ALTER TABLE u DROP COLUMN t'),
    ("", "EXECUTE format('ALTER TABLE t ALTER d SET DEFAULT %L', 'it''s 5%');", "ALTER TABLE t ALTER d SET DEFAULT 'it''s 5%'"),
    ("", "EXECUTE format('ALTER TABLE t ALTER d SET DEFAULT %L', NULL);", "ALTER TABLE t ALTER d SET DEFAULT NULL"),
    ("", "EXECUTE 'DROP '\n  'TABLE ' -- why\n  't';", "DROP TABLE t"),
    ("", "EXECUTE format('COMMENT ON TABLE t IS ''100%%''; DROP TABLE u');", "DROP TABLE u"),
    ("", "EXECUTE concat('DROP TABLE ', NULL, 'u'); EXECUTE concat_ws(' ', 'DROP', 'TABLE', quote_ident('Mixed'));",
     'DROP TABLE u; DROP TABLE "Mixed"'),
    ("", "EXECUTE 'ALTER TABLE t ALTER d SET DEFAULT ' || quote_literal('x') || '::text';",
     "ALTER TABLE t ALTER d SET DEFAULT 'x'::text"),
    ("", "EXECUTE 'DROP TABLE ' || lower('U') || ' ' || upper('cascade');", "DROP TABLE u CASCADE"),
    ("", "EXECUTE 'DROP TABLE ' || current_schema() || '.u';", "DROP TABLE public.u"),
    ("", "EXECUTE 'DROP TABLE ' || 'u'::regclass;", "DROP TABLE u"),
    ("", "EXECUTE replace('DROP TABLE x', 'x', 'u') || coalesce(NULL, ' CASCADE');", "DROP TABLE u CASCADE"),
    ("", "EXECUTE 'DO $x$ BEGIN EXECUTE ''DROP TABLE u''; END $x$';", "DROP TABLE u"),
    ("n text := 'u';", "EXECUTE 'DROP TABLE ' || n;", "DROP TABLE u"),
    ("n CONSTANT text NOT NULL DEFAULT 'u'; q text;", "q := 'DROP TABLE ' || n; EXECUTE q;", "DROP TABLE u"),
    ("n text;", "SELECT 'u' INTO n; EXECUTE 'DROP TABLE ' || n;", "DROP TABLE u"),
    ("n text := 't';", "DECLARE n text := 'u'; BEGIN EXECUTE 'DROP TABLE ' || n; END;", "DROP TABLE u"),
    ("n text := 'u';", "DECLARE n text := 't'; BEGIN NULL; END; EXECUTE 'DROP TABLE ' || n;", "DROP TABLE u"),
    ("n text := 'u';", "IF true THEN n := 'u'; END IF; EXECUTE 'DROP TABLE ' || n;", "DROP TABLE u"),
    ("n text;", "FOREACH n IN ARRAY ARRAY['t', 'u'] LOOP EXECUTE format('ALTER TABLE %I ALTER a DROP NOT NULL', n); END LOOP;",
     "ALTER TABLE t ALTER a DROP NOT NULL; ALTER TABLE u ALTER a DROP NOT NULL"),
    ("n text; ns text[] := '{t,u}';", "FOREACH n IN ARRAY ns LOOP EXECUTE 'DROP TABLE ' || n; END LOOP;", "DROP TABLE t; DROP TABLE u"),
    ("n text;", "FOREACH n IN ARRAY string_to_array('t,u', ',') LOOP EXECUTE 'DROP TABLE ' || n; END LOOP;", "DROP TABLE t; DROP TABLE u"),
    ("n text;", "FOR n IN SELECT unnest(ARRAY['t', 'u']) LOOP EXECUTE 'DROP TABLE ' || n; END LOOP;", "DROP TABLE t; DROP TABLE u"),
    ("r record;", "FOR r IN SELECT unnest(ARRAY['t', 'u']::text[]) AS n LOOP EXECUTE 'DROP TABLE ' || r.n; END LOOP;",
     "DROP TABLE t; DROP TABLE u"),
    ("r record;", "FOR r IN (SELECT n FROM unnest(ARRAY['t', 'u']) AS x(n)) LOOP EXECUTE 'DROP TABLE ' || r.n; END LOOP;",
     "DROP TABLE t; DROP TABLE u"),
    ("r record;", "FOR r IN VALUES ('t', 'a'), ('u', 'a') LOOP EXECUTE format('ALTER TABLE %I DROP %I', r.column1, r.column2); END LOOP;",
     "ALTER TABLE t DROP a; ALTER TABLE u DROP a"),
    ("r record;",
     "FOR r IN SELECT * FROM (VALUES ('t', 'a'), ('u', 'a')) AS v(n, c) LOOP EXECUTE format('ALTER TABLE %I DROP %I', r.n, r.c); END LOOP;",
     "ALTER TABLE t DROP a; ALTER TABLE u DROP a"),
    ("n text; c text;", "FOR n, c IN VALUES ('t', 'a'), ('u', 'a') LOOP EXECUTE format('ALTER TABLE %I DROP %I', n, c); END LOOP;",
     "ALTER TABLE t DROP a; ALTER TABLE u DROP a"),
    ("", "FOR i IN 1..2 LOOP EXECUTE format('CREATE TABLE p%s (a int)', i); END LOOP;", "CREATE TABLE p1 (a int); CREATE TABLE p2 (a int)"),
    ("ns text[] := ARRAY['t', 'u'];", "FOR i IN 1 .. array_length(ns, 1) LOOP EXECUTE 'DROP TABLE ' || ns[i]; END LOOP;",
     "DROP TABLE t; DROP TABLE u"),
    ("i int := 0;", "WHILE i < 2 LOOP EXECUTE 'CREATE TABLE p' || text(i) || ' (a int)'; i := i + 1; END LOOP;",
     "CREATE TABLE p0 (a int); CREATE TABLE p1 (a int)"),
    ("I int;",
     "I = 3; WHILE i >= 1 + 1 LOOP EXECUTE format('CREATE TABLE p%s (a int)', i); i = i - 1; END LOOP; EXECUTE 'DROP TABLE p' || i + 1;",
     "CREATE TABLE p3 (a int); CREATE TABLE p2 (a int); DROP TABLE p2"),
    ("i int := 7;", "WHILE i <> 7 LOOP DROP TABLE t; END LOOP; DROP TABLE u;", "DROP TABLE u"),
    ("n text; s text;",
     "FOREACH n IN ARRAY ARRAY['t', 'u'] LOOP s := n || '_new'; EXECUTE 'ALTER TABLE ' || n || ' RENAME TO ' || s; END LOOP;",
     "ALTER TABLE t RENAME TO t_new; ALTER TABLE u RENAME TO u_new"),
]  # fmt: skip
"""What EXECUTE runs is known here: declarations, body, and the statements that do the same."""

TABLES = (
    """CREATE TABLE t (a int NOT NULL, c int, d text, "user" int); CREATE TABLE u (a int NOT NULL, t int); CREATE TABLE "Mixed" (c int)"""
)
CATALOG = """
    SELECT c.relname::text, a.attname::text, a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
      FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1, 2"""


@pytest.mark.parametrize(("declarations", "body", "same"), RESOLVED, ids=[body for _, body, _ in RESOLVED])
def test_execute_of_known_text_does_what_the_text_says(declarations: str, body: str, same: str) -> None:
    assert told(changes(do(body, declarations))) == told(changes(same))


def test_the_server_agrees_on_what_is_executed(server: str) -> None:
    with psycopg.connect(server) as connection:

        def catalog_after(sql: str) -> list[tuple[object, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(TABLES)
                cursor.execute(sql.encode())
                rows = cursor.execute(CATALOG).fetchall()
            connection.rollback()
            return rows

        differing = [body for declarations, body, same in RESOLVED if catalog_after(do(body, declarations)) != catalog_after(same)]
    assert differing == []


def test_the_server_fetches_no_rows_from_ddl(server: str) -> None:
    refused = {
        do("FOR r IN EXECUTE 'DROP TABLE t' LOOP NULL; END LOOP;", "r record;"): "42P11",
        do("FOR r IN EXECUTE 'DROP TABLE t; SELECT 1' LOOP NULL; END LOOP;", "r record;"): "42P11",
        do("OPEN c FOR EXECUTE 'DROP TABLE t';", "c refcursor;"): "42P11",
        do(
            "CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN RETURN QUERY EXECUTE ''DROP TABLE t''; END'; PERFORM f();"
        ): "42601",
        do("SELECT a INTO u FROM t;"): "42601",
    }
    answered = {}
    with psycopg.connect(server) as connection:
        for sql in refused:
            connection.execute("CREATE TABLE t (a int)")
            with pytest.raises(psycopg.Error) as error:
                connection.execute(sql.encode())
            answered[sql] = error.value.sqlstate
            connection.rollback()
    assert answered == refused


DYNAMIC = [
    ("EXECUTE x;", "`x` is not constant"),
    ("EXECUTE r.ddl;", "`r.ddl` is not constant"),
    ("EXECUTE (SELECT ddl FROM t);", "`(SELECT ddl FROM t)` is not constant"),
    ("EXECUTE format('DROP TABLE %I', x);", "`x` is not constant in `DROP TABLE {x}`"),
    ("EXECUTE 'DROP TABLE ' || quote_ident(x) || ' CASCADE';", "`x` is not constant in `DROP TABLE {x} CASCADE`"),
    ("EXECUTE format('ALTER TABLE t DROP CONSTRAINT %I', con);", "`con` is not constant in `ALTER TABLE t DROP CONSTRAINT {con}`"),
    ("EXECUTE format('ALTER TABLE %I RENAME TO %I', x, x || '_old');", "`x` is not constant in `ALTER TABLE {x} RENAME TO {x}_old`"),
    ("EXECUTE format('ALTER TABLE %I ADD COLUMN c int NOT NULL', x);",
     "`x` is not constant in `ALTER TABLE {x} ADD COLUMN c int NOT NULL`"),
    ("EXECUTE format('ALTER TABLE %I ADD COLUMN c int UNIQUE', x);", "`x` is not constant in `ALTER TABLE {x} ADD COLUMN c int UNIQUE`"),
    ("EXECUTE 'ALTER TABLE t ADD COLUMN c ' || x;", "`x` is not constant in `ALTER TABLE t ADD COLUMN c {x}`"),
    ("EXECUTE format('CREATE UNIQUE INDEX ON %I (a)', x);", "`x` is not constant in `CREATE UNIQUE INDEX ON {x} (a)`"),
    ("EXECUTE format('CREATE TRIGGER g BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION f()', x);",
     "`x` is not constant in `CREATE TRIGGER g BEFORE INSERT ON {x} FOR EACH ROW EXECUTE FUNCTION f()`"),
    ("EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', x);",
     "`x` is not constant in `ALTER TABLE {x} ENABLE ROW LEVEL SECURITY`"),
    ("EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', x);", "`x` is not constant in `ALTER TABLE {x} DISABLE TRIGGER USER`"),
    ("EXECUTE format('ALTER TABLE %I OWNER TO app', x);", "`x` is not constant in `ALTER TABLE {x} OWNER TO app`"),
    ("EXECUTE format('ALTER TABLE t DETACH PARTITION %I', x);", "`x` is not constant in `ALTER TABLE t DETACH PARTITION {x}`"),
    ("EXECUTE 'REVOKE ALL ON ' || x || ' FROM app';", "`x` is not constant in `REVOKE ALL ON {x} FROM app`"),
    ("EXECUTE 'TRUNCATE ' || x;", "`x` is not constant in `TRUNCATE {x}`"),
    ("EXECUTE 'CALL ' || x || '()';", "`x` is not constant in `CALL {x}()`"),
    ("EXECUTE 'ALTER TABLE ' || x || ' ' || y;", "`x` and `y` are not constant in `ALTER TABLE {x} {y}`"),
    ("x := 'DROP TABLE t'; SELECT q INTO x FROM t; EXECUTE x;", "`x` is not constant"),
    ("x := 'DROP TABLE t'; FETCH c INTO x; EXECUTE x;", "`x` is not constant"),
    ("x := 'DROP TABLE t'; GET DIAGNOSTICS x = PG_CONTEXT; EXECUTE x;", "`x` is not constant"),
    ("x := 'DROP TABLE t'; INSERT INTO u VALUES (1) RETURNING a INTO x; EXECUTE x;", "`x` is not constant"),
    ("x := 'DROP TABLE t'; EXECUTE 'SELECT q' INTO x; EXECUTE x;", "`x` is not constant"),
    ("x := 'DROP TABLE t'; CALL p(x); EXECUTE x;", "`x` is not constant"),
    ("x := 'DROP TABLE t'; IF y THEN x := 'SELECT 1'; END IF; EXECUTE x;", "`x` is not constant"),
    ("x := 'SELECT 1'; BEGIN x := 'DROP TABLE t'; EXCEPTION WHEN OTHERS THEN NULL; END; x := x || y; EXECUTE x;",
     "`x` and `y` are not constant in `{x}{y}`"),
    ("x := 'SELECT 1'; BEGIN x := 'DROP TABLE t'; PERFORM f(); x := 'SELECT 2'; EXCEPTION WHEN OTHERS THEN EXECUTE x; END;",
     "`x` is not constant"),
    ("x := '1'; WHILE x < y LOOP EXECUTE 'DROP TABLE t' || x; x := x + 1; END LOOP;", "`x` is not constant in `DROP TABLE t{x}`"),
    ("x := '1'; WHILE x < 3 LOOP EXECUTE 'DROP TABLE t' || x; x := f(); END LOOP;", "`x` is not constant in `DROP TABLE t{x}`"),
    ("x := '1'; WHILE x < 9999 LOOP EXECUTE 'DROP TABLE t' || x; x := x + 1; END LOOP;", "`x` is not constant in `DROP TABLE t{x}`"),
    ("x := 'SELECT 1'; LOOP EXECUTE x; x := 'DROP TABLE t'; END LOOP;", "`x` is not constant"),
]  # fmt: skip
"""EXECUTE of a text that only the server knows, and what the report says of it."""


@pytest.mark.parametrize(("body", "reason"), DYNAMIC, ids=[body for body, _ in DYNAMIC])
def test_execute_of_unknown_text_is_reported(body: str, reason: str) -> None:
    found = [change.reason for change in changes(do(body)) if isinstance(change, Dynamic)]
    assert found == [reason]


STILL_TOLD = [
    ("EXECUTE format('ALTER TABLE t ADD CONSTRAINT %I CHECK (a > 0)', x);", ["AddConstraint t {x} a > 0"]),
    ("EXECUTE format('CREATE UNIQUE INDEX %I ON t (a)', x);", ["CreateIndex t {x} a btree"]),
    ("EXECUTE 'REVOKE ALL ON t FROM ' || who;", ["Grant t all {who}"]),
    ("EXECUTE 'ALTER TABLE t OWNER TO ' || quote_ident(who);", ["SetOwner t {who}"]),
    ("EXECUTE format('ALTER TABLE t ALTER d SET DEFAULT %L', x);", ["SetDefault t d '{x}'"]),
    ("EXECUTE format('ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT %L', x);", ["AddColumn t c integer '{x}'"]),
    ("EXECUTE format('ALTER TABLE t DROP COLUMN a, ADD COLUMN %I int', x);", ["DropColumn t a"]),
    ("EXECUTE format('DROP TABLE t; CREATE TABLE %I (a int)', x);", ["DropRelation t"]),
]  # fmt: skip
"""Texts that are unknown only where it does not matter for what they take."""


@pytest.mark.parametrize(("body", "expected"), STILL_TOLD, ids=[body for body, _ in STILL_TOLD])
def test_an_unknown_name_of_no_matter_hides_nothing(body: str, expected: list[str]) -> None:
    assert told(changes(do(body))) == expected


def test_an_unreadable_body_is_reported_where_it_mentions_ddl() -> None:
    assert [type(change) for change in changes("DO $$ BEGIN IF x DROP TABLE t; END $$")] == [Opaque]
    assert [type(change) for change in changes("DO $$ BEGIN IF x UPDATE t; END $$")] == []


def test_an_unreadable_statement_of_a_body_hides_no_other() -> None:
    found = changes(do("ALTER TABLE t FROBNICATE; DROP TABLE u;"))
    assert told(found[1:]) == ["DropRelation u"]
    assert isinstance(found[0], Opaque)


def test_code_in_another_language_is_reported_where_it_mentions_ddl() -> None:
    found = changes("DO LANGUAGE plpython3u $$ plpy.execute('drop table t') $$; DO $$ plpy.log('x') $$ LANGUAGE plpython3u")
    assert [change.reason for change in found if isinstance(change, Dynamic)] == ["plpython3u code is not read, and this mentions DROP"]


PLACES = [
    ("DO $$ BEGIN\n  ALTER TABLE t DROP COLUMN c; END $$", "DROP COLUMN c"),
    ("DO LANGUAGE plpgsql $body$ BEGIN DROP TABLE t; END $body$", "DROP TABLE t"),
    ("DO 'BEGIN RAISE NOTICE ''a''; ALTER TABLE t ALTER c SET DEFAULT ''b''; END'", "ALTER c SET DEFAULT ''b''"),
    ("DO $$ BEGIN EXECUTE format('DROP TABLE %I', 't'); END $$", "EXECUTE format('DROP TABLE %I', 't')"),
    ("DO $$ BEGIN EXECUTE x INTO y USING z; END $$", "EXECUTE x INTO y USING z"),
    ("DO $a$ BEGIN DO $b$ BEGIN DROP TABLE t; END $b$; END $a$", "DROP TABLE t"),
    ("DO $$ BEGIN SELECT f(1) INTO x; END $$", "SELECT f(1) INTO x"),
    ("DO $$ BEGIN PERFORM f(1); END $$", "PERFORM f(1)"),
    ("DO $$ BEGIN x := f(1); END $$", "x := f(1)"),
]


@pytest.mark.parametrize(("sql", "place"), PLACES)
def test_a_change_stands_where_the_body_says_it(sql: str, place: str) -> None:
    (change,) = changes(sql)
    assert sql[change.span.start : change.span.end] == place


def test_columns_and_constraints_of_a_body_keep_their_places() -> None:
    sql = "DO $$ BEGIN CREATE TABLE t (a int, CONSTRAINT k CHECK (a > 0)); END $$"
    (table,) = changes(sql)
    assert isinstance(table, CreateTable)
    assert [sql[part.span.start : part.span.end] for part in (*table.columns, *table.constraints)] == [
        "a int",
        "CONSTRAINT k CHECK (a > 0)",
    ]


CALLED = [
    ("PERFORM f(1);", ["f"]),
    ("SELECT app.f() INTO x;", ["app.f"]),
    ("CALL p(1);", ["p"]),
    ("x := f(g(1));", ["f", "g"]),
    ("IF f() THEN NULL; END IF;", ["f"]),
    ("WHILE f() LOOP NULL; END LOOP;", ["f"]),
    ("FOR r IN SELECT * FROM f() LOOP NULL; END LOOP;", ["f"]),
    ("INSERT INTO t SELECT f();", ["f"]),
    ("EXECUTE 'SELECT f()';", ["f"]),
    ("FOR r IN EXECUTE 'SELECT f()' LOOP NULL; END LOOP;", ["f"]),
    ("RETURN f();", ["f"]),
]


@pytest.mark.parametrize(("body", "expected"), CALLED)
def test_a_body_calls_routines(body: str, expected: list[str]) -> None:
    assert [str(change.name) for change in changes(do(body)) if isinstance(change, CallFunction)] == expected


EFFECTS = [
    ("FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; END $$", ["DropRelation t"]),
    ("OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''DROP TABLE t''; END'", ["DropRelation t"]),
    ("PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; COMMIT; END $$", ["DropRelation t"]),
    ("FUNCTION f() RETURNS void LANGUAGE sql AS 'DROP TABLE t; ALTER TABLE u DROP COLUMN a'", ["DropRelation t", "DropColumn u a"]),
    ("FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; RETURN NEW; END $$", ["DropRelation t"]),
    ("FUNCTION f() RETURNS int LANGUAGE sql RETURN 1", []),
    ("FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END", []),
    ("FUNCTION f() RETURNS int LANGUAGE c AS 'create_it', 'drop'", []),
    ("FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM t); END $$", []),
]


@pytest.mark.parametrize(("routine", "expected"), EFFECTS)
def test_a_function_knows_what_a_call_of_it_does(routine: str, expected: list[str]) -> None:
    (function,) = changes(f"CREATE {routine}")
    assert isinstance(function, CreateFunction)
    assert told(function.effects) == expected


def test_a_function_that_only_calls_another_has_the_call_as_its_effect() -> None:
    (function,) = changes("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM g(); PERFORM f(); END $$")
    assert isinstance(function, CreateFunction)
    assert [str(effect.name) for effect in function.effects if isinstance(effect, CallFunction)] == ["g"]


HELPER = """CREATE FUNCTION add_key(tbl regclass, text, OUT done bool) LANGUAGE plpgsql AS $$
    DECLARE add text := 'ALTER TABLE %s ADD UNIQUE (%I)'; col ALIAS FOR $2;
    BEGIN EXECUTE format(add, tbl, col); done := true; END $$"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("users", "email"), ["AddConstraint users email"]),
        (("users",), ["Dynamic format(add, tbl, col) `col` is not constant in `ALTER TABLE users ADD UNIQUE ({col})`"]),
        ((None, "email"), ["Dynamic format(add, tbl, col) `tbl` is not constant in `ALTER TABLE {tbl} ADD UNIQUE (email)`"]),
        ((), ["Dynamic format(add, tbl, col) `tbl` and `col` are not constant in `ALTER TABLE {tbl} ADD UNIQUE ({col})`"]),
    ],
)
def test_constant_arguments_tell_what_a_call_does(arguments: tuple[str | None, ...], expected: list[str]) -> None:
    (function,) = changes(HELPER)
    assert isinstance(function, CreateFunction)
    assert told(effects_of_call(function, call(*arguments), lower)) == expected


def call(*arguments: str | None) -> CallFunction:
    return CallFunction(NOWHERE, Name("f"), tuple(("", argument) for argument in arguments))


CALLS = {
    "f('a', 'b', 'c')": ["DropColumn a.b c"],
    "f(t => 'b', s => 'a', c => 'c')": ["DropColumn a.b c"],
    "f('a', c => 'c', t := 'b')": ["DropColumn a.b c"],
    "f('a', 'b')": ["DropColumn a.b old"],
    "f('a', t => 'b')": ["DropColumn a.b old"],
}


@pytest.mark.parametrize(("written", "expected"), CALLS.items(), ids=CALLS)
def test_an_argument_may_be_named_or_left_to_its_default(written: str, expected: list[str]) -> None:
    (function,) = changes(
        "CREATE FUNCTION f(s text, t text, c text DEFAULT 'old'::text) RETURNS void LANGUAGE plpgsql AS "
        "$$ BEGIN EXECUTE format('ALTER TABLE %I.%I DROP %I', s, t, c); END $$"
    )
    assert isinstance(function, CreateFunction)
    for sql in (f"SELECT {written}", do(f"PERFORM {written};")):
        (called,) = changes(sql)
        assert isinstance(called, CallFunction)
        assert told(effects_of_call(function, called, lower)) == expected


def test_a_call_in_a_body_is_given_what_its_variables_hold() -> None:
    (called,) = changes(do("v := 'b' || 'c'; PERFORM s.f('a', v, n => v || '_d', o => unknown);", "v text;"))
    assert isinstance(called, CallFunction)
    assert called.arguments == (("", "a"), ("", "bc"), ("n", "bc_d"), ("o", None))
    assert called.whole


def test_what_only_adds_is_done_with_constant_arguments_all_the_same() -> None:
    """A body that says nothing by itself, as no name in it is known, makes tables when it is called."""
    (function,) = changes(
        "CREATE FUNCTION make(n text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('CREATE TABLE %I ()', n); END $$"
    )
    assert isinstance(function, CreateFunction)
    assert (function.effects, function.builds) == ((), True)
    assert told(effects_of_call(function, call("t"), lower)) == ["CreateTable t"]


@pytest.mark.parametrize("argument", ["'it''s'", "$$it's$$", "$a$it's$a$", "$_1$it's$_1$::text"])
def test_a_call_says_its_constant_arguments(argument: str) -> None:
    (called,) = changes(f"SELECT make({argument}, 7)")
    assert isinstance(called, CallFunction)
    assert called.arguments == (("", "it's"), ("", "7"))


AGAIN = "EXECUTE 'DO ' || quote_literal(format(q, q)); "
HOSTILE = {
    "many branches": do("IF a THEN x := 'b'; END IF;" * 5000 + "EXECUTE 'DROP TABLE ' || x;"),
    "nested loops over constants": do(
        "".join(f"FOR v{i} IN 1..900 LOOP " for i in range(20)) + "EXECUTE 'DROP TABLE t' || v1;" + "END LOOP;" * 20
    ),
    "text that doubles": do("x := 'DROP TABLE t';" + "x := x || x;" * 60 + "EXECUTE x;"),
    "text that runs itself": do(AGAIN, "q text := 'DECLARE q text := %L; BEGIN " + AGAIN.replace("'", "''") * 20 + "END';"),
    "nested blocks": do("BEGIN " * 3000 + "DROP TABLE t;" + " END;" * 3000),
    "nested parentheses": do("EXECUTE " + "(" * 5000 + "'DROP TABLE t'" + ")" * 5000 + ";"),
    "a million characters": do("x := '" + "drop " * 200_000 + "'; EXECUTE x;"),
}


@pytest.mark.parametrize("sql", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_ends_soon_and_is_not_silent(sql: str) -> None:
    start = time.process_time()
    found = changes(sql)
    assert time.process_time() - start < 10
    assert found


WORDS = """BEGIN END IF THEN ELSE LOOP FOR IN EXECUTE DECLARE CASE WHEN EXCEPTION INTO USING SELECT DROP TABLE RETURN QUERY OPEN
    format ; := ( ) [ ] || 'a' x . .. , $1 << >>"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=30))
def test_no_body_makes_it_raise(body: list[str]) -> None:
    sql = "DO $$ BEGIN " + " ".join(body) + " END $$"
    for change in changes(sql):
        assert 0 <= change.span.start <= change.span.end <= len(sql)


def test_a_pinned_change_has_one_place_throughout() -> None:
    (table,) = changes("CREATE TABLE t (a int CHECK (a > 0))")
    span = Span(3, 5)
    assert isinstance(table, CreateTable)
    moved = pinned(table, span)
    assert isinstance(moved, CreateTable)
    assert {moved.span, *(part.span for part in (*moved.columns, *moved.constraints))} == {span}
