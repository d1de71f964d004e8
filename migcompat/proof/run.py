"""One `prove`, from what was asked to a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from migcompat.checking import report_of
from migcompat.config import load_config_for
from migcompat.engine import Verdict
from migcompat.event_findings import of_event
from migcompat.findings import Breaks, Finding, Proof, Report, Span
from migcompat.frozen import frozen, replace
from migcompat.migrations.model import Migration, Source
from migcompat.proof.compare import breaks_of, compare, is_claim, proof_of, without_proof
from migcompat.proof.decide import Settled, culprit, settle
from migcompat.proof.limits import DEFAULT_LIMITS, Limits
from migcompat.proof.prover import Prover, Trial
from migcompat.proof.queries import Query, read_queries
from migcompat.proof.replay import REFUSED, Rejection
from migcompat.proof.server import Server, open_server
from migcompat.proof.session import Failure, Probe
from migcompat.proof.works import Work, works_of
from migcompat.reports.verdict import counted
from migcompat.rules.every import BY_NAME
from migcompat.run import notices_of, rules_named
from migcompat.schema.live.continuing import continued
from migcompat.settings import settings_of

Progress = Callable[[str], None]


@frozen
class ProveRequest:
    """What the command line asks for."""

    paths: tuple[str, ...] = ()
    since: str | None = None
    server: str | None = None
    queries: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    overrides: bool = True
    limits: Limits = DEFAULT_LIMITS


@frozen
class Plan:
    """What is run, read before a server is started."""

    works: tuple[Work, ...]
    scope: str
    queries: tuple[Query, ...]
    texts: dict[str, Source]


def prove(request: ProveRequest, progress: Progress) -> Report:
    """Runs the verdict on a server. Raises CheckError where that cannot be done."""
    plan = plan_of(request)
    with open_server(request.server, request.limits) as server:
        return prove_on(server, plan, progress)


def plan_of(request: ProveRequest) -> Plan:
    """Finds the migrations and the queries."""
    config = load_config_for(request.paths, BY_NAME)
    settings = settings_of(config, select=rules_named(request.select), ignore=rules_named(request.ignore), overrides=request.overrides)
    queries, texts = read_queries(request.queries)
    works, scope = works_of(request.paths, request.since, config, settings)
    return Plan(tuple(works), scope, queries, texts)


def prove_on(server: Server, plan: Plan, progress: Progress) -> Report:
    """Runs a plan on a server, each history in a database of its own."""
    started = time.monotonic()
    runs = [_Run(server, work, plan.texts, progress) for work in plan.works]
    findings = [finding for run in runs for finding in run.findings(plan.queries)]
    version = server.product
    tried = sum(run.tried for run in runs)
    notices = [*notices_of([work.history for work in plan.works]), *(notice for run in runs for notice in run.notices)]
    notices.append(_figures(findings, version, tried, time.monotonic() - started))
    report = report_of([work.check for work in plan.works], findings, plan.scope, notices)
    shown = {event.place.file: event.text for work in plan.works for event in work.events}
    files = {finding.place.file for finding in findings}
    own = {path: source.as_written for run in runs for path, source in run.sources.items() if path in files}
    return replace(report, texts={**shown, **report.texts, **own}, proven_on=version)


def _figures(findings: Iterable[Finding], version: str, tried: int, seconds: float) -> str:
    claims = [f for f in findings if is_claim(f)]
    proven = sum(f.proof is not None for f in claims)
    told = sum(bool(f.unproven) for f in claims)
    unforeseen = sum(f.rule == "unforeseen-break" for f in findings)
    rest = f" ({told} of the others could not be, as each of them says)" if told else ""
    return (
        f"{version}: {tried} statements of the prior generation were run before and after in {seconds:.1f} s; "
        f"{proven} of {len(claims)} errors confirmed{rest}, {unforeseen} found that no rule foresaw"
    )


class _Run:
    """One history on the server."""

    def __init__(self, server: Server, work: Work, query_sources: dict[str, Source], progress: Progress) -> None:
        self.server, self.work, self.progress = server, work, progress
        self.sources = dict(query_sources)
        self.notices: list[str] = []
        self.tried = 0
        self.settled: list[tuple[Migration, Settled]] = []
        self.whole = True
        """Whether the server has run everything so far."""

    def findings(self, queries: tuple[Query, ...]) -> Iterator[Finding]:
        work = self.work
        total = sum(len(migrations) for _, migrations in work.deploys)
        done = 0
        with self.server.scratch() as scratch:
            prover = Prover(self.server, scratch, queries)
            try:
                for judged, migrations in work.deploys:
                    if not migrations:
                        continue
                    done += len(migrations)
                    self.progress(f"{work.history.root or '.'}: {done} of {total} migrations")
                    pairs = [(migration, self._read(migration)) for migration in migrations]
                    if judged:
                        yield from self._judge(prover, pairs)
                    else:
                        understood = [check.context(migrations) for check in (work.check, work.foresight)]
                        rejected = prover.deployed(pairs)
                        self.whole = self.whole and not rejected
                        if not all(understood):
                            self._go_on(prover)
                        for migration, rejection in rejected:
                            yield from self._rejected(migration, rejection)
                    self.tried = prover.tried
                for event in work.events:
                    yield from of_event(event, work.check.settings)
                self._notice(prover)
            finally:
                prover.close()

    def _notice(self, prover: Prover) -> None:
        self.notices += prover.leanings()
        decided = sum(settled.decided for _, settled in self.settled)
        if decided:
            self.notices.append(f"decided on the server: {counted(decided, 'statement')} built at run time or not understood")
        for migration, settled in self.settled:
            missed = "; ".join(f"{found.rule} of {found.object}" for found in settled.missed)
            doubted = "; ".join(f"{found.rule} of {found.object}" for found in settled.doubted)
            if missed:
                self.notices.append(f"{migration.name}: the text alone does not show this, the server's catalogues do: {missed}")
            if doubted:
                self.notices.append(f"{migration.name}: the text shows this, the server's catalogues do not: {doubted}")
        self.notices += prover.untried()

    def _read(self, migration: Migration) -> Source:
        source = self.sources[migration.path] = self.work.check.read(migration)
        return source

    def _judge(self, prover: Prover, pairs: list[tuple[Migration, Source]]) -> Iterator[Finding]:
        migrations = [migration for migration, _ in pairs]
        trial = prover.deploy(pairs)
        complete = not trial.rejections
        self.whole = self.whole and complete

        def decide(_: Sequence[Migration], verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
            settled = settle(verdicts, trial.live, pairs) if complete else Settled(tuple(verdicts))
            self.settled.append((migrations[-1], settled))
            return settled.verdicts

        self.work.check.decide = self.work.foresight.decide = decide
        reported = list(self.work.check.deploy(migrations))
        foreseen = list(self.work.foresight.deploy(migrations))
        del self.settled[-2]  # a configuration hides nothing from the other
        if self.settled[-1][1].decided:
            self._go_on(prover)
        compared = compare(foreseen, trial.outcomes)
        proofs = {(f.rule, f.object, f.place): f.proof for f in compared.findings if f.proof is not None}
        yield from (self._with_proof(f, proofs.get((f.rule, f.object, f.place)), trial, prover.rowless) for f in reported)
        for migration, rejection in trial.rejections:
            yield from self._rejected(migration, rejection)
        for probe, failure in compared.unforeseen:
            yield from self._unforeseen(pairs, probe, failure)

    @staticmethod
    def _with_proof(finding: Finding, proof: Proof | None, trial: Trial, rowless: Mapping[str, str]) -> Finding:
        if proof is not None or not finding.sqlstate:
            return replace(finding, proof=proof)
        why = "the server rejects a part of the deploy, so it did not run to its end" if trial.rejections else ""
        return replace(finding, unproven=why or without_proof(finding, trial.outcomes, rowless))

    def _go_on(self, prover: Prover) -> None:
        """What the texts did not tell is in the server's schema: what follows is judged on that, unless it lacks what was rejected."""
        if self.whole:
            for check in (self.work.check, self.work.foresight):
                check.catalog = continued(prover.catalog(), check.catalog)

    def _rejected(self, migration: Migration, rejection: Rejection) -> Iterator[Finding]:
        source = self.sources[migration.path]
        hint = rejection.hint
        if rejection.sqlstate == REFUSED:
            hint = "the role that migrations are run as here is no superuser and reaches neither files nor programs; the rest was run"
        if rejection.skipped:
            skipped = counted(rejection.skipped, "statement")
            hint = f"{hint.rstrip('.') + '; ' if hint else ''}what follows in the migration was not run: {skipped}"
        if rejection.extension:
            lacking = "is not available" in rejection.message
            what = "this server lacks it, so what uses it cannot be run here" if lacking else rejection.message
            message = f"extension {rejection.extension} cannot be created: {what}"
            hint = "name a PostgreSQL that has it: --server URL" if lacking else hint
            yield from self._finding(
                "missing-extension", source, rejection.span, rejection.extension, message, hint, migration, rejection.sqlstate
            )
        else:
            message = f"the server rejects this statement: {rejection.answer}"
            yield from self._finding(
                "rejected-statement", source, rejection.span, migration.name, message, hint, migration, rejection.sqlstate
            )

    def _unforeseen(self, pairs: list[tuple[Migration, Source]], probe: Probe, failure: Failure) -> Iterator[Finding]:
        migration, source, span = culprit(pairs, probe.touches[0])
        about = probe.touches[1] if len(probe.touches) > 1 and failure.sqlstate != "42P01" and probe.kind != "query" else probe.touches[0]
        named = f"query {probe.touches[0].removeprefix('query ')}" if probe.kind == "query" else f"a statement on {about}"
        message = f"{named} that worked before this deploy is rejected after it: {failure.message} ({failure.sqlstate})"
        help_ = f"no rule foresaw it, but it is what running code will meet: look at what this deploy does to {about}, and report the gap"
        for finding in self._finding("unforeseen-break", source, span, about, message, help_, migration, failure.sqlstate):
            yield replace(finding, breaks=breaks_of(probe), statement=probe.statement, proof=proof_of(probe, failure))

    def _finding(
        self, rule: str, source: Source, span: Span, object_: str, message: str, help_: str, migration: Migration, sqlstate: str
    ) -> Iterator[Finding]:
        settings = self.work.check.settings
        severity = settings.severity_of(rule, BY_NAME[rule].severity)
        if severity is not None and settings.admits(rule):
            yield Finding(
                rule, severity, Breaks.NOTHING, source.place(span), object_, message, help_, sqlstate or None, migration=migration.slug
            )
