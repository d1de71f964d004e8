from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
from migcompat.rules.type_changes import compare
from migcompat.sql.quoting import ident, qualified


class ChangeCompositeType(Rule):
    name = "change-composite-type"
    summary = "A composite type loses, gains or changes an attribute"
    breaks = Breaks.READS
    sqlstate = "42703"

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.old.kind != "composite" or pair.old.attributes is pair.new.attributes:
            return
        after = {a.name: a for a in pair.new.attributes}
        ids = {a.id: a.name for a in pair.new.attributes}
        known = {a.id for a in pair.old.attributes} | {a.name for a in pair.old.attributes}
        for attribute in pair.old.attributes:
            now = after.get(attribute.name)
            before, type_ = pair.deploy.type_before(attribute.type), pair.deploy.type_after(now.type) if now is not None else ""
            if now is None:
                renamed = ids.get(attribute.id)
                yield self._changed(pair, attribute.name, f"is now called {renamed}" if renamed else "is gone", "42703")
            elif before != type_ and (change := compare(before, type_)).kind != "widens":
                yield self._changed(pair, attribute.name, f"is now {type_}", change.sqlstate)
        for added in pair.new.attributes:
            if added.id not in known and added.name not in known:
                yield self._changed(pair, added.name, "is new", "42846")
        if [a.name for a in pair.old.attributes if a.name in after] != [name for name in after if name in known]:
            yield self._changed(pair, next(iter(after)), "is at another place", "22P02")

    def _changed(self, pair: TypePair, attribute: str, what: str, sqlstate: str) -> Break:
        reads = sqlstate in ("42703", "42883")
        type_ = qualified(*pair.old.key)
        values = ", ".join(f"${i + 1}" for i in range(len(pair.old.attributes)))
        return self.found(
            f"{pair.old.key}.{attribute}",
            f"attribute {attribute} of composite type {pair.old.key} {what}: code that builds or reads such values is rejected",
            "create a new type beside it, move columns and code over, and drop the old one in a later deploy",
            statement=f"SELECT (NULL::{type_}).{ident(attribute)}" if reads else f"SELECT ROW({values})::{type_}",
            detail=attribute,
            sqlstate=sqlstate,
            breaks=Breaks.READS if reads else Breaks.WRITES,
            created=pair.old.origin,
        )
