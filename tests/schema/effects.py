"""What statements do beside what they say, a history for each effect: every one of them is replayed beside the server."""

from __future__ import annotations

RELATIONS = {
    "dropped tables take their indexes' names along": "CREATE TABLE t (a integer UNIQUE); DROP TABLE t; CREATE TABLE t_a_key (a integer)",
    "tables change schemas with their sequences and indexes": """
        CREATE SCHEMA app; CREATE TABLE t (id serial PRIMARY KEY, a integer UNIQUE); ALTER TABLE t SET SCHEMA app;
        CREATE TABLE t (id serial PRIMARY KEY)
    """,
    "an owned sequence goes with its table": "CREATE TABLE t (a integer); CREATE SEQUENCE s OWNED BY t.a; DROP TABLE t",
    "an owned sequence goes with its column": "CREATE TABLE t (a integer, b integer); CREATE SEQUENCE s OWNED BY t.a; ALTER TABLE t DROP a",
    "defaults go with the sequence of a column that goes": """
        CREATE TABLE t (a serial, b integer DEFAULT 1, e serial); ALTER TABLE t ALTER b SET DEFAULT nextval('t_a_seq');
        CREATE TABLE u (c integer DEFAULT nextval('t_a_seq'), d integer DEFAULT 2); ALTER TABLE t DROP a CASCADE
    """,
    "a sequence that changes hands stays": """
        CREATE TABLE t (a integer); CREATE TABLE u (a integer); CREATE SEQUENCE s OWNED BY t.a; ALTER SEQUENCE s OWNED BY u.a; DROP TABLE t
    """,
    "a sequence that nobody owns any more stays": """
        CREATE TABLE t (a integer); CREATE SEQUENCE s OWNED BY t.a; ALTER SEQUENCE s OWNED BY NONE; DROP TABLE t
    """,
    "defaults go with the sequence that they draw from, and no others": """
        CREATE SEQUENCE s; CREATE SEQUENCE other; CREATE TABLE t (a integer DEFAULT nextval('s'), b integer DEFAULT nextval('other'), c
        integer
        DEFAULT nextval('public.s')); DROP SEQUENCE s CASCADE
    """,
    "a serial column's sequence goes, and its default": "CREATE TABLE t (a serial, b serial); DROP SEQUENCE t_a_seq CASCADE",
    "views go with what they read, and theirs with them": """
        CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE TABLE u (a integer);
        CREATE VIEW x AS SELECT a FROM u; DROP TABLE t CASCADE
    """,
    "foreign keys go with the table that they point at": """
        CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (a integer REFERENCES t, b integer PRIMARY KEY);
        CREATE TABLE w (a integer REFERENCES u, b integer REFERENCES t); DROP TABLE t CASCADE
    """,
    "names of indexes and constraints that were given up are given again": """
        CREATE TABLE t (a integer CHECK (a > 0), b integer); CREATE INDEX ON t (a); CREATE INDEX ON t (a); DROP INDEX t_a_idx;
        CREATE INDEX ON t (a); ALTER INDEX t_a_idx1 RENAME TO z; CREATE INDEX ON t (a); CREATE INDEX ON t (a);
        ALTER TABLE t DROP CONSTRAINT t_a_check; ALTER TABLE t ADD CHECK (a > 1); ALTER TABLE t RENAME CONSTRAINT t_a_check TO y;
        ALTER TABLE t ADD CHECK (a > 2), ADD CHECK (a > 3); CREATE DOMAIN t_a AS integer CHECK (VALUE > 0);
        CREATE SCHEMA app; ALTER TABLE t SET SCHEMA app; CREATE TABLE t (a integer CHECK (a > 0), b integer UNIQUE); CREATE INDEX ON t (a);
        ALTER DOMAIN t_a DROP CONSTRAINT t_a_check2; ALTER TABLE t ADD CHECK (a > 4)
    """,
    "foreign keys go with the key that they point at": """
        CREATE TABLE t (a integer PRIMARY KEY, b integer CONSTRAINT other UNIQUE); CREATE TABLE u (a integer REFERENCES t, b integer
        REFERENCES t (b)); ALTER TABLE t DROP CONSTRAINT other CASCADE
    """,
    "foreign keys follow the name of the column that they point at": """
        CREATE TABLE t (a integer PRIMARY KEY, b integer UNIQUE); CREATE TABLE u (a integer REFERENCES t, b integer REFERENCES t (b),
        c integer, FOREIGN KEY (c) REFERENCES t (b)); ALTER TABLE t RENAME b TO z
    """,
    "a renamed table keeps all that it has": """
        CREATE TABLE t (a serial PRIMARY KEY, b integer CHECK (b > 0)); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a FROM t;
        ALTER TABLE t RENAME TO u; ALTER TABLE u DROP COLUMN b
    """,
    "a column takes along what is made of it": """
        CREATE TABLE t (a integer, b integer, c integer, UNIQUE (a, b), CHECK (a > b), CHECK (c > 0)); CREATE INDEX i ON t ((a + b));
        CREATE INDEX j ON t (c) WHERE a > 0; CREATE INDEX k ON t (c) INCLUDE (a); CREATE INDEX l ON t (c);
        CREATE INDEX m ON t (c) WHERE b > 0; ALTER TABLE t DROP a
    """,
    "a table with the columns of a query": """
        CREATE TABLE t (a integer NOT NULL, b text DEFAULT 'x'); CREATE TABLE u AS SELECT a, b AS z, a + 1 AS c FROM t;
        CREATE TABLE w (one, two) AS SELECT a, b FROM t WITH NO DATA
    """,
    "with IF EXISTS, what is missing is passed over": """
        CREATE TABLE t (a integer); ALTER TABLE IF EXISTS missing ADD b integer; ALTER TABLE IF EXISTS missing DROP b;
        ALTER TABLE IF EXISTS missing RENAME b TO c; ALTER TABLE IF EXISTS missing RENAME TO other;
        ALTER TABLE IF EXISTS missing SET SCHEMA pg_temp; ALTER TABLE IF EXISTS missing ALTER b TYPE text, ALTER b SET DEFAULT 1,
        ALTER b DROP DEFAULT, ALTER b SET NOT NULL, ALTER b DROP NOT NULL, ALTER b ADD GENERATED ALWAYS AS IDENTITY, ALTER b DROP IDENTITY,
        ALTER b SET GENERATED ALWAYS, ALTER b SET START WITH 5, ALTER b DROP EXPRESSION, ALTER b SET EXPRESSION AS (1);
        ALTER TABLE IF EXISTS missing ADD CONSTRAINT k CHECK (b > 0), ADD PRIMARY KEY (b), ADD UNIQUE (b), ADD FOREIGN KEY (b) REFERENCES t,
        DROP CONSTRAINT k, VALIDATE CONSTRAINT k, ALTER CONSTRAINT k DEFERRABLE; ALTER TABLE IF EXISTS missing RENAME CONSTRAINT k TO l;
        ALTER TABLE IF EXISTS missing INHERIT t; ALTER TABLE IF EXISTS missing NO INHERIT t; ALTER TABLE IF EXISTS missing NOT OF;
        ALTER TABLE IF EXISTS missing DISABLE TRIGGER ALL, DISABLE RULE r, ENABLE ROW LEVEL SECURITY, REPLICA IDENTITY FULL;
        ALTER VIEW IF EXISTS missing SET (security_invoker = true); ALTER SEQUENCE IF EXISTS missing OWNED BY NONE;
        ALTER INDEX IF EXISTS missing RENAME TO other; DROP TABLE IF EXISTS missing; DROP VIEW IF EXISTS missing;
        DROP SEQUENCE IF EXISTS missing; DROP INDEX IF EXISTS missing; DROP TYPE IF EXISTS missing; DROP DOMAIN IF EXISTS missing;
        DROP FUNCTION IF EXISTS missing; DROP SCHEMA IF EXISTS missing; DROP EXTENSION IF EXISTS missing;
        DROP TRIGGER IF EXISTS missing ON t; DROP RULE IF EXISTS missing ON t; DROP POLICY IF EXISTS missing ON t
    """,
    "a view does not rest on a column of which only a subquery's has the name": """
        CREATE TABLE t (a integer, n integer); CREATE TABLE u (id integer, n integer, o integer); CREATE TABLE w (n integer);
        CREATE VIEW v AS WITH y AS (SELECT a AS o FROM t) SELECT x.id, y.o FROM (SELECT a AS id FROM t) x, y, u
        WHERE EXISTS (SELECT FROM w y WHERE y.n > u.n); ALTER TABLE u DROP id; ALTER TABLE u DROP o; ALTER TABLE w DROP n CASCADE
    """,
    "a replaced view keeps the defaults of its columns": """
        CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v ALTER a SET DEFAULT 1;
        CREATE OR REPLACE VIEW v AS SELECT a, b FROM t
    """,
}
INHERITANCE = {
    "a parent's column in a child is the child's own, too": """
        CREATE TABLE p (a integer DEFAULT 1, b integer NOT NULL); CREATE TABLE c (a integer NOT NULL, b integer DEFAULT 2, d integer)
        INHERITS (p);
        ALTER TABLE p DROP a, DROP b
    """,
    "ONLY leaves children what they had": """
        CREATE TABLE p (a integer, b integer); CREATE TABLE c () INHERITS (p); CREATE TABLE d () INHERITS (c); ALTER TABLE ONLY p DROP a;
        ALTER TABLE p ADD CONSTRAINT k CHECK (b > 0); CREATE TABLE t (a integer); ALTER TABLE ONLY t ALTER a SET NOT NULL
    """,
    "two parents' columns stay while one of them has it": """
        CREATE TABLE p (a integer, b integer, c integer); CREATE TABLE q (a integer, c integer); CREATE TABLE c () INHERITS (p, q);
        ALTER TABLE p DROP a, DROP b, DROP c; ALTER TABLE q DROP a
    """,
    "a new column comes to children, or merges with theirs": """
        CREATE TABLE p (a integer); CREATE TABLE c (b integer) INHERITS (p); CREATE TABLE d () INHERITS (c);
        ALTER TABLE p ADD b integer DEFAULT 1 NOT NULL, ADD e text; ALTER TABLE p DROP b
    """,
    "a check comes to children, or merges with theirs": """
        CREATE TABLE p (a integer); CREATE TABLE c (CONSTRAINT k CHECK (a > 0)) INHERITS (p); CREATE TABLE d () INHERITS (c);
        CREATE TABLE e () INHERITS (p); ALTER TABLE p ADD CONSTRAINT k CHECK (a > 0); ALTER TABLE p DROP CONSTRAINT k
    """,
    "a check is renamed in the family": """
        CREATE TABLE p (a integer, b integer, CONSTRAINT k CHECK (a > 0), UNIQUE (a)); CREATE TABLE c () INHERITS (p);
        CREATE TABLE d () INHERITS (c); ALTER TABLE p RENAME CONSTRAINT k TO l; ALTER TABLE p RENAME CONSTRAINT p_a_key TO m
    """,
    "a check that is not handed down": """
        CREATE TABLE p (a integer, CONSTRAINT k CHECK (a > 0) NO INHERIT); CREATE TABLE c () INHERITS (p);
        ALTER TABLE p ADD CONSTRAINT l CHECK (a > 1) NO INHERIT
    """,
    "a check of two parents stays while one of them has it": """
        CREATE TABLE p (a integer, CONSTRAINT k CHECK (a > 0)); CREATE TABLE q (a integer, CONSTRAINT k CHECK (a > 0));
        CREATE TABLE c () INHERITS (p, q); ALTER TABLE p DROP CONSTRAINT k
    """,
    "with ONLY a check stays with the children": """
        CREATE TABLE p (a integer, CONSTRAINT k CHECK (a > 0)); CREATE TABLE c () INHERITS (p); CREATE TABLE d () INHERITS (c);
        ALTER TABLE ONLY p DROP CONSTRAINT k; ALTER TABLE c DROP CONSTRAINT k
    """,
    "a child that leaves keeps columns and checks": """
        CREATE TABLE p (a integer, CONSTRAINT k CHECK (a > 0)); CREATE TABLE c () INHERITS (p); ALTER TABLE c NO INHERIT p;
        ALTER TABLE p DROP a; ALTER TABLE c DROP CONSTRAINT k; ALTER TABLE c RENAME a TO z
    """,
    "a child that leaves one of two parents, or comes to one": """
        CREATE TABLE p (a integer, b integer); CREATE TABLE q (a integer); CREATE TABLE c () INHERITS (p, q); ALTER TABLE c NO INHERIT p;
        CREATE TABLE d (a integer, b integer); ALTER TABLE d INHERIT q; ALTER TABLE q ADD b integer; ALTER TABLE p ADD d integer
    """,
    "columns follow their parent's names and types": """
        CREATE TABLE p (a integer, b integer); CREATE TABLE c () INHERITS (p); CREATE TABLE d () INHERITS (c);
        ALTER TABLE p RENAME a TO z; ALTER TABLE p ALTER b TYPE bigint, ALTER b SET DEFAULT 1; ALTER TABLE ONLY p ALTER z SET DEFAULT 2
    """,
    "a table LIKE another takes what it is told to": """
        CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b integer DEFAULT 1 CHECK (b > 0), c integer GENERATED ALWAYS AS
        (b + 1) STORED, d text NOT NULL, UNIQUE (b, d)); CREATE INDEX i ON t (lower(d)); CREATE TABLE plain (LIKE t);
        CREATE TABLE filled (LIKE t INCLUDING DEFAULTS INCLUDING GENERATED); CREATE TABLE checked (LIKE t INCLUDING CONSTRAINTS);
        CREATE TABLE keyed (LIKE t INCLUDING INDEXES INCLUDING IDENTITY); CREATE TABLE all_of_it (x integer, LIKE t INCLUDING ALL, y
        integer);
        CREATE TABLE but (LIKE t INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)
    """,
    "a table of a type has its attributes": """
        CREATE TYPE shape AS (a integer, b text); CREATE TABLE t OF shape (a WITH OPTIONS PRIMARY KEY, b NOT NULL DEFAULT 'x');
        ALTER TYPE shape ADD ATTRIBUTE c integer CASCADE; ALTER TYPE shape DROP ATTRIBUTE b CASCADE; ALTER TABLE t NOT OF
    """,
}
PARTITIONS = {
    "a partition gets keys, indexes and foreign keys": """
        CREATE TABLE u (a integer PRIMARY KEY); CREATE TABLE p (a integer REFERENCES u, b integer, PRIMARY KEY (a, b)) PARTITION BY LIST
        (a);
        CREATE INDEX i ON p (b); CREATE TABLE c PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (b); CREATE TABLE d PARTITION OF c
        DEFAULT;
        CREATE UNIQUE INDEX j ON p (a, b) ; ALTER TABLE p ADD FOREIGN KEY (b) REFERENCES u
    """,
    "a foreign key names which of its columns it sets": """
        CREATE TABLE u (a integer, b integer, PRIMARY KEY (a, b)); CREATE TABLE t (b integer, a integer, FOREIGN KEY (a, b) REFERENCES u
        ON DELETE SET NULL (b)); ALTER TABLE t RENAME b TO c;
        CREATE TABLE p (x integer, y integer, FOREIGN KEY (x, y) REFERENCES u ON DELETE SET DEFAULT (y)) PARTITION BY LIST (x);
        CREATE TABLE c (x integer, y integer); ALTER TABLE p ATTACH PARTITION c DEFAULT
    """,
    "a foreign key whose name a partition has for something else": """
        CREATE TABLE u (a integer PRIMARY KEY); CREATE TABLE p (a integer, b integer, CONSTRAINT k FOREIGN KEY (b) REFERENCES u)
        PARTITION BY LIST (a); CREATE TABLE c (a integer, b integer, CONSTRAINT k CHECK (a > 0)); ALTER TABLE p ATTACH PARTITION c DEFAULT
    """,
    "an attached table keeps what is alike and gets the rest": """
        CREATE TABLE u (a integer PRIMARY KEY); CREATE TABLE p (a integer, b integer, PRIMARY KEY (a), FOREIGN KEY (b) REFERENCES u, CHECK
        (b > 0))
        PARTITION BY LIST (a); CREATE INDEX ON p (b); CREATE TABLE c (a integer NOT NULL, b integer, CONSTRAINT p_b_check CHECK (b > 0));
        CREATE INDEX own ON c (b); CREATE UNIQUE INDEX other ON c (a); ALTER TABLE p ATTACH PARTITION c DEFAULT;
        CREATE TABLE d (b integer CONSTRAINT fk REFERENCES u, a integer CONSTRAINT pk PRIMARY KEY, CONSTRAINT p_b_check CHECK (b > 0));
        ALTER TABLE p ATTACH PARTITION d FOR VALUES IN (1); ALTER TABLE p DROP CONSTRAINT p_pkey, DROP CONSTRAINT p_b_fkey
    """,
    "a detached partition keeps what it has": """
        CREATE TABLE p (a integer PRIMARY KEY, b integer GENERATED ALWAYS AS IDENTITY, CHECK (a > 0)) PARTITION BY LIST (a);
        CREATE INDEX i ON p (b); CREATE TABLE c PARTITION OF p DEFAULT; ALTER TABLE p DETACH PARTITION c;
        ALTER TABLE p DROP CONSTRAINT p_pkey, DROP CONSTRAINT p_a_check; DROP INDEX i
    """,
    "a partition comes back with what it kept": """
        CREATE TABLE p (a integer PRIMARY KEY, b integer, CHECK (b > 0)) PARTITION BY LIST (a); CREATE INDEX i ON p (b);
        CREATE TABLE c PARTITION OF p DEFAULT; ALTER TABLE p DETACH PARTITION c; ALTER TABLE p ATTACH PARTITION c DEFAULT; DROP INDEX i;
        ALTER TABLE p DROP CONSTRAINT p_pkey, DROP CONSTRAINT p_b_check
    """,
    "a partition that leaves keeps the indexes that its own partitions have": """
        CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT PARTITION BY LIST (b);
        CREATE TABLE d PARTITION OF c DEFAULT; CREATE INDEX i ON p (b); CREATE INDEX j ON c (a); ALTER TABLE p DETACH PARTITION c;
        DROP INDEX i; DROP INDEX j
    """,
    "indexes of expressions have their own names on partitions": """
        CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a); CREATE INDEX ON p ((a + b)); CREATE INDEX ON p (a, (b + 1));
        CREATE INDEX ON p (abs(b)) INCLUDE (a); CREATE TABLE c PARTITION OF p DEFAULT; CREATE TABLE l (LIKE p INCLUDING ALL)
    """,
    "an index of a partitioned table takes the parts along": """
        CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT PARTITION BY LIST (b);
        CREATE TABLE d PARTITION OF c DEFAULT; CREATE INDEX i ON p (b); CREATE INDEX j ON p (a); DROP INDEX i
    """,
    "an index ONLY on a partitioned table, and its parts attached": """
        CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT; CREATE INDEX i ON ONLY p (b);
        CREATE INDEX own ON c (b); ALTER INDEX i ATTACH PARTITION own; DROP INDEX i
    """,
    "the columns of partitions are their parent's": """
        CREATE TABLE p (a integer, b integer, c text) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p (b DEFAULT 1 NOT NULL) DEFAULT;
        ALTER TABLE p ADD d integer NOT NULL DEFAULT 0, DROP c, ALTER b TYPE bigint; ALTER TABLE p RENAME b TO z
    """,
    "partitions go with their table": """
        CREATE TABLE p (a integer) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT; CREATE VIEW v AS SELECT a FROM c;
        DROP TABLE p CASCADE
    """,
    "an identity comes to partitions, and goes": """
        CREATE TABLE p (a integer NOT NULL, b integer NOT NULL) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT;
        ALTER TABLE p ALTER b ADD GENERATED ALWAYS AS IDENTITY; ALTER TABLE p ALTER b SET GENERATED BY DEFAULT;
        ALTER TABLE p ALTER a ADD GENERATED BY DEFAULT AS IDENTITY; ALTER TABLE p ALTER a DROP IDENTITY
    """,
}
KEYS = {
    "keys that are alike become one": """
        CREATE TABLE t (a integer UNIQUE PRIMARY KEY, b integer, UNIQUE (b), CONSTRAINT named UNIQUE (b), UNIQUE (b) DEFERRABLE)
    """,
    "a column's check may speak of others, or of none": """
        CREATE TABLE t (a integer CHECK (a > 0), b integer CHECK (a > b), c integer CHECK (a > 1) CHECK (true));
        ALTER TABLE t ADD d integer DEFAULT 1 CHECK (d > 0 OR a > 0), ADD e integer CHECK (e > 0), ADD f integer CHECK (d > 0)
    """,
    "checks that are alike stay apart": "CREATE TABLE t (a integer, CHECK (a > 0), CHECK (a > 0), CONSTRAINT named CHECK (a > 0))",
    "foreign keys that are alike stay apart": """
        CREATE TABLE u (a integer PRIMARY KEY); CREATE TABLE t (a integer REFERENCES u, FOREIGN KEY (a) REFERENCES u, FOREIGN KEY (a)
        REFERENCES u ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)
    """,
    "an index becomes a constraint and takes its name": """
        CREATE TABLE t (a integer, b integer); CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b);
        ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i, ADD PRIMARY KEY USING INDEX j
    """,
    "index and constraint are renamed together": """
        CREATE TABLE t (a integer PRIMARY KEY, b integer UNIQUE); ALTER INDEX t_pkey RENAME TO p; ALTER TABLE t RENAME CONSTRAINT t_b_key
        TO q
    """,
    "an exclusion": "CREATE TABLE t (a integer, EXCLUDE USING btree (a WITH =), CONSTRAINT e EXCLUDE USING btree (a WITH =) WHERE (a > 0))",
    "what is not valid, not enforced or deferred": """
        CREATE TABLE u (a integer PRIMARY KEY); CREATE TABLE t (a integer, b integer CONSTRAINT n CHECK (b > 0) NOT ENFORCED);
        ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u NOT VALID,
        ADD CONSTRAINT g FOREIGN KEY (b) REFERENCES u NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c, VALIDATE CONSTRAINT f;
        ALTER TABLE t ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED
    """,
    "an index takes no composite type's name, but an enum's": """
        CREATE TYPE t_a_idx AS (x integer); CREATE TYPE t_b_idx AS ENUM ('x'); CREATE TABLE t (a integer, b integer);
        CREATE INDEX ON t (a); CREATE INDEX ON t (b)
    """,
    "names of constraints are never taken twice": """
        CREATE TABLE t (a integer, b integer, CONSTRAINT t_a_check CHECK (b > 0), CHECK (a > 0), CHECK (a > b), CHECK (true));
        CREATE TABLE t_a_key (x integer); ALTER TABLE t ADD UNIQUE (a), ADD UNIQUE (a, b), ADD CHECK (a < 9); CREATE INDEX ON t (a);
        CREATE INDEX ON t (a, (b + 1)); CREATE INDEX ON t (lower(a::text)) INCLUDE (b)
    """,
    "NOT NULL set on a parent is the parent's": """
        CREATE TABLE p (a integer); CREATE TABLE c () INHERITS (p); ALTER TABLE p ALTER a SET NOT NULL; ALTER TABLE p ALTER a DROP NOT NULL
    """,
    "NOT NULL set on a child is its own": """
        CREATE TABLE p (a integer); CREATE TABLE c () INHERITS (p); ALTER TABLE p ALTER a SET NOT NULL; ALTER TABLE c ALTER a SET NOT NULL;
        ALTER TABLE p ALTER a DROP NOT NULL
    """,
    "a child that leaves one of two parents": """
        CREATE TABLE p (a integer NOT NULL); CREATE TABLE q (a integer NOT NULL); CREATE TABLE c () INHERITS (p, q);
        ALTER TABLE c NO INHERIT p; ALTER TABLE q ALTER a DROP NOT NULL
    """,
    "what a child requires itself it goes on to require": """
        CREATE TABLE p (a integer); CREATE TABLE q (a integer NOT NULL); CREATE TABLE c (a integer NOT NULL) INHERITS (p, q);
        ALTER TABLE c NO INHERIT p; ALTER TABLE q ALTER a DROP NOT NULL
    """,
    "what one of two parents requires goes when the other does no longer": """
        CREATE TABLE p (a integer NOT NULL, b integer NOT NULL); CREATE TABLE q (a integer NOT NULL, b integer);
        CREATE TABLE c (a integer, b integer) INHERITS (p, q); ALTER TABLE c NO INHERIT p; ALTER TABLE q ALTER a DROP NOT NULL,
        ALTER b SET NOT NULL; ALTER TABLE q ALTER b DROP NOT NULL
    """,
    "the name of a NOT NULL that was dropped is free": """
        CREATE TABLE t (a integer CONSTRAINT n NOT NULL); ALTER TABLE t ALTER a DROP NOT NULL; ALTER TABLE t ADD CONSTRAINT n CHECK (a > 0);
        ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t DROP CONSTRAINT n
    """,
    "a column's NOT NULL by name": """
        CREATE TABLE t (a integer CONSTRAINT needed NOT NULL, b integer NOT NULL, c integer CONSTRAINT other NOT NULL);
        ALTER TABLE t DROP CONSTRAINT needed; ALTER TABLE t ALTER b DROP NOT NULL, ALTER c DROP NOT NULL; ALTER TABLE t ADD CONSTRAINT
        needed NOT NULL b
    """,
    "a NOT NULL that is dropped leaves others their names": """
        CREATE TABLE t (a integer CONSTRAINT one NOT NULL, b integer CONSTRAINT two NOT NULL); ALTER TABLE t ALTER a DROP NOT NULL;
        ALTER TABLE t DROP CONSTRAINT two
    """,
    "an identity's own sequence goes with it, others stay": """
        CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY); CREATE SEQUENCE other OWNED BY t.a; ALTER TABLE t RENAME TO u;
        ALTER TABLE u ALTER a DROP IDENTITY
    """,
    "a NOT NULL that is not handed down stays so in a copy": """
        CREATE TABLE t (a integer NOT NULL NO INHERIT, b integer NOT NULL); CREATE TABLE u (LIKE t); CREATE TABLE c () INHERITS (u)
    """,
    "a serial column has no identity to drop": "CREATE TABLE t (a serial); ALTER TABLE t ALTER a DROP IDENTITY IF EXISTS",
    "an identity is NOT NULL, and stays so without": """
        CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY, b integer NOT NULL, c serial); ALTER TABLE t ALTER a DROP IDENTITY,
        ALTER b ADD GENERATED BY DEFAULT AS IDENTITY, ALTER c DROP DEFAULT; CREATE SEQUENCE t_a_seq
    """,
    "a generated column becomes plain": """
        CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED, c integer GENERATED ALWAYS AS (a + 2) STORED);
        ALTER TABLE t ALTER b DROP EXPRESSION, ALTER c SET EXPRESSION AS (a + 3)
    """,
}
TYPES = {
    "labels come in their places": """
        CREATE TYPE e AS ENUM ('b', 'd'); ALTER TYPE e ADD VALUE 'a' BEFORE 'b'; ALTER TYPE e ADD VALUE 'c' AFTER 'b';
        ALTER TYPE e ADD VALUE 'e'; ALTER TYPE e ADD VALUE IF NOT EXISTS 'b'; ALTER TYPE e RENAME VALUE 'd' TO 'z'
    """,
    "a default is a label, whatever that is called": """
        CREATE TYPE e AS ENUM ('b', 'd'); CREATE TABLE t (a e DEFAULT 'b', b e DEFAULT 'd'::e, c text DEFAULT 'b', f e[] DEFAULT '{}');
        ALTER TYPE e RENAME VALUE 'b' TO 'B'; ALTER TYPE e RENAME VALUE 'd' TO 'it''s'
    """,
    "columns, attributes and domains go with their type": """
        CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS e; CREATE TYPE r AS (a e, b integer); CREATE TABLE t (a e, b d, c r, f integer);
        CREATE FUNCTION g(x e) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION h() RETURNS SETOF e LANGUAGE sql AS 'SELECT
        NULL::e';
        DROP TYPE e CASCADE
    """,
    "attributes of domains go with what the domains are over": """
        CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS e; CREATE TYPE r AS (a integer, b d, c e); DROP TYPE e CASCADE
    """,
    "a type changes name and schema under its columns": """
        CREATE SCHEMA app; CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS text CHECK (VALUE <> ''); CREATE TABLE t (a e, b d, c e[]);
        ALTER TYPE e RENAME TO f; ALTER TYPE f SET SCHEMA app; ALTER DOMAIN d RENAME TO g; ALTER DOMAIN g SET SCHEMA app
    """,
    "a range": """
        CREATE TYPE span AS RANGE (subtype = integer); CREATE TABLE t (a span)
    """,
    "a domain is tightened and loosened": """
        CREATE DOMAIN d AS integer CONSTRAINT k CHECK (VALUE > 0) NOT NULL; ALTER DOMAIN d DROP NOT NULL; ALTER DOMAIN d SET DEFAULT 1;
        ALTER DOMAIN d ADD CHECK (VALUE < 9); ALTER DOMAIN d ADD CONSTRAINT l CHECK (VALUE < 8) NOT VALID;
        ALTER DOMAIN d RENAME CONSTRAINT k TO m; ALTER DOMAIN d DROP CONSTRAINT d_check; ALTER DOMAIN d VALIDATE CONSTRAINT l;
        ALTER DOMAIN d SET NOT NULL; ALTER DOMAIN d DROP DEFAULT
    """,
    "a name after AS is no cast, but in CAST": """
        CREATE TYPE e AS ENUM ('x'); CREATE TABLE t (a text); CREATE VIEW u AS SELECT a AS e, (length(a)) AS b FROM t;
        CREATE VIEW v AS SELECT CAST((lower('x')) AS e) = 'x' AS b; CREATE VIEW w AS SELECT 'x'::public.e IS NULL AS b; DROP TYPE e CASCADE
    """,
    "a domain loses one of its checks, and its NOT NULL by name": """
        CREATE DOMAIN d AS integer CONSTRAINT k CHECK (VALUE > 0) CONSTRAINT l CHECK (VALUE < 9) NOT NULL; ALTER DOMAIN d DROP CONSTRAINT k;
        CREATE DOMAIN g AS integer CHECK (VALUE > 0) CHECK (VALUE < 9);
        ALTER DOMAIN d DROP CONSTRAINT IF EXISTS missing; CREATE DOMAIN e AS integer NOT NULL; ALTER DOMAIN e DROP CONSTRAINT IF EXISTS
        e_not_null; CREATE DOMAIN f AS integer CONSTRAINT needed NOT NULL; ALTER DOMAIN f DROP CONSTRAINT needed
    """,
    "names of checks that domains gave up are given again": """
        CREATE SCHEMA s; CREATE DOMAIN d AS integer CHECK (VALUE > 0) CHECK (VALUE < 9) CHECK (VALUE <> 5); ALTER DOMAIN d DROP CONSTRAINT
        d_check1; ALTER DOMAIN d SET SCHEMA s; ALTER DOMAIN s.d ADD CHECK (VALUE <> 6); ALTER DOMAIN s.d DROP CONSTRAINT d_check;
        CREATE DOMAIN d AS text CHECK (VALUE <> ''); DROP DOMAIN d; ALTER DOMAIN s.d SET SCHEMA public; CREATE DOMAIN e AS text CONSTRAINT
        d_check CHECK (VALUE <> 'x'); ALTER DOMAIN d ADD CHECK (VALUE <> 7)
    """,
    "attributes change": """
        CREATE TYPE r AS (a integer, b text); ALTER TYPE r ADD ATTRIBUTE c integer, DROP ATTRIBUTE a, ALTER ATTRIBUTE b TYPE varchar(5);
        ALTER TYPE r RENAME ATTRIBUTE b TO z
    """,
}
FUNCTIONS = {
    "what a condition keeps from a column that is not there": """
        CREATE TABLE a (x integer, y integer DEFAULT 1, z integer); DO $$ BEGIN
        IF false THEN ALTER TABLE a RENAME w TO x; ELSIF false THEN ALTER TABLE a ALTER w SET NOT NULL, ALTER w DROP DEFAULT;
        ELSE ALTER TABLE a ADD w integer; ALTER TABLE a DROP z; ALTER TABLE a RENAME w TO z; END IF;
        IF false THEN ALTER TABLE a ALTER w TYPE text; END IF; END $$; ALTER TABLE a ADD v integer
    """,
    "what a condition keeps from a table that is not there": """
        CREATE TABLE a (x integer); DO $$ BEGIN IF to_regclass('b') IS NOT NULL THEN TRUNCATE b; DROP TABLE b; END IF; END $$;
        CREATE TABLE IF NOT EXISTS b (x integer)
    """,
    "a routine hands on what it is called with, and an overload is told by how many arguments there are": """
        CREATE TABLE a (x integer, y integer, z integer); CREATE TABLE b (x integer, y integer, z integer);
        CREATE FUNCTION f(t text, c text, d text DEFAULT 'x') RETURNS void LANGUAGE plpgsql AS
        $$ DECLARE q text := format('ALTER TABLE %I DROP %I', t, c); BEGIN EXECUTE q; END $$;
        CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM f(t, 'z'); END $$;
        CREATE FUNCTION g(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM f(t); PERFORM f(t, c => 'y'); END $$;
        SELECT g('a'); SELECT f('b', c => 'x'); ALTER TABLE a ADD b integer
    """,
    "overloads are told apart by what they take": """
        CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(a text, b integer DEFAULT 1) RETURNS
        integer
        LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(OUT x integer, OUT y text) LANGUAGE sql AS $$ SELECT 1, '' $$; DROP FUNCTION
        f(integer);
        ALTER FUNCTION f(text, integer) RENAME TO g; CREATE PROCEDURE f(a integer) LANGUAGE sql AS ''
    """,
    "a routine is found by a type that was renamed": """
        CREATE TYPE e AS ENUM ('x'); CREATE FUNCTION f(a integer, b e) RETURNS integer LANGUAGE sql AS 'SELECT 1'; ALTER TYPE e RENAME TO g;
        ALTER FUNCTION f(integer, g) RENAME TO h; CREATE OR REPLACE FUNCTION h(a integer, b g) RETURNS integer LANGUAGE sql AS 'SELECT 2'
    """,
    "the columns of views over routines": """
        CREATE TYPE m AS (a integer, b text); CREATE DOMAIN d AS text; CREATE DOMAIN md AS m; CREATE TABLE t (x integer, y numeric(8, 2));
        CREATE FUNCTION f(a integer DEFAULT 1) RETURNS TABLE (p integer, q varchar, r m) LANGUAGE sql AS $$ SELECT 1, ''::varchar,
        (1, '')::m $$; CREATE FUNCTION f(a text, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION g(OUT integer, OUT z text) LANGUAGE sql AS $$ SELECT 1, '' $$;
        CREATE FUNCTION h(OUT n integer) LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION i() RETURNS d LANGUAGE sql AS $$ SELECT ''::d $$;
        CREATE FUNCTION j() RETURNS SETOF m LANGUAGE sql AS $$ SELECT 1, '' $$; CREATE FUNCTION k() RETURNS md LANGUAGE sql AS
        $$ SELECT (1, '')::md $$; CREATE FUNCTION l() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
        CREATE FUNCTION n(VARIADIC x integer[]) RETURNS integer[] LANGUAGE sql AS 'SELECT x'; CREATE FUNCTION o() RETURNS TABLE (s m)
        LANGUAGE sql AS $$ SELECT (1, '')::m $$; CREATE FUNCTION r() RETURNS SETOF record LANGUAGE sql AS 'SELECT 1, 2';
        CREATE VIEW va AS SELECT * FROM f(); CREATE VIEW vb AS SELECT (f(2)).*, (public.g()).*; CREATE VIEW vc AS SELECT * FROM h() AS x;
        CREATE VIEW vd AS SELECT * FROM i(), i() AS x, f('', '') AS y; CREATE VIEW ve AS SELECT x.* FROM j() WITH ORDINALITY AS x (c);
        CREATE VIEW vf AS SELECT * FROM k(); CREATE VIEW vg AS SELECT * FROM t CROSS JOIN LATERAL l() AS u (v, w);
        CREATE VIEW vh AS SELECT * FROM n(1, 2, 3) WITH ORDINALITY; CREATE VIEW vi AS SELECT * FROM o();
        CREATE VIEW vj AS SELECT * FROM r() AS x (a integer, b integer); CREATE TABLE w AS SELECT * FROM g()
    """,
    "with whose privileges a routine works": """
        CREATE FUNCTION f() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; CREATE FUNCTION g() RETURNS integer LANGUAGE sql
        AS 'SELECT 1'; CREATE FUNCTION h() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION g() SECURITY DEFINER;
        CREATE OR REPLACE FUNCTION h() RETURNS integer LANGUAGE sql AS 'SELECT 2'
    """,
    "a replaced function keeps its grants": """
        CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
        CREATE OR REPLACE FUNCTION f(a integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'SELECT 2'
    """,
    "what calls a function goes with it": """
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE FUNCTION g(x integer) RETURNS integer
        IMMUTABLE LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer DEFAULT g(1), b integer CHECK (g(b) > 0), c integer GENERATED
        ALWAYS AS
        (g(1)) STORED); CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE VIEW v AS SELECT g(a) AS x FROM t;
        CREATE INDEX i ON t (g(a)); CREATE POLICY p ON t USING (g(a) > 0); DROP FUNCTION f() CASCADE; DROP FUNCTION g CASCADE
    """,
    "triggers follow the name of their function": """
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE FUNCTION g() RETURNS trigger LANGUAGE
        plpgsql
        AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (a integer); CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION f();
        CREATE TRIGGER s BEFORE INSERT ON t EXECUTE FUNCTION g(); ALTER FUNCTION f RENAME TO h
    """,
    "calls in capitals and checks without any": """
        CREATE FUNCTION g(x integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
        CREATE TABLE t (a integer DEFAULT G(1), b integer CHECK (b > 0), c integer CHECK (public.G(c) > 0), d text CHECK (length(d) > 0),
        g integer CHECK (g > 0));
        DROP FUNCTION g CASCADE
    """,
    "indexes over a function go with it, others stay": """
        CREATE FUNCTION g(x integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer);
        CREATE INDEX i ON t ((a + 1)); CREATE INDEX j ON t ((g(a) + 1)); CREATE INDEX k ON t (a) WHERE g(a) > 0;
        CREATE INDEX l ON t (a) WHERE a > 0; DROP FUNCTION g CASCADE
    """,
    "what is there already stays": """
        CREATE TABLE t (a integer DEFAULT (NULL), b integer DEFAULT ((NULL::integer)), c integer DEFAULT (1));
        CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS d; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
        CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 2 AS b; CREATE SEQUENCE s; CREATE SEQUENCE IF NOT EXISTS s OWNED BY t.a;
        CREATE SCHEMA IF NOT EXISTS public; CREATE SCHEMA app; CREATE SCHEMA IF NOT EXISTS app; DROP TRIGGER IF EXISTS r ON missing;
        DROP POLICY IF EXISTS p ON missing
    """,
    "a default is an expression of the type that the column had when it was set": """
        CREATE TYPE sad AS ENUM ('a'); CREATE TYPE glad AS ENUM ('a'); CREATE CAST (sad AS glad) WITH INOUT AS ASSIGNMENT;
        CREATE TABLE t (m sad DEFAULT 'a'); ALTER TABLE t ALTER m TYPE glad; ALTER TABLE t ALTER m TYPE text; DROP TYPE sad CASCADE
    """,
    "a foreign key to the table alone rests on its primary key": """
        CREATE TABLE p (id integer NOT NULL UNIQUE); ALTER TABLE p ADD PRIMARY KEY (id); CREATE TABLE t (p integer REFERENCES p);
        ALTER TABLE p DROP CONSTRAINT p_id_key CASCADE
    """,
    "a foreign key follows the only name that it has": """
        CREATE TABLE p (a integer PRIMARY KEY); CREATE TABLE t (a integer REFERENCES p); ALTER TABLE p RENAME a TO z
    """,
    "checks of domains and of tables share their names": """
        CREATE DOMAIN t_a AS integer CHECK (VALUE > 0); CREATE TABLE t (a integer CHECK (a > 0)); CREATE DOMAIN t_b AS integer;
        CREATE TABLE u (b integer, CONSTRAINT t_b_check CHECK (b > 0)); ALTER DOMAIN t_b ADD CHECK (VALUE > 0)
    """,
    "a rule goes with the column that it names": """
        CREATE TABLE t (a integer, b integer); CREATE TABLE log (n integer); CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log
        VALUES (NEW.a); CREATE RULE s AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.b); ALTER TABLE t DROP a CASCADE
    """,
    "an index of the same column twice": """
        CREATE TABLE t (a integer, b text); CREATE INDEX ON t (a, a); CREATE INDEX ON t (lower(b), lower(b)); CREATE INDEX ON t (a, a, a)
    """,
    "what a function sets": """
        CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET search_path = public, pg_temp AS 'SELECT 1';
        CREATE FUNCTION g() RETURNS integer LANGUAGE sql SET search_path = '' SET work_mem TO '1MB' AS 'SELECT 1';
        CREATE FUNCTION h() RETURNS integer LANGUAGE sql SET "DateStyle" = 'ISO' AS 'SELECT 1'; ALTER FUNCTION f SET work_mem = '2MB'
    """,
    "a NOT NULL of its own name goes from the children, too": """
        CREATE TABLE t (a integer); CREATE TABLE c () INHERITS (t); ALTER TABLE t ADD CONSTRAINT k NOT NULL a;
        ALTER TABLE t DROP CONSTRAINT k
    """,
    "functions with the rows of a table": """
        CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'; CREATE FUNCTION g(x t) RETURNS
        integer
        LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION h() RETURNS TABLE (x integer, y text) LANGUAGE sql AS $$ SELECT 1, '' $$;
        CREATE FUNCTION i(OUT x integer, OUT y text) RETURNS SETOF record LANGUAGE sql AS $$ SELECT 1, '' $$;
        CREATE FUNCTION j(INOUT x integer) LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION k(OUT x integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION l(OUT x integer) RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1'
    """,
}
ACCESS = {
    "what a view checks, and with whose privileges it reads": """
        CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION; CREATE VIEW w WITH
        (security_invoker) AS SELECT a FROM t; CREATE VIEW x WITH (check_option = cascaded, security_invoker = off) AS SELECT a FROM t;
        CREATE VIEW y AS SELECT a FROM t; ALTER VIEW y SET (security_invoker = yes, check_option = local); ALTER VIEW v RESET
        (check_option); CREATE OR REPLACE VIEW w AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM t WITH NO DATA;
        CREATE MATERIALIZED VIEW n AS SELECT a FROM t WITH NO DATA; REFRESH MATERIALIZED VIEW n
    """,
    "what tells rows apart for replication": """
        CREATE TABLE t (a integer NOT NULL CONSTRAINT k UNIQUE, b integer PRIMARY KEY); CREATE TABLE u (LIKE t INCLUDING ALL);
        ALTER TABLE t REPLICA IDENTITY USING INDEX k; ALTER INDEX k RENAME TO l; CREATE TABLE w (a integer NOT NULL UNIQUE);
        ALTER TABLE w REPLICA IDENTITY USING INDEX w_a_key; ALTER TABLE w DROP CONSTRAINT w_a_key; CREATE TABLE x (a integer);
        ALTER TABLE x REPLICA IDENTITY FULL; CREATE TABLE y (a integer PRIMARY KEY); ALTER TABLE y REPLICA IDENTITY NOTHING
    """,
    "the collation of what a query computes": """
        CREATE TABLE t (n name, a text COLLATE "C", b text); CREATE VIEW v AS SELECT n::text AS x, a::varchar AS y, lower(a) AS l, b AS
        z, a AS c FROM t; CREATE TABLE u (LIKE v); CREATE TABLE w AS SELECT max(n::text) AS m, max(b) AS z FROM t
    """,
    "what is published": """
        CREATE SCHEMA app; CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (a integer); CREATE TABLE app.w (a integer);
        CREATE PUBLICATION p FOR TABLE t, u; ALTER PUBLICATION p DROP TABLE u; CREATE PUBLICATION q WITH (publish =
        'insert, delete'); CREATE PUBLICATION r; CREATE PUBLICATION s FOR TABLE u; ALTER PUBLICATION s SET TABLE t; DROP PUBLICATION r;
        ALTER PUBLICATION q RENAME TO z; CREATE TABLE c () INHERITS (t); ALTER PUBLICATION z ADD TABLE t; CREATE PUBLICATION y FOR TABLE
        ONLY t; CREATE TABLE b (a integer) PARTITION BY LIST (a); CREATE TABLE b1 PARTITION OF b DEFAULT; CREATE PUBLICATION v FOR TABLE
        b; CREATE PUBLICATION x FOR TABLE u; DROP TABLE u; CREATE TABLE w (a integer, b integer, c text); CREATE PUBLICATION part FOR
        TABLE w (b, a) WHERE (a > 0 AND c <> ''); ALTER TABLE w RENAME a TO d
    """,
    "triggers are renamed, switched off and on, and dropped": """
        CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER a BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER b AFTER DELETE ON t EXECUTE
        FUNCTION f();
        CREATE TRIGGER c AFTER INSERT ON t EXECUTE FUNCTION f(); ALTER TRIGGER a ON t RENAME TO z; ALTER TABLE t DISABLE TRIGGER b;
        DROP TRIGGER c ON t; ALTER TABLE t DISABLE TRIGGER ALL; ALTER TABLE t ENABLE TRIGGER z;
        CREATE OR REPLACE TRIGGER b AFTER UPDATE ON t EXECUTE FUNCTION f()
    """,
    "triggers go with the column that they speak of": """
        CREATE TABLE t (a integer, b integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER a BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER b BEFORE UPDATE OF b ON t EXECUTE
        FUNCTION f();
        CREATE TRIGGER c BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a > 0) EXECUTE FUNCTION f();
        CREATE TRIGGER d BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DROP a CASCADE
    """,
    "a new rule runs though another is switched off": """
        CREATE TABLE t (a integer); CREATE RULE r AS ON INSERT TO t DO NOTHING; ALTER TABLE t DISABLE RULE r;
        CREATE RULE s AS ON INSERT TO t DO NOTHING; CREATE OR REPLACE RULE r AS ON UPDATE TO t DO NOTHING
    """,
    "a trigger of a column that is called as its table": """
        CREATE TABLE a (a integer, b integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER x BEFORE UPDATE OF b ON a EXECUTE FUNCTION f(); ALTER TABLE a DROP a CASCADE
    """,
    "rules are renamed, switched off and on, and dropped": """
        CREATE TABLE t (a integer); CREATE RULE a AS ON INSERT TO t DO INSTEAD NOTHING; CREATE RULE b AS ON DELETE TO t WHERE OLD.a > 0 DO
        ALSO
        NOTHING; CREATE RULE c AS ON UPDATE TO t DO NOTHING; ALTER RULE a ON t RENAME TO z; ALTER TABLE t DISABLE RULE b; DROP RULE c ON t;
        CREATE OR REPLACE RULE b AS ON UPDATE TO t DO INSTEAD NOTHING
    """,
    "policies change": """
        CREATE TABLE t (a integer); CREATE POLICY p ON t AS RESTRICTIVE FOR SELECT TO migcompat_reader USING (a > 0); CREATE POLICY q ON t;
        ALTER POLICY p ON t RENAME TO r; ALTER POLICY r ON t TO migcompat_writer USING (a > 1); ALTER POLICY q ON t WITH CHECK (a > 0);
        CREATE POLICY s ON t FOR INSERT WITH CHECK (true); DROP POLICY s ON t; ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL
        SECURITY
    """,
    "row security is switched off again": """
        CREATE TABLE t (a integer); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
        ALTER TABLE t NO FORCE ROW LEVEL SECURITY; CREATE TABLE u (a integer); ALTER TABLE u ENABLE ROW LEVEL SECURITY;
        ALTER TABLE u DISABLE ROW LEVEL SECURITY
    """,
    "grants on a table, its columns and all there is": """
        CREATE SCHEMA app; CREATE TABLE t (a integer, b integer); CREATE SEQUENCE s; CREATE TABLE app.u (a integer); CREATE SEQUENCE app.r;
        GRANT ALL ON t TO migcompat_reader; GRANT SELECT (a, b), UPDATE (a) ON t TO migcompat_writer; REVOKE SELECT (b) ON t FROM
        migcompat_writer; REVOKE INSERT ON t FROM migcompat_reader;
        GRANT USAGE ON SEQUENCE s TO migcompat_reader; GRANT SELECT ON ALL TABLES IN SCHEMA app TO migcompat_reader; GRANT ALL ON ALL
        SEQUENCES IN SCHEMA app TO migcompat_writer;
        REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM migcompat_reader; GRANT USAGE ON SCHEMA app TO migcompat_reader; GRANT CREATE ON
        SCHEMA app TO migcompat_writer;
        REVOKE CREATE ON SCHEMA app FROM migcompat_writer
    """,
    "a revoked table grant takes the columns' along": """
        CREATE TABLE t (a integer, b integer); GRANT SELECT (a) ON t TO migcompat_reader; GRANT SELECT ON t TO migcompat_writer; GRANT
        UPDATE (a) ON t TO migcompat_writer;
        REVOKE SELECT ON t FROM migcompat_reader; REVOKE ALL ON t FROM migcompat_writer
    """,
    "grants on functions": """
        CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p() LANGUAGE sql AS ''; GRANT EXECUTE ON FUNCTION
        f() TO
        migcompat_reader; REVOKE ALL ON FUNCTION f() FROM PUBLIC; GRANT ALL ON ALL PROCEDURES IN SCHEMA public TO migcompat_writer;
        REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA public FROM PUBLIC; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO migcompat_writer
    """,
    "grants on types": """
        CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS integer; CREATE TYPE c AS (x integer); GRANT ALL ON TYPE e TO migcompat_reader;
        REVOKE USAGE ON DOMAIN d FROM PUBLIC; REVOKE ALL ON TYPE e FROM PUBLIC; GRANT USAGE ON TYPE d TO migcompat_writer;
        ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC; CREATE TYPE r AS RANGE (subtype = integer);
        REVOKE USAGE ON TYPE e FROM migcompat_reader
    """,
    "what a role holds, it holds under another name": """
        CREATE ROLE migcompat_clerk; CREATE SCHEMA app; CREATE TABLE app.t (a integer, b integer); CREATE TYPE app.e AS ENUM ('x');
        CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; GRANT USAGE ON SCHEMA app TO migcompat_clerk;
        GRANT SELECT, UPDATE (b) ON app.t TO migcompat_clerk; CREATE POLICY p ON app.t TO migcompat_clerk; GRANT EXECUTE ON FUNCTION app.f()
        TO migcompat_clerk; GRANT ALL ON SCHEMA app TO migcompat_clerk; CREATE TABLE app.u (a integer);
        ALTER TABLE app.u OWNER TO migcompat_clerk; ALTER TYPE app.e OWNER TO migcompat_clerk;
        ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO migcompat_clerk; ALTER ROLE migcompat_clerk RENAME TO
        migcompat_teller;
        CREATE TABLE app.v (a integer); REVOKE UPDATE ON app.t FROM migcompat_teller
    """,
    "what new objects grant": """
        CREATE SCHEMA app; ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO migcompat_reader; ALTER DEFAULT PRIVILEGES
        GRANT USAGE ON
        SEQUENCES TO migcompat_reader; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES GRANT
        USAGE ON SCHEMAS TO
        migcompat_reader; CREATE TABLE app.t (a serial); CREATE TABLE u (a serial); CREATE VIEW app.v AS SELECT 1 AS x; CREATE SCHEMA other;
        CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TABLE app.w AS SELECT 1 AS x;
        ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE SELECT ON TABLES FROM migcompat_reader; CREATE TABLE app.x (a integer); ALTER SCHEMA
        app RENAME TO z
    """,
    "a renamed column keeps its grants": """
        CREATE TABLE t (a integer, b integer); GRANT SELECT (a) ON t TO migcompat_reader; ALTER TABLE t RENAME a TO z
    """,
    "a dropped column's grants go": """
        CREATE TABLE t (a integer, b integer); GRANT SELECT (a, b) ON t TO migcompat_reader; ALTER TABLE t DROP a
    """,
}
SCHEMAS = {
    "a schema takes all that it holds": """
        CREATE SCHEMA app; CREATE TYPE app.e AS ENUM ('x'); CREATE FUNCTION app.f(x integer) RETURNS integer IMMUTABLE LANGUAGE sql AS
        'SELECT 1';
        CREATE TABLE app.t (a integer PRIMARY KEY); CREATE TABLE u (a app.e, b integer REFERENCES app.t, c integer DEFAULT app.f(1),
        d integer CHECK (app.f(d) > 0)); CREATE VIEW v AS SELECT a FROM app.t; CREATE SEQUENCE app.s; DROP SCHEMA app CASCADE
    """,
    "a schema is renamed with all that it holds": """
        CREATE SCHEMA app; CREATE TYPE app.e AS ENUM ('x'); CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
        CREATE TABLE app.t (a integer PRIMARY KEY, b app.e); CREATE TABLE u (b integer REFERENCES app.t, c app.e); ALTER SCHEMA app RENAME
        TO z;
        CREATE SCHEMA app
    """,
    "what a role owned goes, and what it was granted": """
        CREATE SCHEMA app; CREATE TABLE app.t (a integer); ALTER SCHEMA app OWNER TO migcompat_reader; CREATE SCHEMA other;
        GRANT ALL ON SCHEMA other TO migcompat_reader, migcompat_writer; CREATE TYPE other.e AS ENUM (); CREATE TYPE d AS ENUM ();
        CREATE FUNCTION other.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS
        'SELECT 1';
        ALTER TYPE other.e OWNER TO migcompat_reader; ALTER FUNCTION other.f OWNER TO migcompat_reader;
        GRANT EXECUTE ON FUNCTION g TO migcompat_reader, migcompat_writer; CREATE TABLE t (a integer); GRANT SELECT ON t
        TO migcompat_reader, migcompat_writer; DROP OWNED BY migcompat_reader CASCADE
    """,
    "a schema of the path that is not there": """
        CREATE SCHEMA app; SET LOCAL search_path = missing, app, public; CREATE TABLE t (a integer); CREATE TYPE e AS ENUM ();
        SET LOCAL search_path = public
    """,
    "a schema made with its tables": """
        CREATE SCHEMA app CREATE TABLE t (a integer) CREATE VIEW v AS SELECT a FROM t; CREATE TABLE t (b integer)
    """,
    "the path says where things are made": """
        CREATE SCHEMA app; SET LOCAL search_path = app, public; CREATE TABLE t (a integer); CREATE TYPE e AS ENUM ('x'); CREATE TABLE
        public.t (a e);
        SET LOCAL search_path = public; ALTER TABLE t DROP a; ALTER TABLE app.t ADD b integer
    """,
}
EFFECTS = RELATIONS | INHERITANCE | PARTITIONS | KEYS | TYPES | FUNCTIONS | ACCESS | SCHEMAS
