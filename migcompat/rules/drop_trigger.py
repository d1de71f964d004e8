from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.rules.writable_views import EVENTS, writable

_WRITES = {"insert": "INSERT INTO", "update": "UPDATE", "delete": "DELETE FROM"}


class DropTrigger(Rule):
    name = "drop-trigger"
    summary = "A trigger no longer runs, so what it did is left undone"
    severity = Severity.WARNING
    breaks = Breaks.DATA

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if new is None or (pair.replaced and not old.is_view):
            return
        refused = [event for event in EVENTS if new.is_view and writable(old, event) and not writable(new, event)]
        if old.triggers is not new.triggers:
            names = {t.name for t in new.triggers if t.enabled}
            definitions = {t.definition for t in new.triggers if t.enabled and t.definition}
            for trigger in old.triggers:
                if trigger.enabled and trigger.name not in names and trigger.definition not in definitions:
                    yield self._gone(pair, "trigger", trigger.name, [e for e in refused if e in trigger.events])
        if old.rules is not new.rules and new.is_view:
            kept = {r.name for r in new.rules if r.enabled}
            for rule in old.rules:
                if rule.enabled and rule.name not in kept and rule.event in refused:
                    yield self._gone(pair, "rule", rule.name, [rule.event])

    def _gone(self, pair: RelationPair, kind: str, name: str, refused: list[str]) -> Break:
        found = self.found(
            f"{pair.name}.{name}",
            f"{kind} {name} of {pair.name} no longer runs: the prior generation may count on what it did",
            "make sure that no running code relies on it",
            detail=name,
        )
        if not refused:
            return found
        what = " or ".join(refused).upper()
        return replace(
            found, message=f"{kind} {name} of view {pair.name} no longer runs: without it {what} is rejected", severity=Severity.ERROR,
            breaks=Breaks.WRITES, sqlstate="55000", statement=f"{_WRITES[refused[0]]} {pair.sql} …",
        )  # fmt: skip
