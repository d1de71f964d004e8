"""`gitlab`: a Code Quality report."""

from __future__ import annotations

from collections import Counter

from migcompat.findings import Finding, Report, Severity
from migcompat.reports.escaping import json_text, visible
from migcompat.reports.model import Context
from migcompat.reports.verdict import effect, effect_label, override_reason

_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report, context: Context) -> str:
    """One JSON array. GitLab drops the second entry of one fingerprint, so equal ones are numbered."""
    seen: Counter[str] = Counter()
    entries = []
    for finding in report.findings:
        seen[finding.fingerprint] += 1
        number = seen[finding.fingerprint]
        entries.append(
            {
                "description": _description(finding),
                "check_name": finding.rule,
                "fingerprint": finding.fingerprint if number == 1 else f"{finding.fingerprint}-{number}",
                "severity": "major" if finding.overridden else _SEVERITY[finding.severity],
                "location": {"path": context.from_top(finding.place.file), "lines": {"begin": max(finding.place.line, 1)}},
            }
        )
    return "[" + ",\n ".join(json_text(entry) for entry in entries) + "]\n"


def _description(finding: Finding) -> str:
    """Names the rule, since GitLab shows no `check_name`."""
    text = f"{visible(finding.rule)}: {visible(finding.message)}"
    if effect(finding):
        text = f"{text} ({effect_label(finding)} {effect(finding)})"
    return f"Overridden ({override_reason(finding)}): {text}" if finding.overridden else text
