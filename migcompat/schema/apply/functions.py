"""Functions, procedures, aggregates: found by their input types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migcompat.changes import (
    Change,
    CreateFunction,
    DropFunction,
    MoveFunction,
    Name,
    RenameFunction,
    TypeName,
)
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import DataType, Function, Key, Parameter, signature


def _create(catalog: Catalog, change: CreateFunction) -> None:
    key = catalog.creation_key(change.name)
    parameters = tuple(Parameter(a.mode, a.name, catalog.data_type(a.type), a.default) for a in change.arguments)
    inputs = tuple(_bare(p.type) for p in parameters if p.mode not in ("out", "table"))
    same = next((f for f in catalog.overloads(Name(key.name, key.schema)) if f.parameters is not None and signature(f) == inputs), None)
    origin = catalog.origin(change.span)
    made = Function(
        same.id if same is not None else catalog.new_id(), key, change.kind, parameters, change.returns, change.effects,
        origin if change.effects else None, origin=origin,
    )  # fmt: skip
    if same is not None:
        made = replace(made, owner=same.owner, revoked=same.revoked, grants=same.grants)
    catalog.put_function(made)


def _bare(type_: DataType) -> DataType:
    """A routine's identity ignores modifiers."""
    return replace(type_, modifiers="")


def _sought(
    catalog: Catalog, name: Name, arguments: tuple[TypeName, ...] | None, kind: str, *, missing_ok: bool
) -> Function | None:
    found = catalog.overloads(name)
    if arguments is None:
        if found:
            return found[0]
    else:
        wanted = tuple(_bare(catalog.data_type(a)) for a in arguments)
        for function in found:
            if function.parameters is None or signature(function) == wanted or _all_types(function) == wanted:
                return function
    if missing_ok and catalog.closed:
        return None
    parameters = None if arguments is None else tuple(Parameter("in", "", catalog.data_type(a), False) for a in arguments)
    assumed = Function(catalog.new_id(), catalog.creation_key(name), kind, parameters, assumed=True, doubtful=missing_ok)
    catalog.assume_function(assumed)
    return assumed


def _all_types(function: Function) -> tuple[DataType, ...]:
    """DROP PROCEDURE may name its OUT parameters too."""
    return tuple(_bare(p.type) for p in function.parameters or ())


def _drop(catalog: Catalog, change: DropFunction) -> None:
    found = _sought(catalog, change.name, change.arguments, change.kind, missing_ok=change.if_exists)
    if found is not None:
        catalog.functions.remove(found.id)


def _rename(catalog: Catalog, change: RenameFunction) -> None:
    found = _sought(catalog, change.name, change.arguments, "function", missing_ok=False)
    if found is not None:
        catalog.put_function(replace(found, key=Key(found.key.schema, change.to)))


def _move(catalog: Catalog, change: MoveFunction) -> None:
    found = _sought(catalog, change.name, change.arguments, "function", missing_ok=False)
    if found is not None:
        catalog.put_function(replace(found, key=Key(change.schema, found.key.name)))


APPLY: dict[type[Change], Callable[..., None]] = {
    CreateFunction: _create,
    DropFunction: _drop,
    MoveFunction: _move,
    RenameFunction: _rename,
}
