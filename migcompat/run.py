"""One `check`, from what was asked to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from migcompat import replays
from migcompat.config import load_config_for
from migcompat.errors import CheckError
from migcompat.findings import Finding, Report, summed
from migcompat.frozen import frozen, replace
from migcompat.listing import NAMES
from migcompat.migrations.content import decode, read_bytes
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import History
from migcompat.settings import Settings, settings_of

if TYPE_CHECKING:
    from migcompat.cache import Cache
    from migcompat.migrations.deploy import Deploy
    from migcompat.migrations.model import Migration

HISTORY = ("edited-migration", "deleted-migration", "out-of-order-migration")
"""What `--select history` stands for."""
_WORTH_A_CACHE = 20
"""Migrations: fewer are judged as fast as the cache is opened."""


@frozen
class Request:
    """What the command line asks for."""

    paths: tuple[str, ...] = ()
    since: str | None = None
    staged: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    overrides: bool = True
    cache: bool = True


def run(request: Request, progress: TextIO | None = None) -> Report:
    """Checks what was asked for. Raises CheckError where that cannot be done."""
    select, ignore = rules_named(request.select), rules_named(request.ignore)
    config = load_config_for(request.paths, NAMES)
    settings = settings_of(config, select=select, ignore=ignore, overrides=request.overrides)
    if request.since is not None and request.staged:
        raise CheckError("--since and --staged exclude each other")
    if request.since is None and not request.staged:
        histories = discover(request.paths, config)
        with _cache(request, histories) as cache:
            return _each_alone(histories, settings, cache, progress)
    from migcompat.migrations.deploy import deploys_since, deploys_staged

    paths, since = request.paths, request.since
    deploys = deploys_staged(paths, config) if since is None else deploys_since(paths, config, since)
    with _cache(request, [deploy.history for deploy in deploys]) as cache:
        report = _as_one(deploys, settings, cache, progress)
    if request.staged and not any(deploy.events or any(m.judged for m in deploy.history.migrations) for deploy in deploys):
        # `pre-commit run --all-files` stages nothing: that the history was compared with itself must not look like a verdict
        return replace(report, notices=(*report.notices, "nothing staged touches a migration: there is no history to check"))
    return report


def rules_named(names: Sequence[str]) -> tuple[str, ...]:
    """The rules that a command line names; `history` stands for several."""
    found: list[str] = []
    for name in names:
        if name == "history":
            found += HISTORY
        elif name in NAMES:
            found.append(name)
        else:
            from migcompat.overrides import unknown_rule

            raise CheckError(unknown_rule(name, NAMES))
    return tuple(found)


@contextmanager
def _cache(request: Request, histories: Iterable[History]) -> Iterator[Cache | None]:
    if not request.cache or all(len(history.migrations) < _WORTH_A_CACHE for history in histories):
        yield None
        return
    from migcompat.cache import open_cache

    cache = open_cache()
    try:
        yield cache
    finally:
        if cache is not None:
            cache.flush()


def _each_alone(histories: Sequence[History], settings: Settings, cache: Cache | None, progress: TextIO | None) -> Report:
    found = [replays.each_alone(history, settings.of(history), cache, progress) for history in histories]
    findings = tuple(finding for replayed in found for finding in replayed.findings)
    judged, total = sum(replayed.migrations for replayed in found), sum(len(history.migrations) for history in histories)
    held = {path: content for replayed in found for path, content in replayed.contents.items()}
    texts = _texts(findings, [(history, lambda m: held.get(m.path) or read_bytes(m.path)) for history in histories])
    scope = f"{judged} of {total} migrations, each as its own deploy"
    return Report(findings, summed(findings, judged, sum(r.statements for r in found)), texts, scope, tuple(notices_of(histories)))


def _as_one(deploys: Sequence[Deploy], settings: Settings, cache: Cache | None, progress: TextIO | None) -> Report:
    """What came since the base is one deploy, judged against what is deployed."""
    found = [replays.as_one(deploy, settings.of(deploy.history), cache, progress) for deploy in deploys]
    findings: list[Finding] = []
    events: dict[str, str] = {}
    texts = _texts([f for replayed in found for f in replayed.findings], [(deploy.history, deploy.content) for deploy in deploys])
    for deploy, replayed in zip(deploys, found, strict=True):
        findings += replayed.findings
        if deploy.events:
            from migcompat.event_findings import of_event

            for event in deploy.events:
                events.setdefault(event.place.file, event.text)
                findings += of_event(event, settings.of(deploy.history))
    texts = {**events, **texts}
    summary = summed(findings, sum(r.migrations for r in found), sum(r.statements for r in found))
    scope = "; ".join(dict.fromkeys(deploy.scope for deploy in deploys))
    return Report(tuple(findings), summary, texts, scope, tuple(notices_of([deploy.history for deploy in deploys])))


def _texts(findings: Iterable[Finding], read: Iterable[tuple[History, Callable[[Migration], bytes]]]) -> dict[str, str]:
    """The files that findings point into, for code frames."""
    wanted = {f.place.file for f in findings} | {r.place.file for f in findings for r in f.related}
    return {m.path: decode(m.path, content(m)) for history, content in read for m in history.migrations if m.path in wanted}


def notices_of(histories: Sequence[History]) -> list[str]:
    """What a reader should know of the file set: what was left aside and why, what is odd about the order."""
    aside: dict[str, int] = {}
    for history in histories:
        for left in history.left_aside:
            aside[left.why.value] = aside.get(left.why.value, 0) + 1
    notices = [f"left aside: {number} file{'s' * (number > 1)} ({why})" for why, number in aside.items()]
    return notices + [notice for history in histories for notice in history.notices]
