"""What goes with a routine or a type that is dropped with CASCADE: whatever names it in an expression."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from migcompat.changes import Name
from migcompat.frozen import replace
from migcompat.schema.apply import columns, indexes
from migcompat.schema.apply.removal import remove_cascading
from migcompat.schema.apply.sequences import put_column
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Key, Trigger, Type
from migcompat.sql.lexer import Kind, Token, tokens

Names = Callable[[str], bool]


def calls(trigger: Trigger, routine: Key) -> bool:
    """Whether it is the trigger's function."""
    return trigger.function in (routine.name, str(routine))


def drop_callers(catalog: Catalog, routine: Key) -> None:
    """Triggers, defaults, checks, policies, indexes, generated columns and views that call a routine whose last overload is gone."""
    if catalog.overloads_at(routine):
        return

    called = calling(routine)
    for relation in catalog.relations:
        kept = tuple(t for t in relation.triggers if not calls(t, routine))
        if len(kept) < len(relation.triggers):
            catalog.put(replace(relation, triggers=kept))
        _drop_parts(catalog, relation.id, called)


def calling(routine: Key) -> Names:
    """Whether an expression calls a routine of this name."""
    return _naming(routine, _is_call)


def drop_casts(catalog: Catalog, gone: Type) -> None:
    """Defaults, checks, policies, indexes, generated columns and views that cast to a type which is gone."""
    cast = _naming(gone.key, _is_cast)
    for relation in catalog.relations:
        for column in relation.columns:
            if column.default_type == gone.id:
                put_column(catalog, relation.id, _without_default(column))
        _drop_parts(catalog, relation.id, cast)


def called_in(expression: str) -> set[Name]:
    """The routines that an expression calls, as written; a word of SQL that a parenthesis follows is one, too."""
    found = tokens(expression)
    names = set[Name]()
    for at, (token, after) in enumerate(pairwise(found)):
        if after.value == "(" and token.kind in (Kind.WORD, Kind.QUOTED):
            qualified = at > 1 and found[at - 1].value == "."
            names.add(Name(token.value, found[at - 2].value if qualified else None))
    return names


def _naming(key: Key, is_use: Callable[[list[Token], int, str], bool]) -> Names:
    """Whether an expression names an object; `is_use` tells by the place of the name, and its schema, whether it is that object's."""

    def named(expression: str) -> bool:
        if key.name.lower() not in expression.lower():
            return False
        found = tokens(expression)
        places = (i for i, t in enumerate(found) if t.value == key.name)
        return any(is_use(found, i, key.schema) for i in places)

    return named


def _is_call(found: list[Token], at: int, schema: str) -> bool:
    """Whether a parenthesis follows, and no other schema precedes."""
    if at + 1 == len(found) or found[at + 1].value != "(":
        return False
    return at < 2 or found[at - 1].value != "." or found[at - 2].value == schema


def _is_cast(found: list[Token], at: int, schema: str) -> bool:
    """Whether `::` or CAST's AS comes before, with the schema or without."""
    first = at - 2 if at > 1 and found[at - 1].value == "." and found[at - 2].value == schema else at
    before = found[first - 1]  # of the first word the last one, and no expression ends with either
    return before.value == "::" or (before.kind is Kind.WORD and before.value == "as" and _in_cast(found[: first - 1]))


def _in_cast(before: list[Token]) -> bool:
    """Whether the last parenthesis that is still open is CAST's: the AS of a query gives a name."""
    depth = 0
    for i in range(len(before) - 1, 0, -1):
        if before[i].kind is Kind.SYMBOL:
            depth += (before[i].value == "(") - (before[i].value == ")")
        if depth > 0:
            return before[i - 1].value == "cast"
    return False


def _without_default(column: Column) -> Column:
    """The column with no default."""
    return replace(column, default=None, has_default=False, sequence=None, default_type=None)


def _drop_parts(catalog: Catalog, id_: int, named: Names) -> None:
    """Drops what names it in a relation, and the relation if it is a view whose query does."""
    relation = catalog.relations.get(id_)
    if relation is None:
        return
    if named(relation.definition):
        remove_cascading(catalog, relation)
        return
    for column in relation.columns:
        if column.default and named(column.default):
            put_column(catalog, relation.id, _without_default(column))
            relation = catalog.now(relation)
    checks = tuple(c for c in relation.constraints if not named(c.expression))
    policies = tuple(p for p in relation.policies if not named(f"{p.using} {p.check}"))
    if len(checks) < len(relation.constraints) or len(policies) < len(relation.policies):
        relation = catalog.put(replace(relation, constraints=checks, policies=policies))
    for index in relation.indexes:
        if any(map(named, index.expressions)):
            indexes.drop(catalog, relation, index.id)
    for column in relation.columns:
        current = catalog.relations.get(id_)
        if current is not None and named(column.expression):
            columns.drop_column_cascading(catalog, current, column)
