from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule


class DropForeignKey(Rule):
    name = "drop-foreign-key"
    summary = "A foreign key goes, or does something else on DELETE"
    severity = Severity.WARNING
    breaks = Breaks.READS

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.constraints is pair.new.constraints:
            return
        now = {(frozenset(c.columns), c.references): c for c in pair.new.constraints if c.kind == "foreign" and c.enforced}
        lost = {c.id for c in pair.lost}
        for key in pair.old.constraints:
            if key.kind != "foreign" or lost & set(key.columns) or not key.enforced:
                continue
            if key.references is not None and pair.deploy.catalog.relations.get(key.references) is None:
                continue  # its parent is dropped: that is the break
            new = now.get((frozenset(key.columns), key.references)) if not key.assumed else None
            if new is None:
                what = "goes: rows may point nowhere, and a DELETE of a parent leaves them behind"
            elif (new.on_delete, new.on_update) != (key.on_delete, key.on_update):
                what = f"now does {(new.on_delete or 'no action').upper()} instead of {(key.on_delete or 'no action').upper()} on DELETE"
            else:
                continue
            yield self.found(
                f"{pair.name}.{key.name}",
                f"foreign key {key.name} of {pair.name} {what}",
                "make sure that the prior generation does not count on it",
                detail=key.name,
                created=key.origin,
            )
