"""What each file of a root is: a migration, or something that lies beside migrations."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from migcompat.frozen import frozen
from migcompat.migrations.history import Aside
from migcompat.migrations.layouts import Layout
from migcompat.migrations.naming import (
    DIRECTORY_FILES,
    FOR_POSTGRES,
    becomes_sql,
    is_backward,
    is_directory_of_other_database,
    is_of_other_database,
    is_replaced,
    is_seed,
    is_snapshot,
    is_sql,
    is_versioned,
    own_name,
)
from migcompat.migrations.tree import Directory

_NOT_MIGRATIONS = {
    "meta": Aside.SNAPSHOT,
    "snapshot": Aside.SNAPSHOT,
    "snapshots": Aside.SNAPSHOT,
    "dumps": Aside.SNAPSHOT,
    "seed": Aside.SEED,
    "seeds": Aside.SEED,
    "testdata": Aside.SEED,
}
_BACKWARD_DIRECTORIES = frozenset({"down", "rollback", "rollbacks", "undo", "revert"})
_CHECKS = frozenset({"test", "tests"})
_CODE = frozenset(
    {".go", ".ts", ".js", ".mjs", ".cjs", ".py", ".rb", ".java", ".kt", ".php", ".cs", ".exs", ".rs", ".xml", ".yaml", ".yml"}
)


@frozen
class _Beside:
    """What a file may lie beside."""

    files: frozenset[str]
    for_postgres: frozenset[str]
    """Those of them that may stand for one that is for databases in general."""
    one_migration: bool
    """Whether the directory is a migration, and one of them what it does."""


def sorted_out(directories: Iterable[Directory], layout: Layout, apart: tuple[str, ...] = ()) -> Iterator[tuple[str, Aside | None]]:
    """The name of every file that is, or could be taken for, a migration, and why it is left aside; None: it is a migration.

    `apart` are directories with histories of their own: where there are any, a file beside them needs a version to be a migration.
    """
    seen: dict[str, Directory] = {}
    whole: dict[str, Aside] = {}
    for directory in directories:
        below = directory.below
        if below.startswith(apart):
            continue
        parent, _, own = below[:-1].rpartition("/")
        parent = parent + "/" if parent else ""
        seen[below] = directory
        why = (whole.get(parent) or _why_directory(own.lower(), directory, seen.get(parent))) if below else None
        if why is not None:
            whole[below] = why
        beside = _beside(own, directory)
        for name in directory.files:
            if _could_be_migration(name):
                its_own = why or _why_file(name, beside, layout)
                yield below + name, Aside.ELSEWHERE if apart and its_own is None and not is_versioned(own_name(below + name)) else its_own


def _beside(own: str, directory: Directory) -> _Beside:
    files = frozenset(directory.files)
    one_migration = not files.isdisjoint(DIRECTORY_FILES) and is_versioned(own)
    return _Beside(files, frozenset(name for name in files if FOR_POSTGRES in name), one_migration)


def _why_directory(own: str, directory: Directory, parent: Directory | None) -> Aside | None:
    if own in _BACKWARD_DIRECTORIES and parent:
        takes_back = "up" in parent.directories or all(name in parent.files for name in directory.files if name.lower().endswith(".sql"))
        return Aside.BACKWARD if takes_back else None
    if own in _CHECKS and parent and all(name in parent.files for name in directory.files if is_sql(name)):
        return Aside.UNUSED  # a file for each migration, which says whether it has done its work
    if parent and is_directory_of_other_database(own, parent.directories):
        return Aside.OTHER_DATABASE
    return _NOT_MIGRATIONS.get(own)


def _why_file(name: str, beside: _Beside, layout: Layout) -> Aside | None:
    if not is_sql(name):
        return Aside.NOT_SQL
    if is_backward(name, beside.files, layout.undo):
        return Aside.BACKWARD
    if is_of_other_database(name):
        return Aside.OTHER_DATABASE
    if (beside.for_postgres and is_replaced(name, beside.for_postgres)) or (beside.one_migration and name.lower() not in DIRECTORY_FILES):
        return Aside.UNUSED
    if is_versioned(name):
        return None
    return Aside.SNAPSHOT if is_snapshot(name) else Aside.SEED if is_seed(name) else None


def _could_be_migration(name: str) -> bool:
    if is_sql(name):
        return True
    extension = os.path.splitext(name)[1].lower()
    if extension not in _CODE:
        return becomes_sql(name)
    return is_versioned(name) and "_test." not in name and ".test." not in name
