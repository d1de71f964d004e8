from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, FunctionPair, Rule
from migcompat.rules.drop_function import call, callable_by_clients, described


class ChangeFunction(Rule):
    name = "change-function"
    summary = "A function comes back with another result, other argument names or fewer defaults"
    breaks = Breaks.CALLS
    sqlstate = "42883"

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if new is None or not callable_by_clients(old) or old.parameters is None or new.parameters is None:
            return
        for what in self._differences(pair):
            yield self.found(
                described(pair),
                f"{old.kind} {described(pair)} {what}: a call that relies on it is rejected or reads something else",
                "give the new version another name, move callers over, and drop the old one in a later deploy",
                statement=call(old),
                created=old.origin,
            )
            return

    @staticmethod
    def _differences(pair: FunctionPair) -> Iterator[str]:
        old, new = pair.old, pair.new
        assert new is not None
        if old.kind != new.kind:
            yield f"is now a {new.kind}"
        if old.returns != new.returns and old.returns and new.returns:
            yield f"returns {new.returns} instead of {old.returns}"
        outputs = [(p.name, p.type) for p in old.parameters or () if p.mode in ("out", "inout", "table")]
        if outputs != [(p.name, p.type) for p in new.parameters or () if p.mode in ("out", "inout", "table")]:
            yield "returns other columns"
        if [p.name for p in old.inputs if p.name] != [p.name for p in new.inputs if p.name] and any(p.name for p in old.inputs):
            yield "has other argument names"
        if sum(p.default for p in new.inputs) < sum(p.default for p in old.inputs):
            yield "has fewer defaults"
