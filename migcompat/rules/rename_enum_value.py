from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
from migcompat.rules.drop_enum_value import lost_labels
from migcompat.sql.quoting import literal, qualified


class RenameEnumValue(Rule):
    name = "rename-enum-value"
    summary = "An enum label is renamed"
    breaks = Breaks.WRITES
    sqlstate = "22P02"

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind != "enum":
            return
        now = {label.id: label.text for label in pair.new.labels}
        for label in lost_labels(pair):
            if label.id in now:
                yield self.found(
                    f"{pair.old.key}.{label.text}",
                    f"label {literal(label.text)} of enum {pair.old.key} is now {literal(now[label.id])}: a statement that uses the old one is rejected",
                    "add the new label beside the old one, move rows and code over to it, and let the old one be",
                    statement=f"SELECT {literal(label.text)}::{qualified(*pair.old.key)}",
                    detail=label.text,
                    created=pair.old.origin,
                )
