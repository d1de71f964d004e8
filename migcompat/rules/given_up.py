"""Types whose name another type has now: what was made of them still is, and what says the name means the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from migcompat.rules.pairs import Deploy
from migcompat.schema.model import DataType, Function


def given_up(deploy: Deploy, type_: DataType) -> bool:
    """Whether a value of what has the type's name now is no value of it. A domain's are those of what it is over."""
    types = deploy.catalog.types
    was, now = types.was(type_.type_id), types.get(type_.type_id)
    if was is None or now is None or was.key == now.key or was.kind == "domain":
        return False
    found = types.find(was.key)
    while found is not None and found.kind == "domain" and found.base is not None:
        found = types.get(found.base.type_id)
    return found is not None and found.id != was.id


def made_of(deploy: Deploy, types: Collection[int]) -> Iterator[int]:
    """The routines that were there before and take or return values of such types."""
    lost = {id_ for id_ in types if given_up(deploy, DataType("", type_id=id_))}
    for function in deploy.catalog.functions if lost else ():
        if not lost.isdisjoint(_types(function)) and deploy.catalog.functions.was(function.id) is not None:
            yield function.id


def _types(function: Function) -> Iterator[int]:
    for type_ in (*(parameter.type for parameter in function.parameters or ()), function.result):
        if type_ is not None and type_.type_id is not None:
            yield type_.type_id
