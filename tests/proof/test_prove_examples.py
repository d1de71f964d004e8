"""Every rule's example on a real server: what the text says, and what the server says, side by side."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from migcompat.findings import Report, Severity
from migcompat.rules.base import Rule
from migcompat.rules.every import RULES

BY_SUPERUSERS = ("add-event-trigger",)
"""Rules about what only a superuser may do, which nobody is on a server that proves."""
WITH_EXAMPLE = [r for r in RULES if r.example is not None and not r.example.answer and not r.opt_in and r.name not in BY_SUPERUSERS]
Prove = Callable[..., Report]

WITHOUT_PROBE = {
    "ambiguous-operator": "what expressions code sends no probe knows",
    "reorder-columns": "probes name columns",
    "change-relation-kind": "no probe truncates, nor counts on a kind otherwise",
    "hide-name": "probes name schemas",
    "narrow-default-partition": "what a probe writes to a partition belongs there afterwards, too",
    "loosen-unique": "no probe names an operator class",
    "change-sequence": "which numbers are taken is in rows that no probe knows",
    "restrict-session": "what a role may do beside tables, no probe tries",
    "run-as-caller": "what a routine does no probe can know",
}
"""Rules whose example only the code's own statements show, and why."""


@pytest.mark.parametrize("rule", [rule for rule in WITH_EXAMPLE if rule.name not in WITHOUT_PROBE], ids=lambda rule: rule.name)
def test_the_server_confirms_the_example_without_being_told_the_statement(rule: Rule, prove: Prove) -> None:
    assert rule.example is not None
    report = prove(rule.example.schema, rule.example.migration)
    found = {finding.rule: finding for finding in report.findings if finding.severity is not Severity.NOTE}
    assert set(found) == {rule.name}
    assert found[rule.name].proof is not None, "no probe failed"


@pytest.mark.parametrize("rule", [rule for rule in WITH_EXAMPLE if rule.example and not rule.example.session], ids=lambda rule: rule.name)
def test_the_statement_of_the_example_fails_as_the_rule_says(rule: Rule, prove: Prove) -> None:
    assert rule.example is not None
    report = prove(rule.example.schema, rule.example.migration, queries=rule.example.statement)
    assert {finding.rule for finding in report.findings if finding.severity is not Severity.NOTE} == {rule.name}
    assert not any("does not work before the deploy" in notice for notice in report.notices)


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.name)
def test_the_compatible_way_breaks_nothing_on_the_server(rule: Rule, prove: Prove) -> None:
    assert rule.example is not None
    report = prove(rule.example.schema, *rule.example.compatible)
    assert [finding.message for finding in report.findings if finding.severity is Severity.ERROR] == []
