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
        elif pair.new is not None and pair.new.kind != pair.old.kind and not {pair.old.kind, pair.new.kind} & {"unknown", "shell"}:
            yield self.found(
                str(pair.old.key),
                f"{pair.old.kind} {pair.old.key} is now a {pair.new.kind}: code and drivers that count on {_an(pair.old.kind)} fail",
                "create a type of another name, move columns and code over to it, and drop the old one in a later deploy",
                statement=f"SELECT NULL::{qualified(*pair.old.key)}",
                sqlstate="42883",
                created=pair.old.origin,
            )


def _an(kind: str) -> str:
    return f"an {kind}" if kind == "enum" else f"a {kind}"
