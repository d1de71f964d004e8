"""`sarif`: SARIF 2.1.0 as code scanning services take it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from migcompat.findings import Finding, Place, Report, Severity
from migcompat.reports.escaping import json_text, visible
from migcompat.reports.model import Context, RuleDoc
from migcompat.reports.verdict import effect, effect_label, headline, looked_at, override_reason, proof_text, worst_first

RESULT_LIMIT = 25_000
"""GitHub rejects a run with more results."""
_SHORT_LIMIT = 1024
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report, context: Context) -> str:
    """One run; all rules are listed, those that found nothing too."""
    findings = worst_first(report.findings)
    rules = _rules(findings, context.rules())
    numbers = {name: number for number, name in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = []
    for finding in findings[:RESULT_LIMIT]:
        seen[finding.fingerprint] += 1
        results.append(_result(finding, numbers[finding.rule], seen[finding.fingerprint], context))
    notices = [f"{headline(report)}: {looked_at(report)}", *report.notices]
    if len(findings) > RESULT_LIMIT:
        notices.append(f"{len(findings) - RESULT_LIMIT} more findings are left out: a run holds {RESULT_LIMIT} results")
    run = {
        "tool": {
            "driver": {
                "name": "migcompat",
                "version": context.version,
                "semanticVersion": _semantic(context.version),
                "rules": [_rule(doc) for doc in rules.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": visible(notice)}} for notice in notices],
            }
        ],
        "results": results,
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rules(findings: Sequence[Finding], known: Mapping[str, RuleDoc]) -> dict[str, RuleDoc]:
    """The known rules, and a bare entry for any other that found something: every result has its rule."""
    rules = dict(known)
    for finding in findings:
        if finding.rule not in rules:
            rules[finding.rule] = RuleDoc(finding.rule, finding.rule, finding.rule, finding.help or finding.rule, finding.severity)
    return rules


def _rule(doc: RuleDoc) -> dict[str, Any]:
    return {
        "id": doc.name,
        "name": doc.name,
        "shortDescription": {"text": doc.summary[:_SHORT_LIMIT]},
        "fullDescription": {"text": doc.explanation[:_SHORT_LIMIT]},
        "help": {"text": doc.help},
        "defaultConfiguration": {"level": _LEVEL[doc.severity]},
        "properties": {
            "precision": "medium" if doc.severity is Severity.WARNING else "very-high",
            "problem.severity": "recommendation" if doc.severity is Severity.NOTE else doc.severity.value,
            "tags": ["postgresql", "migration", "compatibility", *([doc.adr] if doc.adr else [])],
        },
    }


def _result(finding: Finding, rule: int, number: int, context: Context) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVEL[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding.place, context)],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint}:{number}"},
        "properties": {"object": visible(finding.object), "breaks": finding.breaks.value, "sqlstate": finding.sqlstate},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(related.place, context), "message": {"text": visible(related.message)}}
            for number, related in enumerate(finding.related, 1)
        ]
    if finding.overridden:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": override_reason(finding)}]
    return result


def _message(finding: Finding) -> str:
    """The first sentence becomes the alert's title. SARIF reads `[text](n)` as a link (section 3.11.6), so that form is broken up."""
    parts = [visible(finding.message)]
    if effect(finding):
        parts.append(
            f"{effect_label(finding).capitalize()} {effect(finding)}" + (f": {visible(finding.statement)}" if finding.statement else "")
        )
    parts += [text[0].upper() + text[1:] for text in proof_text(finding)]
    if finding.help:
        parts.append(f"Help: {visible(finding.help)}")
    return ". ".join(parts).replace("](", "] (")


def _location(place: Place, context: Context) -> dict[str, Any]:
    line, column = max(place.line, 1), max(place.column, 1)
    end_line = max(place.end_line, line)
    end_column = max(place.end_column, 1 if end_line > line else column)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(context.from_top(place.file))},
            "region": {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column},
        }
    }


def _uri(path: str) -> str:
    """RFC 3986: everything but unreserved characters and the slash, as the bytes that the file system holds."""
    try:
        octets = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        octets = path.encode("utf-8", "replace")
    return re.sub(rb"[^A-Za-z0-9._~/-]", lambda match: b"%%%02X" % match[0][0], octets).decode("ascii")


def _semantic(version: str) -> str:
    """The release part of a Python version, as semantic versioning writes it."""
    numbers = re.findall(r"\d+", version)[:3]
    return ".".join([*numbers, "0", "0", "0"][:3])
