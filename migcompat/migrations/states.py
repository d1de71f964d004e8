"""A history at one point in time: in the work tree, in the index, or in a commit."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping

from migcompat.frozen import EMPTY, frozen, replace
from migcompat.migrations.discovery import LISTS, history_of, reader
from migcompat.migrations.git import Repository, relative
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration
from migcompat.migrations.naming import is_sql
from migcompat.migrations.roots import Asked
from migcompat.migrations.tree import directories_of, join, walk


@frozen
class State:
    """A history, and how its files are read."""

    history: History
    read: Callable[[Iterable[Migration]], dict[Migration, bytes]]
    is_there: Callable[[str], bool]
    """Whether the repository has a file then, by its path from the top."""
    blobs: Mapping[str, str] = EMPTY
    """Git's names of what the files held, by their names below the root; empty for a work tree."""
    moved: frozenset[str] = frozenset()
    """Where its files lay then if not below the root: paths from the top."""

    def by_name(self) -> dict[str, Migration]:
        """The migrations by their names below the root."""
        return {migration.name: migration for migration in self.history.migrations}


def work_tree_state(asked: Asked, repository: Repository) -> State:
    """What is checked out, whether git knows it or not; nothing where the root is gone."""
    read_file = reader(asked.root)
    directories = walk(asked.root) if os.path.isdir(asked.root) else ()

    def read(migrations: Iterable[Migration]) -> dict[Migration, bytes]:
        return {migration: read_file(migration.name) for migration in migrations}

    history = history_of(asked, directories, read_file)
    return State(history, read, lambda path: os.path.lexists(os.path.join(repository.top, path)))


def recorded_state(asked: Asked, repository: Repository, tree: str, like: History | None = None) -> State:
    """What a commit or the index holds; `like` is a history that it may be a part of."""
    below = relative(asked.root, repository.top)
    start = len(below) + 1 if below else 0
    blobs = {path[start:]: blob for path, blob in repository.files(tree, below).items()}

    def read(migrations: Iterable[Migration]) -> dict[Migration, bytes]:
        wanted = list(migrations)
        contents = repository.contents(sorted({blobs[migration.name] for migration in wanted}))
        return {migration: contents[blobs[migration.name]] for migration in wanted}

    def read_file(name: str) -> bytes:
        return repository.contents([blobs[name]])[blobs[name]]

    history = _part_of(like, blobs) if like else None
    if history is None:
        history = history_of(asked, directories_of(blobs), read_file)
    return State(history, read, lambda path: bool(repository.files(tree, path)), blobs)


def _part_of(history: History, names: Collection[str]) -> History | None:
    """The history with only those of its migrations that are among the names: where no name is one that it does not know, and no list
    decides, that is the history of these names."""
    start = len(join(history.root, ""))
    known = {migration.name for migration in history.migrations}.union(left.path[start:] for left in history.left_aside)
    if history.lists or not LISTS.isdisjoint(names) or any(name not in known and is_sql(name) for name in names):
        return None
    return replace(history, migrations=tuple(migration for migration in history.migrations if migration.name in names))


def before_the_move(now: State, then: State, base: str, repository: Repository) -> State:
    """The state before, where the root is new: those of its migrations were there that another directory held and holds no more."""
    held = {(blob, path.rpartition("/")[2]): path for path, blob in repository.files(base, "").items() if is_sql(path)}
    if not held:
        return then
    length = len(next(iter(held))[0])
    moved: list[Migration] = []
    paths: set[str] = set()
    sources: set[str] = set()
    for migration, content in now.read(now.history.migrations).items():
        base_name = migration.name.rpartition("/")[2]
        names = (blob_name(text, length) for text in (content, content.replace(b"\r\n", b"\n")))
        path = next((held[name, base_name] for name in names if (name, base_name) in held), "")
        if path and not now.is_there(path):
            moved.append(migration)
            paths.add(path)
            sources.add(path[: -len(migration.name)].rstrip("/") if path.endswith(migration.name) else path.rpartition("/")[0])
    if not moved:
        return then
    notice = f"{len(moved)} migrations of {now.history.root} were moved there from {', '.join(sorted(sources))}"
    history = replace(then.history, migrations=tuple(moved), notices=(*then.history.notices, notice))
    return State(history, now.read, then.is_there, moved=frozenset(paths))


def blob_name(content: bytes, length: int) -> str:
    """Git's name of a content, in repositories of either hash."""
    import hashlib

    kind = hashlib.sha1 if length == 40 else hashlib.sha256
    return kind(b"blob %d\0" % len(content) + content).hexdigest()
