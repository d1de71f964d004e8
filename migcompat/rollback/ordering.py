"""The order in which statements run that give a contract back: what others rest on comes first, what is in their way goes first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from migcompat.sql.lexer import Kind, tokens

_COMPUTED = r".*\badd .*\bgenerated always as \("
_PHASES = tuple(
    re.compile(pattern)
    for pattern in (
        r"create (schema|extension)\b",
        r"drop (view|materialized view|trigger|rule|policy|index)\b|alter table .*? (drop constraint (?!.*\badd\b)|detach)",
        r"(create|alter) (type|domain|sequence)\b",
        r"create (foreign )?table\b(?!.*? (inherits|partition of)\b)",
        rf"alter table (?!{_COMPUTED}).*? (add (?!constraint|primary|unique|check|foreign|exclude)|alter |drop |rename |set schema|attach)",
        rf"alter table {_COMPUTED}",
        r"create (foreign )?table\b",
        r"(update|select|insert|delete)\b",
        r"create (unique )?index\b|alter table .*? add ",
        r"(create|drop|alter) (or replace )?(function|procedure|aggregate|routine)\b",
        r"create (or replace )?(materialized )?view\b",
        r"create (or replace )?(trigger|rule|policy|constraint trigger)\b|alter table .*? (enable|disable|force|no force)",
        r"(grant|revoke)\b|alter .*? owner to\b",
    )
)
_OTHERWISE = 4
_ROUTINES = 9
_VIEWS = 10
_KINDS = frozenset({"type", "domain", "sequence", "table", "view", "function", "procedure", "aggregate", "routine", "schema"})


def phase(statement: str) -> int:
    """When a statement may run, counted from 0; what is not known runs with the changes of tables."""
    words = " ".join(token.value if token.kind in (Kind.WORD, Kind.SYMBOL) else "x" for token in tokens(statement))
    return next((number for number, pattern in enumerate(_PHASES) if pattern.match(words)), _OTHERWISE)


def last_phase(statements: Iterable[str]) -> int:
    """The phase in which statements that belong together have done their work, what they grant in the end aside."""
    return max((number for number in map(phase, statements) if number < len(_PHASES) - 1), default=len(_PHASES) - 1)


def in_order(groups: Iterable[Sequence[str]]) -> list[str]:
    """Statements of all groups, sorted by phase, a routine before the first default, check or index that calls it, and after a view whose
    rows it takes; in a phase, what one makes comes before what names it. Those of one group stay in their order. The same statement runs
    once."""
    groups = list(groups)
    called = _called([statement for group in groups for statement in group])
    views = {_made(statement) for group in groups for statement in group if phase(statement) == _VIEWS}
    turns: defaultdict[float, list[tuple[int, str]]] = defaultdict(list)
    for number, group in enumerate(groups):
        of_rows = any(_routine(statement) and views.intersection(_after_name(statement)) for statement in group) if views else False
        at_least = _VIEWS + 0.5 if of_rows else _ROUTINES
        reached, routines = 0.0, min((called[name] for name in map(_routine, group) if name in called), default=at_least)
        for statement in group:
            turn = phase(statement)
            reached = max(reached, routines if turn == _ROUTINES else turn)
            turns[reached].append((number, statement))
    return list(dict.fromkeys(statement for turn in sorted(turns) for statement in _by_dependency(turns[turn])))


def _by_dependency(numbered: Sequence[tuple[int, str]]) -> list[str]:
    """Statements of one phase with the numbers of their groups: what frees a name, what makes something of that name, what names it.
    Where they rest on each other in a circle they stay as they came."""
    makers: defaultdict[str, list[int]] = defaultdict(list)
    freers: defaultdict[str, list[int]] = defaultdict(list)
    before: dict[int, int] = {}
    for place, (number, statement) in enumerate(numbered):
        if name := _made(statement):
            makers[name].append(place)
        if name := _freed(statement):
            freers[name].append(place)
        before[place] = next((i for i in reversed(range(place)) if numbered[i][0] == number), place)
    found: dict[int, str] = {}
    begun: set[int] = set()

    def put(place: int) -> None:
        if place in begun:
            return
        begun.add(place)
        statement = numbered[place][1]
        named = dict.fromkeys(token.value for token in tokens(statement)) if makers else {}
        named.pop(_freed(statement), None)
        put(before[place])
        for earlier in (*freers[_made(statement)], *(maker for name in named if name in makers for maker in makers[name])):
            put(earlier)
        found[place] = statement

    for place in range(len(numbered)):
        put(place)
    return list(found.values())


def _called(statements: Sequence[str]) -> dict[str, float]:
    """The routines that come, and are called before it is their turn: when they must be there."""
    made = set(filter(None, map(_routine, statements)))
    turns: dict[str, float] = {}
    for statement in statements if made else ():
        turn = phase(statement)
        values = [token.value for token in tokens(statement)]
        for name in made.intersection(value for value, after in pairwise(values) if after == "(") if turn < _ROUTINES else ():
            turns[name] = min(turn - 0.5, turns.get(name, turn))
    return turns


def _routine(statement: str) -> str:
    """The routine that is there once the statement has run; empty: none."""
    return _made(statement) if phase(statement) == _ROUTINES else ""


def _after_name(statement: str) -> list[str]:
    """What follows the name of what a statement makes: of a routine its arguments and more, its body as one string."""
    values = [token.value for token in tokens(statement)]
    return values[values.index(_object(values)) + 1 :]


def _made(statement: str) -> str:
    """What is there, or has its name, once the statement has run: its bare name; empty: nothing new."""
    values = [token.value for token in tokens(statement)]
    if values[-3:-1] == ["rename", "to"]:
        return values[-1]
    return _object(values) if values[:1] == ["create"] or values[-3:-1] == ["set", "schema"] else ""


def _freed(statement: str) -> str:
    """The name that is free once the statement has run; empty: none."""
    values = [token.value for token in tokens(statement)]
    return _object(values) if values[:1] == ["drop"] or values[-3:-1] in (["rename", "to"], ["set", "schema"]) else ""


def _object(values: Sequence[str]) -> str:
    """What a statement is about, without its schema."""
    kind = next((i for i, value in enumerate(values[:5]) if value in _KINDS), None)
    if kind is None:
        return ""
    name = kind + 1
    while values[name : name + 1] and values[name] in ("if", "not", "exists"):
        name += 1
    while values[name + 1 : name + 2] == ["."]:
        name += 2
    return values[name] if name < len(values) else ""
