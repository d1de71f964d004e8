"""What `describe` says of a query is what PostgreSQL makes of it as a view."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from migcompat.changes import FromItem, Name, Output, Query, TypeName
from migcompat.frozen import replace
from migcompat.sql.keywords import RESERVED, VALUE_FUNCTIONS, WITH_GRAMMAR
from migcompat.sql.queries import _AGGREGATES, _SET_RETURNING, describe
from migcompat.sql.tree import MAX_TEXT

SCHEMA = """
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TYPE "Point3" AS (x int, y int, z int);
CREATE TABLE users (id int PRIMARY KEY, name text, "eMail" text, age smallint, born date, at timestamp, ok boolean, m app.mood, j jsonb,
    tags text[], p "Point3");
CREATE TABLE orders (id int PRIMARY KEY, user_id int, total numeric(10,2), placed timestamptz, note varchar(20), "user" text, value int);
CREATE TABLE app.items (order_id int, sku text, qty int, price numeric);
CREATE VIEW adults AS SELECT id, name FROM users WHERE age > 17;
CREATE FUNCTION app.twice(i int) RETURNS int LANGUAGE sql IMMUTABLE RETURN i * 2;
CREATE FUNCTION app."Twice"(i int) RETURNS int LANGUAGE sql IMMUTABLE RETURN i * 2;
CREATE FUNCTION pairs(i int) RETURNS TABLE (a int, b int) LANGUAGE sql AS 'SELECT 1, 2';
"""

EXPRESSIONS = [
    "1", "'x'", "NULL", "true", "NOT ok", "-id", "id", "ID", '"eMail"', "u.id", "u", "(id)", "((id))", "id + 1", "name || 'x'",
    "$$text$$", "E'a\\'b'", "U&'\\0061'", "id::text", "id::int::text", "(id)::text", "(id + 1)::text", "CAST(id AS bigint)", "'x'::text",
    "name::varchar(10)", "1::numeric(4,1)", "'1'::double precision", "'1'::float", "'1'::float(3)", "'a'::char(3)", "'a'::\"char\"",
    "'a'::character varying", "'1'::real", "'1'::int8", "'1'::int2", "'1'::integer", "'1'::bit(3)", "'{1}'::int[]", "'sad'::app.mood",
    'NULL::"Point3"', "'t'::boolean", "'x'::name", "'1'::decimal", "NULL::timestamp", "NULL::timestamptz",
    "NULL::timestamp with time zone", "NULL::time", "NULL::timetz", "NULL::time with time zone", "NULL::timestamp(3) without time zone",
    "NULL::date", "NULL::uuid[]", "NULL::jsonb", "NULL::bytea", "NULL::regclass", "NULL::inet", "NULL::int4range", "NULL::interval",
    "date '2020-01-01'", "interval '1 day'", "int4 '3'", "bool 't'", "timestamp with time zone '2020-01-01 00:00Z'",
    "CASE WHEN ok THEN 1 ELSE 2 END", "CASE WHEN ok THEN 0 ELSE id END", "CASE id WHEN 1 THEN 'a' END",
    "CASE WHEN ok THEN '' ELSE id::text END", "CASE WHEN ok THEN 'x' ELSE 'y'::text END", "CASE WHEN ok THEN 1 ELSE (SELECT 1) END",
    "coalesce(name, '')", "nullif(id, 0)", "greatest(id, 1)", "least(id, 1)", "(coalesce(age, 0))::int", "EXISTS (SELECT FROM orders)",
    "NOT EXISTS (SELECT FROM orders)", "ARRAY(SELECT id FROM orders)", "ARRAY[1, 2]", "ARRAY[1]::text[]", "ROW(1, 2)", "(1, 2)",
    "(SELECT 1)", "(SELECT max(total) FROM orders)", "(SELECT id AS x FROM orders LIMIT 1)", "(SELECT name FROM adults LIMIT 1)::varchar",
    "((SELECT 1 AS z) UNION SELECT 2 LIMIT 1)", "(VALUES (1))", "id IN (1, 2)", "id IS NULL", "id IS NOT NULL", "ok IS NOT TRUE",
    "id BETWEEN 1 AND 2", "name LIKE 'x'", "name ~ 'x'", "name !~* 'x'", "id = ANY (ARRAY[1])", "id IS DISTINCT FROM 1", "now()", "NOW()",
    "current_timestamp", "current_timestamp(2)", "current_date", "current_user", "user", "localtime", "localtimestamp(1)", "session_user",
    "current_role", "current_catalog", "current_schema", "current_schema()", "system_user", "length(name)", "LENGTH(name)",
    "char_length(name)", "pg_catalog.upper(name)", "app.twice(id)", 'app."Twice"(id)', '"left"(name, 1)', "left(name, 1)",
    "at AT TIME ZONE 'UTC'", "extract(year FROM at)", "date_part('year', at)", "date_trunc('day', at)", "substring(name FROM 1 FOR 2)",
    "substring(name, 1)", "substr(name, 1)", "position('a' IN name)", "strpos(name, 'a')", "overlay(name PLACING 'x' FROM 1)",
    "trim(name)", "trim(BOTH 'x' FROM name)", "trim(LEADING FROM name)", "trim(TRAILING 'x' FROM name)", "ltrim(name)", "ceil(1.5)",
    "ceiling(1.5)", "floor(1.5)", "initcap(name)", "chr(65)", "decode('', 'hex')", "to_char(at, 'YYYY')", "to_timestamp(0)", "md5(name)",
    "random()", "make_date(year => 2020, month => 1, day => 1)", "gen_random_uuid()", "concat('a', 'b')", "repeat('x', 2)",
    "replace('a', 'b', 'c')", 'name COLLATE "C"', 'lower(name) COLLATE "C"', 'name::text COLLATE "C"', "(p).x", "(u.p).y", "(u).name",
    "tags[1]", "tags[1:2]", "(tags)[1]", "j -> 'a'", "j ->> 'a'", "j['a']", "j @> '{}'", "j ? 'x'", "row_number() OVER (ORDER BY id)",
    "sum(age) OVER ()", "count(*)", "count(DISTINCT id)", "count(*) FILTER (WHERE ok)", "string_agg(name, ',' ORDER BY id)",
    "array_agg(id)", "jsonb_agg(j)", "json_agg(j)", "percentile_cont(0.5) WITHIN GROUP (ORDER BY id)", "max(id) - min(id)",
    "max(id)::text", "json_build_object('a', id)", "to_jsonb(u)", "json_object('a': 1)", "(at, at) OVERLAPS (at, at)",
    "generate_series(1, 2)", "unnest(tags)", "jsonb_array_elements(j)", "date(at)", "int4(1.5)", "every(ok)", "normalize(name)",
    "to_tsvector(name) @@ to_tsquery('x')", "2 ^ 3", "7 % 2", "~ 1", "5 # 3", "1 & 2",
]  # fmt: skip


VIEWS = [
    "SELECT 1",
    "SELECT 1 AS one, 2 two, NULL AS n, 'x', NOT ok AS bad, $$text$$ AS quoted, E'a\\'b' AS escaped FROM users",
    """SELECT id::text AS a, total::int AS b, note::varchar(10) AS c, CAST(id AS bigint) AS d, 1::numeric(4,1) AS e, 2::numeric
        AS f, (3)::decimal(4) AS g, 'x'::text COLLATE "C" AS h, '{}'::int[] AS i, '{}'::app.mood[] AS j, NULL::"Point3" AS k
        FROM orders""",
    """SELECT '1'::double precision AS a, '1'::float AS b, '1'::float(3) AS c, 'a'::char(3) AS d, 'a'::"char" AS e, 'a'::char
        AS f, '1'::bit(3) AS g, '1'::varbit AS h, 'a'::name AS i, 'a'::varchar AS j, '1'::int2 AS k, '1'::int4 AS l,
        '1'::int8 AS m""",
    """SELECT NULL::timestamp AS a, NULL::timestamptz AS b, NULL::timestamp(3) with time zone AS c, NULL::time AS d,
        NULL::timetz AS e, NULL::date AS f, NULL::interval AS g, NULL::time(2) without time zone AS h, date '2020-01-01' AS
        i, interval '1 day' AS j""",
    """SELECT NULL::uuid[] AS a, NULL::jsonb AS b, NULL::bytea AS c, NULL::regclass AS d, NULL::oid AS e, NULL::inet AS f,
        NULL::tsvector AS g, NULL::int4range AS h, NULL::xml AS i, NULL::money AS j, NULL::bool AS k, NULL::point AS l,
        NULL::real AS m, NULL::smallint AS n""",
    "SELECT id, name FROM users",
    "SELECT * FROM users",
    "SELECT u.* FROM users u",
    "SELECT u.*, 1 AS more FROM users AS u",
    "TABLE users",
    "SELECT * FROM ONLY orders",
    'SELECT ID, Name, "eMail" FROM USERS',
    "SELECT users.id, public.users.name FROM public.users",
    'SELECT id AS "Id", name AS Full_Name FROM users WHERE ok',
    "SELECT DISTINCT name FROM users",
    "SELECT DISTINCT ON (name) name, id FROM users ORDER BY name, id",
    "SELECT name FROM users ORDER BY age LIMIT 3",
    "SELECT name FROM users OFFSET 1",
    "SELECT name FROM users FETCH FIRST 2 ROWS ONLY",
    "SELECT count(*), sum(total), max(placed) FROM orders",
    "SELECT user_id, count(*) AS n FROM orders GROUP BY user_id HAVING count(*) > 1",
    "SELECT user_id, total, grouping(user_id) FROM orders GROUP BY GROUPING SETS ((user_id), (user_id, total), ())",
    "SELECT 1 AS one FROM users HAVING true",
    'SELECT o."user" FROM orders o',
    "SELECT (SELECT max(total) FROM orders), (SELECT name FROM users LIMIT 1), (SELECT id AS x FROM users LIMIT 1)",
    "SELECT (SELECT 1), (SELECT o.total FROM orders o WHERE o.user_id = u.id LIMIT 1)::int FROM users u",
    """SELECT at AT TIME ZONE 'UTC', extract(year FROM at), substring(name FROM 1 FOR 2), position('a' IN name), overlay(name
        PLACING 'x' FROM 1) FROM users""",
    "SELECT (p).x, (u.p).y, (u).name, tags[1], tags[1:2] AS some FROM users u",
    "SELECT (p).* FROM users",
    "SELECT u, u.id FROM users u",
    "SELECT row_number() OVER (PARTITION BY name ORDER BY id), sum(age) OVER w, lag(id) OVER w FROM users WINDOW w AS (ORDER BY id)",
    "SELECT string_agg(name, ',' ORDER BY id), array_agg(DISTINCT id), jsonb_agg(j) FILTER (WHERE ok), json_agg(name) FROM users",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY note) FROM orders",
    "SELECT u.id, o.total FROM users u JOIN orders o ON o.user_id = u.id",
    "SELECT u.id, o.id AS order_id FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE o.note IS NULL",
    "SELECT name, total FROM users, orders WHERE users.id = user_id",
    "SELECT a.id, b.name FROM users a CROSS JOIN users b",
    "SELECT * FROM (SELECT id AS u FROM users) x JOIN (SELECT id AS o FROM orders) y ON x.u = y.o",
    "SELECT * FROM (SELECT id, name FROM users) x JOIN (SELECT id, note FROM orders) y USING (id)",
    "SELECT * FROM (SELECT id, name FROM users) x NATURAL JOIN (SELECT note, id FROM orders) y",
    "SELECT * FROM (SELECT total FROM orders) z, (SELECT name, id FROM users) x JOIN (SELECT id, note FROM orders) y USING (id)",
    "SELECT x.* FROM (SELECT id, name FROM users) x JOIN orders USING (id)",
    "SELECT j.* FROM (users a JOIN app.items b ON a.id = b.order_id) AS j (i, n)",
    "SELECT a.id, b.sku FROM (users a JOIN app.items b ON a.id = b.order_id)",
    "SELECT u.id, l.total FROM users u LEFT JOIN LATERAL (SELECT total FROM orders WHERE user_id = u.id LIMIT 1) l ON true",
    "SELECT u.id, t FROM users u, unnest(u.tags) AS t",
    "SELECT u.id, x.tag, x.n FROM users u, LATERAL unnest(u.tags) WITH ORDINALITY AS x (tag, n)",
    "SELECT e.key, e.value FROM users CROSS JOIN LATERAL jsonb_each(j) e",
    "SELECT g FROM generate_series(1, 3) g",
    "SELECT n, n * 2 FROM generate_series(1, 3) AS g (n)",
    "SELECT a, b AS c FROM pairs(1)",
    "SELECT r.a, r.b FROM json_to_recordset('[]') AS r (a int, b text)",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v (id, label)",
    "SELECT * FROM (VALUES (1, 'a')) v",
    "SELECT v.column2 FROM (VALUES (1, 'a')) v",
    "VALUES (1, 'a'), (2, 'b')",
    "SELECT * FROM users x (one, two)",
    "SELECT x.one, x.born FROM users x (one, two)",
    "SELECT * FROM adults",
    "SELECT id FROM adults WHERE name > 'a'",
    "SELECT id FROM users UNION SELECT user_id FROM orders",
    "SELECT id AS a, name FROM users UNION ALL (SELECT id, note FROM orders ORDER BY 1 LIMIT 1) ORDER BY a",
    "(SELECT id FROM users) EXCEPT SELECT id FROM orders INTERSECT SELECT value FROM orders",
    "(SELECT id, name FROM users)",
    "(SELECT id, name FROM users LIMIT 1)",
    "WITH u AS (SELECT id, name AS n FROM users) SELECT n, id FROM u",
    "WITH u AS (SELECT * FROM adults) SELECT * FROM u",
    "WITH u (a, b) AS (SELECT * FROM adults) SELECT * FROM u",
    "WITH u (a, b) AS (SELECT * FROM adults) SELECT * FROM u AS w (c)",
    "WITH users AS (SELECT id FROM users) SELECT * FROM users",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT b.x, a.x AS y FROM a, b",
    "WITH a AS (SELECT id FROM users) SELECT id FROM a UNION SELECT id FROM a",
    "WITH a AS MATERIALIZED (SELECT id FROM orders) SELECT id FROM users WHERE id IN (SELECT id FROM a)",
    "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t",
    """WITH RECURSIVE t AS (SELECT id, value FROM orders UNION ALL SELECT o.id, t.value FROM orders o JOIN t ON o.value = t.id)
        SELECT * FROM t""",
    "WITH RECURSIVE b AS (SELECT * FROM a), a AS (SELECT id FROM users) SELECT * FROM b",
    "SELECT id FROM users WHERE EXISTS (SELECT FROM orders o WHERE o.user_id = users.id AND o.value = ANY (SELECT qty FROM app.items))",
    "SELECT (SELECT count(*) FROM orders o WHERE o.user_id = u.id) AS n, name FROM users u",
    "SELECT generate_series(1, id), name FROM users",
    "SELECT id FROM users TABLESAMPLE SYSTEM (10)",
    "SELECT id + 1 AS next FROM users",
    "SELECT 1 AS one, id FROM users",
    "SELECT id, total FROM orders ORDER BY total DESC NULLS LAST",
    "SELECT id FROM users WHERE name = U&'\\0061' AND born > CURRENT_DATE - 3 AND at < 'now'::timestamp",
    "SELECT i.qty * i.price AS cost, i.sku FROM app.items i WHERE i.qty OPERATOR(pg_catalog.>) 1",
    "SELECT o.value, value AS v, \"user\" FROM orders o -- value, user: (no keyword)\n WHERE /* nor ' here */ value > 1",
    'SELECT überschuß, "日本" FROM (SELECT 1 AS überschuß, 2 AS "日本", id FROM users) x',
    "SELECT id FROM users WHERE (id, name) IN (SELECT user_id, note FROM orders) AND (1, 2) < (id, age)",
    "SELECT CASE WHEN count(*) FILTER (WHERE ok) > 0 THEN bool_or(ok) ELSE false END AS x, any_value(name) FROM users GROUP BY age",
    "SELECT max(a.total) - min(a.total) AS spread, avg(a.total)::numeric(10,2), round(avg(a.total), 2) FROM orders a, users b",
]  # fmt: skip


@pytest.fixture(scope="module")
def connection(server: str) -> Iterator[psycopg.Connection]:
    """In a transaction that is never committed."""
    with psycopg.connect(server) as connected:
        connected.execute(SCHEMA)
        yield connected
        connected.rollback()


NEW_IN_16 = ("any_value", "system_user", "json_object('a': 1)")


@pytest.fixture
def savepoint(connection: psycopg.Connection, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    tried = " ".join(map(str, request.node.callspec.params.values()))
    if connection.info.server_version < 160000 and (new := next((word for word in NEW_IN_16 if word in tried), None)):
        pytest.skip(f"{new} is new in PostgreSQL 16")
    connection.execute("SAVEPOINT before")
    yield connection
    connection.execute("ROLLBACK TO before")


@pytest.mark.parametrize("query", VIEWS)
def test_a_view_has_the_columns_that_its_query_is_said_to_yield(savepoint: psycopg.Connection, query: str) -> None:
    savepoint.execute(f"CREATE VIEW v AS {query}")
    described = describe(query)
    assert described.understood
    there = attributes(savepoint, "v")
    said = expanded(savepoint, described)
    assert [output.name for output in said] == [name for name, _ in there]
    casts = [(output, type_) for output, (_, type_) in zip(said, there, strict=True) if output.type is not None]
    assert [str(output.type) for output, _ in casts] == [type_.replace('"', "") for _, type_ in casts]


@pytest.mark.parametrize("query", VIEWS)
def test_a_view_depends_on_the_relations_and_columns_that_its_query_is_said_to_name(savepoint: psycopg.Connection, query: str) -> None:
    savepoint.execute(f"CREATE VIEW v AS {query}")
    depends = savepoint.execute(
        """SELECT n.nspname, c.relname, a.attname FROM pg_depend d
           JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
           JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
           LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.attnum > 0
           WHERE r.ev_class = 'v'::regclass AND c.oid <> r.ev_class AND c.relkind <> 'c'"""
    ).fetchall()
    described = describe(query)
    assert {(name.schema or "public", name.name) for name in described.reads} == {(schema, name) for schema, name, _ in depends}
    if "*" not in query and "TABLE" not in query and "(one" not in query:
        assert {column for _, _, column in depends if column} <= {name for _, name in described.columns}


@pytest.mark.parametrize("query", VIEWS)
def test_a_simple_query_makes_a_view_that_can_be_inserted_into(savepoint: psycopg.Connection, query: str) -> None:
    savepoint.execute(f"CREATE VIEW v AS {query}")
    (updatable,) = savepoint.execute("SELECT pg_relation_is_updatable('v'::regclass, false) & 8 = 8").fetchone() or ()
    assert describe(query).simple is updatable


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_result_column_has_the_name_that_its_expression_gives_it(savepoint: psycopg.Connection, expression: str) -> None:
    query = f"SELECT {expression} FROM users u"
    description = savepoint.execute(query + " GROUP BY u.id").description or []
    assert [output.name for output in describe(query).outputs] == [column.name for column in description]


def test_the_shape_of_a_query() -> None:
    query = """
        WITH Recent AS (SELECT * FROM app.orders WHERE placed > now())
        SELECT u.id, name AS "Name", r.*, count(*), total::numeric(10, 2) AS sum
        FROM users u LEFT JOIN recent AS r (no) USING (id), adults
        ORDER BY sum
    """
    recent = Query(
        (Output(None, star=True),),
        (FromItem("orders", Name("orders", "app")),),
        (Name("orders", "app"),),
        (("", "placed"),),
        simple=True,
        filtered=True,
    )
    described = describe(query)
    assert described.outputs == (
        Output("id", source="u", column="id"),
        Output("Name", column="name"),
        Output(None, star=True, source="r"),
        Output("count"),
        Output("sum", type=TypeName(Name("numeric"), "(10,2)", builtin=True)),
    )
    assert described.items == (
        FromItem("u", Name("users")),
        FromItem("r", query=recent, columns=("no",), joined=True, using=("id",)),
        FromItem("adults", Name("adults")),
    )
    assert set(described.reads) == {Name("users"), Name("orders", "app"), Name("adults")}
    assert set(described.columns) == {("u", "id"), ("", "name"), ("", "total"), ("", "id"), ("", "placed")}
    assert (described.simple, described.filtered) == (False, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "INSERT INTO a SELECT 1",
        "DELETE FROM a",
        "CREATE TABLE a ()",
        "SELECT 1; SELECT 2",
        "SELECT a INTO b FROM c",
        "WITH a AS (DELETE FROM b RETURNING c) SELECT c FROM a",
        "SELECT a FROM",
        "SELECT a FROM b WHERE 'open",
        "SELECT 'a' /* open",
    ],
)
def test_what_is_no_query_is_not_understood(text: str) -> None:
    assert not describe(text).understood


@pytest.mark.parametrize(
    "text",
    ["SELECT @ a FROM t", "SELECT a <% b FROM t", 'SELECT U&"d\\0061t" FROM t', "SELECT interval(3) '1s'", "SELECT f($1,$2), a, g($1,$2)"],
)
def test_what_the_parser_would_misread_in_silence_is_not_understood(text: str) -> None:
    assert not describe(text).understood


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 2_000 + "1" + ")" * 2_000,
        "SELECT " + "(SELECT " * 5_000 + "1" + ")" * 5_000,
        "SELECT " + "ARRAY[" * 25 + "1" + "]" * 25,
        "SELECT " + "date(" * 25 + "1" + ")" * 25,
        "SELECT " + "struct(" * 25 + "1" + ")" * 25,
        "SELECT x::" + "decimal(" * 25 + "1" + ")" * 25,
        "SELECT " + "geometry[" * 25 + "1" + "]" * 25,
        "SELECT " + "CASE WHEN a THEN " * 5_000 + "1" + " END" * 5_000,
        "SELECT " + "NOT " * 40_000 + "a",
        "SELECT " + "- " * 40_000 + "a",
        "FROM " * 40_000 + "a",
        "SELECT x::" + "array<" * 30_000 + "int" + ">" * 30_000,
        "SELECT a FROM t WHERE b = '" + "x" * MAX_TEXT + "'",
        "WITH a0 AS (SELECT 1 AS x), "
        + ", ".join(f"a{i} AS (SELECT p.x FROM a{i - 1} p, a{i - 1} q)" for i in range(1, 40))
        + " SELECT * FROM a39",
        "WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a",
    ],
    ids=lambda text: text[:20],
)
def test_what_would_take_for_ever_or_crash_is_not_understood_at_once(text: str) -> None:
    started = time.process_time()
    assert not describe(text).understood
    assert time.process_time() - started < 5


def test_long_chains_need_no_nesting() -> None:
    many = describe("SELECT a FROM t WHERE " + " OR ".join(f"a = {i}" for i in range(3_000)))
    assert many.understood
    assert many.reads == (Name("t"),)
    assert describe(" UNION ".join(f"SELECT {i} AS n FROM t{i}" for i in range(300))).outputs == (Output("n"),)


def test_comments_stand_between_any_two_words() -> None:
    plain = "SELECT a.*, count(*) AS n FROM t a LEFT OUTER JOIN u ON a.id = u.id GROUP BY a.id ORDER BY n NULLS LAST"
    full = describe(plain.replace(" ", " /* '\n */ -- \"\n "))
    assert full.understood
    assert full.outputs == describe(plain).outputs


def test_nothing_is_written_to_the_terminal_and_the_parser_is_loaded_late() -> None:
    code = (
        "import sys; from migcompat.sql.queries import describe; assert 'sqlglot' not in sys.modules;"
        "assert not describe('ALTER TABLE a OWNER TO b').understood; assert 'sqlglot' in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_key_words_and_functions_are_those_of_the_server(connection: psycopg.Connection) -> None:
    if connection.info.server_version < 180000:
        pytest.skip("the lists are those of PostgreSQL 18")
    words = dict(connection.execute("SELECT word, catcode FROM pg_get_keywords()").fetchall())
    assert {word for word, category in words.items() if category in ("R", "T")} == RESERVED
    assert {word for word, category in words.items() if category == "C"} == WITH_GRAMMAR
    assert set(words) >= VALUE_FUNCTIONS
    functions = connection.execute(
        """SELECT proname, prokind = 'a', proretset FROM pg_proc
           WHERE pronamespace = 'pg_catalog'::regnamespace AND proname !~ '^(pg|ts|txid)_'"""
    ).fetchall()
    assert {name for name, aggregate, _ in functions if aggregate} | {"json_arrayagg", "json_objectagg"} == _AGGREGATES
    assert {name for name, _, set_returning in functions if set_returning} - {"aclexplode"} == _SET_RETURNING


def attributes(connection: psycopg.Connection, relation: str) -> list[tuple[str, str]]:
    """Names and types of a relation's columns."""
    rows = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
        [relation],
    )
    return [(str(name), str(type_)) for name, type_ in rows]


def expanded(connection: psycopg.Connection, query: Query) -> list[Output]:
    """The outputs with each star spelt out."""
    found: list[Output] = []
    for output in query.outputs:
        if not output.star:
            found.append(output)
        elif output.source == "()":
            found += [Output(name) for name, _ in attributes(connection, '"Point3"')]
        elif output.source:
            found += next(item_columns(connection, item) for item in query.items if item.alias == output.source)
        else:
            found += starred(connection, query.items)
    return found


def starred(connection: psycopg.Connection, items: tuple[FromItem, ...]) -> list[Output]:
    """`*`: the columns of USING and NATURAL once and first, within each element of the FROM list."""
    found: list[list[Output]] = []
    for item in items:
        own = item_columns(connection, item)
        if not item.joined:
            found.append(own)
            continue
        left = found.pop()
        mine = [o.name for o in own]
        merged = [o.name for o in left if o.name in mine] if item.natural else list(item.using)
        found.append([Output(n) for n in merged] + [o for o in left + own if o.name not in merged])
    return [output for element in found for output in element]


def item_columns(connection: psycopg.Connection, item: FromItem) -> list[Output]:
    if item.query is not None:
        own = expanded(connection, item.query)
    else:
        assert item.name is not None
        own = [Output(name) for name, _ in attributes(connection, str(item.name))]
    return [replace(o, name=item.columns[i]) if i < len(item.columns) else o for i, o in enumerate(own)]
