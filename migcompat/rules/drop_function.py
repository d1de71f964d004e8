from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, FunctionPair, Rule
from migcompat.rules.overloads import answering, calls
from migcompat.schema.model import Function
from migcompat.sql.quoting import qualified


class DropFunction(Rule):
    name = "drop-function"
    summary = "A function or procedure is dropped, renamed or moved"
    breaks = Breaks.CALLS
    sqlstate = "42883"

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        if stand_in(pair) is not None or not callable_by_clients(pair.old):
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
    return found[0] if found and not reached else None


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
    return f"{'CALL' if function.kind == 'procedure' else 'SELECT'} {qualified(*function.key)}({arguments})"
