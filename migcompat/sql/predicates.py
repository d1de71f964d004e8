"""A CHECK expression as a formula of three-valued logic, from sqlglot's tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING

from migcompat.sql.lexer import Kind, tokens
from migcompat.sql.logic import (
    FAILS,
    PASSES,
    And,
    Budget,
    Comparison,
    Constant,
    Formula,
    Goals,
    Is,
    IsNull,
    Not,
    Term,
    any_of,
    holds,
    impossible,
)
from migcompat.sql.terms import Terms, UnclearError
from migcompat.sql.tree import guarded, name_of, parse

if TYPE_CHECKING:
    from sqlglot import exp

_SELECT = "SELECT "
_MAX_COUNTED = 6
_MAX_STOPS = 50
_MOST_KEPT = 128
"""Formulas that are held in case that they are asked for again: one of 1,000 values takes half a megabyte."""
Stops = tuple[Formula, ...] | None
"""None: too many to look at."""
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def accepted(existing: Sequence[str], added: str, types: Mapping[str, str]) -> bool:
    """Whether the added CHECK certainly accepts every row that all the existing ones accept."""
    wanted = formula(added, types)
    if wanted is None:
        return False
    found = (formula(condition, types) for condition in existing)
    premises = tuple((premise, PASSES) for premise in found if premise is not None)
    budget = Budget()
    return impossible(((wanted, FAILS), *premises), budget) and _raises_no_error(wanted, premises, budget)


def _raises_no_error(wanted: Formula, premises: Goals, budget: Budget) -> bool:
    """Whether evaluating a condition certainly succeeds for every row that meets the premises: whatever of it may fail did not fail when
    the row was accepted, or is strict and gets nothing but NULLs."""
    partial = [(term, stops) for term, stops in _evaluated(wanted, ()) if not term.total]
    if not partial:
        return True
    keys = {term.key for term, _ in partial}
    before = [(term.key, stops) for premise, _ in premises for term, stops in _evaluated(premise, ()) if term.key in keys]

    def safe(term: Term, here: Goals) -> bool:
        nulls = bool(term.strict) and all(impossible(((IsNull(operand), FAILS), *here), budget) for operand in term.strict)
        return nulls or impossible(here, budget)

    def evaluated_before(term: Term, here: Goals) -> bool:
        return any(
            key == term.key and stops is not None and all(safe(term, ((stop, FAILS), *here)) for stop in stops) for key, stops in before
        )

    reached = ((term, (*((stop, PASSES) for stop in stops or ()), *premises)) for term, stops in partial)
    return all(safe(term, here) or evaluated_before(term, here) for term, here in reached)


def _evaluated(formula: Formula, stops: Stops) -> Iterator[tuple[Term, Stops]]:
    """The terms that PostgreSQL evaluates, each with the conditions that keep it from there if they are FALSE: AND stops at the first."""
    if isinstance(formula, And):
        for i, part in enumerate(formula.of):
            yield from _evaluated(part, None if stops is None or i > _MAX_STOPS else (*stops, *formula.of[:i]))
    elif isinstance(formula, (Not, Is)):
        yield from _evaluated(formula.of, stops)
    elif isinstance(formula, (Comparison, IsNull)):
        yield from ((term, stops) for term in formula.term.sides or (formula.term,))


def formula(condition: str, types: Mapping[str, str]) -> Formula | None:
    """What a condition says; None where it is not understood. `types` are those of columns, as far as they are known."""
    return _formula(condition, tuple(types.items()))


@lru_cache(maxsize=_MOST_KEPT)
def _formula(condition: str, types: tuple[tuple[str, str], ...]) -> Formula | None:
    text = _SELECT + _with_plain_keys(condition)
    tree = parse(text)
    return None if tree is None else guarded(lambda: _Reader(text, dict(types)).formula(_only_column(tree)), None)


def _with_plain_keys(condition: str) -> str:
    """`j -> 'a.b'` as `j -> 'a.b'::text`: sqlglot would read a path, in which different keys may look the same."""
    found = tokens(condition)
    ends = [key.end for arrow, key in pairwise(found) if arrow.value in ("->", "->>") and key.kind is Kind.STRING]
    return "::text".join(condition[start:end] for start, end in pairwise([0, *ends, len(condition)]))


def columns(expression: str) -> frozenset[str] | None:
    """The columns that an expression names; None where it is not understood."""
    from sqlglot import exp

    tree = parse(_SELECT + expression)
    return None if tree is None else guarded(lambda: frozenset(name_of(c.this) for c in _only_column(tree).find_all(exp.Column)), None)


def _only_column(tree: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    if not isinstance(tree, exp.Select) or {name for name, value in tree.args.items() if value} != {"expressions"}:
        raise UnclearError("more than an expression")
    column: exp.Expr = tree.expressions[0]
    if len(tree.expressions) > 1 or isinstance(column, exp.Alias) or column.find(exp.Query) is not None:
        raise UnclearError("more than an expression")
    return column


class _Reader:
    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        from sqlglot import exp

        self.terms = Terms(text, types)
        self.compared: dict[type[exp.Expr], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
        self.readers: dict[type[exp.Expr], Callable[[exp.Expr], Formula]] = {
            exp.And: lambda node: And(tuple(map(self.formula, _parts(node)))),
            exp.Or: lambda node: any_of(map(self.formula, _parts(node))),
            exp.Not: lambda node: Not(self.formula(node.this)),
            exp.Boolean: lambda node: Constant(bool(node.this)),
            exp.Null: lambda _: Constant(None),
            exp.Is: self._is,
            exp.In: self._in,
            exp.Between: self._between,
            exp.NullSafeEQ: self._same,
            exp.NullSafeNEQ: lambda node: Not(self._same(node)),
            **dict.fromkeys(self.compared, self._comparison),
        }

    def formula(self, node: exp.Expr) -> Formula:
        node = node.unnest()
        if node.args.get("negate"):
            node = node.copy()
            node.set("negate", None)
            return Not(self.formula(node))
        return self.readers.get(type(node), self._value)(node)

    def _value(self, node: exp.Expr) -> Formula:
        """Any other expression of type boolean."""
        return Comparison(self.terms.term(node), "=", True)

    def _is(self, node: exp.Expr) -> Formula:
        from sqlglot import exp

        inner, value = node.this.unnest(), node.expression
        if isinstance(value, exp.Null):
            return Is(self.formula(inner), None) if type(inner) in self.readers else IsNull(self.terms.term(inner))
        if isinstance(value, exp.Boolean):
            return Is(self.formula(inner), bool(value.this))
        return self._value(node)

    def _in(self, node: exp.Expr) -> Formula:
        if {name for name, value in node.args.items() if value} - {"this", "expressions", "negate"}:
            raise UnclearError("IN a query")
        return any_of(self._each("=", node.this, node.expressions))

    def _between(self, node: exp.Expr) -> Formula:
        if node.args.get("symmetric"):
            raise UnclearError("BETWEEN SYMMETRIC")
        return And((self._compare(">=", node.this, node.args["low"]), self._compare("<=", node.this, node.args["high"])))

    def _same(self, node: exp.Expr) -> Formula:
        """IS NOT DISTINCT FROM."""
        from sqlglot import exp

        left, right = node.this.unnest(), node.expression.unnest()
        if isinstance(left, exp.Null):
            left, right = right, left
        if isinstance(right, exp.Null):
            return Constant(True) if isinstance(left, exp.Null) else IsNull(self.terms.term(left))
        nulls = And((IsNull(self.terms.term(left)), IsNull(self.terms.term(right))))
        return any_of([Is(self._compare("=", left, right), True), nulls])

    def _comparison(self, node: exp.Expr) -> Formula:
        op, left, right = self.compared[type(node)], node.this, node.expression
        counted = self._counted(op, left.unnest(), right)
        if counted is not None:
            return counted
        quantifier, choices = self.terms.choices(right)
        if not quantifier:
            return self._compare(op, left, right)
        if choices is None:
            return self._value(node)
        each = self._each(op, left, choices)
        return And(each) if quantifier == "all" else any_of(each)

    def _each(self, op: str, left: exp.Expr, choices: list[exp.Expr]) -> tuple[Formula, ...]:
        """Comparisons with each of a list, whose elements PostgreSQL evaluates in an order of its own."""
        if not all(self.terms.term(choice).total for choice in choices):
            raise UnclearError("a list of expressions")
        return tuple(self._compare(op, left, choice) for choice in choices)

    def _counted(self, op: str, left: exp.Expr, right: exp.Expr) -> Formula | None:
        """`num_nonnulls(a, b, …) = 1` by what is NULL; None for anything else."""
        from sqlglot import exp

        wanted = self.terms.number(right, left)
        if not isinstance(left, exp.Anonymous) or wanted is None or self.terms.called(left) not in ("num_nonnulls", "num_nulls"):
            return None
        nulls = [IsNull(self.terms.term(argument)) for argument in left.expressions]
        if len(nulls) > _MAX_COUNTED or not all(null.term.total for null in nulls):
            return None
        counted: list[Formula] = [Not(null) if self.terms.called(left) == "num_nonnulls" else null for null in nulls]
        ways = product((True, False), repeat=len(counted))
        return any_of(
            And(tuple(part if holds_ else Not(part) for part, holds_ in zip(counted, way, strict=True)))
            for way in ways
            if holds(Decimal(sum(way)), op, wanted)
        )

    def _compare(self, op: str, left: exp.Expr, right: exp.Expr) -> Formula:
        from sqlglot import exp

        left, right = _uncast_null(left.unnest()), _uncast_null(right.unnest())
        if isinstance(left, exp.Null) or isinstance(right, exp.Null):
            return Constant(None)
        if isinstance(left, exp.Boolean):
            left, right, op = right, left, _MIRRORED[op]
        if isinstance(right, exp.Boolean) and op in ("=", "<>"):
            said = self.formula(left)
            return said if (op == "=") == bool(right.this) else Not(said)
        if type(left) in self.readers and type(right) in self.readers and op in ("=", "<>"):
            a, b = self.formula(left), self.formula(right)
            same = any_of([And((a, b)), And((Not(a), Not(b)))])
            return same if op == "=" else Not(same)
        low, high = self.terms.number(left, right), self.terms.number(right, left)
        if low is not None and high is not None:
            return Constant(holds(low, op, high))
        if high is not None:
            return Comparison(self.terms.term(left), op, high)
        if low is not None:
            return Comparison(self.terms.term(right), _MIRRORED[op], low)
        mirrored, pair = self.terms.pair(left, right)
        return Comparison(pair, _MIRRORED[op] if mirrored else op, Decimal(0))


def _uncast_null(node: exp.Expr) -> exp.Expr:
    """`NULL::text` is NULL."""
    from sqlglot import exp

    return node.this.unnest() if isinstance(node, exp.Cast) and isinstance(node.this.unnest(), exp.Null) else node


def _parts(node: exp.Expr) -> list[exp.Expr]:
    """The operands of a chain of ANDs, or of ORs."""
    parts, pending = [], [node]
    while pending:
        part = pending.pop().unnest()
        if type(part) is type(node):
            pending += [part.expression, part.this]
        else:
            parts.append(part)
    return parts
