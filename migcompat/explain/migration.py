"""A migration explained to its reviewer: what it changes, what breaks for whom, the compatible way, and what rolling back then takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from migcompat.explain.blocks import Block, Heading, Paragraph, Section, Sql, Title
from migcompat.explain.contract import change_blocks, findings_about
from migcompat.explain.reasons import reason
from migcompat.explain.steps import step_blocks
from migcompat.findings import Finding, Report, Severity
from migcompat.frozen import frozen
from migcompat.reports.json_v1 import finding_data
from migcompat.reports.verdict import effect, effect_label, headline, override_reason, policy_text, tally, verdict
from migcompat.rules.base import DeployStep, Restoration
from migcompat.schema.difference import Difference
from migcompat.sql.scripts import script_of


@frozen
class Advice:
    """A finding with all that its rule knows to say of it."""

    finding: Finding
    steps: tuple[DeployStep, ...] = ()
    restoration: Restoration = Restoration()
    rollback: str = ""


@frozen
class Explained:
    """One migration, or one statement of it, judged and explained."""

    place: str
    """`migrations/0042_x.sql`, with `:7` where only the statement of a line is meant."""
    report: Report
    differences: tuple[Difference, ...]
    advice: tuple[Advice, ...]


def blocks(explained: Explained) -> Iterator[Block]:
    """The verdict, the contract part by part, and each finding."""
    report = explained.report
    yield Title(explained.place, (("verdict", headline(report)), ("found", tally(report.summary)), ("judged", report.scope)))
    for notice in report.notices:
        yield Paragraph(f"Note: {notice}")
    findings = [advice.finding for advice in explained.advice]
    yield Heading("What changes")
    if explained.differences:
        yield from change_blocks(explained.differences, findings)
    else:
        yield Paragraph("Nothing in the contract: no object, column, key or privilege that running code could rely on.")
    if explained.advice:
        yield Heading("What it means")
    for number, advice in enumerate(explained.advice, 1):
        yield from _advice(number, advice, explained.advice[: number - 1])


def data(explained: Explained) -> dict[str, Any]:
    """The same for other tools; version 1, only ever added to."""
    report = explained.report
    findings = [advice.finding for advice in explained.advice]
    return {
        "version": 1,
        "place": explained.place,
        "verdict": verdict(report).value,
        "headline": headline(report),
        "scope": report.scope,
        "notices": list(report.notices),
        "contract": [_difference(difference, findings) for difference in explained.differences],
        "findings": [
            {
                **finding_data(advice.finding),
                "steps": [{"title": step.title, "sql": list(step.sql)} for step in advice.steps],
                "restore": {"sql": list(advice.restoration.sql), "lost": advice.restoration.lost or None},
                "rollback": advice.rollback or None,
            }
            for advice in explained.advice
        ],
    }


def _difference(difference: Difference, findings: list[Finding]) -> dict[str, Any]:
    about = findings_about(difference, findings)
    return {
        "object": difference.object,
        "kind": difference.kind,
        "before": difference.before or None,
        "after": difference.after or None,
        "breaks": [finding.rule for finding in about if finding.severity is Severity.ERROR],
        "compatible_because": None if about else reason(difference),
    }


def _advice(number: int, advice: Advice, told: Sequence[Advice]) -> Iterator[Block]:
    """One finding; what an earlier one has told already is not told again."""
    finding = advice.finding
    yield Section(f"[{number}] {finding.severity.value}: {finding.rule} of {finding.object}, line {finding.place.line}")
    yield Paragraph(finding.message)
    if named := policy_text(finding):
        yield Paragraph(f"{named[0].upper()}{named[1:]}.")
    if finding.overridden:
        yield Paragraph(f"Overridden here: {override_reason(finding)}")
    if effect(finding):
        yield Paragraph(f"{effect_label(finding).capitalize()} {effect(finding)}{':' if finding.statement else ''}")
    if finding.statement:
        yield Sql(script_of([finding.statement]))
    same = next((n for n, one in enumerate(told, 1) if one.steps == advice.steps), None) if advice.steps else None
    if same is not None:
        yield Paragraph(f"The compatible way: as in [{same}]")
    elif advice.steps:
        yield Paragraph("The compatible way:")
        yield from step_blocks(advice.steps)
    elif finding.help:
        yield Paragraph(f"The way out: {finding.help}")
    if finding.severity is Severity.ERROR and effect(finding):
        yield from _rollback(advice, told)


def _rollback(advice: Advice, told: Sequence[Advice]) -> Iterator[Block]:
    """What signing the override means when the deploy must be rolled back."""
    restoration = advice.restoration
    if advice.rollback:
        yield Paragraph(f"Signing its override means: {advice.rollback}")
    yield Paragraph(f"Lost: {restoration.lost}" if restoration.lost else "No data is lost.")
    same = next((n for n, one in enumerate(told, 1) if one.restoration.sql == restoration.sql), None)
    if restoration.sql and same is not None:
        yield Paragraph(f"A follow-up migration gives it back: as in [{same}]")
    elif restoration.sql:
        yield Paragraph("A follow-up migration gives it back:")
        yield Sql(script_of(restoration.sql))
