from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, FunctionPair, Rule
from migcompat.rules.drop_function import call, callable_by_clients, described
from migcompat.rules.overloads import answering, calls


class AmbiguousFunction(Rule):
    name = "ambiguous-function"
    summary = "A new overload makes calls of an old function ambiguous"
    breaks = Breaks.CALLS
    sqlstate = "42725"

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        old, catalog = pair.old, pair.deploy.catalog
        if not callable_by_clients(old) or old.parameters is None:
            return
        before, after = catalog.overloads_before(old.key), catalog.overloads_at(old.key)
        if len(after) < 2 or not any(catalog.functions.was(f.id) is not f for f in after):
            return
        for one in calls(old):
            reached = answering(catalog, one, after)
            if len(reached) > 1 and answering(catalog, one, before, before=True) == (old,):
                how = "" if one.typed else " with untyped arguments (constants, parameters of most drivers)"
                yield self.found(
                    described(pair),
                    f"a call of {described(pair)}{how} fits a new overload as well: it is ambiguous",
                    "give the new version another name, or drop the old one in the same migration if the new one serves its calls",
                    statement=call(old),
                    created=old.origin,
                )
                return
