"""Runs migcompat on inputs of the wrong size, each in a process of its own: what it takes, and what it says.

python bench/large.py [PART OF A NAME]…

Every one must end by itself, with a verdict or with a finding that names the bound that was exceeded. It takes some two hours; what a run
takes is its processor time, for the machine may do other things.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from migcompat.findings import Breaks, Finding, Place, Severity

ROOT = Path(__file__).resolve().parent.parent
ROW = "INSERT INTO cities (id, name, country) VALUES (4711, 'Gränna', 'SE');\n"


def numbered(count: int, text: Callable[[int], str]) -> str:
    return "".join(map(text, range(count)))


def nested(opening: str, inside: str, closing: str, depth: int) -> str:
    return opening * depth + inside + closing * depth


INPUTS: dict[str, Callable[[], str]] = {
    "100 MB of rows": lambda: ROW * (100_000_000 // len(ROW)),
    "a million statements": lambda: "SELECT 1;\n" * 1_000_000,
    "a line of 50 MB, many statements": lambda: ROW.replace("\n", " ") * (50_000_000 // len(ROW)),
    "a line of 50 MB, many rows": lambda: "INSERT INTO t VALUES (1, 'abc')" + ", (1, 'abc')" * 4_000_000,
    "a line of 50 MB, one string": lambda: f"INSERT INTO t VALUES ('{'x' * 50_000_000}');",
    "a line of 50 MB, a string without an end": lambda: f"INSERT INTO t VALUES ('{'x' * 50_000_000}",
    "a line of 50 MB, one comment": lambda: "-- " + "x" * 50_000_000,
    "a line of 50 MB, one word": lambda: "x" * 50_000_000,
    "a table of 4 million columns": lambda: f"CREATE TABLE t ({numbered(4_000_000, lambda i: f'c{i} integer, ')}last integer);",
    "200,000 parentheses": lambda: f"ALTER TABLE t ADD CHECK ({nested('(', 'a > 0', ')', 200_000)});",
    "a million comments in each other": lambda: nested("/*", "", "*/", 1_000_000) + "DROP TABLE t;",
    "50,000 blocks in each other": lambda: f"DO $a$ {nested('BEGIN ', 'DROP TABLE t; ', 'END; ', 50_000)} $a$;",
    "20,000 subqueries in each other": lambda: f"CREATE VIEW v AS {nested('SELECT * FROM (', 'SELECT 1 AS a', ') x', 20_000)};",
    "60 calls in each other": lambda: f"CREATE VIEW v AS SELECT {nested('date(', '1', ')', 60)} AS a;",
    "CTEs that double 40 times": lambda: (
        "CREATE VIEW v AS WITH c0 AS (SELECT 1 AS a)"
        + numbered(40, lambda i: f", c{i + 1} AS (SELECT x.a FROM c{i} x, c{i} y)")
        + " SELECT a FROM c40;"
    ),
    "100,000 times AND": lambda: f"ALTER TABLE t ADD CHECK ({' AND '.join(['a > 0'] * 100_000)});",
    "100,000 times NOT": lambda: f"ALTER TABLE t ADD CHECK ({'NOT ' * 100_000}a > 0);",
    "300,000 actions of one ALTER TABLE": lambda: f"ALTER TABLE t {numbered(300_000, lambda i: f'ADD c{i} integer, ')}ADD last integer;",
    "600,000 tables dropped at once": lambda: f"DROP TABLE {numbered(600_000, lambda i: f't{i}, ')}last;",
    "an enum of 600,000 labels": lambda: "CREATE TYPE e AS ENUM (" + numbered(600_000, lambda i: f"'l{i}', ") + "'last');",
    "a DO block of 100,000 statements": lambda: f"DO $$ BEGIN {numbered(100_000, lambda i: f'ALTER TABLE t{i} ADD c integer; ')}END $$;",
}

EACH: dict[str, tuple[int, str]] = {
    "tables": (1_000_000, "CREATE TABLE t{0} (id integer);"),
    "tables with a serial key": (1_000_000, "CREATE TABLE t{0} (id serial PRIMARY KEY);"),
    "views": (1_000_000, "CREATE VIEW v{0} AS SELECT a FROM t;"),
    "routines": (1_000_000, "CREATE FUNCTION f{0}() RETURNS integer LANGUAGE sql AS 'SELECT 1';"),
    "types": (1_000_000, "CREATE TYPE t{0} AS (a integer);"),
    "comments on tables": (1_000_000, "COMMENT ON TABLE t{0} IS 'x';"),
    "grants": (1_000_000, "GRANT SELECT ON t{0} TO reader;"),
    "roles that are granted one table": (1_000_000, "GRANT SELECT ON t TO reader{0};"),
    "indexes, each of a table": (1_000_000, "CREATE UNIQUE INDEX i{0} ON t{0} (a);"),
    "columns, each of a table": (1_000_000, "ALTER TABLE t{0} ADD c integer NOT NULL;"),
    "columns of one table": (1_000_000, "ALTER TABLE t ADD c{0} integer;"),
    "columns dropped from one table": (1_000_000, "ALTER TABLE t DROP c{0};"),
    "defaults of one column": (1_000_000, "ALTER TABLE t ALTER c SET DEFAULT {0};"),
    "statements that are none": (1_000_000, "FROBNICATE t{0};"),
    "indexes of one table": (20_000, "CREATE INDEX i{0} ON t (a);"),
    "indexes of one table, without names": (20_000, "CREATE INDEX ON t (a);"),
    "checks of one table, without names": (20_000, "ALTER TABLE t ADD CHECK (a > {0});"),
    "triggers of one table": (20_000, "CREATE TRIGGER g{0} AFTER INSERT ON t EXECUTE FUNCTION f();"),
    "labels of one enum": (20_000, "ALTER TYPE e ADD VALUE 'l{0}';"),
    "overloads of one routine": (20_000, "CREATE FUNCTION f(a t{0}) RETURNS integer LANGUAGE sql AS 'SELECT 1';"),
    "foreign keys to one table": (20_000, "ALTER TABLE t{0} ADD FOREIGN KEY (p) REFERENCES p (id);"),
    "names of one table": (100_000, "ALTER TABLE t{0} RENAME TO t{1};"),
    "names of one column": (100_000, "ALTER TABLE t RENAME c{0} TO c{1};"),
    "lives of one table": (100_000, "CREATE TABLE t (a integer CHECK (a > 0)); DROP TABLE t;"),
    "views over each other": (5_000, "CREATE VIEW v{1} AS SELECT a FROM v{0};"),
}
"""How many, and one of them: {0} stands for its number, {1} for the next."""


def each(count: int, statement: str) -> Iterator[str]:
    return (statement.format(i, i + 1) + "\n" for i in range(count))


PARTITIONED = "CREATE TABLE p (a integer PRIMARY KEY, b integer REFERENCES q (id)) PARTITION BY LIST (a);\nCREATE INDEX ON p (b);\n"
PARTITION = "CREATE TABLE p{0} PARTITION OF p FOR VALUES IN ({0});"
CHILD = "CREATE TABLE t{1} () INHERITS (t{0});"


NAMES_LOOP = """DO $$ DECLARE n text; BEGIN FOREACH n IN ARRAY ARRAY[{}'t'] LOOP
    EXECUTE format('ALTER TABLE %I ADD a integer NOT NULL', n);
END LOOP; END $$;"""


def wide(number: int) -> str:
    return f"CREATE TABLE t{number} ({numbered(1_599, lambda i: f'c{i} integer, ')}last integer);"


def overridden(reason: str) -> str:
    return f"DROP TABLE t; -- compat: breaking (reason: {reason})"


def view_of(table: str, columns: str) -> Iterator[str]:
    return (f"CREATE OR REPLACE VIEW v AS SELECT {columns} FROM {table} WHERE c1 > {i};" for i in range(1_000))


HISTORIES: dict[str, Callable[[], Iterable[str]]] = {
    "50,000 partitions, then their columns and indexes": lambda: (
        PARTITIONED + "".join(each(50_000, PARTITION)),
        "".join(each(100, "ALTER TABLE p ADD c{0} integer;")),
        *each(20, "CREATE INDEX ON p (c{0});"),
    ),
    "5,000 tables that inherit from each other": lambda: (
        "CREATE TABLE t0 (a integer);\n" + "".join(each(5_000, CHILD)),
        "ALTER TABLE t0 ADD b integer NOT NULL;",
        "ALTER TABLE t0 ADD CHECK (b > 0);",
        "ALTER TABLE t0 DROP a;",
    ),
    "20,000 tables with a column of one enum, then its labels": lambda: (
        "CREATE TYPE e AS ENUM ('a');\n" + "".join(each(20_000, "CREATE TABLE t{0} (a e);")),
        "".join(each(100, "ALTER TYPE e ADD VALUE 'l{0}';")),
    ),
    "20,000 tables, all dropped": lambda: (
        "".join(each(20_000, "CREATE TABLE t{1} (id serial PRIMARY KEY, t{0} integer REFERENCES t{0});")),
        "".join(each(20_000, "DROP TABLE t{1} CASCADE;")),
    ),
    "20,000 tables in a schema that is dropped": lambda: (
        "CREATE SCHEMA app; SET search_path = app;" + "".join(each(20_000, "CREATE TABLE t{0} (id serial PRIMARY KEY);")),
        "DROP SCHEMA app CASCADE;",
    ),
    "500 tables of 1,600 columns, each changed": lambda: (
        *map(wide, range(500)),
        *each(500, "ALTER TABLE t{0} RENAME c0 TO x; ALTER TABLE t{0} DROP c1; ALTER TABLE t{0} ADD y integer NOT NULL;"),
    ),
    "a view over 1,600 columns, replaced 1,000 times": lambda: (wide(0), *view_of("t0", "*")),
    "the same by their names": lambda: (wide(0), *view_of("t0", ", ".join(f"c{i}" for i in range(1_599)))),
    "1,000 views over 1,600 columns, then these go": lambda: (
        wide(0),
        *each(1_000, "CREATE VIEW v{0} AS SELECT * FROM t0;"),
        *each(20, "ALTER TABLE t0 DROP c{0} CASCADE;"),
    ),
    "names of a million letters": lambda: (f"ALTER TABLE t{'x' * 1_000_000} ADD {'z' * 1_000_000}{i} integer NOT NULL;" for i in range(20)),
    "a search path of 1,000 schemas": lambda: (
        f"SET search_path = {', '.join(f's{i}' for i in range(1_000))};\n" + "".join(each(10_000, "CREATE TABLE t{0} (a integer);")),
    ),
    "a CHECK of 100,000 values, then one more": lambda: (
        f"ALTER TABLE t ADD CHECK (a IN ({numbered(100_000, lambda i: f'{i}, ')}0));",
        f"ALTER TABLE t ADD CHECK (a IN ({numbered(100_001, lambda i: f'{i}, ')}0));",
    ),
    "a list of values that grows 1,000 times": lambda: (
        f"ALTER TABLE t DROP CONSTRAINT c; ALTER TABLE t ADD CONSTRAINT c CHECK (a IN ({numbered(i, lambda k: f'{k}, ')}0));"
        for i in range(1_000)
    ),
    "20,000 queries in a UNION": lambda: (f"CREATE VIEW v AS {' UNION ALL '.join(['SELECT 1 AS a'] * 20_000)};",),
    "5,000 tables in a join": lambda: (f"CREATE VIEW v AS SELECT t.a FROM t {numbered(5_000, lambda i: f'JOIN u u{i} ON true ')};",),
    "50,000 strings joined": lambda: (f"CREATE VIEW v AS SELECT {' || '.join(['a'] * 50_000)} AS b FROM t;",),
    "loops in each other": lambda: (
        f"DO $$ BEGIN {'FOR i IN 1..1000000000 LOOP ' * 6}EXECUTE 'DROP TABLE t' || i; {'END LOOP; ' * 6}END $$;",
    ),
    "a loop over 100,000 names": lambda: (NAMES_LOOP.format(numbered(100_000, lambda i: f"'t{i}', ")),),
    "50,000 overrides in one file": lambda: (
        "".join(each(50_000, "DROP TABLE t{0}; -- compat: breaking (reason: unread since release {0})")),
    ),
    "100,000 malformed overrides": lambda: ("-- compat: braking\n" * 100_000,),
    "a reason of 10 MB": lambda: (overridden("it was drained " * 700_000),),
    "an override of 1,000,000 rules": lambda: (
        f"DROP TABLE t; -- compat: breaking[{'drop-table, ' * 1_000_000}drop-view] (reason: unread)",
    ),
}
"""The text of each migration."""

SIGNED = "20,000 breaks that are signed, and 20,000 signatures of others"
HISTORIES[SIGNED] = lambda: ("".join(each(20_000, "DROP TABLE t{0};")) + overridden("unread since the last release"),)


def signatures() -> Iterator[str]:
    """A sign-off file: one signature under all of these breaks, and one each under other migrations."""
    lines = "".join(f'"{_dropped(f"public.t{i}").fingerprint} drop-table public.t{i}",' for i in range(20_000))
    yield f'[[signoff]]\nmigration = "large"\nby = "Ada"\nbreaks = [{lines}]\n'
    yield from (f'[[signoff]]\nmigration = "other_{i}"\nby = "Ada"\nbreaks = ["{i:012x} drop-table t"]\n' for i in range(20_000))


def _dropped(table: str) -> Finding:
    return Finding("drop-table", Severity.ERROR, Breaks.READS, Place("", 1, 1, 1, 1), table, "", "", migration="large")


FILES: dict[str, tuple[int, str]] = {
    "that change a default of one table": (100_000, "ALTER TABLE t ALTER c SET DEFAULT {0};"),
    "that create a table": (
        100_000,
        "CREATE TABLE t{1} (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, at timestamptz DEFAULT now(), t bigint REFERENCES t{0});",
    ),
    "that add an index to one table": (100_000, "CREATE INDEX i{0} ON t (a);"),
    "that add a column to one table": (100_000, "ALTER TABLE t ADD c{0} integer;"),
    "that add a check to one table": (100_000, "ALTER TABLE t ADD CHECK (a > {0});"),
    "that add a check to one domain": (100_000, "ALTER DOMAIN d ADD CHECK (VALUE <> {0});"),
    "that add a foreign key to one table": (100_000, "ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p{0} (id);"),
    "that refer to one table": (20_000, "CREATE TABLE t{0} (id integer PRIMARY KEY, p integer REFERENCES p (id));"),
    "that add a trigger to one table": (20_000, "CREATE TRIGGER g{0} AFTER INSERT ON t EXECUTE FUNCTION f();"),
    "that add a rule to one table": (20_000, "CREATE RULE r{0} AS ON INSERT TO t DO ALSO SELECT {0};"),
    "that add a policy to one table": (20_000, "CREATE POLICY p{0} ON t USING (a > {0});"),
    "that grant one table": (20_000, "GRANT SELECT ON t TO reader{0};"),
    "that add a partition to one table": (20_000, "CREATE TABLE p{0} PARTITION OF p FOR VALUES IN ({0});"),
    "that add a view over one table": (20_000, "CREATE VIEW v{0} AS SELECT a FROM t;"),
    "that add a label to one enum": (20_000, "ALTER TYPE e ADD VALUE 'l{0}';"),
    "that add an attribute to one type": (20_000, "ALTER TYPE c ADD ATTRIBUTE a{0} integer;"),
    "that add an overload to one routine": (5_000, "CREATE FUNCTION f(a t{0}) RETURNS integer LANGUAGE sql AS 'SELECT 1';"),
    "that add a table to one publication": (20_000, "CREATE TABLE t{0} (a integer PRIMARY KEY); ALTER PUBLICATION p ADD TABLE t{0};"),
    "that replace one view": (20_000, "CREATE OR REPLACE VIEW v AS SELECT a, {0} AS b FROM t;"),
    "that replace one routine": (20_000, "CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT {0}';"),
    "that each create a schema": (20_000, "CREATE SCHEMA s{0}; CREATE TABLE s{0}.t (a integer);"),
}
"""How many migrations, and what one of them does."""

FORMATS = ("full", "concise", "github", "markdown", "json", "sarif", "gitlab", "junit")
FINDINGS = {f"a million findings as {name}": name for name in FORMATS}


def texts(name: str) -> Iterable[str]:
    if name in HISTORIES:
        return HISTORIES[name]()
    if name in FILES:
        return each(*FILES[name])
    if name in FINDINGS:
        return (numbered(100_000, lambda i, k=k: f"FROBNICATE t{k}_{i};\n") for k in range(10))  # type: ignore[misc]
    return ["".join(each(*EACH[name])) if name in EACH else INPUTS[name]()]


def write(name: str, directory: str) -> None:
    for number, text in enumerate(texts(name), 1):
        Path(directory, f"{number:06}_large.sql").write_text(text, encoding="utf-8")
    if name == SIGNED:
        Path(directory, "migcompat.toml").write_text('signoff = "required"\n', encoding="utf-8")
        Path(directory, "migcompat-signoff.toml").write_text("".join(signatures()), encoding="utf-8")


def main(parts: Iterable[str]) -> None:
    for name in (*INPUTS, *EACH, *HISTORIES, *FILES, *FINDINGS):
        if parts and not any(part in name for part in parts):
            continue
        with tempfile.TemporaryDirectory() as directory:
            writer = multiprocessing.Process(target=write, args=(name, directory))  # what it held would count as held by who comes after it
            writer.start()
            writer.join()
            took, peak, code, said = run(directory, FINDINGS.get(name, "concise"))
            many = f"{EACH[name][0]:,} " if name in EACH else f"{FILES[name][0]:,} migrations " if name in FILES else ""
            sys.stdout.write(f"{took:6.1f} s, {peak:5.0f} MB, exit {code}: {many}{name}: {said}\n")
            sys.stdout.flush()


def run(directory: str, format_: str) -> tuple[float, float, int, str]:
    """Seconds, megabytes that the process held at most, its exit code, and what it printed: a bound that was exceeded, else the verdict."""
    command = [sys.executable, "-m", "migcompat", "check", "--no-cache", "--format", format_, "."]
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, cwd=directory, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=printed, stderr=printed)
        _, status, used = os.wait4(process.pid, 0)
        size = printed.tell()
        printed.seek(0)
        bounds, first, last = 0, "", ""
        for line in printed:
            said = line[:1_000].decode("utf-8", "replace").strip()
            last = said or last
            if "unparsed-statement" in said and "not understood: " in said:
                bounds += 1
                first = first or said.split("not understood: ")[1]
    answer = f"{bounds:,} not understood: {first}" if bounds else last
    if format_ != "concise":
        answer = f"{size / 1e6:,.0f} MB"
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), answer[:200]


if __name__ == "__main__":
    main(sys.argv[1:])
