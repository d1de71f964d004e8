from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.built_in import SYSTEM
from migcompat.rules.given_up import given_up
from migcompat.rules.overloads import answering, calls, takes_as_it_is
from migcompat.rules.pairs import FunctionPair, Pair, RelationPair
from migcompat.rules.routine_sql import access_sql, create_sql, drop_sql, is_recreatable, rename_sql
from migcompat.schema.model import Function
from migcompat.sql.quoting import ident, qualified


class DropFunction(Rule):
    """A call of the prior generation finds no routine of that name and those argument types. Silent when every call still reaches one: a
    routine with the same arguments, or one whose further arguments have defaults. Silent for trigger functions, which only triggers can
    call, and for routines of the same deploy. What goes with DROP FUNCTION … CASCADE has findings of its own. One that takes rows of a
    table goes with the table when that is renamed: rows of a view or table in its place are of another type.
    """

    name = "drop-function"
    summary = "A function or procedure is dropped, renamed or moved"
    breaks = Breaks.CALLS
    sqlstate = "42883"
    example = Example(
        schema=(
            "CREATE FUNCTION shipping_cost(weight integer) RETURNS numeric LANGUAGE sql AS 'SELECT 4.90 + 0.001 * weight';"
            " CREATE TABLE parcels (weight integer NOT NULL)"
        ),
        migration="DROP FUNCTION shipping_cost(integer)",
        statement="SELECT weight, shipping_cost(weight) FROM parcels",
        compatible=(),
    )
    rollback = "The code before it cannot make the call until the function is created again, which takes a moment and loses nothing."

    looks_at = ("id",)
    looks_beyond = True

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        if not callable_by_clients(pair.old):
            return
        if stand_in(pair) is not None:
            yield from self._takes_no_more(pair)
            return
        if pair.same is None:
            what = "is dropped"
        elif pair.same.key != pair.old.key:
            what = f"is now {pair.same.key}"
        else:
            return
        yield self.found(
            described(pair),
            f"{pair.old.kind} {described(pair)} {what}: a call is rejected",
            "call it no more, deploy that, and drop it in a later deploy",
            statement=call(pair.old),
            created=pair.old.origin,
        )

    def _takes_no_more(self, pair: FunctionPair) -> Iterator[Break]:
        """The type of an argument has another name, and another type its own."""
        of = next((p.type for p in pair.old.inputs if given_up(pair.deploy, p.type)), None)
        if of is not None and pair.new is not None and pair.new.id == pair.old.id and not _made_for_new_types(pair):
            yield self.found(
                described(pair),
                f"{pair.old.kind} {described(pair)} takes what is now {pair.deploy.type_after(of)}:"
                f" a call with a value of {pair.deploy.type_before(of)} is rejected",
                "create it for the new type, too, in the same migration",
                statement=call(pair.old),
                created=pair.old.origin,
            )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        for function in _takers(pair):
            yield self.found(
                f"{function.key}({pair.name})",
                f"{function.kind} {function.key} takes rows of what is now {pair.same.key if pair.same else ''}:"
                f" a call with a row of {pair.name} is rejected",
                f"create it for rows of the new {pair.name}, too, in the same migration",
                statement=f"SELECT {qualified(*function.key)}({ident(pair.old.key.name)}) FROM {pair.sql}",
                detail=str(function.key),
                created=function.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        if isinstance(pair, RelationPair):
            return (DeployStep(f"Create it for rows of the new {pair.name}, too, in the same migration", self.restore(pair, found).sql),)
        assert isinstance(pair, FunctionPair)
        drop = drop_sql(pair.deploy.catalog, pair.old)
        if pair.same is None or not pair.old.text:
            return (
                DeployStep(f"Stop calling {described(pair)}"),
                DeployStep("When no running code calls it: drop it", (drop,)),
            )
        return (
            DeployStep(f"Create {pair.same.key} beside {pair.old.key}", (create_sql(pair.old, pair.same.key),)),
            DeployStep(f"Call {pair.same.key} instead"),
            DeployStep(f"When no running code calls {described(pair)}: drop it", (drop,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        if isinstance(pair, RelationPair):
            return Restoration(tuple(create_sql(function) for function in _takers(pair) if str(function.key) == found.detail))
        assert isinstance(pair, FunctionPair)
        catalog = pair.deploy.catalog
        if is_recreatable(catalog, pair.old):  # one that was renamed goes on to serve under its new name, too
            return Restoration((*_make_way(pair), create_sql(pair.old), *access_sql(catalog, pair.old)))
        if pair.same is None or pair.same.key.schema != pair.old.key.schema:
            what = "its definition, which calls its types what they were called then" if pair.old.text else "its body"
            return Restoration(lost=f"{what}: the migration that created it has it")
        now = qualified(*pair.same.key)
        return Restoration((f"ALTER {pair.old.kind.upper()} {now} RENAME TO {ident(pair.old.key.name)}",))


def _made_for_new_types(pair: FunctionPair) -> bool:
    """Whether an overload takes what has the names of the argument types now."""
    deploy, types = pair.deploy, [pair.deploy.type_before(p.type) for p in pair.old.inputs]
    others = (f for f in deploy.catalog.overloads_at(pair.old.key) if f.id != pair.old.id)
    return any([deploy.type_after(p.type) for p in other.inputs] == types for other in others)


def _takers(pair: RelationPair) -> list[Function]:
    """The routines that take rows of a relation whose name another one has now."""
    if not pair.replaced or pair.same is None:
        return []
    rows = (pair.old.key.name, pair.name)
    functions = (f for f in pair.deploy.catalog.functions if any(p.type.type_id is None and p.type.name in rows for p in f.inputs))
    return [function for function in functions if pair.deploy.kept(function)]


def _make_way(pair: FunctionPair) -> tuple[str, ...]:
    """Overloads of the deploy get another name where the old routine's calls would fit them as well."""
    catalog, old = pair.deploy.catalog, pair.old
    now = catalog.overloads_at(old.key)
    if all(len(answering(catalog, one, [*now, old])) == 1 for one in calls(old)):
        return ()
    return tuple(rename_sql(catalog, f, ident(f"{old.key.name}_new")) for f in now if catalog.functions.was(f.id) is None)


def stand_in(pair: FunctionPair) -> Function | None:
    """What the calls of a routine reach now: one of its signature, or one whose further arguments have defaults."""
    old, catalog = pair.old, pair.deploy.catalog
    now = catalog.overloads_at(old.key)
    if pair.new is not None or not now:
        return pair.new
    if old.parameters is None:
        return now[0] if old.doubtful else None
    reached = {answering(catalog, one, now) for one in calls(old) if one.typed and not one.names}
    found = reached.pop()
    return found[0] if found and not reached and takes_as_it_is(old, found[0]) else None


def callable_by_clients(function: Function) -> bool:
    """A trigger function can only be called by its triggers (0A000 otherwise)."""
    return function.returns not in ("trigger", "event_trigger")


def described(pair: FunctionPair) -> str:
    """`schema.function(argument types)`."""
    if pair.old.parameters is None:
        return str(pair.old.key)
    return f"{pair.old.key}({', '.join(pair.deploy.type_before(p.type) for p in pair.old.inputs)})"


def call(function: Function) -> str:
    arguments = ", ".join(f"${i + 1}" for i in range(len(function.inputs)))
    name = ident(function.key.name) if function.key.schema == SYSTEM else qualified(*function.key)
    return f"{'CALL' if function.kind == 'procedure' else 'SELECT'} {name}({arguments})"
