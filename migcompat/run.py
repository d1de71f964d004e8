"""One `check`, from what was asked to a report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from migcompat.cache import Cache, digest, open_cache
from migcompat.check import Check, Settings, report_of, settings_of
from migcompat.config import load_config_for
from migcompat.errors import CheckError
from migcompat.findings import Breaks, Finding, Report, Severity
from migcompat.frozen import frozen, replace
from migcompat.migrations.discovery import discover
from migcompat.migrations.events import Event, Extent, Happening
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration
from migcompat.migrations.source import read, read_bytes
from migcompat.overrides import unknown_rule
from migcompat.progress import shown
from migcompat.reading import Ahead
from migcompat.rules import BY_NAME
from migcompat.states import Chain, State, recall, remember

if TYPE_CHECKING:
    from migcompat.migrations.deploy import Deploy

HISTORY = ("edited-migration", "deleted-migration", "out-of-order-migration")
"""What `--select history` stands for."""


@frozen
class Request:
    """What the command line asks for."""

    paths: tuple[str, ...] = ()
    since: str | None = None
    staged: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    overrides: bool = True
    prove: bool = False
    cache: bool = True


def run(request: Request) -> Report:
    """Checks what was asked for. Raises CheckError where that cannot be done."""
    cache = open_cache() if request.cache else None
    try:
        return _run(request, cache)
    finally:
        if cache is not None:
            cache.flush()


def _run(request: Request, cache: Cache | None) -> Report:
    select, ignore = rules_named(request.select), rules_named(request.ignore)
    config = load_config_for(request.paths, BY_NAME.keys())
    settings = settings_of(config, select=select, ignore=ignore, overrides=request.overrides)
    if request.since is not None and request.staged:
        raise CheckError("--since and --staged exclude each other")
    if request.since is None and not request.staged:
        return _one_by_one(discover(request.paths, config), settings, cache)
    from migcompat.migrations.deploy import deploys_between, deploys_since, deploys_staged

    if request.since is not None:
        return _together(deploys_since(request.paths, config, request.since), settings, cache)
    start, end = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    if start and end:
        return _together(deploys_between(request.paths, config, start, end), settings, cache)
    return _staged(deploys_staged(request.paths, config), settings, cache)


def rules_named(names: Sequence[str]) -> tuple[str, ...]:
    """The rules that a command line names; `history` stands for several."""
    found: list[str] = []
    for name in names:
        if name == "history":
            found += HISTORY
        elif name in BY_NAME:
            found.append(name)
        else:
            raise CheckError(unknown_rule(name, BY_NAME.keys()))
    return tuple(found)


def _one_by_one(histories: Sequence[History], settings: Settings, cache: Cache | None) -> Report:
    """Each migration is its own deploy, judged against everything ordered before it."""
    checks: list[Check] = []
    findings: list[Finding] = []
    for history in histories:
        check = check_of(history, settings)
        checks.append(check)
        findings += _through(history, check, cache)
    judged = sum(check.migrations for check in checks)
    total = sum(len(history.migrations) for history in histories)
    return report_of(checks, findings, f"{judged} of {total} migrations, each as its own deploy", notices_of(histories))


def _through(history: History, check: Check, cache: Cache | None) -> list[Finding]:
    """The findings of one history, from where an earlier run has got to."""
    name, chain = _state_name("judged", history), Chain(_seed(history, check))
    if cache is not None and cache.has(name):
        for migration in history.migrations:
            chain.add(migration, read_bytes(migration.path))
    state = _resumed(cache, name, chain, history.migrations, check)
    findings = list(state.findings) if state is not None else []
    last = max((position for position, migration in enumerate(history.migrations) if migration.judged), default=-1)
    left = history.migrations[chain.length : last + 1]
    with closing(Ahead(left, lambda m: read_bytes(m.path), history.settings.placeholders, chain, cache)) as ahead:
        check.load = ahead.load
        for migration in shown(left, sys.stderr):
            if migration.judged:
                findings += check.deploy([migration])
            else:
                check.context([migration])
    if left:
        remember(cache, name, chain, check.catalog, (check.migrations, check.statements), findings)
    return findings


def _resumed(cache: Cache | None, name: str, chain: Chain, migrations: Sequence[Migration], check: Check) -> State | None:
    state = recall(cache, name, chain)
    catalog = None if state is None else state.unpacked_catalog() if state.position < len(migrations) else check.catalog
    if state is None or catalog is None:
        chain.back_to(0)
        return None
    check.resume(catalog, migrations[: state.position], state.migrations, state.statements)
    return state


def _state_name(kind: str, history: History) -> str:
    return f"{kind}-{digest(os.fsencode(Path(history.root).absolute())).hex()}"


def _seed(history: History, check: Check) -> str:
    """All but the migrations that decides what is found."""
    own, used = history.settings, check.settings
    return repr((
        len(history.migrations) > 1, own.search_path, sorted(own.placeholders.items()), sorted(used.select), sorted(used.ignore),
        sorted((used.severity or {}).items()), sorted(used.relax), used.overrides, used.signatures,
    ))  # fmt: skip


def check_of(history: History, settings: Settings) -> Check:
    """A check over one history, with what its own directory is configured to."""
    own, placeholders = history.settings, history.settings.placeholders
    mixed = replace(
        settings, select=settings.select or frozenset(own.select), ignore=settings.ignore | frozenset(own.ignore), severity=own.severity
    )
    return Check(lambda migration: read(migration, placeholders), mixed, own.search_path, known=len(history.migrations) > 1)


def _together(deploys: Sequence[Deploy], settings: Settings, cache: Cache | None) -> Report:
    """What came since the base is one deploy, judged against what is deployed."""
    checks: list[Check] = []
    findings: list[Finding] = []
    texts: dict[str, str] = {}
    for deploy in deploys:
        check = check_of(deploy.history, settings)
        check.read = deploy.read
        checks.append(check)
        _deployed(deploy, check, cache)
        new = [m for m in deploy.history.migrations if m.judged]
        with closing(Ahead(new, deploy.content, deploy.history.settings.placeholders, Chain(""), cache)) as ahead:
            check.load = ahead.load
            findings += check.deploy(new)
        for event in deploy.events:
            texts.setdefault(event.place.file, event.text)
            findings += of_event(event, check.settings)
    scope = "; ".join(dict.fromkeys(deploy.scope for deploy in deploys))
    report = report_of(checks, findings, scope, notices_of([d.history for d in deploys]))
    return replace(report, texts={**texts, **report.texts})


def _deployed(deploy: Deploy, check: Check, cache: Cache | None) -> None:
    """Replays what is deployed, from where an earlier run has got to: git names the contents, so they need not be read for that."""
    history = deploy.history
    deployed = [m for m in history.migrations if not m.judged]
    name = _state_name("deployed", history)
    chain = Chain(_seed(history, check), len(next(iter(deploy.blobs.values()), "")) or 64)
    for migration in deployed:
        if migration.name not in deploy.blobs:
            break
        chain.add_named(migration, deploy.blobs[migration.name])
    _resumed(cache, name, chain, history.migrations, check)
    left = deployed[chain.length :]
    with closing(Ahead(left, deploy.content, history.settings.placeholders, chain, cache)) as ahead:
        check.load = ahead.load
        check.context(shown(left, sys.stderr))
    if left:
        remember(cache, name, chain, check.catalog, (0, 0), ())


def _staged(deploys: Sequence[Deploy], settings: Settings, cache: Cache | None) -> Report:
    """`pre-commit run --all-files` stages nothing: that the history was compared with itself must not look like a verdict."""
    report = _together(deploys, settings, cache)
    if any(deploy.events or any(migration.judged for migration in deploy.history.migrations) for deploy in deploys):
        return report
    return replace(report, notices=(*report.notices, "nothing staged touches a migration: there is no history to check"))


def notices_of(histories: Sequence[History]) -> list[str]:
    """What a reader should know of the file set: what was left aside and why, what is odd about the order."""
    aside: dict[str, int] = {}
    for history in histories:
        for left in history.left_aside:
            aside[left.why.value] = aside.get(left.why.value, 0) + 1
    notices = [f"left aside: {number} file{'s' * (number > 1)} ({why})" for why, number in aside.items()]
    return notices + [notice for history in histories for notice in history.notices]


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
