from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
from migcompat.sql.quoting import qualified


class DropType(Rule):
    name = "drop-type"
    summary = "A type or domain is dropped"
    breaks = Breaks.WRITES
    sqlstate = "42704"

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.same is None and pair.new is None:
            kind = "domain" if pair.old.kind == "domain" else "type"
            yield self.found(
                str(pair.old.key),
                f"{kind} {pair.old.key} is dropped: a cast or parameter that names it is rejected",
                "stop using the type, deploy that, and drop it in a later deploy",
                statement=f"SELECT NULL::{qualified(*pair.old.key)}",
                created=pair.old.origin,
            )
