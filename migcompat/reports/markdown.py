"""`markdown`: a summary that a reviewer can decide from: the verdict, what is overridden and why, what breaks, what rollback costs.

SQL and names stand in code spans and fences, which neither Markdown nor GitHub's mentions, references and emoji look into;
prose that may hold a name is escaped character by character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from migcompat.findings import Breaks, Finding, Place, Report, Severity
from migcompat.reports.escaping import visible, visible_lines
from migcompat.reports.model import Context, RuleDoc
from migcompat.reports.verdict import (
    Verdict,
    counted,
    effect,
    effect_label,
    headline,
    looked_at,
    override_reason,
    policy_text,
    proof_lines,
    tally,
    verdict,
    worst_first,
)

LIMIT = 900_000
"""Bytes. GitHub drops a step's summary whole when it exceeds 1 MiB."""
_PART_LIMIT = 1_000
"""Characters of one name, message or statement: a reason as long as a book must not push out the other findings."""
_LISTED = 20
"""Names or notices in one list."""
_OVERRIDDEN = "🔓"
_MARK = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}


def render(report: Report, context: Context) -> str:
    return render_within(LIMIT, report, context)


def render_within(limit: int, report: Report, context: Context) -> str:
    """At most `limit` bytes: the worst first, and a last line that says what was cut."""
    findings = worst_first(report.findings)
    text = "\n".join(_opening(report, findings, context)) + "\n"
    room = limit - len(text.encode()) - 400
    parts = []
    shown = 0
    for part in _sections(findings, report, context):
        room -= len(part.encode())
        if room < 0:
            break
        parts.append(part)
        shown += not part.startswith("\n## ")
    left = len(findings) - shown
    if left:
        parts.append(
            f"\n**{counted(left, 'more finding')} cut here** to stay within the size limit; the log and the JSON report have all\n"
        )
    return text + "".join(parts)


def _opening(report: Report, findings: Sequence[Finding], context: Context) -> Iterator[str]:
    mark = {Verdict.BREAKS: "❌", Verdict.OVERRIDDEN: _OVERRIDDEN, Verdict.COMPATIBLE: "✅"}[verdict(report)]
    yield f"# {mark} migcompat: {headline(report)}"
    yield ""
    yield f"Checked {prose(looked_at(report))}: **{tally(report.summary)}**"
    for notice in report.notices[:_LISTED]:
        yield ""
        yield f"> {prose(notice)}"
    yield ""
    yield "## If this deploy is rolled back"
    yield ""
    yield from _rollback(report, findings, context.rules())


def _rollback(report: Report, findings: Sequence[Finding], rules: Mapping[str, RuleDoc]) -> Iterator[str]:
    """Schema migrations only go forward: rolling back means running the prior code on the new schema."""
    broken = [finding for finding in findings if finding.severity is Severity.ERROR and effect(finding)]
    if broken:
        hit = " and ".join(dict.fromkeys(finding.breaks.value for finding in broken))
        yield (
            f"**Reverting the code is not enough.** The prior generation's {hit} fail on the new schema, during the deploy and after a "
            "revert. The way back is a follow-up migration that restores what is listed here, shipped with the corrected code."
        )
        lost = list(dict.fromkeys(f.object for f in broken if f.breaks is Breaks.DATA or (f.rule in rules and rules[f.rule].loses_data)))
        if lost:
            yield ""
            yield f"**Data is lost for good**, and only a backup has it: {_some(lost)}"
    elif report.failed:
        yield "**Unknown.** What could not be judged may break the prior generation; take it as not safe to roll back until it is."
    elif report.summary.migrations:
        yield "Revert the code. The prior generation keeps working on the new schema, and the schema stays as it is."
        if report.summary.warnings:
            yield ""
            yield "That holds as far as the SQL shows; the warnings below depend on how the prior generation reads and writes."
    else:
        yield "Nothing changes in the schema."


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(code(name) for name in names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown


def _sections(findings: Sequence[Finding], report: Report, context: Context) -> Iterator[str]:
    """Each finding as one piece, each heading as one: the report is cut between them."""
    sections = [
        ("Overridden: a reviewer signs for this", [f for f in findings if f.overridden]),
        ("What breaks for the prior generation", [f for f in findings if f.counts and effect(f)]),
        ("Also to put right", [f for f in findings if f.counts and not effect(f)]),
        ("Warnings", [f for f in findings if f.severity is Severity.WARNING and not f.overridden]),
        ("Notes", [f for f in findings if f.severity is Severity.NOTE and not f.overridden]),
    ]
    for heading, members in sections:
        if members:
            yield f"\n## {heading}\n"
            for finding in members:
                yield "\n" + "\n".join(_finding(finding, report, context)) + "\n"


def _finding(finding: Finding, report: Report, context: Context) -> Iterator[str]:
    mark = _OVERRIDDEN if finding.overridden else _MARK[finding.severity]
    policy = f" ({prose(finding.adr)})" if finding.adr else ""
    subject = f" {code(finding.object)}" if finding.object else ""
    yield f"### {mark} {code(finding.rule)}{subject}{policy}"
    yield ""
    yield prose(finding.message)
    yield ""
    if finding.overridden:
        yield f"- **Reason given:** {prose(override_reason(finding))}"
    yield f"- **Where:** {code(_where(finding.place, context))}"
    for related in finding.related[:_LISTED]:
        yield f"- {prose(related.message)}: {code(_where(related.place, context))}"
    if effect(finding):
        yield f"- **{effect_label(finding).capitalize()}:** {prose(effect(finding))}"
    if effect(finding) and finding.statement:
        yield ""
        yield "  The prior generation runs:"
        yield ""
        yield from (f"  {line}" for line in fenced(finding.statement))
        yield ""
    for number, line in enumerate(proof_lines(finding, report)):
        yield f"  {code(line)}" if number else f"- **Proof:** {prose(line)}"
    if finding.relaxable:
        yield f"- **Policy:** {prose(policy_text(finding))}"
    if finding.help.strip():
        yield f"- **Way out:** {prose(' '.join(finding.help.split()))}"


def _where(place: Place, context: Context) -> str:
    file = context.from_top(place.file)
    return f"{file}:{place.line}" if place.line > 0 else file


def code(text: str) -> str:
    """A code span: its delimiter is longer than any run of backticks within."""
    text = _shortened(visible(text)) or " "
    ticks = _ticks(text, 1)
    return f"{ticks} {text} {ticks}" if text.strip("` ") != text else f"{ticks}{text}{ticks}"


def fenced(sql: str) -> list[str]:
    """A fenced block, likewise."""
    lines = visible_lines(_shortened(sql))
    ticks = _ticks("\n".join(lines), 3)
    return [f"{ticks}sql", *lines, ticks]


def prose(text: str) -> str:
    """Plain words, whatever they hold: no markup, HTML, mention, reference, link, emoji or formula."""
    return _ACTIVE.sub(_inert, _shortened(visible(text).strip()))


_NOTHING = "&#8203;"
"""A space of no width, as a character reference: between `@` and a name it leaves two plain words."""
_ACTIVE = re.compile(
    r"""
      [&<>$@]
    | [\\`*_\[\]~|!]
    | \#\d? | GH-(?=\d)
    | :(?=//) | :(?=[\w+-]+:) | www(?=\.)
    | ^(?:[-+=]|\d+(?=[.)]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "<span>$</span>", "@": f"@{_NOTHING}"}


def _inert(match: re.Match[str]) -> str:
    found = match[0]
    if found in _REFERENCES:
        return _REFERENCES[found]
    if found[0] in "\\`*_[]~|!-+=":
        return f"\\{found}"
    return f"#{_NOTHING}{found[1:]}" if found[0] == "#" else found + _NOTHING


def _ticks(text: str, least: int) -> str:
    return "`" * max(least, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def _shortened(text: str) -> str:
    return text if len(text) <= _PART_LIMIT else text[:_PART_LIMIT] + "…"
