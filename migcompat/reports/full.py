"""`full`: every finding with its code frame, what it does to the prior generation, and the way out; for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from migcompat.findings import Breaks, Finding, Place, Report
from migcompat.reports.escaping import visible, visible_lines
from migcompat.reports.frame import Lines, Pen, frame
from migcompat.reports.model import Context
from migcompat.reports.verdict import (
    Verdict,
    effect,
    effect_label,
    headline,
    looked_at,
    override_reason,
    policy_text,
    proof_lines,
    tally,
    verdict,
)

_LEAST_WIDTH = 20


def render(report: Report, context: Context) -> str:
    """The whole report; it ends with what was looked at and the verdict, whatever was found."""
    tables: dict[str, Lines] = {}
    parts = []
    for finding in report.findings:
        for place in (finding.place, *(related.place for related in finding.related)):
            if place.file in report.texts and place.file not in tables:
                tables[place.file] = Lines(report.texts[place.file])
        parts.append("\n".join(_finding(finding, report, tables, context)) + "\n\n")
    parts.append("\n".join(_closing(report, context)) + "\n")
    return "".join(parts)


def _finding(finding: Finding, report: Report, tables: dict[str, Lines], context: Context) -> Iterator[str]:
    palette = context.palette
    gutter = _gutter([finding.place, *(related.place for related in finding.related)])
    edge = _edge(gutter, "", context)
    yield _title(finding, context)
    style = palette.overridden if finding.overridden else palette.of(finding.severity)
    yield from _place(finding.place, tables, gutter, Pen("^", partial(palette.paint, style)), context)
    for related in finding.related:
        yield edge
        yield f"{' ' * gutter} {palette.paint(palette.strong, 'note')}: {visible(related.message)}"
        yield from _place(related.place, tables, gutter, Pen("-", partial(palette.paint, palette.quiet)), context)
    rows = list(_facts(finding, report))
    if rows:
        yield edge
    sign = f"{' ' * gutter} {palette.paint(palette.quiet, '=')} "
    for label, lines in rows:
        yield f"{sign}{palette.paint(palette.strong, label)}: {lines[0]}".rstrip()
        for line in lines[1:]:
            yield f"{' ' * (gutter + len(label) + 5)}{line}".rstrip()


def _gutter(places: list[Place]) -> int:
    """The width of the column of line numbers; a frame that leaves lines out puts `...` there."""
    last = max(max(place.line, place.end_line) for place in places)
    return max(len(str(last)), 3 if any(place.end_line - place.line >= 6 for place in places) else 1)


def _title(finding: Finding, context: Context) -> str:
    palette = context.palette
    kind = f"{finding.severity.value}[{visible(finding.rule)}]"
    if finding.overridden:
        kind = f"{palette.paint(palette.overridden, 'overridden')} {kind}"
    else:
        kind = palette.paint(palette.of(finding.severity), kind)
    return f"{kind}: {palette.paint(palette.strong, visible(finding.message))}"


def _place(place: Place, tables: dict[str, Lines], gutter: int, pen: Pen, context: Context) -> Iterator[str]:
    palette = context.palette
    arrow = palette.paint(palette.quiet, "-->")
    if place.line < 1:
        yield f"{' ' * gutter}{arrow} {visible(place.file)}"
        return
    yield f"{' ' * gutter}{arrow} {visible(place.file)}:{place.line}:{place.column}"
    lines = tables.get(place.file)
    if lines is None:
        return
    yield _edge(gutter, "", context)
    for number, text in frame(lines, place, max(context.width - gutter - 3, _LEAST_WIDTH), pen):
        yield f"{_edge(gutter, number, context)} {text}".rstrip()


def _edge(gutter: int, number: str, context: Context) -> str:
    return context.palette.paint(context.palette.quiet, f"{number:>{gutter}} |")


def _facts(finding: Finding, report: Report) -> Iterator[tuple[str, list[str]]]:
    if finding.overridden:
        yield "override", [override_reason(finding)]
    if finding.breaks is not Breaks.NOTHING:
        yield effect_label(finding), [effect(finding), *visible_lines(finding.statement or "")]
    if proof := proof_lines(finding, report):
        yield "proof", proof
    if named := policy_text(finding):
        yield "policy", [named]
    if finding.help.strip():
        yield "help", visible_lines(finding.help)


def _closing(report: Report, context: Context) -> Iterator[str]:
    palette = context.palette
    overridden = [finding for finding in report.findings if finding.overridden]
    if overridden:
        yield palette.paint(palette.overridden, "Overridden, and shipped with what it breaks:")
        for finding in overridden:
            yield f"  {_where(finding.place)}: {visible(finding.rule)} of {visible(finding.object)}"
            yield f"    reason: {override_reason(finding)}"
        yield ""
    for notice in report.notices:
        yield f"{palette.paint(palette.strong, 'notice')}: {visible(notice)}"
    yield f"Checked {visible(looked_at(report))}: {tally(report.summary)}"
    colour = {Verdict.BREAKS: palette.error, Verdict.OVERRIDDEN: palette.overridden, Verdict.COMPATIBLE: palette.strong}
    yield palette.paint(colour[verdict(report)], headline(report))
    rule = next((finding.rule for finding in report.findings if finding.counts and finding.breaks is not Breaks.NOTHING), "")
    if rule:
        yield f"What it means, the compatible way, and what an override takes: migcompat explain {visible(rule)}"


def _where(place: Place) -> str:
    return f"{visible(place.file)}:{place.line}" if place.line > 0 else visible(place.file)
