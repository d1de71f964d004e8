"""`json`, version 1: an interface to other tools, which is only ever added to."""

from __future__ import annotations

from typing import Any

from migcompat.findings import Finding, Place, Report
from migcompat.reports.escaping import json_text
from migcompat.reports.model import Context
from migcompat.reports.verdict import verdict


def render(report: Report, _context: Context) -> str:
    """One finding a line, so that a text tool can work on it too."""
    summary = report.summary
    counts = {
        "migrations": summary.migrations,
        "statements": summary.statements,
        "errors": summary.errors,
        "warnings": summary.warnings,
        "notes": summary.notes,
        "overridden": summary.overridden,
        "not_judged": summary.not_judged,
    }
    findings = ",\n".join("  " + json_text(finding_data(finding)) for finding in report.findings)
    return (
        '{"version": 1,\n'
        f' "verdict": {json_text(verdict(report).value)},\n'
        f' "scope": {json_text(report.scope)},\n'
        f' "proven_on": {json_text(report.proven_on or None)},\n'
        f' "summary": {json_text(counts)},\n'
        f' "notices": {json_text(list(report.notices))},\n'
        ' "findings": [' + (f"\n{findings}\n ]" if findings else "]") + "}\n"
    )


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as other tools read it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "adr": finding.adr,
        "breaks": finding.breaks.value,
        **_place(finding.place),
        "object": finding.object,
        "message": finding.message,
        "help": finding.help,
        "sqlstate": finding.sqlstate,
        "fingerprint": finding.fingerprint,
        "overridden": finding.overridden,
        "reason": finding.reason,
        "statement": finding.statement,
        "proof": finding.proof and {"probe": finding.proof.probe, "sqlstate": finding.proof.sqlstate, "message": finding.proof.message},
        "unproven": finding.unproven or None,
        "related": [{**_place(related.place), "message": related.message} for related in finding.related],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
