from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule


class AddRule(Rule):
    name = "add-rule"
    summary = "A rule rewrites what running code sends"
    breaks = Breaks.WRITES
    sqlstate = "0A000"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.replaced:
            return
        before = {(r.name, r.event, r.instead, r.conditional, r.action, r.enabled) for r in pair.old.rules}
        for rule in pair.new.rules:
            if (rule.name, rule.event, rule.instead, rule.conditional, rule.action, rule.enabled) in before or not rule.enabled:
                continue
            severity = Severity.ERROR if rule.instead and pair.old.is_table else Severity.WARNING
            what = "with RETURNING is rejected, and without it does something else" if rule.instead else "does something more"
            yield self.found(
                f"{pair.name}.{rule.name}",
                f"rule {rule.name} is added to {pair.name}: {rule.event.upper()} {what}",
                "use a trigger, or move the rewriting into the code",
                statement=f"{rule.event.upper()} … {pair.sql} … RETURNING *",
                detail=rule.name,
                severity=severity,
            )
