"""What happened to deployed migrations, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Finding, Severity
from migcompat.migrations.events import Event, Extent, Happening
from migcompat.settings import Settings


def of_event(event: Event, settings: Settings) -> Iterator[Finding]:
    """What happened to a deployed migration, as a finding."""
    name, other = event.migration.path, event.other
    severity = Severity.ERROR
    if event.happening is Happening.EDITED:
        rule, message = "edited-migration", f"{name} is deployed and was edited: databases that ran it will not run it again"
        help_ = "restore it, and put the change in a new migration"
        if event.extent is not Extent.STATEMENTS:
            severity = Severity.NOTE
            message = f"{name} is deployed and was edited: {event.extent.value} only"
            help_ = "nothing breaks by it; a tool that keeps checksums may refuse the file"
    elif event.happening is Happening.DELETED:
        rule, message = "deleted-migration", f"{name} is deployed and was deleted: new databases will never run it"
        help_ = "restore it, and undo what it did in a new migration"
    elif event.happening is Happening.RENAMED:
        rule, message = "deleted-migration", f"{name} is deployed and was called {other}: tools take it for another migration"
        help_ = f"call it {other} again"
    elif event.happening is Happening.OVERTAKEN:
        rule, message = "out-of-order-migration", f"{name} sorts before {other}, which is deployed: databases that are past it skip it"
        help_ = "give it a version above all that are deployed"
    else:
        rule, message = "out-of-order-migration", f"{name} has the same version as {other}: which runs first is chance"
        help_ = "give it a version of its own"
    configured = settings.severity_of(rule, severity)
    if configured is not None and settings.admits(rule):
        yield Finding(rule, configured, Breaks.NOTHING, event.place, event.migration.name, message, help_, migration=event.migration.slug)
