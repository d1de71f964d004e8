"""The verdict of a report, and the words that the formats share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from migcompat.findings import Breaks, Finding, Report, Severity, Summary
from migcompat.frozen import replace
from migcompat.reports.escaping import visible
from migcompat.reports.sqlstates import answer

_MOST_LISTED = 100_000
"""Findings: as JSON they have some 50 MB."""


class Verdict(str, Enum):
    BREAKS = "breaks"
    OVERRIDDEN = "overridden"
    """Something breaks, and an override lets all of it through."""
    COMPATIBLE = "compatible"


def verdict(report: Report) -> Verdict:
    if report.failed:
        return Verdict.BREAKS
    if any(finding.overridden and finding.severity is Severity.ERROR for finding in report.findings):
        return Verdict.OVERRIDDEN
    return Verdict.COMPATIBLE


def headline(report: Report) -> str:
    """The verdict as a person reads it first."""
    match verdict(report):
        case Verdict.BREAKS:
            if any(finding.counts and finding.breaks is not Breaks.NOTHING for finding in report.findings):
                return "Breaks the prior generation"
            return "Not proven compatible with the prior generation"
        case Verdict.OVERRIDDEN:
            return "Breaks the prior generation, and every break is overridden"
        case Verdict.COMPATIBLE:
            if not report.summary.migrations:
                return "No migration to judge"
            if any(finding.proof is not None and finding.severity is Severity.WARNING for finding in report.findings):
                return "The server rejects what a warning tells of; whether the running code does such a thing decides"
            if report.summary.warnings:
                return "No break proven; the warnings depend on how the running code reads and writes"
            return "Compatible with the prior generation"


def looked_at(report: Report) -> str:
    """What the verdict is about; always said, since a gate that looked at nothing is green too."""
    summary = report.summary
    text = f"{counted(summary.migrations, 'migration')}, {counted(summary.statements, 'statement')}"
    return f"{text} ({report.scope})" if report.scope else text


def tally(summary: Summary) -> str:
    """The counts of a check, zeros included; what is overridden or was not judged stands beside them."""
    parts = [counted(summary.errors, "error"), counted(summary.warnings, "warning"), counted(summary.notes, "note")]
    parts.append(f"{summary.overridden} overridden")
    if summary.not_judged:
        parts.append(f"{counted(summary.not_judged, 'statement')} not judged")
    return ", ".join(parts)


def effect(finding: Finding) -> str:
    """Who is hit and what PostgreSQL answers: `reads with 42703 undefined_column`; empty where nothing breaks."""
    if finding.breaks is Breaks.NOTHING:
        return ""
    return f"{finding.breaks.value} with {answer(visible(finding.sqlstate))}" if finding.sqlstate else finding.breaks.value


def effect_label(finding: Finding) -> str:
    """What `effect` is introduced with: a warning claims no more than it knows."""
    return "breaks" if finding.severity is Severity.ERROR and not finding.relaxable else "may break"


def policy_text(finding: Finding) -> str:
    """What policy makes it an error, and the setting that lets a harmless instance pass; empty: none names it."""
    if not finding.adr:
        return ""
    relaxed = f'; `relax = ["{finding.relaxable}"]` lets it pass where it does no harm, as here' if finding.relaxable else ""
    return f"breaking by {visible(finding.adr)}{relaxed}"


def proof_text(finding: Finding) -> list[str]:
    """What a real server said, on one line; empty where none was asked."""
    proof = finding.proof
    if proof is not None:
        return [f"proven: the server answers {answer(visible(proof.sqlstate))}: {visible(proof.message)} to: {visible(proof.probe)}"]
    return [f"not proven: {visible(finding.unproven)}"] if finding.unproven else []


def proof_lines(finding: Finding, report: Report) -> list[str]:
    """What the server said: first the outcome, then the statement; none where nothing was tried."""
    if not report.proven_on:
        return []
    if finding.proof is not None:
        proof = finding.proof
        return [f"{visible(report.proven_on)} answers {answer(visible(proof.sqlstate))}: {visible(proof.message)}", visible(proof.probe)]
    if finding.sqlstate and finding.breaks is not Breaks.NOTHING:
        return [f"none: {visible(finding.unproven) or f'no statement that was tried on {visible(report.proven_on)} failed by it'}"]
    return []


def override_reason(finding: Finding) -> str:
    return visible(finding.reason or "no reason recorded")


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(report: Report) -> Report:
    """With as many findings as a report lists, the worst of them, so that the verdict stays; the counts are of all."""
    left_out = len(report.findings) - _MOST_LISTED
    if left_out <= 0:
        return report
    worst = worst_first(sorted(report.findings, key=lambda finding: finding.breaks is Breaks.NOTHING))
    kept = {id(finding) for finding in worst[:_MOST_LISTED]}
    notice = f"{left_out:,} more findings are left out: a report lists {_MOST_LISTED:,}"
    return replace(report, findings=tuple(f for f in report.findings if id(f) in kept), notices=(*report.notices, notice))


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """What fails the check, then what an override lets through, then warnings and notes; each in the order found."""
    order = {Severity.ERROR: 0, Severity.WARNING: 2, Severity.NOTE: 3}
    return sorted(findings, key=lambda finding: 1 if finding.overridden else order[finding.severity])
