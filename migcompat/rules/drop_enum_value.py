from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, TypePair
from migcompat.rules.type_sql import columns_before, rebuild
from migcompat.schema.model import Label, Type
from migcompat.sql.quoting import ident, literal, qualified


class DropEnumValue(Rule):
    """PostgreSQL takes no label from an enum, so a migration renames the enum, creates another under its name, alters the columns and drops
    the old one. The labels before and after are compared, however it is done. A statement of the prior generation that writes a lost label,
    or only compares with it, is rejected. Silent when labels merely change places.
    """

    name = "drop-enum-value"
    summary = "An enum no longer has one of its labels"
    breaks = Breaks.WRITES
    sqlstate = "22P02"
    example = Example(
        schema="CREATE TYPE status AS ENUM ('draft', 'open', 'closed'); CREATE TABLE tickets (title text NOT NULL, status status NOT NULL)",
        migration=(
            "ALTER TYPE status RENAME TO status_old; CREATE TYPE status AS ENUM ('open', 'closed');"
            " ALTER TABLE tickets ALTER COLUMN status TYPE status USING status::text::status; DROP TYPE status_old"
        ),
        statement="SELECT title FROM tickets WHERE status = 'draft'",
        compatible=("UPDATE tickets SET status = 'open' WHERE status = 'draft'",),
    )
    rollback = "The code before it gets 22P02 until the label is added again; the rows that held it have another one for good."

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind != "enum":
            return
        for label in lost_labels(pair.old, pair.new):
            if all(now.id != label.id for now in pair.new.labels):
                yield self.found(
                    f"{pair.old.key}.{label.text}",
                    f"enum {pair.old.key} no longer has the label {literal(label.text)}:"
                    " a statement that writes or compares it is rejected",
                    "write the label no more, deploy that, change the rows that hold it, and rebuild the enum in a later deploy",
                    statement=f"SELECT {literal(label.text)}::{qualified(*pair.old.key)}",
                    detail=label.text,
                    created=pair.old.origin,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, TypePair)
        assert pair.new is not None
        label = literal(found.detail)
        moved = tuple(
            f"-- UPDATE {qualified(*r.key)} SET {ident(c.name)} = … WHERE {ident(c.name)} = {label}"
            for r, c in columns_before(pair.deploy, pair.old)
        )
        return (
            DeployStep(f"Write and compare {label} no more"),
            DeployStep(f"When only that code runs: give the rows with {label} another label", moved),
            DeployStep("Rebuild the enum without it", rebuild(pair.deploy, pair.old, pair.new, columns_before(pair.deploy, pair.old))),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, TypePair)
        return Restoration((add_again(pair, found.detail),), f"which rows held {literal(found.detail)}")


def lost_labels(old: Type, new: Type) -> list[Label]:
    """Labels that what now has the old name does not know."""
    after = {label.text for label in new.labels}
    return [label for label in old.labels if label.text not in after]


def add_again(pair: TypePair, text: str) -> str:
    """ADD VALUE at the old place: labels compare in the order that they have."""
    assert pair.new is not None
    known = {label.text for label in pair.new.labels}
    old = [label.text for label in pair.old.labels]
    after = next((t for t in old[old.index(text) + 1 :] if t in known), None)
    place = f" BEFORE {literal(after)}" if after is not None else ""
    return f"ALTER TYPE {qualified(*pair.new.key)} ADD VALUE {literal(text)}{place}"
