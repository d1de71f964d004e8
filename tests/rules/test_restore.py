"""What a rule offers to give the contract back does so."""

from __future__ import annotations

import pytest
from generations import Refused, Stage, breaks, findings
from hard_cases import HARDER, Case

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Restoration
from migcompat.rules.every import BY_NAME, RULES

EXAMPLES = [
    Case(rule.name, rule.name, e.schema, e.migration, e.statement, e.answer, e.session) for rule in RULES if (e := rule.example) is not None
]
each_example = pytest.mark.parametrize("case", EXAMPLES, ids=[case.name for case in EXAMPLES])
each_case = pytest.mark.parametrize("case", [*EXAMPLES, *HARDER], ids=[case.name for case in [*EXAMPLES, *HARDER]])


def restoration(case: Case) -> Restoration:
    """How all that the rule finds is to be undone."""
    rule = BY_NAME[case.rule]
    found = [rule.restore(pair, found) for pair, found in breaks(case.schema, case.migration) if found.rule == case.rule]
    assert found, "the rule must find the break"
    return Restoration(tuple(dict.fromkeys(sql for one in found for sql in one.sql)), "; ".join(one.lost for one in found if one.lost))


@each_case
def test_the_statement_works_again(case: Case, stage: Stage, server_version: int) -> None:
    if server_version < case.needs:
        pytest.skip(f"needs PostgreSQL {case.needs}")
    restored = restoration(case)
    if not restored.sql:
        assert restored.lost, "where no SQL helps, it must be said what is lost"
        return
    stage.deploy(case.schema)
    stage.open_session(case.session)
    assert not isinstance(stage.ask(case.statement), Refused)
    before = stage.ask(case.answer)
    stage.deploy(case.migration)
    assert isinstance(stage.ask(case.statement), Refused) or stage.ask(case.answer) != before
    stage.deploy(";\n".join(restored.sql))
    assert not isinstance(stage.ask(case.statement), Refused)
    assert stage.ask(case.answer) == before


@each_example
def test_the_contract_is_as_before(case: Case) -> None:
    """Migration and restoration as one deploy break nothing but what is declared lost."""
    restored = restoration(case)
    (found,) = findings(case.schema, ";\n".join((case.migration, *restored.sql)))
    errors = {finding.breaks for finding in found if finding.severity is Severity.ERROR}
    assert errors <= ({Breaks.DATA} if restored.lost else set()) or not restored.sql
