"""Every rule's example is true: PostgreSQL answers as it claims, and the check says what it claims."""

from __future__ import annotations

import inspect
import re

import pytest
from generations import Refused, Stage, breaks, findings

from migcompat.findings import Severity
from migcompat.rules.base import Break, Example, Rule
from migcompat.rules.every import BY_NAME, RULES
from migcompat.rules.pairs import Pair

NO_SCHEMA = {
    "unparsed-statement": "it is about a statement that nobody could read, so there is no telling what it breaks",
    "dynamic-sql": "it is about SQL that does not exist before the migration runs",
    "malformed-override": "it is about a comment",
    "unused-override": "it is about a comment",
    "unsigned-override": "it is about a comment and a sign-off file",
    "stale-signoff": "it is about a sign-off file",
    "edited-migration": "it is about a file's history",
    "deleted-migration": "it is about a file's history",
    "out-of-order-migration": "it is about a file's place in its history",
    "unforeseen-break": "it is about what no rule foresaw",
    "rejected-statement": "it is about a migration that does not run",
    "missing-extension": "it is about a server without what a migration needs",
}
"""Rules that no schema before and after can show, and why."""

OPT_IN = {rule.name for rule in RULES if rule.opt_in}
WITH_EXAMPLE = [rule for rule in RULES if rule.example is not None]
each_rule = pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=[rule.name for rule in WITH_EXAMPLE])


def example_of(rule: Rule) -> Example:
    assert rule.example is not None
    return rule.example


def break_of(rule: Rule) -> tuple[Pair, Break]:
    """The one break that the rule finds in its example."""
    example = example_of(rule)
    ((pair, found),) = [(pair, found) for pair, found in breaks(example.schema, example.migration) if found.rule == rule.name]
    return pair, found


def prose_of(rule: Rule) -> str:
    return " ".join(inspect.cleandoc(type(rule).__doc__ or "").split())


def is_finished(rule: Rule) -> bool:
    return bool(prose_of(rule) and (rule.name in NO_SCHEMA or (rule.example is not None and rule.rollback)))


def test_every_rule_is_finished() -> None:
    assert [rule.name for rule in RULES if not is_finished(rule)] == []


def test_what_no_schema_shows_has_no_example() -> None:
    assert [rule.name for rule in WITH_EXAMPLE if rule.name in NO_SCHEMA] == []


def test_every_waiver_names_a_rule() -> None:
    assert NO_SCHEMA.keys() <= BY_NAME.keys()


@each_rule
def test_postgresql_answers_as_the_example_claims(rule: Rule, stage: Stage) -> None:
    example = example_of(rule)
    stage.deploy(example.schema)
    stage.open_session(example.session)
    before = stage.ask(example.answer)
    assert not isinstance(stage.ask(example.statement), Refused), "the statement must work before the deploy"
    stage.deploy(example.migration)
    if example.answer:
        assert rule.sqlstate is None
        assert not isinstance(stage.ask(example.statement), Refused), "nothing is refused"
        assert stage.ask(example.answer) != before
    else:
        assert stage.ask(example.statement) == Refused(rule.sqlstate or "")


@each_rule
def test_the_check_reports_exactly_that_rule(rule: Rule) -> None:
    example = example_of(rule)
    (found,) = findings(example.schema, example.migration)
    reported = {(finding.rule, finding.severity, finding.sqlstate) for finding in found if finding.rule not in OPT_IN - {rule.name}}
    assert reported == {(rule.name, rule.severity, rule.sqlstate)}


@each_rule
def test_the_statement_works_after_each_compatible_deploy(rule: Rule, stage: Stage) -> None:
    example = example_of(rule)
    stage.deploy(example.schema)
    stage.open_session(example.session)
    before = stage.ask(example.answer)
    for deploy in example.compatible:
        stage.deploy(deploy)
        assert not isinstance(stage.ask(example.statement), Refused)
        assert stage.ask(example.answer) == before


@each_rule
def test_the_check_lets_the_compatible_deploys_pass(rule: Rule) -> None:
    example = example_of(rule)
    found = findings(example.schema, *example.compatible)
    assert [finding.message for deploy in found for finding in deploy if finding.severity is Severity.ERROR] == []


@each_rule
def test_the_steps_are_the_same_change_in_deploys_that_break_nothing(rule: Rule, stage: Stage) -> None:
    """Up to the last, which takes the old way away and which no running code may need any more."""
    example = example_of(rule)
    stage.deploy(example.schema)
    stage.open_session(example.session)
    before = stage.ask(example.answer)
    pair, found = break_of(rule)
    *harmless, last = [";\n".join(step.sql) for step in rule.steps(pair, found)]
    for deploy in harmless:
        stage.deploy(deploy)
        assert not isinstance(stage.ask(example.statement), Refused)
        assert stage.ask(example.answer) == before
    stage.deploy(last)
    judged = findings(example.schema, *harmless)
    assert [finding.message for deploy in judged for finding in deploy if finding.severity is Severity.ERROR] == []


@each_rule
def test_where_no_migration_makes_way_code_does(rule: Rule) -> None:
    example = example_of(rule)
    pair, found = break_of(rule)
    first, *_ = rule.steps(pair, found)
    assert example.compatible or not first.sql


@pytest.mark.parametrize("rule", [rule for rule in RULES if prose_of(rule)], ids=lambda rule: rule.name)
def test_every_rule_explains_itself(rule: Rule) -> None:
    sentences = re.split(r"(?<=\.) (?=[A-Z`])", prose_of(rule))
    assert 2 <= len(sentences) <= 6
    assert prose_of(rule).endswith(".")
    assert not rule.summary.endswith(".")
    assert rule.rollback == "" or rule.rollback.endswith(".")
