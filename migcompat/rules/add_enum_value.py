from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, TypePair
from migcompat.sql.quoting import literal, qualified


class AddEnumValue(Rule):
    """Nothing is rejected, but the new generation may write a label that the prior one has never read. Code that maps labels to a closed
    set of its own fails on the first such row. Whether it does, SQL cannot tell. Silent for an enum of the same deploy.
    """

    name = "add-enum-value"
    summary = "An enum gets a label that running readers do not know"
    severity = Severity.WARNING
    breaks = Breaks.READS
    example = Example(
        schema="CREATE TYPE status AS ENUM ('open', 'closed'); CREATE TABLE tickets (title text NOT NULL, status status NOT NULL)",
        migration="ALTER TYPE status ADD VALUE 'waiting' BEFORE 'closed'",
        statement="SELECT title, status FROM tickets",
        compatible=(),
        answer="SELECT enum_range(NULL::status)::text",
    )
    rollback = "The code before it meets rows with the new label; no SQL takes the label away, so such rows must be given another one."

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind != "enum" or pair.old.kind != "enum":
            return
        before = {label.text for label in pair.old.labels}
        ids = {label.id for label in pair.old.labels}
        for label in pair.new.labels:
            if label.text not in before and label.id not in ids:
                yield self.found(
                    f"{pair.old.key}.{label.text}",
                    f"enum {pair.old.key} gets the label {literal(label.text)}:"
                    " the prior generation may read a value that it does not know",
                    "make readers cope with unknown labels, deploy that, and write the new label in a later deploy",
                    detail=label.text,
                    created=pair.old.origin,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, TypePair)
        add = f"ALTER TYPE {qualified(*pair.old.key)} ADD VALUE {literal(found.detail)}"
        return (
            DeployStep(f"Cope with labels of {pair.old.key} that the code does not know"),
            DeployStep("When only that code runs: add the label, and write it", (add,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        label = literal(found.detail)
        return Restoration(lost=f"an enum without {label}: no SQL takes a label away, but rows that hold it can be given another")
