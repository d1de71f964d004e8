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
from collections.abc import Callable, Iterable
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
    "a million tables": lambda: numbered(1_000_000, lambda i: f"CREATE TABLE t{i} (id integer);\n"),
    "a line of 50 MB, many statements": lambda: ROW.replace("\n", " ") * (50_000_000 // len(ROW)),
    "a line of 50 MB, many rows": lambda: "INSERT INTO t VALUES (1, 'abc')" + ", (1, 'abc')" * 4_000_000,
    "a line of 50 MB, one string": lambda: f"INSERT INTO t VALUES ('{'x' * 50_000_000}');",
    "a line of 50 MB, a string without an end": lambda: f"INSERT INTO t VALUES ('{'x' * 50_000_000}",
    "a line of 50 MB, one comment": lambda: "-- " + "x" * 50_000_000,
    "a line of 50 MB, one word": lambda: "x" * 50_000_000,
    "a table of 4 million columns": lambda: f"CREATE TABLE t ({numbered(4_000_000, lambda i: f'c{i} integer, ')}last integer);",
    "20,000 indexes of one table": lambda: "CREATE TABLE t (a integer);\n" + numbered(20_000, lambda i: f"CREATE INDEX i{i} ON t (a);\n"),
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
}


def main(names: Iterable[str]) -> None:
    for name in names or INPUTS:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory, "0001_large.sql")
            file.write_text(INPUTS[name](), encoding="utf-8")
            took, peak, code, said = run(file)
            sys.stdout.write(f"{took:6.1f} s, {peak:5.0f} MB, exit {code}: {name}: {said[:160]}\n")
            sys.stdout.flush()


def run(file: Path) -> tuple[float, float, int, str]:
    """Seconds, megabytes that the process held at most, its exit code, and the first line that it printed."""
    command = [sys.executable, "-m", "migcompat", "check", "--no-cache", "--format", "concise", file.name]
    start = time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, cwd=file.parent, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=printed, stderr=printed)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
        printed.seek(0)
        said = printed.readline().decode("utf-8", "replace").rstrip()
    return took, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), said


if __name__ == "__main__":
    main(sys.argv[1:])
