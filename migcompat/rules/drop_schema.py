from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, ObjectPair, Rule
from migcompat.schema.model import Namespace


class DropSchema(Rule):
    name = "drop-schema"
    summary = "A schema is dropped"
    breaks = Breaks.READS
    sqlstate = "3F000"

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        if isinstance(pair.old, Namespace) and pair.same is None and pair.deploy.catalog.namespaces.find(pair.old.name) is None:
            yield self.found(
                pair.old.name,
                f"schema {pair.old.name} is dropped: every statement that names something in it is rejected",
                "stop using the schema, deploy that, and drop it in a later deploy",
                created=pair.old.origin,
            )
