from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.bodies import body_of, names_bare, reads
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Column, Function
from migcompat.sql.quoting import ident


class AmbiguousColumn(Rule):
    """A function whose body reads a table may call an argument or a variable what a new column of that table is called. PL/pgSQL cannot
    tell which of the two is meant, and rejects the statement; in a function in SQL the name means the column from then on. Silent when the
    function changes in the same deploy, and when it qualifies the name or says #variable_conflict. A warning: whether the name stands where
    the column can be meant, only PostgreSQL knows for sure.
    """

    name = "ambiguous-column"
    summary = "A table gets a column of a name that a function has for a variable"
    looks_at = ("columns",)
    looks_beyond = True
    severity = Severity.WARNING
    breaks = Breaks.CALLS
    sqlstate = "42702"
    example = Example(
        schema="""
            CREATE TABLE bookings (guest text, night date);
            CREATE FUNCTION guests(room integer) RETURNS bigint LANGUAGE plpgsql AS
                'BEGIN RETURN (SELECT count(*) FROM bookings WHERE room > 0); END';
        """,
        migration="ALTER TABLE bookings ADD COLUMN room integer",
        statement="SELECT guests(7)",
        compatible=("ALTER TABLE bookings ADD COLUMN room_number integer",),
    )
    rollback = "The code before it is rejected until the function qualifies the name; replacing the function takes a moment."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.replaced:
            return
        fresh = list(pair.fresh.values())
        for function in pair.deploy.naming([pair.old.key.name]) if fresh else ():
            found = _confused(pair, function, fresh)
            if found is not None:
                yield found
                return

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (DeployStep("In the same migration, let the function qualify the name or call its variable otherwise"),)

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        return Restoration((f"{alter(altered(pair))} DROP COLUMN {ident(found.detail)}",), f"what {found.detail} holds")


def _confused(pair: RelationPair, function: Function, fresh: list[Column]) -> Break | None:
    text = function.text.lower()
    possible = [c for c in fresh if c.name.lower() in text]
    if not possible or not pair.deploy.kept(function):
        return None
    body = body_of(function)
    shared = [c for c in possible if c.name in body.names] if body is not None and not body.decided else []
    for column in shared:
        if body is not None and any(reads(s, pair.old.key) and names_bare(s, column.name) for s in body.statements):
            in_sql = body.language == "sql"
            what = "now means the column" if in_sql else "may now mean either: a call is rejected"
            return AmbiguousColumn().found(
                f"{pair.name}.{column.name}",
                f"column {column.name} is added to {pair.name}, and {function.kind} {function.key}, which reads it, says {column.name}"
                f" for a variable: the name {what}",
                "in the same migration, let the function qualify the name or call its variable otherwise",
                detail=column.name,
                sqlstate=None if in_sql else "",
            )
    return None
