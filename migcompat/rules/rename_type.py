from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
from migcompat.sql.quoting import qualified


class RenameType(Rule):
    name = "rename-type"
    summary = "A type or domain gets another name or schema"
    breaks = Breaks.WRITES
    sqlstate = "42704"

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.same is not None and pair.new is None and pair.same.key != pair.old.key:
            yield self.found(
                str(pair.old.key),
                f"type {pair.old.key} is now {pair.same.key}: a cast or parameter that names the old one is rejected",
                "create a type of the new name, move columns and code over to it, and drop the old one in a later deploy",
                statement=f"SELECT NULL::{qualified(*pair.old.key)}",
                created=pair.old.origin,
            )
