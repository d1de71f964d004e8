"""Finds the migrations where neither the command line nor the configuration names them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.migrations.naming import DIRECTORY_FILES, is_sql, is_versioned
from migcompat.migrations.roots import as_given, configured_paths, roots_among
from migcompat.migrations.tree import Directory, walk

DETECTED = (
    "migrations",
    "db/migrations",
    "db/migrate",
    "migrate",
    "prisma/migrations",
    "supabase/migrations",
    "hasura/migrations",
    "src/main/resources/db/migration",
    "database/migrations",
    "sql/migrations",
    "drizzle",
)
"""Looked for in the working directory first."""

ENOUGH = 3
"""Files; a directory with fewer may be anything, and is not taken without a word."""
_MOST_LOOKED_AT = 20_000
"""Directories; where nothing was named, the working directory may be the top of anything."""
_SHOWN = 3
_NOT_DEPLOYED = frozenset({"test", "tests", "testdata", "fixtures", "example", "examples", "vendor", "third_party"})
"""Names of directories in which migrations are somebody else's."""


def given_paths(paths: Sequence[str], config: Config) -> list[str]:
    """The paths of the command line, else those of the configuration, else what is found."""
    if paths:
        return [as_given(path) for path in paths]
    return configured_paths(config) if config.migrations else detected_directories()


def usual_directories() -> list[str]:
    """Those of the usual directories that are there."""
    return [path for path in DETECTED if os.path.isdir(path)]


def detected_directories() -> list[str]:
    """The usual directories that are there, else the only one that can be meant."""
    usual = usual_directories()
    if usual:
        return usual
    try:
        directories = list(islice(walk("."), _MOST_LOOKED_AT))
    except CheckError:
        directories = []
    called, others = likely(directories)
    ignored = _ignored(called | others) if len(called | others) > 1 else frozenset[str]()
    called, others = _without(called, ignored), _without(others, ignored)
    one = the_only(called, others) if len(directories) < _MOST_LOOKED_AT else ""
    if not one:
        raise CheckError(_none_to_take([*_largest_first(called), *_largest_first(others)]))
    return [one]


def likely(directories: Sequence[Directory]) -> tuple[dict[str, int], dict[str, int]]:
    """The directories that are called as those of migrations are, and others with SQL under a version; of each, how many such files."""
    roots, _ = roots_among(directories)
    called: dict[str, int] = {}
    others: dict[str, int] = {}
    for directory in directories:
        sql = [name for name in directory.files if is_sql(name)]
        root = next((root for root in roots if directory.below.startswith(f"{root}/")), None)
        if root is None:
            below = directory.below[:-1] or "."
            above, _, own = below.rpartition("/")
            alone = is_versioned(own) and not {name.lower() for name in sql}.isdisjoint(DIRECTORY_FILES)
            _add(others, (above or ".") if alone else below, 1 if alone else sum(map(is_versioned, sql)))
        else:
            _add(called, root, len(sql))
    return called, others


def the_only(called: Mapping[str, int], others: Mapping[str, int]) -> str:
    """The one directory that can be meant; empty where that is not certain."""
    if len(called) != 1 or others:
        return ""
    ((path, number),) = called.items()
    return path if number >= ENOUGH and _NOT_DEPLOYED.isdisjoint(path.lower().split("/")) else ""


def notice_of(paths: Sequence[str]) -> tuple[str, ...]:
    """What a reader must know of directories that were found: that one was taken though nothing says so."""
    if paths[0] in DETECTED:
        return ()
    return (f"nothing names a directory of migrations: {paths[0]} is taken, the only one found",)


def _add(counts: dict[str, int], path: str, number: int) -> None:
    if number:
        counts[path] = counts.get(path, 0) + number


def _without(counts: Mapping[str, int], paths: Collection[str]) -> dict[str, int]:
    return {path: number for path, number in counts.items() if path not in paths}


def _largest_first(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda path: -counts[path])


def _ignored(paths: Iterable[str]) -> frozenset[str]:
    """What git ignores: copies that a build made."""
    from migcompat.migrations.git import repository_of

    try:
        return repository_of(".").ignored(paths)
    except CheckError:
        return frozenset()


def _none_to_take(found: Sequence[str]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    where = f"in the usual places, but there is {', '.join(found[:_SHOWN])}{more}" if found else "found here"
    return f"no migration directory {where}: name one, or set `migrations` in migcompat.toml"
