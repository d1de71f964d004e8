from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, FunctionPair, Rule
from migcompat.rules.drop_function import call, callable_by_clients, described, stand_in
from migcompat.schema.model import Function, Parameter

_OUTPUTS = ("out", "inout", "table")


class ChangeFunction(Rule):
    name = "change-function"
    summary = "A function comes back with another result, other argument names or fewer defaults"
    breaks = Breaks.CALLS
    sqlstate = "42883"

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        old, new = pair.old, stand_in(pair)
        if new is None or not callable_by_clients(old) or old.parameters is None or new.parameters is None:
            return
        for what, sqlstate in self._differences(pair, new):
            yield self.found(
                described(pair),
                f"{old.kind} {described(pair)} {what}: a call that relies on it is rejected or reads something else",
                "give the new version another name, move callers over, and drop the old one in a later deploy",
                statement=call(old),
                sqlstate=sqlstate,
                created=old.origin,
            )
            return

    @staticmethod
    def _differences(pair: FunctionPair, new: Function) -> Iterator[tuple[str, str]]:
        old = pair.old
        if old.kind != new.kind:
            yield f"is now a {new.kind}", "42809"
        before, after = result(pair, old), result(pair, new)
        if before != after and before and after:
            yield f"returns {after} instead of {before}", "42883"
        yield from _outputs(pair, new)
        kept = list(zip(old.inputs, new.inputs, strict=False))  # further ones have defaults
        renamed = next(((a.name, b.name) for a, b in kept if a.name and a.name != b.name), None)
        if renamed is not None:
            yield f"calls argument {renamed[0]} now {renamed[1] or 'nothing'}", "42883"
        if any((a.mode == "variadic") != (b.mode == "variadic") for a, b in kept):
            yield "takes its last argument in another way (VARIADIC)", "42883"
        if any(a.default and not b.default for a, b in kept):
            yield "has fewer defaults", "42883"


def result(pair: FunctionPair, function: Function) -> str:
    """What RETURNS says, in PostgreSQL's spelling; empty where only OUT parameters say it."""
    if function.result is None:
        return function.returns
    text = pair.deploy.type_before(function.result) if function is pair.old else pair.deploy.type_after(function.result)
    return ("setof " if function.returns.startswith("setof ") else "") + text


def _outputs(pair: FunctionPair, new: Function) -> Iterator[tuple[str, str]]:
    """A column that is appended is no loss, but a CALL must name every parameter, and a single OUT parameter is no row."""
    before, after = _columns(pair.old), _columns(new)
    now = {p.name: p for p in after}
    for parameter in before:
        same = now.get(parameter.name)
        if same is None:
            yield f"returns no {parameter.name or 'such column'}", "42703"
        elif pair.deploy.type_before(parameter.type) != pair.deploy.type_after(same.type):
            yield f"returns {parameter.name} as {pair.deploy.type_after(same.type)}", "42883"
    single = len(before) == 1 and before[0].mode != "table"
    if len(after) > len(before) and (pair.old.kind == "procedure" or single):
        yield "returns more columns", "42883"


def _columns(function: Function) -> list[Parameter]:
    return [p for p in function.parameters or () if p.mode in _OUTPUTS]
