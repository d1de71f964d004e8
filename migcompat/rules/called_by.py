"""What calls a routine whenever rows are written, though through other routines: it changes with the routine's body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from migcompat.frozen import replace
from migcompat.rules.computing import Caller, computing
from migcompat.rules.pairs import Deploy
from migcompat.schema.apply.mentions import calling, calls
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Constraint, Key, Relation
from migcompat.sql.lexer import Kind, tokens


def callers(deploy: Deploy, routine: Key) -> Iterator[Caller]:
    """Those that were there before the deploy: new ones are breaks of their own."""
    catalog = deploy.catalog
    keys = _reaching(catalog, routine)
    tests = [calling(key) for key in keys]
    names = {key.name.lower() for key in keys}

    def may_call(table: Relation) -> bool:
        said = deploy.computed(table)
        return any(name in said for name in names)

    def called(expression: str) -> bool:
        return any(test(expression) for test in tests)

    for relation in catalog.relations:
        was = catalog.relations.was(relation.id)
        if was is not None and relation.is_table and may_call(relation):
            kept = replace(relation, constraints=tuple(_kept(relation.constraints, was.constraints)))
            yield from (caller for caller, expressions in computing(kept) if any(map(called, expressions)))
        if was is not None and relation.triggers:
            before = {t.name for t in was.triggers}
            fired = (t for t in relation.triggers if t.enabled and t.name in before and any(calls(t, key) for key in keys[1:]))
            yield from (Caller(f"trigger {t.name} of {relation.key}", "P0001") for t in fired)
    for type_ in catalog.types:
        domain = catalog.types.was(type_.id) if type_.kind == "domain" else None
        if domain is not None:
            checks = _kept(type_.checks, domain.checks)
            yield from (Caller(f"check {c.name} of domain {type_.key}", "23514") for c in checks if called(c.expression))


def _reaching(catalog: Catalog, routine: Key) -> list[Key]:
    """The routine, and those whose bodies call it."""
    found = [routine]
    left = [(function, function.text.lower()) for function in catalog.functions if function.key != routine]
    for key in found:
        catalog.functions.spend(len(left))
        called, name = calling(key), key.name.lower()
        fresh = dict.fromkeys(f.key for f, text in left if name in text and any(map(called, _bodies(f.text))))
        found += fresh
        left = [(function, text) for function, text in left if function.key not in fresh]
    return found


@lru_cache(maxsize=64)  # while a deploy replaces routines, the same bodies are looked through for each
def _bodies(text: str) -> list[str]:
    """A body is a string, or what stands at the end (BEGIN ATOMIC)."""
    return [text, *(token.value for token in tokens(text) if token.kind is Kind.STRING)]


def _kept(checks: Iterable[Constraint], before: Iterable[Constraint]) -> list[Constraint]:
    """Those that said the same before, though they may have been dropped and added again."""
    said = {check.expression for check in before}
    return [check for check in checks if check.expression in said]
