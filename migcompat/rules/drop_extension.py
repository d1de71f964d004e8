from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, ObjectPair, Rule
from migcompat.schema.model import Extension


class DropExtension(Rule):
    name = "drop-extension"
    summary = "An extension is dropped, with its types, functions and operators"
    breaks = Breaks.CALLS
    sqlstate = "42883"

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        if isinstance(pair.old, Extension) and pair.same is None and pair.deploy.catalog.extensions.find(pair.old.name) is None:
            yield self.found(
                pair.old.name,
                f"extension {pair.old.name} is dropped: whatever uses its types, functions or operators is rejected",
                "use none of it, deploy that, and drop the extension in a later deploy",
                created=pair.old.origin,
            )
