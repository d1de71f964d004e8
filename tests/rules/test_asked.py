"""A rule says what of a relation it looks at, so that it is asked only where that has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from generations import findings

from migcompat.findings import Finding
from migcompat.rules import RULES, judge
from migcompat.run import Request, run
from migcompat.schema.model import Relation

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
EXAMPLES = [rule.example for rule in RULES if rule.example is not None]


def everything() -> list[Finding]:
    """What is found in every fixture history and every rule's example."""
    found = [f for history in ("chat", "clinic", "ledger", "ticketing", "webshop") for f in histories(history)]
    return found + [f for example in EXAMPLES for deploy in findings(example.schema, example.migration) for f in deploy]


def histories(name: str) -> tuple[Finding, ...]:
    return run(Request((str(FIXTURES / name),), overrides=False, cache=False)).findings


def test_a_rule_that_is_not_asked_would_have_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = everything()
    monkeypatch.setattr(judge.Asked, "about", lambda self, _: self.of_relations)
    assert quick == everything()


def test_what_rules_look_at_are_fields_of_a_relation() -> None:
    assert {field for rule in RULES for field in rule.looks_at} <= Relation.__annotations__.keys() | {*judge.COLUMNS}
