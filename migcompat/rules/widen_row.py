from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.changes import Name
from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.passed_on import Meeting, passed_on
from migcompat.rules.sql_text import alter
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Column, Function
from migcompat.sql.quoting import ident

_COPIES = re.compile(r"\binsert\s+into\s+(?P<target>[\w.\"]+)[^;]*\b(?:old|new)\s*\.\s*\*", re.IGNORECASE)
_IN_PLPGSQL = re.compile(r"\blanguage\s+'?plpgsql\b", re.IGNORECASE)
_RETURNS_QUERY = re.compile(r"\breturn\s+query\b", re.IGNORECASE)


class WidenRow(Rule):
    """The row of a table or view is a type as well. A function that returns it and lists the columns yields one too few once there is
    another, and is rejected when it is called. One that says SELECT * where it declares other columns yields one too many. A trigger that
    copies the whole of OLD or NEW into another table, or a function that inserts SELECT * there, copies one too many, and is rejected, too.
    Silent when the function changes in the same deploy, or the other table gets the column. A warning: what a body does SQL alone cannot
    tell for sure.
    """

    name = "widen-row"
    summary = "A table or view gets a column, and a function returns or copies its whole rows"
    looks_at = ("added",)
    looks_beyond = True
    severity = Severity.WARNING
    breaks = Breaks.CALLS
    sqlstate = "42P13"
    example = Example(
        schema="""
            CREATE TABLE products (name text, price numeric);
            CREATE FUNCTION cheap() RETURNS SETOF products LANGUAGE sql AS 'SELECT name, price FROM products WHERE price < 5';
        """,
        migration="ALTER TABLE products ADD COLUMN weight numeric",
        statement="SELECT name FROM cheap()",
        compatible=("CREATE TABLE product_weights (name text, weight numeric)",),
    )
    rollback = "The code before it is rejected until the function knows the column; replacing the function takes a moment."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.replaced:
            return
        fresh = list(pair.fresh.values())
        for met in _meeting(pair, fresh) if fresh else ():
            yield self.found(
                f"{pair.name}.{fresh[0].name}",
                f"column {fresh[0].name} is added to {pair.name}, and {met.what}: {met.use} is rejected, unless the body allows for it",
                "replace the function in the same migration",
                detail=fresh[0].name,
                sqlstate=met.sqlstate,
                breaks=met.breaks,
            )
            return

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (DeployStep("In the same migration, replace the function with one that knows the column"),)

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        if pair.old.is_view:
            return Restoration(lost=f"the row that {pair.name} had: PostgreSQL takes no column from a view in place")
        return Restoration((f"{alter(altered(pair))} DROP COLUMN {ident(found.detail)}",), f"what {found.detail} holds")


def _meeting(pair: RelationPair, fresh: list[Column]) -> Iterator[Meeting]:
    """Functions that meet the new columns."""
    assert pair.new is not None
    catalog = pair.deploy.catalog
    for trigger in pair.new.triggers:
        schema, _, name = trigger.function.rpartition(".")
        for function in catalog.overloads(Name(name, schema or None)) if trigger.enabled else ():
            if pair.deploy.kept(function) and _copies(pair, function, fresh):
                yield Meeting(f"trigger {trigger.name} copies whole rows", f"a write of {pair.name}", Breaks.WRITES, "42601")
    returning = [f for name in (pair.old.key.name, pair.name) for f in pair.deploy.returning.get(name, ())]
    for function in returning:
        if pair.deploy.kept(function) and _lists(function):
            sqlstate = "42804" if _IN_PLPGSQL.search(function.text) else "42P13"
            yield Meeting(f"{function.kind} {function.key} returns whole rows of it", "a call", Breaks.CALLS, sqlstate)
    yield from passed_on(pair.deploy, [pair.old.key, *(f.key for f in returning)], [c.name for c in fresh])


def _lists(function: Function) -> bool:
    """Whether it seems to name the columns of the rows that it returns; PL/pgSQL may return a variable of the row's type."""
    if "*" in function.text:
        return False
    return bool(_RETURNS_QUERY.search(function.text)) if _IN_PLPGSQL.search(function.text) else True


def _copies(pair: RelationPair, function: Function, fresh: list[Column]) -> bool:
    """Whether it inserts whole rows into a table that does not get the columns, too."""
    found = _COPIES.search(function.text) if "*" in function.text else None
    if found is None:
        return False
    schema, _, name = found["target"].replace('"', "").lower().rpartition(".")
    target = pair.deploy.catalog.relation(Name(name, schema or None))
    return target is None or any(target.column(c.name) is None for c in fresh)
