"""`junit`: a suite per migration file; a failing case for each finding that fails the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migcompat.findings import Finding, Report
from migcompat.reports.escaping import visible, visible_lines
from migcompat.reports.model import Context
from migcompat.reports.verdict import effect, effect_label, headline, looked_at, override_reason, proof_text

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def render(report: Report, context: Context) -> str:
    """Importers reject a report without a case: a check that found nothing is one case that passed."""
    files: dict[str, list[Finding]] = {}
    for finding in report.findings:
        files.setdefault(context.from_top(finding.place.file), []).append(finding)
    failures = sum(finding.counts for finding in report.findings)
    skipped = sum(finding.overridden for finding in report.findings)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="migcompat" tests="{len(report.findings) or 1}" failures="{failures}" skipped="{skipped}" errors="0">',
    ]
    for file, findings in files.items():
        lines += _suite(file, findings)
    if not files:
        lines.append('  <testsuite name="migcompat" tests="1" failures="0" skipped="0" errors="0">')
        lines.append(f'    <testcase classname="migcompat" name="{_xml(f"{headline(report)}: {looked_at(report)}")}"/>')
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _suite(file: str, findings: Sequence[Finding]) -> Iterator[str]:
    failures = sum(finding.counts for finding in findings)
    skipped = sum(finding.overridden for finding in findings)
    yield f'  <testsuite name="{_xml(file)}" tests="{len(findings)}" failures="{failures}" skipped="{skipped}" errors="0">'
    for finding in findings:
        line = max(finding.place.line, 1)
        name = _xml(f"{finding.rule}: {finding.object}") if finding.object else _xml(finding.rule)
        yield f'    <testcase classname="{_xml(file)}" name="{name}" file="{_xml(file)}" line="{line}">'
        yield _outcome(finding, f"{file}:{line}:{max(finding.place.column, 1)}")
        yield "    </testcase>"
    yield "  </testsuite>"


def _outcome(finding: Finding, where: str) -> str:
    """Warnings and notes pass, and say what they have to say."""
    if finding.overridden:
        return f'      <skipped message="{_xml(f"overridden: {override_reason(finding)}; {finding.message}")}"/>'
    body = "\n".join(_xml(line) for line in _details(finding, where))
    if finding.counts:
        return f'      <failure type="{_xml(finding.rule)}" message="{_xml(finding.message)}">{body}</failure>'
    return f"      <system-out>{body}</system-out>"


def _details(finding: Finding, where: str) -> Iterator[str]:
    yield f"{where}: {finding.severity.value}: {finding.message}"
    if effect(finding):
        yield f"{effect_label(finding)}: {effect(finding)}"
        yield from visible_lines(finding.statement or "")
    yield from proof_text(finding)
    if finding.help:
        yield from visible_lines(f"help: {finding.help}")


def _xml(text: str) -> str:
    """XML 1.0 admits no control character and no surrogate, not even as a reference."""
    return visible(text).translate(_ENTITIES)
