"""Finds the migrations that a check is about, and the history that each of them stands in."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.frozen import replace
from migcompat.migrations.content import read_bytes
from migcompat.migrations.contents import sorted_out
from migcompat.migrations.detection import given_paths, notice_of
from migcompat.migrations.history import Aside, History, LeftAside
from migcompat.migrations.layouts import LAYOUTS
from migcompat.migrations.listed import JOURNAL, PLAN, Listing, arranged, listing_notices, read_listing, superseded
from migcompat.migrations.model import Migration
from migcompat.migrations.naming import (
    COMMITTED,
    NAMED,
    NUMBERED,
    Version,
    is_baseline,
    is_ordered_by_text,
    names_of,
    number_of,
    own_name,
    version_of,
)
from migcompat.migrations.roots import Asked, asked_about
from migcompat.migrations.tree import Directory, join, walk

_CHECKPOINT = b"-- atlas:checkpoint"
CHECKSUMS = "atlas.sum"
LISTS = frozenset({PLAN, JOURNAL, CHECKSUMS})
"""Files of a root that decide about others."""

Read = Callable[[str], bytes]
"""The content of a file, by its name below the root."""

Judged = Callable[[Sequence[str]], Collection[str]]
"""Which of a history's names, given in order, are judged."""


def discover(paths: Sequence[str], config: Config) -> list[History]:
    """The histories that `paths` belong to. A directory asks about all below it; a file about itself, and its history is the context.

    Without paths, the configured directories or those that are found. A directory without a migration is an error; a file that turns out
    to be none (a down file, a seed) is not: hooks name all that changed.
    """
    given = given_paths(paths, config)
    asked = asked_about(given, config)
    histories = [_in_work_tree(one) for one in asked]
    detected = not paths and not config.migrations
    require_migrations(asked, [[migration.name for migration in history.migrations] for history in histories], detected, histories)
    notices = notice_of(given) if detected else ()
    return [replace(history, notices=(*notices, *history.notices)) for history in histories] if notices else histories


def _in_work_tree(asked: Asked) -> History:
    """Judged is all that was asked about and that came after the baseline."""
    history = history_of(
        asked,
        walk(asked.root),
        reader(asked.root),
        lambda names: {name for name in names[_start(names, asked) :] if asked.judges(name)},
    )
    return replace(history, left_aside=asked_aside(asked, history))


def asked_aside(asked: Asked, history: History) -> tuple[LeftAside, ...]:
    """What was left aside of that which was asked about."""
    start = len(join(asked.root, ""))
    return tuple(left for left in history.left_aside if asked.judges(left.path[start:]))


def require_migrations(asked: Sequence[Asked], names: Sequence[Iterable[str]], detected: bool, histories: Sequence[History]) -> None:
    """Raises when a directory that was asked about holds no migration; of detected ones, when none does."""
    found = {path: False for one in asked for path in one.expected}
    for one, its_names in zip(asked, names, strict=True):
        if any(map(one.judges, its_names)):
            found |= dict.fromkeys(one.expected, True)
    empty = [path for path, has_any in found.items() if not has_any]
    if empty and (not detected or len(empty) == len(found)):
        raise CheckError(_nothing_in(empty[0], histories))


def history_of(asked: Asked, directories: Iterable[Directory], read: Read, judged_of: Judged = lambda _: ()) -> History:
    """The history of one root, whatever its directories and files are read from."""
    lists: set[str] = set()
    found: list[tuple[Version, str]] = []
    aside: list[LeftAside] = []
    for name, why in sorted_out(_noting(directories, lists), LAYOUTS[asked.settings.layout], asked.apart):
        if asked.outside or why is not None:
            aside.append(LeftAside(join(asked.root, name), why or Aside.ELSEWHERE))
        else:
            found.append((version_of(name), name))
    found.sort(key=_place)
    listing = read_listing(lists, read)
    not_run = _not_run(found, listing, CHECKSUMS in lists, read)
    aside += [LeftAside(join(asked.root, name), why) for name, why in not_run.items()]
    ordered = [(name, version) for version, name in found if name not in not_run]
    notices = tuple(listing_notices([name for name, _ in ordered], listing)) if listing else ()
    if listing:
        ordered = [(name, (NUMBERED, index)) for index, name in enumerate(arranged([name for name, _ in ordered], listing))]
    judged = judged_of([name for name, _ in ordered])
    layout = asked.settings.layout
    migrations = tuple(Migration(join(asked.root, name), asked.root, name, version, name in judged, layout) for name, version in ordered)
    return History(asked.root, migrations, asked.settings, tuple(aside), frozenset(lists), notices)


def _place(found: tuple[Version, str]) -> tuple[Version, str]:
    version, name = found
    return ((NAMED, name) if is_ordered_by_text(name) else version), name


def _start(names: Sequence[str], asked: Asked) -> int:
    """The index of the first migration after the baseline."""
    wanted = asked.settings.start_after
    if not wanted or not names:
        return 0
    matching = [index for index, name in enumerate(names) if wanted in names_of(name)]
    if not matching and number_of(wanted) and wanted[-1].isdigit():
        matching = [index for index, name in enumerate(names) if number_of(own_name(name)) == number_of(wanted)]
    if not matching:
        import difflib

        near = difflib.get_close_matches(wanted, names, 1, 0.5)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise CheckError(f"`start-after` names `{wanted}`, which is no migration of {asked.root}{hint}")
    return matching[-1] + 1


def _not_run(found: Sequence[tuple[Version, str]], listing: Listing | None, atlas: bool, read: Read) -> dict[str, Aside]:
    """Files that look like migrations and that the tool does not run when it goes forward from the state before them."""
    not_run: dict[str, Aside] = {}
    planned = listing is not None and listing.file == PLAN
    overtaken = superseded([name for _, name in found], listing) if listing is not None else frozenset()
    committed = any(COMMITTED.fullmatch(name) for _, name in found)
    first = next((version for version, name in found if not is_baseline(name)), None)
    for version, name in found:
        if planned and not name.startswith("deploy/"):
            not_run[name] = Aside.BACKWARD if name.startswith("revert/") else Aside.UNUSED
        elif name in overtaken or (committed and not name.startswith(("committed/", "current"))):
            not_run[name] = Aside.UNUSED
        elif (first and first <= version and is_baseline(name)) or (atlas and read(name).startswith(_CHECKPOINT)):
            not_run[name] = Aside.SNAPSHOT
    return not_run


def _noting(directories: Iterable[Directory], lists: set[str]) -> Iterator[Directory]:
    """Passes directories on, and notes which files are there that decide about others."""
    for directory in directories:
        if directory.below in ("", "meta/"):
            lists.update(LISTS.intersection(directory.below + file for file in directory.files))
        yield directory


def reader(root: str) -> Read:
    """Reads files below a root of the work tree."""
    return lambda name: read_bytes(join(root, name))


def _nothing_in(path: str, histories: Sequence[History]) -> str:
    inside = "" if path == "." else path + "/"
    left = next((left for history in histories for left in history.left_aside if left.path.startswith(inside)), None)
    why = f"{left.path} is left aside ({left.why.value})" if left else "it holds no .sql file"
    return f"no migration in {os.fspath(path)}: {why}"
