from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.add_check import checks
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.sql.conditions import normal


class DropCheck(Rule):
    name = "drop-check"
    summary = "A CHECK goes, so readers may meet values that could not be there"
    severity = Severity.WARNING
    breaks = Breaks.READS

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.constraints is pair.new.constraints:
            return
        kept = {c.id for c in pair.new.constraints}
        after = {normal(c.expression) for c in checks(pair.new)}
        lost = {c.id for c in pair.lost}
        for check in pair.old.constraints:
            if check.kind != "check" or check.id in kept or (check.expression and normal(check.expression) in after) or lost & set(check.columns):
                continue
            yield self.found(
                f"{pair.name}.{check.name}",
                f"check {check.name} of {pair.name} goes: the prior generation may read values that it ruled out",
                "make readers cope with such values, deploy that, and write them in a later deploy",
                detail=check.name,
                created=check.origin,
            )
