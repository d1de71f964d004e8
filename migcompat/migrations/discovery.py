"""Finds the migrations that a check is about, and the history each of them stands in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.migrations.history import Aside, History, LeftAside
from migcompat.migrations.model import Migration
from migcompat.migrations.naming import (
    DIRECTORY_FILES,
    is_backward,
    is_seed,
    is_snapshot,
    is_version_directory,
    is_versioned,
    own_name,
    slug_of,
    version_of,
)
from migcompat.migrations.tree import Directory, join, walk

ROOT_NAMES = frozenset({"migrations", "migration", "migrate", "drizzle"})
"""Directory names that say: each directory of this name below the one given is a history of its own."""

DETECTED = (
    "migrations",
    "db/migrations",
    "db/migrate",
    "migrate",
    "prisma/migrations",
    "supabase/migrations",
    "src/main/resources/db/migration",
    "database/migrations",
    "sql/migrations",
    "drizzle",
    "hasura/migrations",
)
"""Looked for in the working directory when neither the command line nor the configuration names one."""

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
_CODE = frozenset(
    {".go", ".ts", ".js", ".mjs", ".cjs", ".py", ".rb", ".java", ".kt", ".php", ".cs", ".exs", ".rs", ".xml", ".yaml", ".yml"}
)


@dataclass(slots=True)
class _Asked:
    """What the command line asks of one root."""

    root: str
    whole: bool = False
    named: set[str] = field(default_factory=set)
    """Names below the root: files, and directories with a trailing slash."""

    def judges(self, name: str) -> bool:
        return self.whole or name in self.named or any(part.endswith("/") and name.startswith(part) for part in self.named)


def discover(paths: Sequence[str], config: Config) -> list[History]:
    """The histories that `paths` belong to. A directory asks for all below it; a file asks for itself, and its history is the context."""
    asked: dict[str, _Asked] = {}
    given = [_as_given(path) for path in paths] or _default_paths(config)
    for path in given:
        for request in _requests(path, config):
            known = asked.setdefault(os.path.realpath(request.root), request)
            known.whole |= request.whole
            known.named |= request.named
    histories = [_history(request) for request in asked.values()]
    if not any(migration.judged for history in histories for migration in history.migrations):
        raise CheckError(_nothing_found(given, histories))
    return histories


def _as_given(path: str) -> str:
    """Relative to the working directory where it lies below it, with forward slashes and without `./`."""
    path = os.fspath(path)
    if os.path.isabs(path):
        relative = os.path.relpath(path, os.getcwd()) if os.path.splitdrive(path)[0] == os.path.splitdrive(os.getcwd())[0] else path
        path = path if relative.startswith("..") else relative
    path = path.replace(os.sep, "/")
    while path.startswith("./") and path != "./":
        path = path[2:].lstrip("/")
    return path.rstrip("/") or ("." if not path.startswith("/") else "/")


def _default_paths(config: Config) -> list[str]:
    if config.migrations:
        return [_as_given(path) for path in config.migrations]
    found = [path for path in DETECTED if os.path.isdir(path)]
    if not found:
        raise CheckError("no migration directory found here: name one, or set `migrations` in [tool.migcompat] of pyproject.toml")
    return found


def _requests(path: str, config: Config) -> Iterator[_Asked]:
    if not os.path.lexists(path):
        raise CheckError(f"{path} does not exist")
    configured = _configured_root(path, config)
    if os.path.isdir(path):
        if configured:
            yield _Asked(configured, whole=_same(path, configured), named={_below(configured, path) + "/"})
        elif is_versioned(os.path.basename(path)) and any(os.path.isfile(f"{path}/{name}") for name in DIRECTORY_FILES):
            root = _parent(path)
            yield _Asked(root, named={_below(root, path) + "/"})
        else:
            yield from (_Asked(root, whole=True) for root in _roots(path))
    elif os.path.isfile(path):
        if not path.lower().endswith(".sql"):
            raise CheckError(f"{path} is not an SQL file: name .sql files or directories")
        root = configured or _root_of_file(path)
        yield _Asked(root, named={_below(root, path)})
    else:
        raise CheckError(f"{path} is neither a file nor a directory that can be read")


def _configured_root(path: str, config: Config) -> str:
    inside = [root for root in map(_as_given, config.migrations) if _same(path, root) or _below(root, path)]
    return max(inside, key=len, default="")


def _same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _below(root: str, path: str) -> str:
    """The path's name below the root; empty when it is not below it."""
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    return "" if relative == "." or relative.split("/", 1)[0] == ".." else relative


def _parent(path: str) -> str:
    parent, _, _ = path.rpartition("/")
    if path in (".", "..") or path.endswith("/.."):
        return os.path.relpath(os.path.join(path, "..")).replace(os.sep, "/")
    return parent or ("/" if path.startswith("/") else ".")


def _root_of_file(path: str) -> str:
    """The directory whose migrations form the history of this one file."""
    directory = _parent(path)
    if os.path.basename(path).lower() in (*DIRECTORY_FILES, "down.sql") and is_versioned(os.path.basename(directory)):
        return _parent(directory)
    while is_version_directory(os.path.basename(directory)):
        directory = _parent(directory)
    return directory


def _roots(path: str) -> list[str]:
    """The histories below a directory: itself, unless its migrations lie in directories that are called so."""
    if os.path.basename(os.path.realpath(path)).lower() in ROOT_NAMES:
        return [path]
    inner: list[str] = []
    own = False
    for directory in walk(path):
        below = directory.below[:-1]
        if inner and directory.below.startswith(tuple(root + "/" for root in inner[-1:])):
            continue
        if below.rpartition("/")[2].lower() in ROOT_NAMES:
            inner.append(below)
        elif any(name.lower().endswith(".sql") and is_versioned(own_name(directory.below + name)) for name in directory.files):
            own = True
    return [join(path, below) for below in inner] + ([path] if own or not inner else [])


def _history(asked: _Asked) -> History:
    migrations: list[Migration] = []
    aside: list[LeftAside] = []
    for directory, verdicts in _sorted_out(asked.root):
        for base, why in verdicts:
            name = directory.below + base
            path = join(asked.root, name)
            if why is None:
                migrations.append(Migration(path, asked.root, name, version_of(name), slug_of(name), asked.judges(name)))
            elif asked.judges(name):
                aside.append(LeftAside(path, why))
    migrations.sort(key=lambda migration: (migration.version, migration.name))
    return History(asked.root, tuple(migrations), tuple(aside))


def _sorted_out(root: str) -> Iterator[tuple[Directory, list[tuple[str, Aside | None]]]]:
    """Every file of a root that is, or could be taken for, a migration; None: it is one."""
    above: dict[str, frozenset[str]] = {}
    skipped: dict[str, Aside] = {}
    for directory in walk(root):
        parent, _, own = directory.below[:-1].rpartition("/")
        parent = parent + "/" if parent else ""
        files = frozenset(directory.files)
        above[directory.below] = files
        why = skipped.get(parent) if directory.below else None
        if directory.below and why is None:
            why = _NOT_MIGRATIONS.get(own.lower())
        if why is not None:
            skipped[directory.below] = why
        elif own.lower() in _BACKWARD_DIRECTORIES and directory.below:
            why = Aside.BACKWARD if above[parent] >= {name for name in files if name.endswith(".sql")} else None
        verdicts = [(name, why or _why_aside(name, directory.below, files)) for name in directory.files if _could_be(name)]
        yield directory, verdicts


def _could_be(name: str) -> bool:
    extension = os.path.splitext(name)[1].lower()
    return extension == ".sql" or (extension in _CODE and is_versioned(name) and "_test." not in name and ".test." not in name)


def _why_aside(name: str, below: str, beside: frozenset[str]) -> Aside | None:
    if not name.lower().endswith(".sql"):
        return Aside.NOT_SQL
    if is_backward(name, beside):
        return Aside.BACKWARD
    if name not in DIRECTORY_FILES and any(file in beside for file in DIRECTORY_FILES) and is_versioned(below[:-1].rpartition("/")[2]):
        return Aside.UNUSED
    if is_snapshot(name):
        return Aside.SNAPSHOT
    if is_seed(name):
        return Aside.SEED
    return None


def _nothing_found(given: Sequence[str], histories: Sequence[History]) -> str:
    where = ", ".join(given)
    aside = [left for history in histories for left in history.left_aside]
    if aside:
        return f"no migration in {where}: {aside[0].path} is left aside ({aside[0].why.value})"
    return f"no migration in {where}: no .sql file found"
