from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, ObjectPair, Rule
from migcompat.schema.model import OtherObject


class DropObject(Rule):
    name = "drop-object"
    summary = "A cast, operator, collation, role or similar object is dropped"
    breaks = Breaks.CALLS
    sqlstate = "42883"

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        if isinstance(pair.old, OtherObject) and pair.same is None:
            yield self.found(
                f"{pair.old.kind} {pair.old.name}",
                f"{pair.old.kind} {pair.old.name} is dropped: statements that rely on it are rejected",
                "rely on it no more, deploy that, and drop it in a later deploy",
            )
