"""A history judged from where an earlier run has got to. Where nothing is left to judge, none of the means to judge is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, TextIO

from migcompat.findings import Finding
from migcompat.frozen import EMPTY, frozen
from migcompat.migrations.content import read_bytes
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration
from migcompat.progress import shown
from migcompat.settings import Settings

if TYPE_CHECKING:
    from migcompat.cache import Cache
    from migcompat.checking import Check
    from migcompat.migrations.deploy import Deploy
    from migcompat.states import Bookmark, State

_MOST_HELD = 1_000_000
"""Bytes of the files read that are held for their code frames; those beyond are read again."""


@frozen
class Replayed:
    """What came of one history."""

    findings: tuple[Finding, ...]
    migrations: int
    """Those that were judged."""
    statements: int
    contents: Mapping[str, bytes] = EMPTY
    """What files held, by their paths."""


def each_alone(history: History, settings: Settings, cache: Cache | None, progress: TextIO | None) -> Replayed:
    """Each migration is its own deploy, judged against everything ordered before it."""
    last = max((position for position, migration in enumerate(history.migrations) if migration.judged), default=-1)
    migrations = history.migrations[: last + 1]
    mark = _bookmark("judged", history, settings, cache)
    contents: dict[str, bytes] = {}
    held = 0

    def content(migration: Migration) -> bytes:
        nonlocal held
        found = read_bytes(migration.path)
        if held + len(found) <= _MOST_HELD:
            contents[migration.path] = found
            held += len(found)
        return found

    state = mark.find(migrations, content) if mark is not None else None
    if state is not None and state.position == len(migrations):
        return Replayed(state.findings, state.migrations, state.statements, contents)
    from migcompat.checking import check_of
    from migcompat.reading import Ahead

    check = check_of(history, settings)
    state = _resumed(check, mark, state, migrations)
    findings = list(state.findings) if state is not None else []
    left = migrations[state.position :] if state is not None else migrations

    def passed(migration: Migration) -> bytes:
        found = content(migration)
        if mark is not None:
            mark.passed(migration, found)
        return found

    with closing(Ahead(left, passed, history.settings.placeholders, cache)) as ahead:
        check.load = ahead.load
        for migration in shown(left, progress):
            if migration.judged:
                findings += check.deploy([migration])
            else:
                check.context([migration])
    if mark is not None:
        mark.keep(check.catalog, (check.migrations, check.statements), findings)
    return Replayed(tuple(findings), check.migrations, check.statements, contents)


def as_one(deploy: Deploy, settings: Settings, cache: Cache | None, progress: TextIO | None) -> Replayed:
    """What came since the base is one deploy, judged against what is deployed. Git names what that holds: it need not be read for it."""
    history, blobs = deploy.history, deploy.blobs
    deployed = [m for m in history.migrations if not m.judged]
    new = [m for m in history.migrations if m.judged]
    if not new:
        return Replayed((), 0, 0)
    mark = _bookmark("deployed", history, settings, cache) if all(m.name in blobs for m in deployed) else None
    state = mark.find(deployed, lambda m: blobs[m.name].encode()) if mark is not None else None
    from migcompat.checking import check_of
    from migcompat.reading import Ahead

    check = check_of(history, settings, deploy.read)
    state = _resumed(check, mark, state, deployed)
    left = deployed[state.position :] if state is not None else deployed
    with closing(Ahead([*left, *new], deploy.content, history.settings.placeholders, cache)) as ahead:
        check.load = ahead.load
        check.context(shown(left, progress))
        if mark is not None and left:
            for migration in left:
                mark.passed(migration, blobs[migration.name].encode())
            mark.keep(check.catalog, (0, 0), ())
        findings = tuple(check.deploy(new))
    return Replayed(findings, check.migrations, check.statements)


def _bookmark(kind: str, history: History, settings: Settings, cache: Cache | None) -> Bookmark | None:
    if cache is None:
        return None
    from migcompat.states import Bookmark

    return Bookmark(cache, kind, history, settings)


def _resumed(check: Check, mark: Bookmark | None, state: State | None, migrations: Sequence[Migration]) -> State | None:
    """Takes the check to where the state was left; None where that is damaged, or there is none."""
    catalog = mark.catalog(state) if mark is not None and state is not None else None
    if state is None or catalog is None:
        if mark is not None:
            mark.restart()
        return None
    check.resume(catalog, migrations[: state.position], state.migrations, state.statements)
    return state
