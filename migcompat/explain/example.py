"""A rule's example, judged: the same change in compatible deploys, for the example's own tables."""

from __future__ import annotations

import re

from migcompat.rules.base import DeployStep, Example, Rule

_QUERY = re.compile(r"\bAS\s*\(?\s*(?:SELECT|VALUES|WITH|TABLE)\b", re.IGNORECASE)


def example_steps(rule: Rule) -> tuple[DeployStep, ...]:
    """What the rule advises for its own example, else the deploys that the example holds."""
    example = rule.example
    if example is None:
        return ()
    return _advised(rule, example) or tuple(DeployStep("Deploy", (sql,)) for sql in example.compatible)


def _advised(rule: Rule, example: Example) -> tuple[DeployStep, ...]:
    if _QUERY.search(f"{example.schema};{example.migration}"):  # reading a query takes the parser: explaining a rule must not wait for it
        return ()
    from migcompat.check import Settings, judged_text

    for _, verdict in judged_text(example.schema, example.migration, Settings(frozenset({rule.name}))):
        if verdict is not None and verdict.pair is not None:
            return rule.steps(verdict.pair, verdict.found)
    return ()
