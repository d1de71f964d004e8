"""Deploys whose way back is not the obvious one: the draft runs on the server, and names whatever it cannot give back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from drafting import drafted, problems
from replay import replay

from migcompat.sql.splitter import split

DEPLOYS = {
    "an attribute of a type that went with it": (
        "CREATE DOMAIN mood AS date; CREATE TYPE level AS (name mood)",
        "DROP DOMAIN mood CASCADE",
    ),
    "a serial column whose sequence had been given away": (
        "CREATE TABLE t (a serial); CREATE TABLE u (b integer); ALTER SEQUENCE t_a_seq OWNED BY u.b",
        "DROP TABLE t CASCADE",
    ),
    "a changed attribute of a type that a column is of now": (
        "CREATE TYPE pair AS (a integer, b text)",
        "ALTER TYPE pair ALTER ATTRIBUTE a TYPE text; CREATE DOMAIN pairs AS pair[]; CREATE TABLE t (p pairs)",
    ),
    "a renamed column of a primary key that foreign keys rest on": (
        "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (t integer REFERENCES t)",
        "ALTER TABLE t RENAME id TO number",
    ),
    "a default that calls a function which went, too": (
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer DEFAULT f() NOT NULL)",
        "DROP FUNCTION f() CASCADE",
    ),
    "a privilege on a column that is gone from a renamed table": (
        "CREATE TABLE t (a integer, b text); GRANT UPDATE (b), SELECT (a) ON t TO migcompat_reader",
        "ALTER TABLE t DROP b; ALTER TABLE t RENAME TO u",
    ),
    "a key that a partitioned table in the old one's place cannot have": (
        "CREATE TABLE t (id integer PRIMARY KEY, a text)",
        "DROP TABLE t; CREATE TABLE t (id integer, a text) PARTITION BY LIST (a)",
    ),
    "a partitioned table, its partitions and theirs": (
        """CREATE TABLE a_part (a integer, b integer, PRIMARY KEY (b, a)) PARTITION BY RANGE (a, ("b"));
        ALTER TABLE a_part RENAME TO whole; ALTER TABLE whole RENAME b TO "B b";
        CREATE TABLE a_part PARTITION OF whole FOR VALUES FROM (1, 1) TO (9, 9) PARTITION BY LIST ("B b");
        CREATE TABLE leaf PARTITION OF a_part DEFAULT""",
        "DROP TABLE whole CASCADE",
    ),
    "a column of a table of a type": (
        "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE pair AS (m mood, n integer); CREATE TABLE t OF pair",
        "DROP TYPE mood CASCADE",
    ),
    "the type of a column that a table is partitioned by": (
        "CREATE TABLE t (a bigint)",
        'DROP TABLE t; CREATE TABLE t (b text, a integer) PARTITION BY RANGE (b COLLATE "C", a)',
    ),
    "a column that a view in the table's place calls otherwise": (
        "CREATE TABLE t (a integer, b text); CREATE TABLE u (a integer, b text)",
        "DROP TABLE t; CREATE VIEW t (c) AS SELECT * FROM u",
    ),
    "a table that a temporary one had hidden": (
        "CREATE TABLE t (id integer PRIMARY KEY); CREATE TEMPORARY TABLE t (id serial PRIMARY KEY)",
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
    ),
    "a view over a table that is renamed, and a column of it": (
        "CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t; GRANT SELECT (b) ON t TO migcompat_reader",
        "DROP VIEW v; ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME b TO c; ALTER TABLE u ADD b integer",
    ),
    "a view over another table in a dropped one's place": (
        "CREATE TABLE t (a integer GENERATED ALWAYS AS (1) STORED, b text); CREATE TABLE u (a integer GENERATED ALWAYS AS (1) STORED)",
        "DROP TABLE t; CREATE VIEW t AS SELECT DISTINCT a FROM u",
    ),
    "an index of partitions, one of which has had such a key": (
        """CREATE TABLE t (id integer) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF t FOR VALUES FROM (MINVALUE) TO (1);
        ALTER TABLE ONLY part ADD UNIQUE (id)""",
        "CREATE UNIQUE INDEX ON t (id)",
    ),
    "a table whose indexes have lost their names to others": (
        "CREATE TABLE t (a integer, b integer CONSTRAINT k UNIQUE); CREATE UNIQUE INDEX i ON t ((a IS NULL))",
        "DROP TABLE t; CREATE TABLE u (a integer, CONSTRAINT k UNIQUE (a)); CREATE INDEX i ON u (a)",
    ),
    "the type of a column that others of its table use": (
        "CREATE TABLE t (a bigint, b bigint)",
        """ALTER TABLE t ALTER a TYPE integer, ADD c boolean GENERATED ALWAYS AS (a IS NULL) STORED, ALTER b TYPE integer;
        CREATE POLICY p ON t USING (b > 0)""",
    ),
    "a child's column that is an identity of its parent": (
        "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY); CREATE TABLE u () INHERITS (t)",
        "ALTER TABLE t RENAME id TO number",
    ),
    "the type of a column that a new view shows": (
        "CREATE DOMAIN d AS integer NOT NULL; CREATE TABLE t (id integer)",
        "ALTER TABLE t ADD n d; CREATE VIEW v AS WITH x AS (SELECT * FROM t) SELECT * FROM x",
    ),
    "a star that stands for more columns by now": (
        "CREATE TABLE t (a integer, b bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY); CREATE VIEW v AS SELECT * FROM t",
        "ALTER TABLE t RENAME b TO c; DROP VIEW v",
    ),
    "a key over a column whose NOT NULL is not handed down": (
        "CREATE TABLE t (id integer PRIMARY KEY)",
        "ALTER TABLE t DROP CONSTRAINT t_pkey, ALTER id DROP NOT NULL, ADD NOT NULL id NO INHERIT",
    ),
    "a partition that has changed since it was detached": (
        "CREATE TABLE t (a integer CHECK (a > 0)) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT",
        "ALTER TABLE t DETACH PARTITION part; ALTER TABLE part RENAME CONSTRAINT t_a_check TO other",
    ),
    "a view over a view, with a star that stands for more by now": (
        """CREATE TABLE t (id integer PRIMARY KEY, name text); CREATE VIEW v AS SELECT name FROM t;
        CREATE MATERIALIZED VIEW w AS SELECT t.*, v.name AS other FROM v, t""",
        "ALTER TABLE t ADD c integer; ALTER VIEW v RENAME name TO n",
    ),
    "a partition that takes over its table's key": (
        """CREATE TABLE t (a integer UNIQUE) PARTITION BY LIST (a); CREATE TABLE u (a integer REFERENCES t (a));
        CREATE TABLE part (a integer); CREATE TABLE v (a integer, CONSTRAINT k UNIQUE (a))""",
        """ALTER TABLE t ATTACH PARTITION part DEFAULT; ALTER TABLE v RENAME CONSTRAINT k TO l;
        ALTER TABLE t RENAME CONSTRAINT t_a_key TO k""",
    ),
    "what a column became that had another type": (
        "CREATE TABLE t (a text[]); CREATE TABLE p (a text); CREATE TABLE c () INHERITS (p); CREATE TABLE s (a serial)",
        """DROP TABLE t; CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY); DROP TABLE c; ALTER TABLE p ALTER a TYPE integer USING 1;
        DROP SEQUENCE s_a_seq CASCADE; ALTER TABLE s ALTER a TYPE float""",
    ),
    "a partition whose table is none any more": (
        "CREATE TABLE t (a integer) PARTITION BY HASH (a); CREATE TABLE part PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        "DROP TABLE t; CREATE TABLE t (a integer, b integer)",
    ),
    "a detached partition whose table is gone": (
        "CREATE TABLE t (a integer) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT",
        "ALTER TABLE t DETACH PARTITION part; DROP TABLE t",
    ),
    "a partition in a table's place, where it inherits its columns": (
        "CREATE TABLE s (id integer); CREATE TABLE p (a integer[]) PARTITION BY LIST (a); CREATE TABLE t (a integer) INHERITS (s)",
        "DROP TABLE s CASCADE; CREATE TABLE t PARTITION OF p DEFAULT",
    ),
    "a table partitioned by hash in a partition's place": (
        "CREATE TABLE t (a integer) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t DEFAULT",
        """DROP TABLE t; CREATE TABLE p (a integer) PARTITION BY HASH (a);
        CREATE TABLE q PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 1)""",
    ),
    "a child of a table whose columns are of other types now": (
        "CREATE TABLE t (a jsonb); CREATE TABLE c (a jsonb, b integer) INHERITS (t)",
        "DROP TABLE t CASCADE; CREATE TABLE t (a bigint)",
    ),
    "a renamed column that a child inherits, of a primary key to which foreign keys point": (
        "CREATE TABLE p (id integer PRIMARY KEY, k integer REFERENCES p); CREATE TABLE c () INHERITS (p)",
        "ALTER TABLE p RENAME id TO number",
    ),
    "a view of which a subquery reads a table that comes back without a column": (
        """CREATE TYPE pair AS (a integer); CREATE TABLE t (a integer, b integer);
        CREATE VIEW v AS SELECT x.b FROM (SELECT * FROM t) x WHERE EXISTS (SELECT FROM t y WHERE y.a > 0)""",
        "DROP TABLE t CASCADE; CREATE TABLE t OF pair",
    ),
    "a domain over a type that nothing brings back": (
        "CREATE TYPE span AS RANGE (subtype = integer); CREATE DOMAIN d AS span; CREATE TABLE t (a integer, b span, c d)",
        "DROP TYPE span CASCADE",
    ),
    "a partition that left a table whose column is renamed": (
        "CREATE TABLE t (a integer NOT NULL, b integer) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t DEFAULT",
        "ALTER TABLE t RENAME a TO c; ALTER TABLE t DETACH PARTITION p",
    ),
    "a sequence in a table's place": (
        "CREATE TABLE t (a integer, b text); CREATE TABLE u (a integer); CREATE SEQUENCE s",
        "DROP TABLE t; CREATE SEQUENCE t; ALTER TABLE u RENAME TO v; ALTER SEQUENCE s RENAME TO u",
    ),
    "a default that draws from a sequence of a table that is another one now": (
        """CREATE TABLE p (); CREATE TABLE t (a serial); CREATE TABLE u (b integer DEFAULT nextval('t_a_seq'));
        CREATE TABLE v (b integer GENERATED ALWAYS AS IDENTITY); CREATE TABLE w (c integer DEFAULT nextval('v_b_seq'))""",
        "DROP TABLE t CASCADE; CREATE TABLE t (a integer) INHERITS (p); DROP TABLE w, v",
    ),
    "a foreign key to a key that went with it": (
        "CREATE TABLE t (a integer CONSTRAINT k UNIQUE, b integer REFERENCES t (a))",
        "ALTER TABLE t DROP b, DROP CONSTRAINT k",
    ),
    "a partition of which another one takes the rows": (
        "CREATE TABLE t (a integer) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT; CREATE TABLE p (a integer)",
        "DROP TABLE u; ALTER TABLE t ATTACH PARTITION p DEFAULT",
    ),
    "a renamed column of which a new child has the name": (
        "CREATE TABLE t (a integer, b integer)",
        "ALTER TABLE t RENAME a TO c; CREATE TABLE u (a text) INHERITS (t)",
    ),
    "an identity of what is a partition now": (
        "CREATE TABLE p (a integer) PARTITION BY LIST (a); CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY)",
        "DROP TABLE t; CREATE TABLE t PARTITION OF p DEFAULT",
    ),
    "a former partition that has got children": (
        "CREATE TABLE t (a integer) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT",
        "ALTER TABLE t DETACH PARTITION u; CREATE TABLE v () INHERITS (u)",
    ),
    "a materialized view that has the name of the table which it reads": (
        """CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT a AS b FROM t; ALTER TABLE t RENAME TO u;
        ALTER MATERIALIZED VIEW m RENAME TO t""",
        "ALTER MATERIALIZED VIEW t RENAME b TO c",
    ),
    "a check that children do not have": (
        "CREATE TABLE t (a integer, CHECK (a > 0) NO INHERIT); CREATE TABLE u () INHERITS (t)",
        "DROP TABLE t CASCADE",
    ),
    "a deferrable key over a renamed column": (
        "CREATE TABLE t (a integer, b integer, UNIQUE (a, b) DEFERRABLE)",
        "ALTER TABLE t RENAME a TO c",
    ),
    "a domain made anew that a routine takes by now": (
        "CREATE DOMAIN code AS text; CREATE TABLE t (c code)",
        """ALTER DOMAIN code RENAME TO old; CREATE DOMAIN code AS varchar(3); ALTER TABLE t ALTER c TYPE code; DROP DOMAIN old;
        CREATE FUNCTION f(c code) RETURNS integer LANGUAGE sql AS 'SELECT 1'""",
    ),
    "a domain made anew that a type is made of by now": (
        "CREATE DOMAIN code AS text; CREATE TABLE t (c code)",
        """ALTER DOMAIN code RENAME TO old; CREATE DOMAIN code AS varchar(3); ALTER TABLE t ALTER c TYPE code; DROP DOMAIN old;
        CREATE TYPE pair AS (a code, b integer)""",
    ),
    "a view over what its creator's search path found": (
        "CREATE DOMAIN d AS integer; CREATE SCHEMA s; SET search_path = s, public; CREATE TABLE t (a d); CREATE VIEW v AS SELECT a FROM t",
        "ALTER DOMAIN d RENAME TO e",
    ),
    "a view that has the name which a table had that it reads": (
        "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM public.t; ALTER TABLE t RENAME TO u; ALTER VIEW v RENAME TO t",
        "ALTER VIEW t RENAME COLUMN a TO b",
    ),
}


MENDED = {
    "a key that the renamed column of a parent was": (
        "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c () INHERITS (p)",
        "ALTER TABLE p RENAME id TO number",
    ),
    "a key over two columns that are renamed": (
        "CREATE TABLE t (a integer, b integer, UNIQUE (a, b))",
        "ALTER TABLE t RENAME a TO c; ALTER TABLE t RENAME b TO d",
    ),
    "a new key to which a new foreign key of a partitioned table points": (
        "CREATE TABLE t (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT; CREATE TABLE u (b integer)",
        "ALTER TABLE u ADD UNIQUE (b); ALTER TABLE t ADD c integer REFERENCES u (b)",
    ),
    "a new key to which a new foreign key points": (
        "CREATE TABLE t (a integer, b integer); CREATE TABLE u (a integer)",
        """ALTER TABLE t ADD PRIMARY KEY (a); CREATE UNIQUE INDEX i ON t (b); ALTER TABLE u ADD b integer REFERENCES t;
        ALTER TABLE u ADD FOREIGN KEY (a) REFERENCES t (b)""",
    ),
    "a renamed column that got another type": (
        "CREATE TABLE t (a timestamp, b integer)",
        "ALTER TABLE t RENAME a TO c; ALTER TABLE t ALTER c TYPE text",
    ),
    "a view with columns of its own in a subquery, and whole rows": (
        "CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT x.c, t FROM (SELECT a AS c, count(*) AS n FROM t GROUP BY c) x, t",
        "DROP VIEW v",
    ),
    "a view with a subquery in its list": (
        "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a, (SELECT x.n FROM (SELECT 1 AS n) x) AS one FROM t",
        "DROP VIEW v",
    ),
    "the index of a materialized view by which it is refreshed": (
        "CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX i ON m (a)",
        "DROP MATERIALIZED VIEW m",
    ),
}
"""Of these nothing remains."""
DEPLOYS |= MENDED


@pytest.mark.parametrize(("before", "deploy"), DEPLOYS.values(), ids=DEPLOYS)
def test_the_draft_runs_and_names_what_remains(connection: psycopg.Connection[Any], before: str, deploy: str) -> None:
    first, second = ([statement.text for statement in split(script).statements] for script in (before, deploy))
    if "NO INHERIT" in deploy and connection.info.server_version < 180000:
        pytest.skip("a NOT NULL constraint can be NO INHERIT since PostgreSQL 18")
    with replay(connection) as history:
        history.run_all(first)
        history.open()
        history.run_all(second)
        assert history.rejected == []
        found = drafted(first, second)
        assert problems(history, found) == []
        assert found.draft.outcome.remaining == () or (before, deploy) not in MENDED.values()


ROWS = "CREATE TABLE t (a integer, b integer); INSERT INTO t VALUES (1, 2)"


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ("CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t RENAME a TO c", False),
        ("CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t RENAME a TO c; ALTER TABLE t RENAME b TO a", False),
        ("CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v RENAME a TO c", True),
        ("CREATE VIEW v AS SELECT a AS b FROM t; ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME TO t", True),
        ("CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t RENAME a TO c; ALTER TABLE t RENAME b TO a", True),
    ],
)
def test_a_view_comes_back_only_with_the_columns_that_it_showed(connection: psycopg.Connection[Any], before: str, back: bool) -> None:
    first = [statement.text for statement in split(f"{ROWS}; {before}").statements]
    with replay(connection) as history:
        history.run_all(first)
        shown = connection.execute("SELECT to_jsonb(v) FROM v").fetchall()
        history.run("DROP VIEW v")
        found = drafted(first, ["DROP VIEW v"])
        assert bool(found.files) == back
        for file in found.files:
            history.run(file.text)
            assert connection.execute("SELECT to_jsonb(v) FROM v").fetchall() == shown
        assert history.rejected == []
