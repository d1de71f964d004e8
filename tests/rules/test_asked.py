"""A rule says what of a relation it looks at, so that it is asked only where that has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from generations import findings
from own_process import run_alone

from migcompat.findings import Finding
from migcompat.listing import JUDGING
from migcompat.rules import asked
from migcompat.rules.every import RULES
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
    monkeypatch.setattr(asked.Asked, "about", lambda self, _: self.of("relation"))
    assert quick == everything()


def test_what_rules_look_at_are_fields_of_a_relation() -> None:
    assert {field for rule in RULES for field in rule.looks_at} <= Relation.__annotations__.keys() | {*asked.COLUMNS}


def test_every_rule_that_judges_is_found_by_its_name() -> None:
    assert [asked.rule_named(name).name for name, *_ in JUDGING] == [name for name, *_ in JUDGING]


def test_only_the_rules_that_may_find_something_are_loaded() -> None:
    code = (
        "import sys; from migcompat import check_text\n"
        "found = check_text('CREATE TABLE t (a integer)', 'ALTER TABLE t DROP COLUMN a')\n"
        "assert [f.rule for f in found] == ['drop-column'], found\n"
        "loaded = {'migcompat.rules.every', 'migcompat.rules.drop_type', 'migcompat.rules.add_event_trigger'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    run_alone(code)
