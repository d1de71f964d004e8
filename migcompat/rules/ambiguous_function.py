from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, FunctionPair, Rule
from migcompat.rules.drop_function import call, callable_by_clients, described
from migcompat.schema.model import Function


class AmbiguousFunction(Rule):
    name = "ambiguous-function"
    summary = "A new overload with defaults makes calls of an old function ambiguous"
    breaks = Breaks.CALLS
    sqlstate = "42725"

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        old = pair.old
        if pair.same is None or pair.same.key != old.key or not callable_by_clients(old) or old.parameters is None:
            return
        functions = pair.deploy.catalog.functions
        for other in pair.deploy.catalog.overloads_at(old.key):
            if other.id != old.id and functions.was(other.id) is None and _competes(old, other):
                yield self.found(
                    described(pair),
                    f"a new overload of {old.key} with defaults takes the same arguments as {described(pair)}: a call is ambiguous",
                    "give the new version another name, or drop the old one only when its callers are gone",
                    statement=call(old),
                    created=old.origin,
                )
                return


def _competes(old: Function, new: Function) -> bool:
    """Whether a call with all of `old`'s arguments also fits `new`, whose further ones have defaults; an exact type match decides for one."""
    ours, theirs = old.inputs, new.inputs
    if len(theirs) <= len(ours) or not all(p.default for p in theirs[len(ours) :]):
        return False
    return all(a.type.name == b.type.name and a.type.dims == b.type.dims for a, b in zip(ours, theirs))
