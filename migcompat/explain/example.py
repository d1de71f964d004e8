"""A rule's example, judged: the same change in compatible deploys, for the example's own tables."""

from __future__ import annotations

from migcompat.rules.base import DeployStep, Rule


def example_steps(rule: Rule) -> tuple[DeployStep, ...]:
    """What the rule advises for its own example, else the deploys that the example holds."""
    from migcompat.checking import judged_text
    from migcompat.settings import Settings
    from migcompat.sql import tree

    example = rule.example
    if example is None:
        return ()
    with tree.shut():  # the advice does not hang on what queries and conditions say
        judged = judged_text(example.schema, example.migration, Settings(frozenset({rule.name})))
        for _, verdict in judged:
            if verdict is not None and verdict.pair is not None:
                return rule.steps(verdict.pair, verdict.found)
    return tuple(DeployStep("Deploy", (sql,)) for sql in example.compatible)
