"""`check --prove`: an ordinary check that asks a server about what the text does not decide, and about nothing else."""

from __future__ import annotations

import contextlib

from migcompat.checking import Decide, report_of
from migcompat.config import Config, load_config_for
from migcompat.errors import CheckError
from migcompat.event_findings import of_event
from migcompat.findings import Finding, Report
from migcompat.frozen import replace
from migcompat.listing import NAMES
from migcompat.migrations.deploy import deploys_staged
from migcompat.proof.decide import Decider, when_undecided
from migcompat.proof.server import Server, open_server
from migcompat.proof.works import Work, together, works_of
from migcompat.reports.verdict import counted
from migcompat.run import Request, notices_of, rules_named
from migcompat.settings import Settings, settings_of


def run(request: Request, server: str | None = None) -> Report:
    """Checks what was asked for; a server (that of a URL, or one of its own) is asked only where something is undecided."""
    select, ignore = rules_named(request.select), rules_named(request.ignore)
    config = load_config_for(request.paths, NAMES)
    settings = settings_of(config, select=select, ignore=ignore, overrides=request.overrides)
    works, scope = _staged(request, config, settings) if request.staged else works_of(request.paths, request.since, config, settings)
    notices = notices_of([work.history for work in works])
    findings: list[Finding] = []
    with contextlib.ExitStack() as stack:
        asked = _Asked(stack, server)
        for work in works:
            work.check.decide = asked.about(work)
            for judged, migrations in work.deploys:
                if judged:
                    findings += work.check.deploy(migrations)
                else:
                    work.check.context(migrations)
            for event in work.events:
                findings += of_event(event, work.check.settings)
        notices += asked.notices()
    report = report_of([work.check for work in works], findings, scope, notices)
    shown = {event.place.file: event.text for work in works for event in work.events}
    return replace(report, texts={**shown, **report.texts})


def _staged(request: Request, config: Config, settings: Settings) -> tuple[list[Work], str]:
    if request.since is not None:
        raise CheckError("--since and --staged exclude each other")
    return together(deploys_staged(request.paths, config), settings)


class _Asked:
    """The server, from the moment it is needed; each history has a database of its own."""

    def __init__(self, stack: contextlib.ExitStack, url: str | None) -> None:
        self._stack, self._url = stack, url
        self._server: Server | None = None
        self._deciders: list[Decider] = []

    def about(self, work: Work) -> Decide:
        return when_undecided(lambda: self._decider(work))

    def _decider(self, work: Work) -> Decider:
        self._server = self._server or self._stack.enter_context(open_server(self._url))
        scratch = self._stack.enter_context(self._server.scratch())
        self._deciders.append(Decider(self._server, scratch, tuple(work.history.migrations), work.check))
        return self._deciders[-1]

    def notices(self) -> list[str]:
        found = []
        decided = sum(decider.decided for decider in self._deciders)
        if decided:
            found.append(f"decided on the server: {counted(decided, 'statement')} built at run time or not understood")
        for decider in self._deciders:
            for migration, rejection in decider.rejected[:5]:
                found.append(f"{migration.name} does not run on the server, so what it left undecided stays so: {rejection.message}")
        return found
