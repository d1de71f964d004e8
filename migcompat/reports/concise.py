"""`concise`: one line a finding, in the form that editors and problem matchers read."""

from __future__ import annotations

from migcompat.findings import Finding, Report
from migcompat.reports.escaping import visible
from migcompat.reports.model import Context
from migcompat.reports.verdict import headline, looked_at, override_reason, tally


def render(report: Report, _context: Context) -> str:
    """`file:line:col: error: rule: message` for each finding; the last line says what was looked at."""
    lines = [_line(finding, report) for finding in report.findings]
    lines += [f"notice: {visible(notice)}" for notice in report.notices]
    lines.append(f"{headline(report)}; checked {visible(looked_at(report))}: {tally(report.summary)}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, report: Report) -> str:
    place = finding.place
    where = f"{visible(place.file)}:{max(place.line, 1)}:{max(place.column, 1)}"
    text = f"{where}: {finding.severity.value}: {visible(finding.rule)}: {visible(finding.message)}"
    if report.proven_on and finding.proof is not None:
        text += f" [proven: {visible(finding.proof.sqlstate)}]"
    return f"{text} [overridden: {override_reason(finding)}]" if finding.overridden else text
