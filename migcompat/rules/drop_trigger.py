from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule


class DropTrigger(Rule):
    name = "drop-trigger"
    summary = "A trigger no longer runs, so what it did is left undone"
    severity = Severity.WARNING
    breaks = Breaks.DATA

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.replaced or pair.old.triggers is pair.new.triggers:
            return
        names = {t.name for t in pair.new.triggers if t.enabled}
        definitions = {t.definition for t in pair.new.triggers if t.enabled}
        for trigger in pair.old.triggers:
            if trigger.enabled and trigger.name not in names and not (trigger.definition and trigger.definition in definitions):
                yield self.found(
                    f"{pair.name}.{trigger.name}",
                    f"trigger {trigger.name} of {pair.name} no longer runs: the prior generation may count on what it did",
                    "make sure that no running code relies on it",
                    detail=trigger.name,
                    created=trigger.origin,
                )
