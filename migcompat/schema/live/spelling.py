"""Two readings of one database, said in the same words.

How the server prints an expression depends on types, and on what things are called now. But a constraint or an index that is still the same
object says what it always said: neither can be altered to say something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from migcompat.frozen import replace
from migcompat.schema.model import Column, Constraint, Index, Policy, Relation, Type
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.types import type_name


def relation_in_todays_words(was: Relation, now: Relation, called: Mapping[str, str]) -> Relation:
    """The relation as it was, where it says the same as now in the words that the server uses now; `called` are the routines that have
    other names now."""
    columns = {c.id: c for c in now.columns}
    return replace(
        was,
        columns=tuple(_column(c, columns[c.id], called) if c.id in columns else c for c in was.columns),
        constraints=_constraints(was.constraints, now.constraints),
        indexes=tuple(_index(i, now.indexes) for i in was.indexes),
        policies=tuple(_policy(p, now.policies) for p in was.policies),
    )


def type_in_todays_words(was: Type, now: Type) -> Type:
    """The same of a domain."""
    return replace(was, checks=_constraints(was.checks, now.checks))


def _column(was: Column, now: Column, called: Mapping[str, str]) -> Column:
    if was.default and now.default and _bare(_today(was.default, called)) == _bare(now.default):
        was = replace(was, default=now.default)
    computed = bool(was.expression) and _bare(_today(was.expression, called)) == _bare(now.expression)
    return replace(was, expression=now.expression) if computed else was


def _today(expression: str, called: Mapping[str, str]) -> str:
    for name, to in called.items():
        expression = expression.replace(f"{name}(", f"{to}(")
    return expression


def _constraints(was: tuple[Constraint, ...], now: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
    """A change of a column's type rebuilds its constraints under their names, with other casts."""
    by_id, by_name = {c.id: c for c in now}, {c.name: c for c in now}

    def today(constraint: Constraint) -> Constraint:
        same, named = by_id.get(constraint.id), by_name.get(constraint.name)
        if same is not None:
            return replace(constraint, expression=same.expression)
        rebuilt = named is not None and named.kind == constraint.kind == "check" and _bare(named.expression) == _bare(constraint.expression)
        return replace(constraint, expression=named.expression) if named is not None and rebuilt else constraint

    return tuple(map(today, was))


def _index(was: Index, now: tuple[Index, ...]) -> Index:
    for index in now:
        if (index.id == was.id or index.name == was.name) and _said(index) == _said(was):
            keys = tuple(replace(old, expression=new.expression) for old, new in zip(was.keys, index.keys, strict=True))
            return replace(was, keys=keys, predicate=index.predicate)
    return was


def _said(index: Index) -> tuple[object, ...]:
    return tuple((k.column, _bare(k.expression)) for k in index.keys), _bare(index.predicate)


def _policy(was: Policy, now: tuple[Policy, ...]) -> Policy:
    named = next((p for p in now if p.name == was.name), None)
    if named is None or (_bare(named.using), _bare(named.check)) != (_bare(was.using), _bare(was.check)):
        return was
    return replace(was, using=named.using, check=named.check)


@lru_cache(maxsize=4096)
def _bare(expression: str) -> tuple[str, ...]:
    """The words of an expression without casts and parentheses."""
    cursor = Cursor(expression)
    found = []
    while not cursor.done:
        if cursor.take("::"):
            try:
                type_name(cursor)
            except Unreadable:
                found.append("::")
        elif not (cursor.take("(") or cursor.take(")")):
            token = cursor.next()
            found.append(f"{token.kind} {token.value}")
    return tuple(found)
