from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.drop_enum_value import add_again, lost_labels
from migcompat.rules.pairs import Pair, TypePair
from migcompat.rules.type_sql import columns_before
from migcompat.sql.quoting import ident, literal, qualified


class RenameEnumValue(Rule):
    """The rows follow a renamed label, the code does not. A statement of the prior generation that writes the old label or compares with it
    is rejected, and what it reads is a label that it does not know. Silent when the old label is added again in the same deploy.
    """

    name = "rename-enum-value"
    summary = "An enum label is renamed"
    breaks = Breaks.WRITES
    sqlstate = "22P02"
    example = Example(
        schema="CREATE TYPE status AS ENUM ('open', 'closed'); CREATE TABLE tickets (title text NOT NULL, status status NOT NULL)",
        migration="ALTER TYPE status RENAME VALUE 'closed' TO 'solved'",
        statement="UPDATE tickets SET status = 'closed' WHERE title = 'Printer on fire'",
        compatible=("ALTER TYPE status ADD VALUE 'solved'",),
    )
    rollback = (
        "The code before it gets 22P02 until the old label is added again; it reads the new one in every row that followed the rename."
    )

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind != "enum":
            return
        now = {label.id: label.text for label in pair.new.labels}
        for label in lost_labels(pair.old, pair.new):
            if label.id in now:
                yield self.found(
                    f"{pair.old.key}.{label.text}",
                    f"label {literal(label.text)} of enum {pair.old.key} is now {literal(now[label.id])}:"
                    " a statement that uses the old one is rejected",
                    "add the new label beside the old one, move rows and code over to it, and let the old one be",
                    statement=f"SELECT {literal(label.text)}::{qualified(*pair.old.key)}",
                    detail=label.text,
                    created=pair.old.origin,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, TypePair)
        assert pair.new is not None
        old, new = literal(found.detail), literal(_renamed(pair, found.detail))
        moved = tuple(
            f"UPDATE {qualified(*r.key)} SET {ident(c.name)} = {new} WHERE {ident(c.name)} = {old}"
            for r, c in columns_before(pair.deploy, pair.old)
            if c.type is not None and not c.type.dims
        )
        return (
            DeployStep(f"Add {new} beside {old}; the code reads both", (f"ALTER TYPE {qualified(*pair.old.key)} ADD VALUE {new}",)),
            DeployStep(f"When only that code runs: write {new} instead of {old}"),
            DeployStep(f"When no running code writes {old}: move the rows over, and let the label be", moved),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        # Renamed back it would be lost to the generation that runs now: the enum knows both.
        assert isinstance(pair, TypePair)
        return Restoration((add_again(pair, found.detail),), f"which rows held {literal(found.detail)}: they read as the new label")


def _renamed(pair: TypePair, old: str) -> str:
    assert pair.new is not None
    ids = {label.id for label in pair.old.labels if label.text == old}
    return next(label.text for label in pair.new.labels if label.id in ids)
