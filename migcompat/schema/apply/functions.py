"""Functions, procedures, aggregates: found by their input types."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from migcompat.changes import (
    Change,
    CreateFunction,
    DropFunction,
    MoveFunction,
    Name,
    RenameFunction,
    SetBehaviour,
    SetSecurity,
    TypeName,
)
from migcompat.frozen import replace
from migcompat.schema.apply.mentions import calls, drop_callers
from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import trigger_calling
from migcompat.schema.model import EXECUTE_BY_ALL, DataType, Function, Key, Parameter, Trigger, signature


def _create(catalog: Catalog, change: CreateFunction) -> None:
    key = catalog.creation_key(change.name)
    parameters = tuple(Parameter(a.mode, a.name, _bare(catalog.data_type(a.type)), a.default is not None) for a in change.arguments)
    inputs = tuple(p.type for p in parameters if p.mode not in ("out", "table"))
    same = next((f for f in catalog.overloads_at(key) if f.parameters is not None and signature(f) == inputs), None)
    origin = catalog.origin(change.span)
    made = Function(
        same.id if same is not None else catalog.new_id(), key, change.kind, parameters, change.returns,
        _bare(catalog.data_type(change.result)) if change.result is not None else None, change.text,
        grants=catalog.granted("functions", key.schema), origin=origin, definition=change if change.effects or change.builds else None,
        definer=change.definer, refuses=change.refuses, options=reduce(_with, change.options, frozenset()),
    )  # fmt: skip
    if same is not None:
        made = replace(made, owner=same.owner, grants=same.grants)
    catalog.put_function(made)


def _bare(type_: DataType) -> DataType:
    """Routines ignore modifiers; without them `bpchar` is `character`, and an interval of some fields is any."""
    name = "character" if type_.name == "bpchar" else "interval" if type_.name.startswith("interval ") else type_.name
    return replace(type_, modifiers="", name=name)


def existing(
    catalog: Catalog, name: Name, arguments: tuple[TypeName, ...] | None, kind: str = "function", *, doubtful: bool = False
) -> Function:  # fmt: skip
    """The routine that a statement speaks of; one never seen is taken to exist."""
    found = _named(catalog, name, arguments)
    if found is not None:
        return found
    parameters = None if arguments is None else tuple(Parameter("in", "", catalog.data_type(a), False) for a in arguments)
    assumed = Function(
        catalog.new_id(), catalog.creation_key(name), kind, parameters, grants=EXECUTE_BY_ALL, assumed=True, doubtful=doubtful
    )
    catalog.assume_function(assumed)
    return assumed


def _named(catalog: Catalog, name: Name, arguments: tuple[TypeName, ...] | None) -> Function | None:
    wanted = tuple(_bare(catalog.data_type(a)) for a in arguments or ())
    for function in catalog.overloads(name):
        if arguments is None or function.parameters is None or signature(function) == wanted or _all_types(function) == wanted:
            return function
    return None


def _all_types(function: Function) -> tuple[DataType, ...]:
    """DROP PROCEDURE may name its OUT parameters too."""
    return tuple(_bare(p.type) for p in function.parameters or ())


def _drop(catalog: Catalog, change: DropFunction) -> None:
    if change.if_exists and _is_missing(catalog, change):
        return
    found = existing(catalog, change.name, change.arguments, change.kind, doubtful=change.if_exists)
    catalog.functions.remove(found.id)
    if change.cascade:
        drop_callers(catalog, found.key)


def _is_missing(catalog: Catalog, change: DropFunction) -> bool:
    """Whether it certainly is not there: what was never seen may be there where the history has gaps."""
    told = bool(catalog.overloads(change.name)) or any(True for _ in catalog.relations)
    return told and not catalog.partial and _named(catalog, change.name, change.arguments) is None


def _rename(catalog: Catalog, change: RenameFunction) -> None:
    found = existing(catalog, change.name, change.arguments)
    put_renamed(catalog, found, Key(found.key.schema, change.to))


def _calling(trigger: Trigger, key: Key) -> Trigger:
    return replace(trigger, function=str(key), definition=trigger_calling(trigger.definition, str(key)))


def put_renamed(catalog: Catalog, function: Function, key: Key) -> None:
    """Gives a routine another name; the triggers that call it follow."""
    catalog.put_function(replace(function, key=key))
    if function.returns != "trigger":
        return
    for relation in catalog.relations:
        if any(calls(t, function.key) for t in relation.triggers):
            followed = tuple(_calling(t, key) if calls(t, function.key) else t for t in relation.triggers)
            catalog.put(replace(relation, triggers=followed))


def _move(catalog: Catalog, change: MoveFunction) -> None:
    found = existing(catalog, change.name, change.arguments)
    put_renamed(catalog, found, Key(change.schema, found.key.name))


def _with(options: frozenset[str], option: str) -> frozenset[str]:
    """An option takes the place of others that speak of the same."""
    word, _, rest = option.partition(" ")
    parameter = rest.partition(" ")[0]
    if word in ("set", "reset"):
        kept = {o for o in options if not o.startswith("set " if parameter == "all" else f"set {parameter} ")}
        return frozenset(kept | ({option} if word == "set" else set()))
    same = _VOLATILITY if word in _VOLATILITY else {"strict"}
    return frozenset(options - same | ({word} if word not in ("volatile", "called") else set()))


_VOLATILITY = frozenset({"volatile", "stable", "immutable"})


def _behaviour(catalog: Catalog, change: SetBehaviour) -> None:
    found = existing(catalog, change.name, change.arguments)
    catalog.put_function(replace(found, options=_with(found.options, change.option)))


def _security(catalog: Catalog, change: SetSecurity) -> None:
    found = existing(catalog, change.name, change.arguments)
    was = catalog.functions.was(found.id)
    if found.assumed and was is not None:  # nobody says what is so already
        catalog.put_function(found)
        catalog.functions.restate(found.id, (found.id,), replace(was, definer=not change.definer))
    catalog.put_function(replace(found, definer=change.definer))


APPLY: dict[type[Change], Callable[..., None]] = {
    CreateFunction: _create,
    DropFunction: _drop,
    MoveFunction: _move,
    RenameFunction: _rename,
    SetBehaviour: _behaviour,
    SetSecurity: _security,
}
