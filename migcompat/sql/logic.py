"""Three-valued logic over what a row may hold: whether any row can give conditions the truth values asked for.

A column or expression is a Term. What is known of it is whether it is NULL and how it compares with constants; terms are taken to be
independent, but for operators that yield NULL where an operand is NULL. So "no row can" is certain, and "some row can" is not.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from math import floor

from migcompat.frozen import frozen

Truth = bool | None
"""None is NULL."""
Wanted = frozenset[Truth]
PASSES: Wanted = frozenset({True, None})
"""A CHECK accepts TRUE and NULL."""
FAILS: Wanted = frozenset({False})
TRUE: Wanted = frozenset({True})

_NOT: dict[Truth, Truth] = {True: False, False: True, None: None}
_HOLDS = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@frozen
class Term:
    """A column or expression, by its canonical text."""

    key: str
    whole: bool = False
    """It holds integers only."""
    total: bool = True
    """Evaluating it cannot raise an error."""
    constant: bool = False
    """It is never NULL."""
    strict: tuple[Term, ...] = ()
    """It is NULL where one of these is."""
    sides: tuple[Term, ...] = ()
    """Where it stands for how two others compare: those two."""
    equals_one: str = ""
    """Where it stands for how something compares with a string: that something, which equals no two of them."""


@frozen
class Comparison:
    """`term op constant`: NULL where the term is."""

    term: Term
    op: str
    constant: Decimal | bool


@frozen
class IsNull:
    term: Term


@frozen
class Constant:
    value: Truth


@frozen
class Not:
    of: Formula


@frozen
class And:
    of: tuple[Formula, ...]


@frozen
class Is:
    """`formula IS TRUE | FALSE | NULL`: never NULL itself."""

    of: Formula
    value: Truth


Fact = Comparison | IsNull
Formula = Comparison | IsNull | Constant | Not | And | Is
Goal = tuple[Formula, Wanted]
Goals = tuple[Goal, ...]
"""All of them are to be met."""


def any_of(formulas: Iterable[Formula]) -> Formula:
    """OR."""
    return Not(And(tuple(Not(formula) for formula in formulas)))


def facts(formula: Formula) -> Iterator[Fact]:
    """What a formula says of terms."""
    if isinstance(formula, (Comparison, IsNull)):
        yield formula
    elif isinstance(formula, And):
        for part in formula.of:
            yield from facts(part)
    elif isinstance(formula, (Not, Is)):
        yield from facts(formula.of)


def holds(left: Decimal | bool, op: str, right: Decimal | bool) -> bool:
    return bool(_HOLDS[op](left, right))


class Budget:
    """How many steps may still be taken for one answer."""

    def __init__(self, steps: int = 10_000) -> None:
        self.left = steps

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _SpentError


def impossible(goals: Goals, budget: Budget) -> bool:
    """Whether certainly no row meets the goals; False also where that takes too long to find out."""
    try:
        return not _Search(goals, budget).satisfiable(goals, {}, [])
    except (_SpentError, RecursionError):
        return False


class _SpentError(Exception):
    """There are no steps left."""


class _ConflictError(Exception):
    """What is wanted of a term excludes itself."""


class _Search:
    """Knows the points that matter for each term: NULL, each constant it is compared with, and one value in each gap.

    What is wanted of a term is the set of points it may still be, as the bits of an integer; bit 0 is NULL, the values follow in order.
    """

    def __init__(self, goals: Goals, budget: Budget) -> None:
        self.budget = budget
        self.constants: dict[str, set[Decimal | bool]] = {}
        self.points: dict[str, list[Decimal | bool]] = {}
        self.rivals: dict[str, dict[str, Term]] = {}
        for fact in (fact for formula, _ in goals for fact in facts(formula)):
            budget.spend()
            if isinstance(fact, Comparison):
                self.constants.setdefault(fact.term.key, set()).add(fact.constant)
                if fact.term.equals_one:
                    self.rivals.setdefault(fact.term.equals_one, {})[fact.term.key] = fact.term

    def satisfiable(self, goals: Goals, known: dict[str, int], choices: list[list[Goals]]) -> bool:
        """Whether some row may meet the goals and one alternative of each choice, given what is known of the terms."""
        known, choices, pending = dict(known), list(choices), list(goals)
        try:
            while pending:
                self._note(pending, known, choices)
                choices = sorted(([a for a in choice if self._open(a, known)] for choice in choices), key=len)
                while choices and len(choices[0]) < 2:
                    pending += self._only(choices.pop(0))
        except _ConflictError:
            return False
        if not choices:
            return True
        return any(self.satisfiable(alternative, known, choices[1:]) for alternative in choices[0])

    def _note(self, pending: list[Goal], known: dict[str, int], choices: list[list[Goals]]) -> None:
        while pending:
            formula, wanted = self._bare(pending.pop())
            if isinstance(formula, And):
                alternatives = _alternatives(formula, wanted)
                if len(alternatives) > 1:
                    choices.append(alternatives)
                else:
                    pending += self._only(alternatives)
            elif isinstance(formula, Constant):
                if formula.value not in wanted:
                    raise _ConflictError
            else:
                pending += self._learn(formula, wanted, known)

    def _learn(self, fact: Fact, wanted: Wanted, known: dict[str, int]) -> Goals:
        """Narrows what a term may be. Where that rules out NULL, its strict operands are not NULL either; what equals one string does not
        equal another."""
        before = known.get(fact.term.key, -1)
        after = known[fact.term.key] = before & self._mask(fact, wanted)
        if not after:
            raise _ConflictError
        learnt: Goals = tuple((IsNull(operand), FAILS) for operand in fact.term.strict) if before & 1 and not after & 1 else ()
        rivals = self.rivals.get(fact.term.equals_one, {})
        if len(rivals) > 1 and before != after and not after & ~self._mask(_equal(fact.term), TRUE):
            learnt += tuple((_equal(rival), FAILS) for key, rival in rivals.items() if key != fact.term.key)
        return learnt

    def _open(self, alternative: Goals, known: dict[str, int]) -> bool:
        """Whether an alternative is not ruled out at a glance."""
        for goal in alternative:
            formula, wanted = self._bare(goal)
            if isinstance(formula, Constant):
                if formula.value not in wanted:
                    return False
            elif not isinstance(formula, And) and not known.get(formula.term.key, -1) & self._mask(formula, wanted):
                return False
        return True

    def _bare(self, goal: Goal) -> tuple[Fact | And | Constant, Wanted]:
        """A goal without NOT and IS around it."""
        self.budget.spend()
        formula, wanted = goal
        while isinstance(formula, (Not, Is)):
            if isinstance(formula, Not):
                wanted = frozenset(_NOT[value] for value in wanted)
            else:
                wanted = frozenset(value for value in _NOT if (value == formula.value) in wanted)
            formula = formula.of
        return formula, wanted

    @staticmethod
    def _only(alternatives: list[Goals]) -> Goals:
        if not alternatives:
            raise _ConflictError
        return alternatives[0]

    def _mask(self, fact: Fact, wanted: Wanted) -> int:
        key = fact.term.key
        if key not in self.points:
            self.points[key] = _points(fact.term, self.constants.get(key, set()))
        return _mask(fact, wanted, self.points[key]) if self.points[key] else -1


def _equal(pair: Term) -> Comparison:
    """That the two sides of a term are equal."""
    return Comparison(pair, "=", Decimal(0))


def _alternatives(formula: And, wanted: Wanted) -> list[Goals]:
    """The ways in which an AND gets one of the wanted values."""
    if len(wanted) == 3:
        return [()]
    parts = formula.of
    found: list[Goals] = []
    if True in wanted:
        found.append(tuple((part, PASSES if None in wanted else wanted - FAILS) for part in parts))
    elif wanted == {None}:
        found += [((part, wanted), *((other, PASSES) for other in parts if other is not part)) for part in parts]
    if False in wanted:
        found += [((part, wanted - {True}),) for part in parts]
    return found


def _mask(fact: Fact, wanted: Wanted, points: list[Decimal | bool]) -> int:
    """The points at which a fact has one of the wanted values: it compares alike with those between two places in their order."""
    null, values = 1, (2 << len(points)) - 2
    if isinstance(fact, IsNull):
        true, unknown = 0 if fact.term.constant else null, 0
    else:
        first, last = bisect_left(points, fact.constant), bisect_right(points, fact.constant)
        sides = {"<": (0, first), "<=": (0, last), ">": (last, len(points)), ">=": (first, len(points))}
        start, end = sides.get(fact.op, (first, last))
        between = (2 << end) - (2 << start)
        true, unknown = values ^ between if fact.op == "<>" else between, null
    false = (null | values) ^ true ^ unknown
    return (true if True in wanted else 0) | (false if False in wanted else 0) | (unknown if None in wanted else 0)


def _points(term: Term, constants: set[Decimal | bool]) -> list[Decimal | bool]:
    """One value for each way in which a term can compare with its constants, in order; none where they cannot be told apart."""
    numbers = sorted(c for c in constants if isinstance(c, Decimal))
    if numbers and len(numbers) < len(constants):
        return []
    if constants and not numbers:
        return [False, True]
    if not numbers:
        return [Decimal(0)]
    if term.whole:
        return sorted({Decimal(floor(n) + step) for n in numbers for step in (-1, 0, 1)})
    if len({float(n) for n in numbers}) < len(numbers):  # in a column of floating point numbers they would be equal
        return []
    return sorted([numbers[0] - 1, *numbers, *((a + b) / 2 for a, b in pairwise(numbers)), numbers[-1] + 1])
