"""What of a routine's contract is another one now: what it returns and takes, and how it works."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.rules.given_up import given_up
from migcompat.rules.pairs import Deploy, FunctionPair
from migcompat.schema.model import DataType, Function

MEANING = {
    "strict": ("it yields NULL where an argument is NULL", "23502"),
    "stable": ("what it writes is rejected", "0A000"),
    "immutable": ("what it writes is rejected", "0A000"),
}
SETS = ("its body may find other names, or read values in another way", "42P01")


def options(old: Function, new: Function) -> list[str]:
    """How it works now, and did not before; what never wrote may be told so in either way."""
    reads_only = frozenset({"stable", "immutable"})
    told = frozenset() if not old.options & reads_only and (not new.text or _WRITES.search(new.text)) else reads_only
    return sorted(new.options - old.options - told, key=lambda option: (option in reads_only, option))


_WRITES = re.compile(
    r"\b(?:insert|update|delete|merge|truncate|copy|execute|call|lock|create|alter|drop|grant|revoke|refresh|comment|share)\b",
    re.IGNORECASE,
)
"""What the body of a routine that is not VOLATILE may not do (`CommandIsReadOnly` in src/backend/tcop/utility.c), and EXECUTE of it."""


def back(option: str) -> str:
    """The option that undoes another."""
    if option.startswith("set "):
        return f"RESET {option.split()[1]}"
    return "CALLED ON NULL INPUT" if option == "strict" else "VOLATILE"


def differences(pair: FunctionPair, new: Function) -> Iterator[tuple[str, str]]:
    """What a call that relies on the old one meets, and with which SQLSTATE."""
    old = pair.old
    if old.kind != new.kind:
        yield f"is now a {new.kind}", "42809"
    before, after = _result(pair, old, before=True), _result(pair, new)
    if before != after and before and after:
        yield f"returns {after} instead of {before}", "0A000" if after == f"setof {before}" else "42883"
    elif after.startswith("setof ") and not before.startswith("setof "):  # OUT parameters say the rest
        yield "returns any number of rows instead of one", "0A000"
    yield from _outputs(pair, new)
    kept = list(zip(old.inputs, new.inputs, strict=False))  # further ones have defaults
    renamed = next(((a.name, b.name) for a, b in kept if a.name and a.name != b.name), None)
    if renamed is not None:
        yield f"calls argument {renamed[0]} now {renamed[1] or 'nothing'}", "42883"
    if any((a.mode == "variadic") != (b.mode == "variadic") for a, b in kept):
        yield "takes its last argument in another way (VARIADIC)", "42883"
    if any(a.default and not b.default for a, b in kept):
        yield "has fewer defaults", "42883"


def _result(pair: FunctionPair, function: Function, *, before: bool = False) -> str:
    """What RETURNS says, in PostgreSQL's spelling; empty where only OUT parameters say it."""
    if function.result is None:
        return function.returns
    text = pair.deploy.type_before(function.result) if before else _called(pair.deploy, function.result)
    return ("setof " if function.returns.startswith("setof ") else "") + text


def _called(deploy: Deploy, type_: DataType) -> str:
    """A type that has another name is what it was, as long as nothing else has the old one."""
    is_new = deploy.catalog.types.was(type_.type_id) is None
    return deploy.type_after(type_) if is_new or given_up(deploy, type_) else deploy.type_before(type_)


def _outputs(pair: FunctionPair, new: Function) -> Iterator[tuple[str, str]]:
    """A column that is appended is no loss, but a CALL must name every parameter, and a single OUT parameter is no row."""
    before, after = pair.old.outputs, new.outputs
    now = {p.name: p for p in after}
    for parameter in before:
        same = now.get(parameter.name)
        if same is None:
            yield f"returns no {parameter.name or 'such column'}", "42703"
        elif pair.deploy.type_before(parameter.type) != _called(pair.deploy, same.type):
            yield f"returns {parameter.name} as {_called(pair.deploy, same.type)}", "42883"
    single = len(before) == 1 and before[0].mode != "table"
    if len(after) > len(before) and (pair.old.kind == "procedure" or single):
        yield "returns more columns", "42883"
