"""Each rule has its mirror, or it is written down why it needs none: what is forgotten is most often the other direction."""

from __future__ import annotations

import pytest
from generations import breaks, findings
from test_examples import NO_SCHEMA

from migcompat.rules.every import BY_NAME

OPPOSITES = {
    "add": ("drop",),
    "drop": ("add", "set"),
    "set": ("drop",),
    "rename": ("rename",),
    "move": ("move",),
    "change": ("change",),
}
"""What undoes a change; a rename is undone by a rename."""

OTHERWISE_NAMED = {
    "add-required-column": "drop-column",
    "drop-column": "add-required-column",
    "add-exclusion": "drop-constraint",
    "drop-constraint": "add-exclusion",
    "drop-default": "change-default",
    "loosen-unique": "add-unique",
    "drop-primary-key": "add-unique",
    "drop-function": "ambiguous-function",
    "ambiguous-function": "drop-function",
    "identity-always": "drop-identity",
    "drop-identity": "identity-always",
    "generate-column": "drop-identity",
    "detach-partition": "add-check",
    "enable-row-security": "reveal-rows",
    "reveal-rows": "enable-row-security",
    "new-column-in-star": "drop-column",
}
"""Mirrors that do not share the name of what they are about."""

WAIVED = {
    "recreate-column": "values that are gone come back by no change of the schema",
    "drop-table": "a new table refuses no statement of code that does not know it",
    "drop-view": "a new view refuses no statement of code that does not know it",
    "drop-type": "a new type refuses no statement of code that does not know it",
    "drop-sequence": "a new sequence refuses no statement of code that does not know it",
    "drop-schema": "a new schema refuses no statement of code that does not know it",
    "drop-extension": "what an extension brings is judged object by object",
    "drop-object": "a new object refuses no statement of code that does not know it",
    "tighten-domain": "a looser domain refuses nothing, and its columns are judged one by one",
    "defer-unique": "to make a key immediate is to add a stricter one, which add-unique judges",
    "revoke-privilege": "a grant takes nothing away",
    "restrict-view": "what takes more statements than before refuses none",
    "lose-replica-identity": "with a replica identity, or unpublished, a table refuses nothing",
    "run-as-caller": "with its owner's privileges it does at least what its caller could do",
    "ungranted-sequence": "a default that draws from no sequence asks for no privilege",
    "ungranted-function": "what calls no function asks for no privilege",
    "restrict-session": "a role that may do more is refused nothing",
    "add-fallible-expression": "what is computed no more fails no more",
    "hide-name": "what goes from an earlier schema is dropped or moved, which has rules of its own",
    "narrow-default-partition": "a default partition that takes more rows refuses none",
    "reorder-columns": "the old order is another order again",
    "ambiguous-operator": "what goes is drop-object",
    "add-event-trigger": "without an event trigger nothing is refused",
    "widen-row": "a column that goes is drop-column",
    "ambiguous-column": "a column that goes is drop-column",
    "add-rule": "without its rule a statement does what it says",
    "truncate-table": "rows that come are no change of the schema",
} | NO_SCHEMA
"""Rules without a mirror, and why."""

REVERSED = [
    ("add-unique", "drop-unique"),
    ("drop-unique", "add-unique"),
    ("add-check", "drop-check"),
    ("drop-check", "add-check"),
    ("add-foreign-key", "drop-foreign-key"),
    ("drop-foreign-key", "add-foreign-key"),
    ("set-not-null", "drop-not-null"),
    ("drop-not-null", "set-not-null"),
    ("change-default", "change-default"),
]
"""Rules whose restoration is the very change that their mirror is about."""


def named_mirrors(rule: str) -> set[str]:
    """The rules whose names say that they are the mirror."""
    verb, _, noun = rule.partition("-")
    return {f"{opposite}-{noun}" for opposite in OPPOSITES.get(verb, ())} & BY_NAME.keys()


@pytest.mark.parametrize("rule", BY_NAME)
def test_the_rule_has_a_mirror_or_a_waiver(rule: str) -> None:
    assert [bool(named_mirrors(rule)), rule in OTHERWISE_NAMED, rule in WAIVED].count(True) == 1


@pytest.mark.parametrize("table", [OTHERWISE_NAMED, WAIVED], ids=["otherwise named", "waived"])
def test_nothing_is_stale(table: dict[str, str]) -> None:
    assert table.keys() <= BY_NAME.keys()


def test_every_named_mirror_is_a_rule() -> None:
    assert set(OTHERWISE_NAMED.values()) <= BY_NAME.keys()


def test_every_waiver_gives_a_reason() -> None:
    assert [rule for rule, reason in WAIVED.items() if len(reason.split()) < 4] == []


@pytest.mark.parametrize(("name", "mirror"), REVERSED, ids=[name for name, _ in REVERSED])
def test_what_undoes_the_change_is_reported_by_the_mirror(name: str, mirror: str) -> None:
    rule = BY_NAME[name]
    assert rule.example is not None
    ((pair, found),) = breaks(rule.example.schema, rule.example.migration)
    _, undone = findings(rule.example.schema, rule.example.migration, ";\n".join(rule.restore(pair, found).sql))
    assert mirror in {finding.rule for finding in undone}
