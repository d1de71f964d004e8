"""What tells two schemas apart: a comparison that overlooked a fact would let every other test of the schema pass."""

from __future__ import annotations

import pytest

from migcompat.checking import lowered
from migcompat.engine import replay
from migcompat.findings import Span
from migcompat.migrations.model import Migration, Source
from migcompat.schema.catalog import Catalog
from migcompat.schema.comparison import differences

T = "CREATE TABLE t (a integer, b integer); "
U = f"{T}CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b); ALTER TABLE t "
F = "CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; "
G = "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS ''; CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS ''; "
P = "CREATE TABLE p (a integer PRIMARY KEY, c integer UNIQUE); CREATE TABLE t (a integer, b integer); "
E = "CREATE TYPE e AS ENUM ('x', 'y')"
D = "CREATE DOMAIN d AS integer"
R = "CREATE TYPE r AS (x integer, y text)"


def schema(text: str) -> Catalog:
    catalog = Catalog()
    catalog.known = True
    replay(catalog, [Migration("s.sql", "", "s.sql", ())], lambda m: lowered(Source(m.path, text, (Span(0, len(text)),))))
    return catalog


@pytest.mark.parametrize(
    ("one", "other", "differing"),
    [
        (T, "", "table public.t: only the first has it"),
        ("", T, "table public.t: only the second has it"),
        (T, "CREATE TABLE t (b integer, a integer)", "its columns is"),
        (T, "CREATE TABLE t (a integer, b bigint)", "type of column b is integer in the first, bigint in the second"),
        (T, "CREATE TABLE t (a integer, b integer NOT NULL)", "not null of column b"),
        (T, "CREATE TABLE t (a integer, b integer DEFAULT 1)", "having a default of column b"),
        (T, "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS IDENTITY)", "identity of column b"),
        (T, "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (1) STORED)", "generated of column b"),
        ("CREATE TABLE t (a text)", 'CREATE TABLE t (a text COLLATE "C")', "collation of column a"),
        (f"{T}CREATE TABLE c () INHERITS (t)", f"{T}CREATE TABLE c (a integer, b integer)", "its parents is ['public.t']"),
        (f"{T}CREATE TABLE c () INHERITS (t)", f"{T}CREATE TABLE c (a integer) INHERITS (t)", "being inherited alone of column a"),
        (
            "CREATE TABLE t (a integer) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF t DEFAULT",
            "CREATE TABLE t (a integer) PARTITION BY LIST (a); CREATE TABLE c (a integer)",
            "being a partition is True",
        ),
        (f"{T}CREATE VIEW v AS SELECT a FROM t", f"{T}CREATE VIEW v AS SELECT 1 AS a", "what it reads is ['public.t'] in the first, []"),
        (
            f"{T}CREATE VIEW v AS SELECT a FROM t WHERE a > 0",
            f"{T}CREATE VIEW v AS SELECT a FROM t WHERE a > 0 WITH CHECK OPTION",
            "its options",
        ),
        (f"{T}CREATE VIEW v AS SELECT a FROM t", f"{T}CREATE VIEW v WITH (security_invoker) AS SELECT a FROM t", "its options"),
        (f"{T}CREATE MATERIALIZED VIEW v AS TABLE t", f"{T}CREATE MATERIALIZED VIEW v AS TABLE t WITH NO DATA", "holding data is True"),
        (T, f"{T}ALTER TABLE t REPLICA IDENTITY FULL", "its replica identity is default in the first, full in the second"),
        (f"{U}REPLICA IDENTITY USING INDEX i", f"{U}REPLICA IDENTITY USING INDEX j", "its replica identity is index i in the"),
        (f"{T}CREATE PUBLICATION p", T, "publication p: only the first has it"),
        *(
            (f"{T}CREATE PUBLICATION p", f"{T}CREATE PUBLICATION p {other}", fact)
            for other, fact in (
                ("FOR TABLE t", "its tables is [] in the first, ['public.t']"),
                ("FOR TABLES IN SCHEMA public", "its schemas is [] in the first, ['public']"),
                ("FOR ALL TABLES", "all tables is False in the first, True"),
                ("WITH (publish = 'insert')", "its events is"),
                ("FOR TABLE t (a) WHERE (b > 0)", "its parts is [] in the first, [\"public.t frozenset({'a'}) frozenset({'b'})\"]"),
            )
        ),
        (f"{R}; CREATE TABLE t OF r", f"{R}; CREATE TABLE t (x integer, y text)", "its type is public.r"),
        (f"{T}CREATE SEQUENCE s OWNED BY t.a", f"{T}CREATE SEQUENCE s OWNED BY t.b", "public.t.a in the first, public.t.b in the second"),
        (f"{T}CREATE SEQUENCE s OWNED BY t.a", f"{T}CREATE SEQUENCE s", "its owning column is public.t.a"),
        (T, f"{T}ALTER TABLE t ENABLE ROW LEVEL SECURITY", "row security is"),
        (T, f"{T}ALTER TABLE t FORCE ROW LEVEL SECURITY", "row security is"),
        (f"{T}ALTER TABLE t OWNER TO x", f"{T}ALTER TABLE t OWNER TO y", "its owner is x in the first, y in the second"),
        (T, f"{T}GRANT SELECT ON t TO x", "its grants is [] in the first, ['x select']"),
        (f"{T}GRANT SELECT ON t TO x", f"{T}GRANT SELECT (a) ON t TO x", "['x select'] in the first, ['x select a']"),
        (T, f"{T}CREATE INDEX i ON t (a)", "its indexes is [] in the first, ['i']"),
        (f"{T}CREATE INDEX i ON t (a)", f"{T}CREATE INDEX i ON t (b)", "index i is"),
        (f"{T}CREATE INDEX i ON t (a)", f"{T}CREATE UNIQUE INDEX i ON t (a)", "index i is"),
        (f"{T}CREATE INDEX i ON t (a)", f"{T}CREATE INDEX i ON t (a) WHERE b > 0", "index i is"),
        (f"{T}CREATE INDEX i ON t (a)", f"{T}CREATE INDEX i ON t ((a + 1))", "index i is"),
        (f"{T}CREATE UNIQUE INDEX i ON t (a)", f"{T}CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT", "index i is"),
        (f"{T}CREATE UNIQUE INDEX i ON t (a)", f"{T}ALTER TABLE t ADD CONSTRAINT i UNIQUE (a)", "index i is"),
        (f"{T}ALTER TABLE t ADD CONSTRAINT i UNIQUE (a)", f"{T}ALTER TABLE t ADD CONSTRAINT i UNIQUE (a) DEFERRABLE", "index i is"),
        (f"{T}ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)", T, "its constraints is ['check k'] in the first, []"),
        *(
            (f"{T}ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)", f"{T}ALTER TABLE t ADD CONSTRAINT k {other}", "constraint k is")
            for other in ("CHECK (b > 0)", "CHECK (a > 0) NOT VALID", "CHECK (a > 0) NO INHERIT", "CHECK (a > 0) NOT ENFORCED")
        ),
        (
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p",
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES p",
            "constraint k is",
        ),
        (
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p",
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p (c)",
            "constraint k is",
        ),
        (
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p",
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p ON DELETE CASCADE",
            "constraint k is",
        ),
        (
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p",
            f"{P}ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p ON UPDATE CASCADE DEFERRABLE",
            "constraint k is",
        ),
        (T, f"{G}{T}CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION g()", "its triggers is [] in the first, ['r']"),
        *(
            (f"{G}{T}CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION g()", f"{G}{T}{other}", "trigger r is")
            for other in (
                "CREATE TRIGGER r AFTER INSERT ON t EXECUTE FUNCTION g()",
                "CREATE TRIGGER r BEFORE UPDATE ON t EXECUTE FUNCTION g()",
                "CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION h()",
                "CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION g(); ALTER TABLE t DISABLE TRIGGER r",
            )
        ),
        *(
            (f"{T}CREATE RULE r AS ON INSERT TO t DO NOTHING", f"{T}{other}", "its rules is")
            for other in (
                "CREATE RULE s AS ON INSERT TO t DO NOTHING",
                "CREATE RULE r AS ON DELETE TO t DO NOTHING",
                "CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING",
                "CREATE RULE r AS ON INSERT TO t WHERE NEW.a > 0 DO NOTHING",
                "CREATE RULE r AS ON INSERT TO t DO NOTHING; ALTER TABLE t DISABLE RULE r",
            )
        ),
        *(
            (f"{T}CREATE POLICY q ON t USING (true)", f"{T}{other}", "policy q is")
            for other in (
                "CREATE POLICY q ON t FOR SELECT USING (true)",
                "CREATE POLICY q ON t AS RESTRICTIVE USING (true)",
                "CREATE POLICY q ON t TO x USING (true)",
                "CREATE POLICY q ON t USING (true) WITH CHECK (true)",
                "CREATE POLICY q ON t WITH CHECK (true)",
            )
        ),
        (T, f"{T}CREATE POLICY q ON t", "its policies is [] in the first, ['q']"),
        (E, "CREATE TYPE e AS ENUM ('y', 'x')", "its labels is"),
        (E, f"{E}; ALTER TYPE e OWNER TO x", ""),
        (f"{E}; ALTER TYPE e OWNER TO y", f"{E}; ALTER TYPE e OWNER TO x", "its owner is y in the first, x in the second"),
        (D, "CREATE DOMAIN d AS bigint", "its base is"),
        (D, f"{D} NOT NULL", "not null is"),
        (D, f"{D} DEFAULT 1", "having a default is"),
        (D, f"{D} CHECK (VALUE > 0)", "its checks is"),
        (f"{D} CHECK (VALUE > 0)", f"{D}; ALTER DOMAIN d ADD CHECK (VALUE > 0) NOT VALID", "its checks is"),
        (R, "CREATE TYPE r AS (y text, x integer)", "its attributes is"),
        (R, "CREATE TYPE r AS (x bigint, y text)", "type of attribute x is integer in the first, bigint in the second"),
        (F, F.replace("x integer", "x bigint"), "function public.f(integer): only the first has it"),
        (F, F.replace("x integer", "z integer"), "its parameters is"),
        (F, F.replace("x integer", "x integer DEFAULT 1"), "its parameters is"),
        (F, F.replace("RETURNS integer", "RETURNS SETOF integer"), "its result is"),
        (F, F.replace("RETURNS integer", "RETURNS bigint"), "its result is integer in the first, bigint in the second"),
        (F, f"{F}GRANT EXECUTE ON FUNCTION f TO x", "its grants is"),
        (F, f"{F}ALTER FUNCTION f SECURITY DEFINER", "its security is invoker in the first, definer in the second"),
        (F, f"{F}ALTER FUNCTION f STRICT", "how it works is [] in the first, ['strict']"),
        (f"{F}ALTER FUNCTION f OWNER TO x", f"{F}ALTER FUNCTION f OWNER TO y", "its owner is x in the first, y in the second"),
        ("CREATE SCHEMA s", "", "schema s: only the first has it"),
        ("CREATE SCHEMA s", "CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO x", "schema s: its grants is [] in the first, ['x usage']"),
        ("CREATE SCHEMA s; ALTER SCHEMA s OWNER TO x", "CREATE SCHEMA s; ALTER SCHEMA s OWNER TO y", "its owner is x in the first, y in"),
        ("CREATE EXTENSION citext", "", "extension citext: only the first has it"),
        ("CREATE EXTENSION citext SCHEMA s", "CREATE EXTENSION citext SCHEMA z", "its schema is s in the first, z in the second"),
    ],
)  # fmt: skip
def test_each_fact_tells_schemas_apart(one: str, other: str, differing: str) -> None:
    found = "\n".join(differences(schema(one), schema(other)))
    assert differing in found
    assert bool(found) == bool(differing)
    assert not differences(schema(one), schema(one))
