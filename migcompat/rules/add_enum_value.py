from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, Rule, TypePair
from migcompat.sql.quoting import literal


class AddEnumValue(Rule):
    name = "add-enum-value"
    summary = "An enum gets a label that running readers do not know"
    severity = Severity.WARNING
    breaks = Breaks.READS

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind != "enum" or pair.old.kind != "enum":
            return
        before = {label.text for label in pair.old.labels}
        ids = {label.id for label in pair.old.labels}
        for label in pair.new.labels:
            if label.text not in before and label.id not in ids:
                yield self.found(
                    f"{pair.old.key}.{label.text}",
                    f"enum {pair.old.key} gets the label {literal(label.text)}: the prior generation may read a value that it does not know",
                    "make readers cope with unknown labels, deploy that, and write the new label in a later deploy",
                    detail=label.text,
                    created=pair.old.origin,
                )
