"""What is judged on a server: the histories, and their deploys in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from migcompat.checking import Check, check_of
from migcompat.config import Config
from migcompat.listing import NAMES
from migcompat.migrations.deploy import Deploy, deploys_since
from migcompat.migrations.discovery import discover
from migcompat.migrations.events import Event
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration
from migcompat.settings import Settings


@dataclass(slots=True)
class Work:
    """One history: its deploys in order, and how its files are read."""

    history: History
    check: Check
    deploys: list[tuple[bool, list[Migration]]]
    """Whether it is judged, and what goes live together."""
    events: tuple[Event, ...] = ()
    foresight: Check = field(init=False)
    """The same check with every rule and no override: what accounts for a failure, whatever a configuration hides."""

    def __post_init__(self) -> None:
        settings = Settings(select=frozenset(NAMES), overrides=False)
        self.foresight = Check(self.check.read, settings, self.history.settings.search_path, known=self.check.catalog.known)


def works_of(paths: Sequence[str], since: str | None, config: Config, settings: Settings) -> tuple[list[Work], str]:
    """The histories that were asked about, and in words what is compared."""
    if since is None:
        return [one_by_one(history, settings) for history in discover(paths, config)], "each migration as its own deploy"
    return together(deploys_since(paths, config, since), settings)


def together(deploys: Sequence[Deploy], settings: Settings) -> tuple[list[Work], str]:
    """What came since the base is one deploy."""
    return list(_together(deploys, settings)), "; ".join(dict.fromkeys(deploy.scope for deploy in deploys))


def _together(deploys: Sequence[Deploy], settings: Settings) -> Iterator[Work]:
    for deploy in deploys:
        check = check_of(deploy.history, settings, deploy.read)
        before = [m for m in deploy.history.migrations if not m.judged]
        after = [m for m in deploy.history.migrations if m.judged]
        yield Work(deploy.history, check, [(False, before), (True, after)], deploy.events)


def one_by_one(history: History, settings: Settings) -> Work:
    """Each migration is its own deploy."""
    return Work(history, check_of(history, settings), [(migration.judged, [migration]) for migration in history.migrations])
