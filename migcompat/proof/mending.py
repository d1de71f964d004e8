"""A fix-forward draft on a server: what of the prior generation's work runs again with it, and what does not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from migcompat.checking import Check, Decide
from migcompat.findings import UNDECIDED, Breaks, Finding, Proof, Severity
from migcompat.frozen import frozen
from migcompat.listing import NAMES
from migcompat.migrations.model import Migration, Source
from migcompat.proof.compare import compare, is_claim, proof_of
from migcompat.proof.decide import Decider, settle, when_undecided
from migcompat.proof.prover import Mended, Prover
from migcompat.proof.queries import Query
from migcompat.proof.replay import Rejection
from migcompat.proof.server import Server
from migcompat.proof.session import Failure, Probe
from migcompat.rules.base import Break
from migcompat.settings import Settings
from migcompat.sql.excerpt import excerpt
from migcompat.timeline import Judgement, Timeline, judge

_SHOWN = 10
"""Statements that still fail are shown so often."""
_TITLE = 200
"""Characters of a statement that are shown."""


@frozen
class Mending:
    """What the server says of a draft."""

    version: str
    tried: int
    """Statements of the prior generation that worked before the deploy."""
    broken: int
    """Those of them that failed after it, without the draft."""
    failing: int
    """Those that fail with it."""
    foreseen: tuple[Finding, ...]
    """What the draft's own check says of those, each with the statement that shows it."""
    unforeseen: tuple[tuple[Probe, Failure], ...]
    """What fails and no finding accounts for."""
    silent: tuple[Finding, ...]
    """What it says is still broken, and nothing failed for it."""
    catalogued: tuple[Break, ...]
    """What the rules find in the server's catalogues alone."""
    rejected: tuple[Rejection, ...]
    """What the server does not accept of the draft."""
    unapplied: tuple[tuple[Migration, Rejection], ...]
    """What it does not accept of the migrations."""
    half: bool
    """Whether some of that belongs to the deploy: then this is no proof."""
    undecided: bool
    """Whether something is left that neither the text nor the server has decided."""
    notices: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """Whether something is known to fail that the draft's own check does not speak of, or nothing can be known."""
        return bool(self.failing or self.catalogued or self.rejected or self.half or self.undecided)


def judging_on(server: Server) -> Callable[[Timeline, int, int], Judgement]:
    """Judges a deploy by its texts, and what they do not decide by what the server makes of them."""

    def judged(timeline: Timeline, start: int, end: int) -> Judgement:
        with contextlib.ExitStack() as stack:

            def deciding(check: Check) -> Decide:
                return when_undecided(lambda: Decider(server, stack.enter_context(server.scratch()), timeline.migrations, check))

            return judge(timeline, start, end, Settings(), deciding)

    return judged


def prove_draft(
    server: Server, timeline: Timeline, start: int, drafted: bool, queries: Sequence[Query], progress: Callable[[str], None]
) -> Mending:
    """Runs what came after `start`, of which the last migration is the draft if there is one, against the prior generation's work."""
    pairs = [(migration, timeline.read(migration)) for migration in timeline.migrations]
    known, deploy = pairs[: start + 1], pairs[start + 1 :]
    draft = [deploy.pop()] if drafted else []
    with server.scratch() as scratch:
        prover = Prover(server, scratch, tuple(queries))
        try:
            progress(f"{len(known)} migrations of the code before")
            unapplied = list(prover.deployed(known))
            progress(f"{len(deploy)} migrations of the deploy{' and the draft' if drafted else ''}")
            mended = prover.mend(deploy, draft)
            notices = (*prover.leanings(), *prover.untried())
        finally:
            prover.close()
    unapplied += mended.deploy_rejections
    return _compared(server.product, timeline, start, pairs, mended, unapplied, notices)


def _compared(
    version: str,
    timeline: Timeline,
    start: int,
    pairs: Sequence[tuple[Migration, Source]],
    mended: Mended,
    unapplied: Sequence[tuple[Migration, Rejection]],
    notices: tuple[str, ...],
) -> Mending:
    every = Settings(select=frozenset(NAMES), overrides=False)
    check = judge(timeline, start, len(timeline.migrations) - 1, every)
    verdicts = [verdict for _, verdict in check.judged if verdict is not None]
    settled = settle(verdicts, mended.live, pairs[start + 1 :])
    known = {(finding.rule, finding.object) for finding, _ in check.judged}
    new = [v.found for v in settled.verdicts if (v.found.rule, v.found.object) not in known]
    catalogued = [found for found in new if found.severity is Severity.ERROR and found.breaks is not Breaks.DATA]
    decided = not unapplied and not mended.draft_rejections
    findings = [finding for finding, _ in check.judged if finding.rule not in UNDECIDED]
    compared = compare(findings, mended.outcomes)
    shown = {(f.rule, f.object) for f in compared.findings if f.proof is not None}
    silent = [f for f in compared.findings if f.proof is None and (f.rule, f.object) not in shown and is_claim(f)]
    return Mending(
        version,
        mended.tried,
        mended.broken,
        sum(failure is not None for failure in mended.outcomes.values()),
        tuple(f for f in compared.findings if f.proof is not None),
        compared.unforeseen,
        tuple(silent),
        tuple(catalogued) if decided else (),
        tuple(rejection for _, rejection in mended.draft_rejections),
        tuple(unapplied),
        bool(mended.deploy_rejections),
        not decided and any(finding.rule in UNDECIDED for finding, _ in check.judged),
        notices,
    )


def told(mending: Mending, source: Source | None) -> Iterator[str]:
    """The result in lines; `source` is the draft's text as it was run."""
    for migration, rejection in mending.unapplied:
        yield f"{migration.name} does not run on {mending.version}: {_said(rejection)}"
    for rejection in mending.rejected:
        line = source.place(rejection.span).line if source is not None else 0
        yield f"{mending.version} rejects the draft at line {line}: {_said(rejection)}"
    yield (
        f"{mending.version}: of {mending.tried} statements of the code before, {mending.broken or 'none'} fail after the deploy"
        f" and {mending.failing or 'none'} with this migration behind it"
    )
    lines = [_failed(f.proof, f"{f.rule} of {f.object}") for f in mending.foreseen if f.proof is not None]
    lines += [_failed(proof_of(*one), "the draft says nothing of it") for one in mending.unforeseen]
    yield from (f"still fails: {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"and {len(lines) - _SHOWN} more"
    for found in mending.catalogued:
        yield f"the server's catalogues show what the text does not: {found.rule} of {found.object}: {found.message}"
    if mending.silent:
        named = ", ".join(f"{f.rule} of {f.object}" for f in mending.silent)
        yield f"named as still broken, and no statement that was tried fails for it: {named}"
    yield from mending.notices


def _failed(proof: Proof, why: str) -> str:
    return f"{excerpt(proof.probe, _TITLE)}: {proof.sqlstate} {proof.message} ({why})"


def _said(rejection: Rejection) -> str:
    return f"{rejection.answer}: {rejection.hint}" if rejection.hint else rejection.answer
