"""What a file name says: its version, the name that is left without it, and whether it goes forward."""

from __future__ import annotations

import re
from collections.abc import Collection

Version = tuple["int | str", ...]
"""Sorts: first a rank, then by turns text and numbers; of what a list or Flyway orders, numbers alone."""

NUMBERED, NAMED, _REPEATED = range(3)
"""Ranks of versions: what a list or Flyway numbers comes first, Flyway's repeatables last."""

_NUMBER = re.compile(r"(\d+)")
_DASHED_DATE = re.compile(r"(?:(?<=/)|^)(\d{4})-(\d\d?)-(\d\d?)-(\d{6})")
_FLYWAY_LETTERS = ("V", "U", "B", "R")
_FLYWAY = re.compile(r"([VUB])(\d[\d._]*?)__")
_LEADING_VERSION = re.compile(r"(?:[VUB]\d[\d._]*?__|\d{4}-\d\d?-\d\d?(?:-\d{6}(?:-\d{4})?)?(?!\d)|[Vv]?\d+(?:\.do(?=\.))?)[_.\- ]*")
_FORWARD_SUFFIX = re.compile(r"(?:[._-](?:up|do))?\.sql$", re.IGNORECASE)
_VERSION_DIRECTORY = re.compile(r"v?\d+(?:[._-]\d+)*", re.IGNORECASE)
_VERSIONED = re.compile(r"[VUB]?\d|v\d+[._-]|R__")

DIRECTORY_FILES = ("up.sql", "migration.sql")
"""The file that goes forward when each migration is a directory of its own."""

_ALWAYS_BACKWARD = (".down.sql", ".undo.sql")
_POSTGRATOR_UNDO = re.compile(r"\d+\.undo\.", re.IGNORECASE)
_BACKWARD_BESIDE_FORWARD = tuple(f"{mark}{word}.sql" for word in ("down", "undo", "rollback", "revert") for mark in "_-.")
_FORWARD_ENDINGS = (".sql", "_up.sql", "-up.sql", ".up.sql", ".do.sql")
_REPEATABLE = re.compile(r"R__|(?:before|after)(?:Each)?(?:Migrate|Versioned|Repeatables)\w*\.sql$")
_SNAPSHOT = re.compile(
    r"(?:.*[._-])?(?:schema|structure|dump|snapshot)\.sql|(?:schema|structure|dump)[._-].*\.sql|latest\.sql", re.IGNORECASE
)
_POSTGRES = frozenset({"postgres", "postgresql", "pgsql", "psql", "pg"})
_OTHER_DATABASES = frozenset(
    {"mysql", "mariadb", "sqlite", "sqlite3", "cockroach", "cockroachdb", "crdb", "mssql", "sqlserver", "oracle", "h2", "hsqldb", "derby"}
    | {"db2", "clickhouse", "spanner", "cassandra", "duckdb", "tidb"}
)
COMMITTED = re.compile(r"committed/\d{6}(?:-[^/]*)?\.sql")
"""What graphile-migrate has committed; all that it runs besides is `current.sql` or `current/`."""
FOR_POSTGRES = ".postgres"
"""In the name of a file that is for PostgreSQL, beside one for databases in general."""
_FOR_OTHER_DATABASE = re.compile(r".+\.(?:mysql|mariadb|sqlite3?|cockroach|mssql)(?:\.\w+)*\.sql", re.IGNORECASE)
_SEED = re.compile(r"seeds?(?:[._-].*)?\.sql|.*[._-]seeds?\.sql", re.IGNORECASE)


def version_of(name: str) -> Version:
    """The sort key of a migration's path below its root: runs of digits compare as numbers.

    Flyway's versions lead over directories, `1_10` over `1_9`; its repeatables run after everything that has a version.
    """
    base = name[name.rfind("/") + 1 :]
    if base[:1] in _FLYWAY_LETTERS:
        flyway = _FLYWAY.match(base)
        if flyway:
            return (NUMBERED, *(int(part) for part in re.split(r"[._]", flyway[2]) if part))
        if base.startswith("R__"):
            return (_REPEATED, base)
    version: list[int | str] = [NAMED, *_NUMBER.split(_DASHED_DATE.sub(_joined, name) if "-" in name else name)]
    version[2::2] = map(int, version[2::2])
    return tuple(version)


def _joined(date: re.Match[str]) -> str:
    """The digits of a date; a month or day that somebody wrote by hand, without its zero, is that month or day all the same."""
    year, month, day, time = date.groups()
    return f"{year}{month:0>2}{day:0>2}{time}"


def is_sql(name: str) -> bool:
    """Whether a file is SQL by its name."""
    return name.endswith(".sql") or name.lower().endswith(".sql")


def becomes_sql(name: str) -> bool:
    """Whether a file is SQL by its name once a tool is through with it: `1_a.sql.j2`, `2_b.sql.postgres`."""
    return ".sql." in name.lower()


def own_name(name: str) -> str:
    """The part of a path that names the migration: its file, or its directory where the file is always `up.sql`."""
    directory, slash, base = name.rpartition("/")
    if slash and base.lower() in DIRECTORY_FILES:
        return directory[directory.rfind("/") + 1 :]
    return base


def slug_of(name: str) -> str:
    """The name without version and suffix; the bare version where there is nothing else."""
    own = own_name(name)
    stem = _FORWARD_SUFFIX.sub("", own)
    leading = _LEADING_VERSION.match(stem)
    return (stem[leading.end() :] if leading else "") or stem or own


def number_of(name: str) -> tuple[int, ...]:
    """The version number that a file or directory name starts with; empty where it has none."""
    leading = _LEADING_VERSION.match(name)
    if leading is None:
        return ()
    digits = _DASHED_DATE.sub(_joined, leading.group())
    return tuple(int(part) for part in _NUMBER.findall(digits))


def names_of(name: str) -> tuple[str, ...]:
    """The ways in which people name a migration: its path below the root or its own name, with and without suffix."""
    own = own_name(name)
    return (name, own, _FORWARD_SUFFIX.sub("", name), _FORWARD_SUFFIX.sub("", own))


def may_hold_sections(name: str) -> bool:
    """Whether one file may go both ways. Beside a down file, in Flyway and in Prisma all of it runs, whatever its comments say."""
    base = name.rpartition("/")[2]
    return base.lower() not in DIRECTORY_FILES and not base.lower().endswith((".up.sql", ".do.sql")) and not _FLYWAY.match(base)


def is_ordered_by_text(name: str) -> bool:
    """Whether the tool compares names letter by letter: Prisma, where `20241231_x` comes after `20230101000000_y`."""
    return name.rpartition("/")[2].lower() == "migration.sql"


def is_repeatable(name: str) -> bool:
    """Whether a file runs again whenever it changes: Flyway's repeatables and callbacks, graphile-migrate's work in progress."""
    return _REPEATABLE.match(name.rpartition("/")[2]) is not None or name == "current.sql" or name.startswith("current/")


def is_versioned(name: str) -> bool:
    """Whether a file or directory name starts as versions do."""
    return _VERSIONED.match(name) is not None


def is_version_directory(name: str) -> bool:
    """Whether a directory is nothing but a version, as in `15/01_x.up.sql` or `v1.2/x.sql`."""
    return _VERSION_DIRECTORY.fullmatch(name) is not None


def is_backward(base: str, beside: Collection[str], undo: bool = True) -> bool:
    """Whether a file takes a migration back. `slow_down.sql` does not: `_down` counts only beside the file it takes back."""
    lower = base.lower()
    if lower == "down.sql" or lower.endswith(_ALWAYS_BACKWARD) or (".undo." in lower and _POSTGRATOR_UNDO.match(base)):
        return True
    flyway = _FLYWAY.match(base) if base.startswith("U") else None
    if flyway:
        # Flyway's undo has the version of what it undoes; refinery's U stands for a forward migration out of sequence
        return undo and any(name.startswith(f"V{flyway[2]}__") for name in beside)
    if lower.endswith(_BACKWARD_BESIDE_FORWARD):
        stem = base[: -len(next(ending for ending in _BACKWARD_BESIDE_FORWARD if lower.endswith(ending)))]
        return any(stem + forward in beside for forward in _FORWARD_ENDINGS)
    return False


def is_of_other_database(base: str) -> bool:
    """Whether a file says after its name that it is for another database: `1_a.mysql.up.sql`."""
    return base.count(".") > 1 and _FOR_OTHER_DATABASE.fullmatch(base) is not None


def is_replaced(base: str, beside: Collection[str]) -> bool:
    """Whether a file is for those databases that have none of their own, and PostgreSQL has one beside it."""
    parts = [part for part in base.split(".") if part != "autocommit"]  # says how it runs, not where
    named = (".".join((*parts[:i], "postgres", *how, *parts[i:])) for i in range(1, len(parts)) for how in ((), ("autocommit",)))
    return any(name in beside for name in named)


def is_directory_of_other_database(own: str, beside: Collection[str]) -> bool:
    """Whether a directory is called after another database, beside one that is called after PostgreSQL. By itself it may be anything."""
    return own.lower() in _OTHER_DATABASES and not _POSTGRES.isdisjoint(map(str.lower, beside))


def is_baseline(name: str) -> bool:
    """Whether a file is Flyway's `B7__x.sql`: all of the schema at version 7, run only where nothing ran before."""
    flyway = _FLYWAY.match(name[name.rfind("/") + 1 :]) if "B" in name else None
    return flyway is not None and flyway[1] == "B"


def is_snapshot(base: str) -> bool:
    """Whether a file without a version is called as tools call the dump of a schema that they keep beside migrations."""
    return _SNAPSHOT.fullmatch(base) is not None


def is_seed(base: str) -> bool:
    """Whether a file without a version is called as files are that fill the database with rows."""
    return _SEED.fullmatch(base) is not None
