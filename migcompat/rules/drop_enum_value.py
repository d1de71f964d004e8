from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
from migcompat.schema.model import Label
from migcompat.sql.quoting import literal, qualified


class DropEnumValue(Rule):
    name = "drop-enum-value"
    summary = "An enum no longer has one of its labels"
    breaks = Breaks.WRITES
    sqlstate = "22P02"

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind != "enum":
            return
        for label in lost_labels(pair):
            if all(now.id != label.id for now in pair.new.labels):
                yield self.found(
                    f"{pair.old.key}.{label.text}",
                    f"enum {pair.old.key} no longer has the label {literal(label.text)}: a statement that writes or compares it is rejected",
                    "write the label no more, deploy that, change the rows that hold it, and rebuild the enum in a later deploy",
                    statement=f"SELECT {literal(label.text)}::{qualified(*pair.old.key)}",
                    detail=label.text,
                    created=pair.old.origin,
                )


def lost_labels(pair: TypePair) -> list[Label]:
    """Labels that what now has the old name does not know."""
    after = {label.text for label in pair.new.labels} if pair.new is not None else set()
    return [label for label in pair.old.labels if label.text not in after]
