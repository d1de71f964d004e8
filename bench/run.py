"""Prints how long migcompat takes, as ratios to what stands beside it in the same run: click, sqlglot, squawk.

python bench/run.py [--quick] [--history DIRECTORY]

Ratios, for seconds say more about the machine; of processor time, for a clock says more about what else runs there; of the shortest of
several runs, each beside one of what it is compared with. squawk is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CLICK = [sys.executable, "-c", "import click"]
ONE_STATEMENT = [sys.executable, "-c", "import click; import sqlglot; sqlglot.parse_one('select 1', dialect='postgres')"]
PARSE_ALL = """
import logging, sys, sqlglot
from pathlib import Path
logging.disable()
for path in sorted(Path(sys.argv[1]).glob("*.sql")):
    try:
        sqlglot.parse(path.read_text(encoding="utf-8"), dialect="postgres")
    except Exception:
        pass
"""
MIGCOMPAT = [sys.executable, "-m", "migcompat"]
SQUAWK = shutil.which("squawk")
Clock = Callable[[], float]
"""Seconds since something."""


@dataclass(frozen=True, slots=True)
class Line:
    """One bar: a ratio and what it may be."""

    what: str
    ratio: float
    bar: float
    unit: str = "x"

    def __str__(self) -> str:
        return f"{'ok  ' if self.ratio <= self.bar else 'OVER'}  {self.ratio:7.2f} {self.unit:2} (bar {self.bar:g})  {self.what}"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="leave out what takes minutes")
    asked.add_argument("--history", help="a directory of at least 1,000 real migrations; made up ones otherwise")
    options = asked.parse_args()
    if SQUAWK is None:
        sys.stdout.write("squawk is not installed: what is measured against it is left out\n")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["MIGCOMPAT_CACHE_DIR"] = str(Path(scratch, "cache"))
        for line in _lines(Path(scratch), options.quick, options.history):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def _lines(scratch: Path, quick: bool, history: str | None) -> Iterator[Line]:
    yield from start_up()
    yield from one_file(scratch / "one")
    yield from since(scratch / "since", 1_000 if quick else 5_000)
    real = Path(history) if history else made_up(scratch / "full", 1_500)
    yield from whole_history(real)
    yield from data(scratch / "data")
    yield from growth(scratch / "growth", (500, 1_000) if quick else (500, 5_000, 50_000))


def start_up() -> Iterator[Line]:
    for arguments in (["--version"], ["rules"], ["rollback-guide"], ["explain", "drop-column"]):
        command = [*MIGCOMPAT, *arguments]
        run(command)  # an explanation is worked out once
        yield Line(f"migcompat {' '.join(arguments)}, to `import click`", ratio(command, CLICK, 20), 1.5)


def one_file(directory: Path) -> Iterator[Line]:
    directory.mkdir()
    file = directory / "0001_orders.sql"
    file.write_text("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric NOT NULL);\nALTER TABLE customers DROP COLUMN email;\n")
    yield Line("check of one new file, to parsing one statement", ratio([*MIGCOMPAT, "check", str(file)], ONE_STATEMENT, 20), 1.3)


def since(directory: Path, count: int) -> Iterator[Line]:
    migrations = made_up(directory / "migrations", count)
    git(directory, "init", "--quiet")
    git(directory, "add", ".")
    git(directory, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "-m", "deployed")
    (migrations / "9999999_new.sql").write_text("ALTER TABLE t1 DROP COLUMN note;\n")
    command = [*MIGCOMPAT, "check", "--since", "HEAD", "migrations"]
    run(command, directory)
    what = f"check --since with one new file on {count:,} migrations, warm, to parsing one statement"
    yield Line(what, ratio(command, ONE_STATEMENT, 15, directory=directory), 1.6)


def whole_history(directory: Path) -> Iterator[Line]:
    files = sorted(map(str, directory.glob("*.sql")))
    check = [*MIGCOMPAT, "check", str(directory)]
    parsing = ratio(on_one_core([*check, "--no-cache"]), on_one_core([sys.executable, "-c", PARSE_ALL, str(directory)]), 2)
    yield Line(f"{len(files):,} migrations, cold, one core, to sqlglot.parse", parsing, 1.0)
    if SQUAWK is None:
        return
    squawk = [SQUAWK, *files]
    by_the_clock = ratio([*check, "--no-cache"], squawk, 3, time.perf_counter)
    yield Line(f"{len(files):,} migrations, cold, all cores, by the clock, to squawk", by_the_clock, 4.0)
    run(check)
    yield Line(f"{len(files):,} migrations, warm, to squawk", ratio(check, squawk, 7), 0.8)


def data(directory: Path) -> Iterator[Line]:
    directory.mkdir()
    file = directory / "0001_seed.sql"
    row = "INSERT INTO cities (id, name, country) VALUES (4711, 'Gränna', 'SE');\n"
    file.write_text(row * (10_000_000 // len(row)), encoding="utf-8")
    command = [*MIGCOMPAT, "check", "--no-cache", str(file)]
    if SQUAWK is not None:
        yield Line("10 MB of INSERTs, to squawk", ratio(command, [SQUAWK, str(file)], 3), 0.5)
    idle = peak([*MIGCOMPAT, "check", "--no-cache", str(_small(directory))])
    yield Line("10 MB of INSERTs, memory above an empty check, to the file", (peak(command) - idle) / file.stat().st_size, 4)


def _small(directory: Path) -> Path:
    file = directory / "0000_small.sql"
    file.write_text("CREATE TABLE cities (id integer)")
    return file


def growth(directory: Path, counts: Iterable[int]) -> Iterator[Line]:
    per_migration: list[float] = []
    for count in counts:
        migrations = made_up(directory / str(count), count)
        command = [*MIGCOMPAT, "check", "--no-cache", str(migrations), "--format", "concise"]
        per_migration.append(_timed(command, processor_time, None) / count)
        yield Line(f"{count:,} migrations: time for each, to that of the fewest", per_migration[-1] / per_migration[0], 1.5)
        yield Line(f"{count:,} migrations: memory", peak(command) / 1e6, 300, "MB")
        shutil.rmtree(migrations)


def made_up(directory: Path, count: int) -> Path:
    """A history as services have it: every fourth migration makes a table, the others change one."""
    directory.mkdir(parents=True)
    for number in range(count):
        table = number // 4
        change = number % 4
        if change == 0:
            text = f"CREATE TABLE t{table} (id bigint PRIMARY KEY, name text NOT NULL, note text, state integer, made timestamptz);\n"
        elif change == 1:
            text = f"ALTER TABLE t{table} ADD COLUMN extra integer;\nUPDATE t{table} SET extra = 1 WHERE note IS NULL;\n"
        elif change == 2:
            text = f"ALTER TABLE t{table} ADD CHECK (state >= 0) NOT VALID;\nCREATE INDEX t{table}_name ON t{table} (name);\n"
        else:
            text = f"CREATE UNIQUE INDEX t{table}_made ON t{table} (made) WHERE state > 0;\nCOMMENT ON TABLE t{table} IS 'made up';\n"
        (directory / f"{number:07d}_change.sql").write_text(text)
    return directory


def git(directory: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=directory, check=True, capture_output=True)


def ratio(command: list[str], beside: list[str], times: int, clock: Clock | None = None, *, directory: Path | None = None) -> float:
    """How long a command takes to another; both are run in turn."""
    clock = clock or processor_time
    runs = [(_timed(command, clock, directory), _timed(beside, clock, None)) for _ in range(times)]
    return min(took for took, _ in runs) / min(took for _, took in runs)


def processor_time() -> float:
    """Seconds that the processes run so far have used; by the clock where that is not to be had (Windows)."""
    if sys.platform == "win32":
        return time.perf_counter()
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def on_one_core(command: list[str]) -> list[str]:
    """The command kept to one core, where the system can be told so."""
    return ["taskset", "-c", "0", *command] if shutil.which("taskset") else command


def peak(command: list[str]) -> float:
    """Bytes that the process held at most."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    ran = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    return float(ran.stdout) * (1 if sys.platform == "darwin" else 1024)


def _timed(command: list[str], clock: Clock, directory: Path | None) -> float:
    start = clock()
    run(command, directory)
    return clock() - start


def run(command: list[str], directory: Path | None = None) -> None:
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}
    ran = subprocess.run(command, cwd=directory, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if ran.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command[:6])} … ended with {ran.returncode}")


ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    main()
