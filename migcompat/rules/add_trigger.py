from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.rules.writable_views import writable


class AddTrigger(Rule):
    name = "add-trigger"
    summary = "A trigger runs on writes that ran without it"
    severity = Severity.WARNING
    breaks = Breaks.WRITES
    sqlstate = "P0001"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.replaced or pair.old.triggers is pair.new.triggers:
            return
        definitions = {t.definition for t in pair.old.triggers if t.enabled and t.definition}
        names = {t.name for t in pair.old.triggers if t.enabled and not t.definition}
        for trigger in pair.new.triggers:
            if not trigger.enabled or trigger.definition in definitions or trigger.name in names:
                continue
            if trigger.events and not any(writable(pair.old, event) for event in trigger.events):
                continue
            events = " or ".join(sorted(trigger.events)).upper() or "a write"
            yield self.found(
                f"{pair.name}.{trigger.name}",
                f"trigger {trigger.name} now runs on {events} of {pair.name}: it may reject or change what the prior generation writes",
                "make sure that the trigger accepts every row the prior generation writes",
                detail=trigger.name,
                created=trigger.origin,
            )
