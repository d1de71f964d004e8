"""A deploy as git tells it: the migrations that came since the base, and what happened to those that were there."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.frozen import EMPTY, frozen, replace
from migcompat.migrations.base import Base, find_base, head_base, pre_commit_range, range_base
from migcompat.migrations.changes import changes_between
from migcompat.migrations.content import read_bytes
from migcompat.migrations.detection import DETECTED, given_paths, likely, notice_of, the_only
from migcompat.migrations.discovery import asked_aside, require_migrations
from migcompat.migrations.events import Event, Happening
from migcompat.migrations.git import INDEX, Repository, relative, repository_of
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.naming import is_sql
from migcompat.migrations.roots import Asked, asked_about, inner_root, is_root, roots_among
from migcompat.migrations.source import source_of
from migcompat.migrations.states import before_the_move, recorded_state, work_tree_state
from migcompat.migrations.tree import directories_of, join


@frozen
class Deploy:
    """What goes live together in one history."""

    base: Base
    history: History
    """First what is deployed, in its order and as it was deployed; then what came since. Judged are those of the latter that were asked
    about, all of them together as one deploy."""
    events: tuple[Event, ...] = ()
    contents: Mapping[Migration, bytes] = EMPTY
    """Of migrations whose file in the work tree says something else, or is gone."""
    blobs: Mapping[str, str] = EMPTY
    """Git's names of what is deployed, by the migrations' names: the content of each, unread."""
    moved: frozenset[str] = frozenset()
    """Real paths that migrations of this history had in another directory."""

    @property
    def scope(self) -> str:
        """What is judged, in words."""
        judged = sum(migration.judged for migration in self.history.migrations)
        return f"{judged} of {len(self.history.migrations)} migrations, since {self.base.label}"

    def read(self, migration: Migration) -> Source:
        """A migration as it was deployed, or as it will be."""
        return source_of(migration, self.content(migration), self.history.settings.placeholders)

    def content(self, migration: Migration) -> bytes:
        """The same, as bytes."""
        content = self.contents.get(migration)
        return read_bytes(migration.path) if content is None else content


def deploys_since(paths: Sequence[str], config: Config, since: str) -> list[Deploy]:
    """What came since the merge base with a revision, up to the work tree; `auto` finds the base. One entry for each history."""
    return _deploys(paths, config, lambda repository: find_base(since, repository), None)


def deploys_staged(paths: Sequence[str], config: Config) -> list[Deploy]:
    """What the next commit adds to the last one, or what lies between the commits that pre-commit was asked about."""
    between = pre_commit_range()
    return deploys_between(paths, config, *between) if between is not None else _deploys(paths, config, head_base, INDEX)


def deploys_between(paths: Sequence[str], config: Config, start: str, end: str) -> list[Deploy]:
    """What came up to `end` since its merge base with `start`, whatever is checked out."""
    return _deploys(paths, config, lambda repository: range_base(start, end, repository), end)


def _deploys(paths: Sequence[str], config: Config, base_of: Callable[[Repository], Base], head: str | None) -> list[Deploy]:
    given = given_paths(paths, config)
    detected = not paths and not config.migrations
    asked = asked_about(given, config)
    bases: dict[str, Base] = {}

    def base_in(repository: Repository) -> Base:
        if repository.top not in bases:
            bases[repository.top] = _base_in(repository, base_of)
        return bases[repository.top]

    for path in given if not config.migrations else ():
        asked += _gone_below(path, asked, config, base_in)
    asked += [one for path in DETECTED if detected and path not in given for one in _gone(path, config, base_in)]
    deploys = [_deploy_of(one, base_in, head) for one in asked]
    if detected and not any(deploy.blobs for deploy in deploys):
        before = list(_found_before(given, config, base_in))
        asked += before
        deploys += [_deploy_of(one, base_in, head) for one in before]
    if detected and notice_of(given):
        deploys[0] = replace(deploys[0], history=replace(deploys[0].history, notices=(*notice_of(given), *deploys[0].history.notices)))
    names = [[migration.name for migration in deploy.history.migrations] for deploy in deploys]
    require_migrations(asked, names, detected, [deploy.history for deploy in deploys])
    moved = frozenset(path for deploy in deploys for path in deploy.moved)
    return [_without_moved(deploy, moved) if moved else deploy for deploy in deploys]


def _deploy_of(asked: Asked, base_in: Callable[[Repository], Base], head: str | None) -> Deploy:
    seen = _as_git_sees(asked)
    repository = repository_of(seen.root)
    return _deploy(seen, repository, base_in(repository), head)


def _without_moved(deploy: Deploy, moved: Collection[str]) -> Deploy:
    """What another root has now is not deleted."""
    events = (e for e in deploy.events if e.happening is not Happening.DELETED or os.path.realpath(e.migration.path) not in moved)
    return replace(deploy, events=tuple(events))


def _gone_below(path: str, asked: Sequence[Asked], config: Config, base_in: Callable[[Repository], Base]) -> Iterator[Asked]:
    """Roots below a directory that the base had and that are gone with all that was in them."""
    if os.path.isdir(path) and not is_root(path):
        repository = repository_of(path)
        below = relative(path, repository.top)
        start = len(below) + 1 if below else 0
        then = (name[start:] for name in repository.files(base_in(repository).commit, below))
        for inner in roots_among(directories_of(then))[0]:
            root = join(path, inner)
            if not os.path.isdir(root) and all(one.root != root for one in asked):
                yield inner_root(path, inner, config)


def _gone(path: str, config: Config, base_in: Callable[[Repository], Base]) -> Iterator[Asked]:
    """One of the usual directories that the base had and that is gone."""
    if not os.path.isdir(path):
        repository = repository_of(".")
        if any(map(is_sql, repository.files(base_in(repository).commit, relative(path, repository.top)))):
            yield Asked(path, config, whole=True)


def _found_before(given: Sequence[str], config: Config, base_in: Callable[[Repository], Base]) -> Iterator[Asked]:
    """The directory that was the only one at the base, where those of today are all new: it must not fall out of the check unseen."""
    repository = repository_of(".")
    base = base_in(repository)
    below = relative(".", repository.top)
    start = len(below) + 1 if below else 0
    one = the_only(*likely(directories_of(name[start:] for name in repository.files(base.commit, below))))
    if one and one not in given:
        if os.path.isdir(one):
            raise CheckError(
                f"{one}, found at {base.label}, is not looked at beside {', '.join(given)}: set `migrations` in migcompat.toml"
            )
        yield Asked(one, config, whole=True)


def _as_git_sees(asked: Asked) -> Asked:
    """The root by its real path from the working directory: git knows no links."""
    real = os.path.relpath(os.path.realpath(asked.root), os.path.realpath(os.getcwd())).replace(os.sep, "/")
    return replace(asked, root=real)


def _base_in(repository: Repository, base_of: Callable[[Repository], Base]) -> Base:
    """The base; for a submodule seen from the repository that holds it, the commit at which that one's base has it."""
    here = os.path.realpath(os.getcwd()) + os.sep
    if not repository.superproject or here.startswith(repository.top + os.sep):
        return base_of(repository)
    holder = repository_of(repository.superproject)
    base = base_of(holder)
    path = relative(repository.top, holder.top)
    commit = holder.submodule_commit(base.commit, path)
    if commit is None:
        return Base(repository.empty_tree(), base.label)
    if repository.commit(commit) is None:
        raise CheckError(f"commit {commit[:10]} of submodule {path} is not known here; fetch it with: git -C {path} fetch origin {commit}")
    return Base(commit, base.label)


def _deploy(asked: Asked, repository: Repository, base: Base, head: str | None) -> Deploy:
    now = work_tree_state(asked, repository) if head is None else recorded_state(asked, repository, head)
    then = recorded_state(asked, repository, base.commit, like=now.history)
    if now.history.migrations and not then.history.migrations:
        then = before_the_move(now, then, base.commit, repository)
    changes = changes_between(then, now, _changed(asked, repository, base, head), asked.settings.placeholders)
    arriving = [migration for migration in now.history.migrations if migration.name in changes.new]
    texts = now.read(arriving) if head is not None else {}
    contents = {migration: changes.replaced[migration.name] for migration in then.history.migrations if migration.name in changes.replaced}
    new: list[Migration] = []
    for migration in arriving:  # judged wherever the baseline for adoption lies: it excuses nothing that is new
        new.append(replace(migration, judged=asked.judges(migration.name)))
        content = changes.new[migration.name] or texts.get(migration)
        if content is not None:
            contents.setdefault(new[-1], content)
    history = replace(
        now.history,
        migrations=(*then.history.migrations, *new),
        left_aside=asked_aside(asked, now.history),
        notices=tuple(dict.fromkeys((*then.history.notices, *now.history.notices))),
    )
    events = tuple(event for event in changes.events if asked.judges(event.migration.name))
    return Deploy(base, history, events, contents, then.blobs, frozenset(join(repository.top, path) for path in then.moved))


def _changed(asked: Asked, repository: Repository, base: Base, head: str | None) -> set[str]:
    below = relative(asked.root, repository.top)
    start = len(below) + 1 if below else 0
    return {path[start:] for path in repository.changed(base.commit, head, below)}
