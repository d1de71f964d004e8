from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.schema.definitions import grants_sql
from migcompat.sql.quoting import ident, literal, qualified


class DropSequence(Rule):
    """The prior generation that draws numbers from the sequence itself is rejected. A sequence that comes back starts over, so its numbers
    are taken already. Of the sequence behind a serial or identity column SQL alone cannot tell whether code names it: a warning while the
    column stays, and silence when both go. The default that a sequence fills has a rule of its own.
    """

    name = "drop-sequence"
    summary = "A sequence is dropped, renamed or moved"
    looks_at = ("id",)
    breaks = Breaks.WRITES
    sqlstate = "42P01"
    example = Example(
        schema="CREATE SEQUENCE invoice_numbers; CREATE TABLE invoices (number bigint NOT NULL)",
        migration="DROP SEQUENCE invoice_numbers",
        statement="INSERT INTO invoices (number) VALUES (nextval('invoice_numbers'))",
        compatible=(),
    )
    rollback = "The code before it cannot draw numbers until the sequence is back, and then it must start after the last number in use."

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
            yield self.found(
                pair.name,
                f"sequence {pair.name} is dropped and created again: it gives out numbers that are taken",
                "let the sequence be, or start the new one after the last number that was given out",
                statement=_nextval(pair),
                breaks=Breaks.DATA,
                severity=Severity.WARNING,
                created=pair.old.origin,
                sqlstate=None,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        now = pair.same.key if pair.same is not None else pair.old.key
        if pair.old.owned_by is not None and now.schema != pair.old.key.schema:  # PostgreSQL moves it with its table alone
            return (DeployStep(f"Stop drawing numbers from {pair.name} by name; then let its table move"),)
        moved = (f"ALTER SEQUENCE {pair.sql} SET SCHEMA {ident(now.schema)}",) if now.schema != pair.old.key.schema else ()
        named = (f"ALTER SEQUENCE {qualified(now.schema, pair.old.key.name)} RENAME TO {ident(now.name)}",)
        gone = (*moved, *(named if now.name != pair.old.key.name else ())) if pair.same is not None else (f"DROP SEQUENCE {pair.sql}",)
        return (
            DeployStep(f"Stop drawing numbers from {pair.name}"),
            DeployStep(f"When no running code names {pair.name}: let it go", gone),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        lost = f"the number that {pair.name} had reached: set it with setval() after the last one in use"
        if pair.same is None and pair.old.owned_by is not None:
            return Restoration(lost=f"{lost}; it comes back with the default of its column")
        if pair.same is None:
            created = () if pair.new is not None else (f"CREATE SEQUENCE {pair.sql}", *grants_sql(pair.old.grants, f"SEQUENCE {pair.sql}"))
            return Restoration(created, lost)
        if pair.old.owned_by is not None and pair.same.key.schema != pair.old.key.schema:
            return Restoration(lost=f"the name {pair.name}: a sequence that a column owns goes where its table goes")
        # Two sequences would give out the same numbers; code that knows the new name must ship with the old one.
        old, now = pair.old.key, pair.same.key
        renamed = (f"ALTER SEQUENCE {qualified(*now)} RENAME TO {ident(old.name)}",) if now.name != old.name else ()
        moved = (f"ALTER SEQUENCE {qualified(now.schema, old.name)} SET SCHEMA {ident(old.schema)}",) if now.schema != old.schema else ()
        return Restoration((*renamed, *moved))


def _nextval(pair: RelationPair) -> str:
    return f"SELECT nextval({literal(pair.sql)})"


def _outlives_owner(pair: RelationPair) -> bool:
    """A sequence that a column owns goes with the column, or with its identity, and that has a finding of its own."""
    if pair.old.owned_by is None:
        return True
    relation, column = pair.old.owned_by
    before, now = pair.deploy.catalog.relations.was(relation), pair.deploy.catalog.relations.get(relation)
    was = before.column_by_id(column) if before is not None else None
    if pair.same is None and was is not None and was.identity:
        return False
    return now is not None and now.column_by_id(column) is not None
