from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.called_by import callers
from migcompat.rules.drop_function import call, callable_by_clients, described, stand_in
from migcompat.rules.pairs import FunctionPair, Pair
from migcompat.rules.passed_on import Meeting, passed_on
from migcompat.rules.procedures import transactions
from migcompat.rules.routine_changes import MEANING, SETS, back, differences, options
from migcompat.rules.routine_sql import (
    access_sql,
    computed_by,
    create_sql,
    does_the_same,
    drop_sql,
    is_recreatable,
    replace_sql,
    routine_sql,
)
from migcompat.schema.model import Function, Key


class ChangeFunction(Rule):
    """A call of the prior generation still finds a routine, but not the one that it was written for. It reads another result, names an
    argument that is called otherwise now, or counts on a default that is gone. Silent when the result only gets further columns, when
    arguments get defaults, and whatever becomes of a body that does not always raise an exception: but a warning where another routine
    takes all columns of the result for those that it declares, where a CHECK, a key, a generated column, a default, a policy or a trigger
    calls it, though through other functions, since writes then meet the new body, where an aggregate is made of other functions or starts
    with another value, where ALTER makes it STRICT or STABLE or gives it a search path of its own, and where a procedure comes to COMMIT,
    which a CALL within a transaction does not survive.
    """

    name = "change-function"
    summary = "A function comes back with another result, other argument names or fewer defaults"
    looks_beyond = True
    breaks = Breaks.CALLS
    sqlstate = "42883"
    example = Example(
        schema=(
            "CREATE FUNCTION in_stock(product text) RETURNS integer LANGUAGE sql AS 'SELECT 7'; CREATE TABLE products (name text NOT NULL)"
        ),
        migration=("DROP FUNCTION in_stock(text); CREATE FUNCTION in_stock(product text) RETURNS boolean LANGUAGE sql AS 'SELECT true'"),
        statement="SELECT name FROM products WHERE in_stock(name) > 5",
        compatible=("CREATE FUNCTION is_in_stock(product text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",),
    )
    rollback = "The code before it cannot make such calls until the old version is back, and then the new generation cannot make its own."

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        old, new = pair.old, stand_in(pair)
        known = new is not None and callable_by_clients(old) and old.parameters is not None and new.parameters is not None
        for what, sqlstate in differences(pair, new) if new is not None and known else ():
            yield self.found(
                described(pair),
                f"{old.kind} {described(pair)} {what}: a call that relies on it is rejected or reads something else",
                "give the new version another name, move callers over, and drop the old one in a later deploy",
                statement=call(old),
                sqlstate=sqlstate,
                created=old.origin,
            )
            return
        if new is not None and known and (ends := transactions(old, new)) is not None:
            yield self.found(
                described(pair),
                f"{old.kind} {described(pair)} {ends.what}",
                "let what calls it end the transaction, or call it outside of one; deploy that first",
                statement=f"BEGIN; {call(old)}" if ends.within else call(old),
                severity=Severity.WARNING if not ends.certain else None,
                sqlstate="2D000",
                created=old.origin,
            )
        elif new is not None and (now := options(old, new)):
            yield self._works_otherwise(pair, now)
        elif new is not None and known and (met := _meeting(pair, new)) is not None:
            yield self.found(
                described(pair),
                f"{old.kind} {described(pair)} returns more columns, and {met.what}: {met.use} is rejected, unless the body allows for it",
                "replace that routine in the same migration",
                severity=Severity.WARNING,
                sqlstate=met.sqlstate,
                created=old.origin,
            )
        elif new is not None and known and not does_the_same(old, new):
            yield from self._body(pair, new)

    def _works_otherwise(self, pair: FunctionPair, now: list[str]) -> Break:
        what, sqlstate = MEANING.get(now[0].split()[0], SETS)
        return self.found(
            described(pair),
            f"{pair.old.kind} {described(pair)} is now {now[0].upper() if sqlstate != SETS[1] else 'run with ' + now[0]}: {what}",
            "make sure that its body works like this for all that the prior generation calls it with",
            statement=call(pair.old) if callable_by_clients(pair.old) else None,
            severity=Severity.WARNING,
            sqlstate=sqlstate,
            detail=now[0],
            created=pair.old.origin,
        )

    def _body(self, pair: FunctionPair, new: Function) -> Iterator[Break]:
        found = list(callers(pair.deploy, pair.old.key))
        refuses = new.refuses if not pair.old.refuses else ""
        if refuses:
            yield self.found(
                described(pair),
                f"{pair.old.kind} {described(pair)} now raises an exception whatever it is given: a call is rejected",
                "call it no more, deploy that, and let it refuse in a later deploy",
                statement=call(pair.old),
                sqlstate=refuses,
                created=pair.old.origin,
            )
        elif found:
            further = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield self.found(
                described(pair),
                f"{pair.old.kind} {described(pair)} gets another body, and {found[0].name} calls it{further}:"
                " a write may be rejected, or leave something else",
                "let the new version accept and return what the old one did for all that the prior generation writes",
                severity=Severity.WARNING,
                breaks=Breaks.WRITES,
                sqlstate=found[0].sqlstate,
                created=pair.old.origin,
            )
        elif pair.old.kind == "aggregate" and computed_by(pair.old) != computed_by(new):
            yield self.found(
                described(pair),
                f"{pair.old.kind} {described(pair)} starts with another value or calls other functions: its answers may be others",
                "give the new version another name, move callers over, and drop the old one in a later deploy",
                statement=call(pair.old),
                severity=Severity.WARNING,
                sqlstate=None,
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, FunctionPair)
        new = stand_in(pair)
        if found.detail:
            return (
                DeployStep(f"Let its body work when it is altered to {found.detail}, and callers cope with that"),
                DeployStep("When only that code runs: deploy this migration"),
            )
        if found.sqlstate == "2D000":
            return (
                DeployStep("Call it outside of transactions, and end them where it is called"),
                DeployStep("When only that code runs: deploy this migration"),
            )
        if new is not None and _only_the_body(pair, new):
            return (
                DeployStep("Write only what both versions accept, and cope with what they return"),
                DeployStep("When only that code runs: replace it", (replace_sql(new),)),
            )
        beside = Key(pair.old.key.schema, f"{pair.old.key.name}_new")
        created = create_sql(new, beside) if new is not None else ""
        return (
            DeployStep(f"Create the new version as {beside}", (created,) if created else ()),
            DeployStep(f"Call {beside} instead of {described(pair)}"),
            DeployStep(f"When no running code calls {described(pair)}: drop it", (drop_sql(pair.deploy.catalog, pair.old),)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        # Both take the same arguments, so there is room for one; code that calls the new version must ship with the old one.
        assert isinstance(pair, FunctionPair)
        new, catalog = stand_in(pair), pair.deploy.catalog
        if found.detail and new is not None:
            return Restoration((f"ALTER ROUTINE {routine_sql(catalog, new)} {back(found.detail)}",))
        if new is None or not is_recreatable(catalog, pair.old):
            return Restoration(lost="the old version: the migration that created it has it")
        if _only_the_body(pair, new):
            return Restoration((replace_sql(pair.old),))
        return Restoration((drop_sql(catalog, new), create_sql(pair.old), *access_sql(catalog, pair.old)), "the new version")


def _only_the_body(pair: FunctionPair, new: Function) -> bool:
    """OR REPLACE gives it another one, but no other columns."""
    return not any(differences(pair, new)) and len(pair.old.outputs) == len(new.outputs)


def _meeting(pair: FunctionPair, new: Function) -> Meeting | None:
    """Who meets the columns that the result gets."""
    had = {p.name for p in pair.old.outputs}
    more = [p.name for p in new.outputs if p.name not in had]
    return next(passed_on(pair.deploy, [new.key], more), None) if more else None
