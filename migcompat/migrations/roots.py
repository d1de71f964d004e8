"""Which histories the paths of the command line belong to, and what of each is asked about."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.frozen import frozen, replace
from migcompat.migrations.listed import JOURNAL, PLAN
from migcompat.migrations.naming import DIRECTORY_FILES, is_sql, is_version_directory, is_versioned
from migcompat.migrations.tree import Directory, join, walk

ROOT_NAMES = frozenset({"migrations", "migration", "migrate", "drizzle"})
"""Directory names that say: each directory of this name below the one given is a history of its own."""

_SQITCH_DIRECTORIES = ("deploy", "revert", "verify")


@frozen
class Asked:
    """What is asked about one root."""

    root: str
    settings: Config
    whole: bool = False
    named: frozenset[str] = frozenset()
    """Names below the root: files, and directories with a trailing slash."""
    apart: tuple[str, ...] = ()
    """Directories below the root that hold histories of their own."""
    expected: tuple[str, ...] = ()
    """Directories of the command line in which there must be a migration."""
    outside: bool = False
    """Whether the files named lie outside of the configured directories, so that they are no migrations."""

    def judges(self, name: str) -> bool:
        """Whether a file of the root is one that was asked about."""
        return self.whole or name in self.named or any(part.endswith("/") and name.startswith(part) for part in self.named)


def asked_about(paths: Sequence[str], config: Config) -> list[Asked]:
    """One entry for each root, in the order given."""
    asked: dict[str, Asked] = {}
    for path in paths:
        for request in _requests(path, config):
            root = os.path.realpath(request.root)
            asked[root] = _both(asked[root], request) if root in asked else request
    return list(asked.values())


def _both(known: Asked, more: Asked) -> Asked:
    whole, named = known.whole or more.whole, known.named | more.named
    return replace(known, whole=whole, named=named, expected=known.expected + more.expected)


def configured_paths(config: Config) -> list[str]:
    """The directories that the configuration names."""
    configured = [as_given(config.resolve(directory.path)) for directory in config.migrations]
    for path in configured:
        if not os.path.isdir(path):
            raise CheckError(f"{path} is not a directory, but `migrations` in {config.file} names it")
    return configured


def as_given(path: str) -> str:
    """Relative to the working directory where it lies below it, with forward slashes and without `./`."""
    if os.path.isabs(path):
        below = _below(os.getcwd(), path)
        path = below or ("." if _same(path, os.getcwd()) else path)
    path = path.replace(os.sep, "/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path.rstrip("/") or ("/" if path.startswith("/") else ".")


def _requests(path: str, config: Config) -> Iterator[Asked]:
    if not os.path.exists(path):
        raise CheckError(f"{path} is a broken symbolic link" if os.path.lexists(path) else f"{path} does not exist")
    configured = _configured(path, config)
    if os.path.isdir(path):
        yield from _in_configured(path, *configured) if configured else _in_directory(path, config)
    elif not path.lower().endswith(".sql"):
        raise CheckError(f"{path} is not an SQL file: name .sql files or directories")
    elif configured:
        root, settings = configured
        yield Asked(root, settings, named=frozenset({_below(root, path)}))
    else:
        root = _parent(path) if config.migrations else _root_of_file(path)
        yield Asked(root, config, named=frozenset({_below(root, path)}), outside=bool(config.migrations))


def _in_configured(path: str, root: str, settings: Config) -> Iterator[Asked]:
    yield Asked(root, settings, whole=_same(path, root), named=frozenset({_below(root, path) + "/"}), expected=(path,))


def _configured(path: str, config: Config) -> tuple[str, Config] | None:
    """The innermost configured directory that is or holds a path."""
    roots = [(as_given(config.resolve(directory.path)), config.of_directory(directory)) for directory in config.migrations]
    holding = [(root, settings) for root, settings in roots if _same(path, root) or _below(root, path)]
    return max(holding, key=lambda root: len(os.path.realpath(root[0])), default=None)


def _in_directory(path: str, config: Config) -> Iterator[Asked]:
    if is_versioned(os.path.basename(path)) and any(os.path.isfile(f"{path}/{name}") for name in DIRECTORY_FILES):
        root = _parent(path)
        yield Asked(root, config, named=frozenset({_below(root, path) + "/"}), expected=(path,))
        return
    inner, own = ([], True) if is_root(path) else roots_among(walk(path))
    yield from (inner_root(path, below, config) for below in inner)
    if own or not inner:
        yield Asked(path, config, whole=True, apart=tuple(below + "/" for below in inner), expected=(path,))


def inner_root(path: str, below: str, config: Config) -> Asked:
    """A root below a directory that was asked about."""
    root = join(path, below)
    configured = _configured(root, config)
    return Asked(root, configured[1] if configured else config, whole=True, expected=(path,))


def is_root(path: str) -> bool:
    """Whether a directory is a root by its name, or by the plan in it."""
    return os.path.basename(os.path.realpath(path)).lower() in ROOT_NAMES or os.path.isfile(f"{path}/{PLAN}")


def roots_among(directories: Iterable[Directory]) -> tuple[list[str], bool]:
    """The roots among directories, parents first, and whether there is SQL outside of them."""
    listed = list(directories)
    journals = {directory.below + name for directory in listed for name in directory.files if name == "_journal.json"}
    inner: list[str] = []
    own = False
    for directory in listed:
        below = directory.below[:-1]
        if inner and directory.below.startswith(inner[-1] + "/"):
            continue
        if below and (below.rpartition("/")[2].lower() in ROOT_NAMES or PLAN in directory.files or f"{below}/{JOURNAL}" in journals):
            inner.append(below)
        else:
            own = own or any(map(is_sql, directory.files))
    return inner, own


def _root_of_file(path: str) -> str:
    """The directory whose migrations form the history of this one file."""
    directory = _parent(path)
    if os.path.basename(path).lower() in (*DIRECTORY_FILES, "down.sql") and is_versioned(os.path.basename(directory)):
        return _parent(directory)
    above, below = directory, ""
    while os.path.basename(above) and above not in (".", below):  # above the top of the file system lies the same again
        if os.path.basename(above) in _SQITCH_DIRECTORIES and os.path.isfile(join(_parent(above), PLAN)):
            return _parent(above)
        above, below = _parent(above), above
    while is_version_directory(os.path.basename(directory)):
        directory = _parent(directory)
    return directory


def _same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _below(root: str, path: str) -> str:
    """The path's name below the root; empty when it is not below it."""
    try:
        relative = os.path.relpath(path, root).replace(os.sep, "/")
    except ValueError:  # another drive
        return ""
    return "" if relative == "." or relative.split("/", 1)[0] == ".." else relative


def _parent(path: str) -> str:
    parent, _, name = path.rpartition("/")
    if name in (".", ".."):
        return os.path.relpath(os.path.join(path, "..")).replace(os.sep, "/")
    return parent or ("/" if path.startswith("/") else ".")
