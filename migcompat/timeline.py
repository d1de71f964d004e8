"""A history with the means to read it: the schema at its points, and any stretch of it judged as one deploy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from migcompat.checking import Check, Decide, Judged
from migcompat.frozen import frozen
from migcompat.migrations.deploy import Deploy
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.source import read
from migcompat.schema.catalog import Catalog
from migcompat.settings import Settings


@frozen
class Timeline:
    """Migrations in the order in which they run."""

    migrations: tuple[Migration, ...]
    read: Callable[[Migration], Source]
    search_path: tuple[str, ...] = ("public",)

    @property
    def last_judged(self) -> int:
        """The position of the newest migration that was asked about."""
        return max((position for position, m in enumerate(self.migrations) if m.judged), default=len(self.migrations) - 1)

    @property
    def first_judged(self) -> int:
        """The position of the oldest one."""
        return min((position for position, m in enumerate(self.migrations) if m.judged), default=len(self.migrations))


@frozen
class Judgement:
    """A deploy's findings; the check still holds the schema on both sides of it."""

    check: Check
    judged: tuple[Judged, ...]


def of_history(history: History) -> Timeline:
    """The history as it lies in the work tree."""
    return Timeline(history.migrations, partial(_read, history), history.settings.search_path)


def of_deploy(deploy: Deploy) -> Timeline:
    """What is deployed, as it was deployed, and what came since."""
    return Timeline(deploy.history.migrations, deploy.read, deploy.history.settings.search_path)


def schema_after(timeline: Timeline, position: int) -> Catalog:
    """What the migrations up to and including this one have built."""
    return _replayed(timeline, position, Settings()).catalog


def schema_between(timeline: Timeline, start: int, end: int) -> Catalog:
    """The schema after `end`, which still knows what it was after `start`: all that lies between is one deploy."""
    return judge(timeline, start, end, Settings()).check.catalog


def judge(timeline: Timeline, start: int, end: int, settings: Settings, deciding: Callable[[Check], Decide] | None = None) -> Judgement:
    """Judges what comes after `start` up to and including `end` as one deploy; -1 stands before the first migration. `deciding` tells who
    decides what the texts leave open."""
    check = _replayed(timeline, start, settings)
    if deciding is not None:
        check.decide = deciding(check)
    return Judgement(check, tuple(check.judged(timeline.migrations[start + 1 : end + 1])))


def _replayed(timeline: Timeline, position: int, settings: Settings) -> Check:
    # one migration alone is a part of a history: what it does not create may exist all the same
    check = Check(timeline.read, settings, timeline.search_path, known=len(timeline.migrations) > 1)
    check.context(timeline.migrations[: position + 1])
    return check


def _read(history: History, migration: Migration) -> Source:
    return read(migration, history.settings.placeholders)
