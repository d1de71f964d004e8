from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.rules.keys import infers, unique_keys
from migcompat.sql.quoting import ident


class DropConstraint(Rule):
    name = "drop-constraint"
    summary = "A key constraint that ON CONFLICT can name goes, though an equal key takes its place"
    breaks = Breaks.UPSERTS
    sqlstate = "42704"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind == "view" or pair.old.constraints is pair.new.constraints:
            return
        names = {c.name for c in pair.new.constraints if c.kind in ("primary", "unique", "exclusion")}
        ids = {c.id for c in pair.new.constraints}
        after = unique_keys(pair.new)
        before = {k.index.id: k for k in unique_keys(pair.old)}
        for constraint in pair.old.constraints:
            if constraint.kind not in ("primary", "unique", "exclusion", "unknown") or constraint.id in ids or constraint.name in names:
                continue
            key = before.get(constraint.index) if constraint.index is not None else None
            if key is not None and not any(infers(new, key) for new in after):
                continue  # drop-unique says it
            yield self.found(
                f"{pair.name}.{constraint.name}",
                f"constraint {constraint.name} of {pair.name} goes: ON CONFLICT ON CONSTRAINT with its name is rejected",
                "use ON CONFLICT with the columns instead of the name, deploy that, and drop it in a later deploy",
                statement=f"INSERT INTO {pair.sql} … ON CONFLICT ON CONSTRAINT {ident(constraint.name)} DO NOTHING",
                detail=constraint.name,
                created=constraint.origin,
            )
