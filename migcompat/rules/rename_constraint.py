from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.sql.quoting import ident


class RenameConstraint(Rule):
    name = "rename-constraint"
    summary = "A constraint that running code may name gets another name"
    breaks = Breaks.UPSERTS
    sqlstate = "42704"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind == "view" or pair.old.constraints is pair.new.constraints:
            return
        names = {c.name for c in pair.new.constraints}
        now = {c.id: c.name for c in pair.new.constraints}
        for constraint in pair.old.constraints:
            to = now.get(constraint.id)
            if to is None or to == constraint.name or constraint.name in names or constraint.kind == "not-null":
                continue
            arbiter = constraint.kind in ("primary", "unique", "exclusion", "unknown")
            yield self.found(
                f"{pair.name}.{constraint.name}",
                f"constraint {constraint.name} of {pair.name} is now {to}: "
                + ("ON CONFLICT ON CONSTRAINT with the old name is rejected" if arbiter else "code that tells errors apart by its name misses it"),
                "use ON CONFLICT with the columns instead of the name, deploy that, and rename it in a later deploy",
                statement=f"INSERT INTO {pair.sql} … ON CONFLICT ON CONSTRAINT {ident(constraint.name)} DO NOTHING" if arbiter else None,
                detail=constraint.name,
                severity=Severity.ERROR if arbiter else Severity.WARNING,
                created=constraint.origin,
            )
