"""What a rule offers to give the contract back does so."""

from __future__ import annotations

import pytest
from generations import Refused, Stage, breaks, findings

from migcompat.findings import Breaks, Severity
from migcompat.rules import RULES
from migcompat.rules.base import Example, Restoration, Rule

WITH_EXAMPLE = [rule for rule in RULES if rule.example is not None]
each_rule = pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=[rule.name for rule in WITH_EXAMPLE])


def restoration(rule: Rule) -> tuple[Example, Restoration]:
    """The rule's example, and how its one break is to be undone."""
    assert rule.example is not None
    ((pair, found),) = [(pair, found) for pair, found in breaks(rule.example.schema, rule.example.migration) if found.rule == rule.name]
    return rule.example, rule.restore(pair, found)


@each_rule
def test_the_statement_works_again(rule: Rule, stage: Stage) -> None:
    example, restored = restoration(rule)
    if not restored.sql:
        assert restored.lost, "where no SQL helps, it must be said what is lost"
        return
    stage.deploy(example.schema)
    stage.open_session(example.session)
    before = stage.ask(example.answer)
    stage.deploy(example.migration)
    stage.deploy(";\n".join(restored.sql))
    assert not isinstance(stage.ask(example.statement), Refused)
    assert stage.ask(example.answer) == before


@each_rule
def test_the_contract_is_as_before(rule: Rule) -> None:
    """Migration and restoration as one deploy break nothing but what is declared lost."""
    example, restored = restoration(rule)
    (found,) = findings(example.schema, ";\n".join((example.migration, *restored.sql)))
    errors = {finding.breaks for finding in found if finding.severity is Severity.ERROR}
    assert errors <= ({Breaks.DATA} if restored.lost else set()) or not restored.sql
