"""Which rules a run asks, and about what. A rule is loaded when there is something for it to judge: most runs need few of them."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import import_module

from migcompat.listing import JUDGING, NAMES
from migcompat.rules.base import Rule
from migcompat.rules.pairs import RelationPair

COLUMNS = ("added", "lost", "changed")
"""Of a pair: its columns that are not as they were. Any difference between columns is one of these."""
LOOK_BEYOND = frozenset(name for name, _, _, looks_beyond in JUDGING if looks_beyond)
_FIELDS = tuple(sorted({field for _, _, looks_at, _ in JUDGING for field in looks_at}.difference(COLUMNS)))


@cache
def rule_named(name: str) -> Rule:
    """A rule that judges something: its file and its class are called as it is."""
    module = import_module(f"migcompat.rules.{name.replace('-', '_')}")
    rule: Rule = getattr(module, name.title().replace("-", ""))()
    return rule


class Asked:
    """The rules of a run, by what they judge."""

    def __init__(self, admitted: Collection[str]) -> None:
        self._rules = [(name, judges, looks_at) for name, judges, looks_at, _ in JUDGING if name in admitted]
        self._of: dict[str, tuple[Rule, ...]] = {}
        self._by_change: dict[tuple[str, ...], tuple[Rule, ...]] = {}

    def of(self, judged: str) -> tuple[Rule, ...]:
        """Those with a check of this name: `relation`, `partition`, `type`, `function` or `object`."""
        if judged not in self._of:
            self._of[judged] = tuple(rule_named(name) for name, judges, _ in self._rules if judged in judges)
        return self._of[judged]

    def about(self, pair: RelationPair) -> tuple[Rule, ...]:
        """Those that may find something in a relation, by what has changed of it."""
        old, new = pair.old, pair.new
        if new is None or pair.replaced:
            return self.of("relation")
        fields = [] if new is old else [field for field in _FIELDS if getattr(old, field) is not getattr(new, field)]
        if pair.typed or old.columns is not new.columns:
            fields += [columns for columns in COLUMNS if getattr(pair, columns)]
        changed = tuple(fields)
        if changed not in self._by_change:
            self._by_change[changed] = tuple(
                rule_named(name)
                for name, judges, looks_at in self._rules
                if "relation" in judges and (not looks_at or not set(looks_at).isdisjoint(changed))
            )
        return self._by_change[changed]


ALL = Asked(NAMES)
