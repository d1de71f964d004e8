"""Runs migcompat on inputs of the wrong size, each in a process of its own: what it takes, and what it says.

python bench/large.py [NAME]…

Every one must end by itself, with a verdict or with a finding that names the bound that was exceeded. It takes some minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

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

HISTORIES: dict[str, Callable[[], Iterable[str]]] = {
    "20,000 partitions, then their columns": lambda: (
        PARTITIONED + "".join(each(20_000, PARTITION)),
        "".join(each(100, "ALTER TABLE p ADD c{0} integer;")),
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
    "100,000 migrations of one table": lambda: each(100_000, "ALTER TABLE t ALTER c SET DEFAULT {0};"),
}
"""The text of each migration."""


def texts(name: str) -> Iterable[str]:
    if name in HISTORIES:
        return HISTORIES[name]()
    return ["".join(each(*EACH[name])) if name in EACH else INPUTS[name]()]


def main(names: Iterable[str]) -> None:
    for name in names or (*INPUTS, *EACH, *HISTORIES):
        with tempfile.TemporaryDirectory() as directory:
            for number, text in enumerate(texts(name), 1):
                Path(directory, f"{number:06}_large.sql").write_text(text, encoding="utf-8")
            took, peak, code, said = run(directory)
            many = f"{EACH[name][0]:,} " if name in EACH else ""
            sys.stdout.write(f"{took:6.1f} s, {peak:5.0f} MB, exit {code}: {many}{name}: {said}\n")
            sys.stdout.flush()


def run(directory: str) -> tuple[float, float, int, str]:
    """Seconds, megabytes that the process held at most, its exit code, and what it printed: a bound that was exceeded, else the verdict."""
    command = [sys.executable, "-m", "migcompat", "check", "--no-cache", "--format", "concise", "."]
    start = time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, cwd=directory, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=printed, stderr=printed)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
        printed.seek(0)
        lines = printed.read().decode("utf-8", "replace").splitlines() or [""]
    bounds = [line.split("not understood: ")[1] for line in lines if "unparsed-statement" in line]
    said = f"{len(bounds):,} not understood: {bounds[0]}" if bounds else lines[-1]
    return took, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), said[:200]


if __name__ == "__main__":
    main(sys.argv[1:])
