"""PostgreSQL's own routines, which every search path finds first, and what of users' routines competes with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from migcompat.rules.pairs import Deploy
from migcompat.schema.model import DataType, Function, Key, Parameter
from migcompat.sql.built_ins import ROUTINES
from migcompat.sql.types import ALIASES

SYSTEM = "pg_catalog"


def competing(deploy: Deploy, name: str, *, before: bool = False) -> list[Function]:
    """The built-in routines of this name, and those of users that a call without a schema may reach as well."""
    overloads = deploy.catalog.overloads_before if before else deploy.catalog.overloads_at
    return [*built_in(name), *(function for schema in on_paths(deploy) for function in overloads(Key(schema, name)))]


def built_in_beside(deploy: Deploy, keys: Iterable[Key]) -> Iterator[Function]:
    """The built-in routines with which routines of these names compete."""
    schemas = on_paths(deploy)
    for key in keys:
        yield from built_in(key.name) if key.schema in schemas else ()


def on_paths(deploy: Deploy) -> list[str]:
    """The schemas in which names are looked up after the system's."""
    schemas = (schema for path in (deploy.catalog.default_path, *deploy.paths) for schema in path)
    return [schema for schema in dict.fromkeys(schemas) if schema != SYSTEM]


@cache
def built_in(name: str) -> tuple[Function, ...]:
    return tuple(
        Function(-id_, Key(SYSTEM, name), "function", tuple(_parameters(types[1:-1])))  # no routine of the history has such an id
        for id_, types in _written().get(name, ())
    )


@cache
def _written() -> dict[str, list[tuple[int, str]]]:
    """By name, the types of each."""
    found: dict[str, list[tuple[int, str]]] = {}
    name = ""
    for id_, word in enumerate(ROUTINES.split(), 1):
        said, _, types = word.partition("(")
        name = said or name
        found.setdefault(name, []).append((id_, f"({types}"))
    return found


def _parameters(types: str) -> Iterator[Parameter]:
    for written in types.split(",") if types else ():
        name = written.strip("*=[]")
        type_ = DataType("character" if name == "bpchar" else '"char"' if name == "char" else ALIASES.get(name, name), "", "[]" in written)
        yield Parameter("variadic" if written.startswith("*") else "in", "", type_, written.endswith("="))
