"""The order in which statements run that give a contract back: what others rest on comes first, what is in their way goes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from migcompat.sql.lexer import Kind, tokens

_PHASES = tuple(
    re.compile(pattern)
    for pattern in (
        r"create (schema|extension)\b",
        r"drop (view|materialized view|trigger|rule|policy|index)\b|alter table .*? drop constraint (?!.*\badd\b)",
        r"(create|alter) (type|domain|sequence)\b",
        r"create (foreign )?table\b",
        r"alter table .*? (add (?!constraint|primary|unique|check|foreign|exclude)|alter |drop |rename |set schema|detach|attach)",
        r"(update|select|insert|delete)\b",
        r"create (unique )?index\b|alter table .*? add ",
        r"(create|drop|alter) (or replace )?(function|procedure|aggregate|routine)\b",
        r"create (or replace )?(materialized )?view\b",
        r"create (or replace )?(trigger|rule|policy|constraint trigger)\b|alter table .*? (enable|disable|force|no force)",
        r"(grant|revoke)\b|alter .*? owner to\b",
    )
)
_OTHERWISE = 4
_ROUTINES = 7


def phase(statement: str) -> int:
    """When a statement may run, counted from 0; what is not known runs with the changes of tables."""
    words = " ".join(token.value if token.kind in (Kind.WORD, Kind.SYMBOL) else "x" for token in tokens(statement))
    return next((number for number, pattern in enumerate(_PHASES) if pattern.match(words)), _OTHERWISE)


def last_phase(statements: Iterable[str]) -> int:
    """The phase in which statements that belong together have done their work, what they grant in the end aside."""
    return max((number for number in map(phase, statements) if number < len(_PHASES) - 1), default=len(_PHASES) - 1)


def in_order(groups: Iterable[Sequence[str]]) -> list[str]:
    """Statements of all groups, sorted by phase, a routine before the first default, check or index that calls it; those of one group stay
    in their order. The same statement runs once."""
    groups = list(groups)
    called = _called([statement for group in groups for statement in group])
    placed: list[tuple[float, str]] = []
    for group in groups:
        reached, routines = 0.0, min((called[name] for name in map(_routine, group) if name in called), default=_ROUTINES)
        for statement in group:
            turn = phase(statement)
            reached = max(reached, routines if turn == _ROUTINES else turn)
            placed.append((reached, statement))
    placed.sort(key=lambda pair: pair[0])
    return list(dict.fromkeys(statement for _, statement in placed))


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
    values = [token.value for token in tokens(statement)]
    if phase(statement) != _ROUTINES or values[0] == "drop":
        return ""
    return values[-1] if values[-3:-1] == ["rename", "to"] else values[values.index("(") - 1] if "(" in values else ""
