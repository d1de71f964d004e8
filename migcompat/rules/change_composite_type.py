from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
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
        before = {a.name for a in pair.old.attributes}
        for attribute in pair.old.attributes:
            now = after.get(attribute.name)
            if now is None:
                yield self._changed(pair, attribute.name, "is gone", "42703")
            elif pair.deploy.type_before(attribute.type) != pair.deploy.type_after(now.type):
                yield self._changed(pair, attribute.name, f"is now {pair.deploy.type_after(now.type)}", "42804")
        for name in after.keys() - before:
            yield self._changed(pair, name, "is new, and a row value written without it is rejected", "42846")

    def _changed(self, pair: TypePair, attribute: str, what: str, sqlstate: str) -> Break:
        return self.found(
            f"{pair.old.key}.{attribute}",
            f"attribute {attribute} of composite type {pair.old.key} {what}: code that builds or reads such values is rejected",
            "create a new type beside it, move columns and code over, and drop the old one in a later deploy",
            statement=f"SELECT (NULL::{qualified(*pair.old.key)}).{ident(attribute)}",
            detail=attribute,
            sqlstate=sqlstate,
            created=pair.old.origin,
        )
