from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.sql.quoting import literal


class DropSequence(Rule):
    name = "drop-sequence"
    summary = "A sequence is dropped, renamed or moved"
    breaks = Breaks.WRITES
    sqlstate = "42P01"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.kind != "sequence" or not _outlives_owner(pair):
            return
        if pair.new is None:
            what = "is dropped" if pair.same is None else f"is now {pair.same.key}"
            yield self.found(
                pair.name,
                f"sequence {pair.name} {what}: nextval() of it is rejected",
                "use the sequence no more, deploy that, and drop it in a later deploy",
                statement=_nextval(pair),
                # of a column's own sequence SQL alone cannot tell whether code names it
                severity=Severity.ERROR if pair.old.owned_by is None else Severity.WARNING,
                created=pair.old.origin,
            )
        elif pair.new.kind == "sequence" and pair.same is None:
            again = self.found(
                pair.name,
                f"sequence {pair.name} is dropped and created again: it gives out numbers that are taken",
                "let the sequence be, or start the new one after the last number that was given out",
                statement=_nextval(pair),
                breaks=Breaks.DATA,
                severity=Severity.WARNING,
                created=pair.old.origin,
            )
            yield replace(again, sqlstate=None)


def _nextval(pair: RelationPair) -> str:
    return f"SELECT nextval({literal(pair.sql)})"


def _outlives_owner(pair: RelationPair) -> bool:
    """A sequence that a column owns goes with the column, which has a finding of its own."""
    if pair.old.owned_by is None:
        return True
    owner = pair.deploy.catalog.relations.get(pair.old.owned_by[0])
    return owner is not None and owner.column_by_id(pair.old.owned_by[1]) is not None
