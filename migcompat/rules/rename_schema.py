from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, ObjectPair, Rule
from migcompat.schema.model import Namespace


class RenameSchema(Rule):
    name = "rename-schema"
    summary = "A schema is renamed"
    breaks = Breaks.READS
    sqlstate = "3F000"

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        old, now = pair.old, pair.same
        if isinstance(old, Namespace) and isinstance(now, Namespace) and now.name != old.name:
            if pair.deploy.catalog.namespaces.find(old.name) is None:
                yield self.found(
                    old.name,
                    f"schema {old.name} is now {now.name}: every statement that names something in the old one is rejected",
                    "create the new schema with views of the old tables, move code over, and drop the old schema in a later deploy",
                    created=old.origin,
                )
