"""The one door to sqlglot: a query or expression in, its tree out, or None where it cannot be trusted.

sqlglot may raise, run for minutes, crash the process (its compiled build, on deep nesting) or leave a name out in silence. So what goes
in is bounded, and every name of the source must turn up in the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from migcompat.sql.keywords import RESERVED, WITH_GRAMMAR
from migcompat.sql.lexer import Kind, Token, fold, tokens, truncate, without_comments
from migcompat.sql.types import ALIASES, BUILTINS

if TYPE_CHECKING:
    from sqlglot import exp

T = TypeVar("T")

MAX_TEXT = 200_000
"""Characters."""
MAX_DEPTH = 30
"""Nested brackets and CASEs. Each costs up to 25 Python frames, of 1,000 that the caller has used some of; real queries stay below 10."""
MAX_TYPE_DEPTH = 5
"""Nested brackets after the name of a type: `date(date(…`, `ARRAY[ARRAY[…`. Each doubles the time: 20 take 40 s."""
MAX_RUN = 40
"""Key words and operators in a row: `NOT NOT …`, `FROM FROM …` recurse as brackets do."""

UNPLACED_FUNCTIONS = {
    "Ceil": "ceil", "Chr": "chr", "Decode": "decode", "Exists": "exists", "Floor": "floor", "GroupConcat": "string_agg",
    "Initcap": "initcap", "JSONArrayAgg": "json_agg", "JSONBExists": "jsonb_exists", "JSONObject": "json_object",
    "JSONObjectAgg": "json_objectagg", "JSONValue": "json_value", "Normalize": "normalize", "Overlay": "overlay",
    "StrPosition": "position", "Substring": "substring", "XMLElement": "xmlelement", "XMLTable": "xmltable",
}  # fmt: skip
"""sqlglot's classes for functions with a grammar of their own, which carry no position, and PostgreSQL's names."""

_TYPE_WORDS = frozenset(BUILTINS) | frozenset(ALIASES) | {"array", "struct", "map", "list", "float", "double"}
_QUERY_WORDS = frozenset(
    """at bernoulli by columns cube current date_part double escape exclude filter first following groups key last local locked
    materialized next no nowait nulls of operator ordinality others over partition path passing preceding range recursive repeatable
    respect rollup rows search sets share skip system ties unbounded unknown unnest update varying within without zone
    century day decade dow doy epoch hour isodow isoyear julian microseconds millennium milliseconds minute month quarter second timezone
    timezone_hour timezone_minute week year""".split()
)
_KNOWN_WORDS = RESERVED | WITH_GRAMMAR | _TYPE_WORDS | _QUERY_WORDS | frozenset(UNPLACED_FUNCTIONS.values())
"""What a query may say beside names."""
_OPERATORS = frozenset(
    """+ - * / % ^ # & | << >> = <> != < > <= >= || ~ ~* !~ !~* ~~ ~~* !~~ !~~* @> <@ && ? ?| ?& -> ->> #> #>> #- @@ @? <-> -|-
    :: => . , ; : ( ) [ ]""".split()
)
"""What sqlglot reads as PostgreSQL does; `a <% b` becomes an alias, `@ a` a parameter."""


_SHUT = ContextVar("shut", default=False)


def parse(text: str) -> exp.Expr | None:
    """The tree of one statement; None where it is out of bounds, cannot be read, or lost a name."""
    return None if _SHUT.get() else guarded(lambda: _parse(text), None)


def load() -> None:
    """Loads sqlglot ahead of the first query."""
    _sqlglot()


@contextmanager
def shut() -> Iterator[None]:
    """Keeps the door shut: nothing can be trusted meanwhile, and nobody waits for sqlglot to load."""
    token = _SHUT.set(True)
    try:
        yield
    finally:
        _SHUT.reset(token)


def guarded(read: Callable[[], T], otherwise: T) -> T:
    """What `read` returns; `otherwise` where sqlglot, or our walk over its tree, fails in any way."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - a parser of 11,000 lines raises more than ParseError, RecursionError among it
        return otherwise


def source_name(node: exp.Expr, text: str) -> str | None:
    """The identifier in the source that a node stands for; None where sqlglot gives no position."""
    start = node.meta.get("start")
    if start is None:
        return None
    found = tokens(text, start, node.meta["end"] + 1)
    return found[0].value if len(found) == 1 and found[0].kind in (Kind.WORD, Kind.QUOTED) else None


def name_of(identifier: object) -> str:
    """The name PostgreSQL would store; empty for None."""
    if identifier is None:
        return ""
    if not isinstance(identifier, _sqlglot().exp.Identifier):
        raise TypeError(f"no identifier: {type(identifier).__name__}")
    return truncate(identifier.this) if identifier.args.get("quoted") else fold(identifier.this)


def nodes(tree: exp.Expr) -> list[exp.Expr]:
    """The tree's nodes, each level before what is below it; in a third of the time of sqlglot's own walk."""
    expression = _sqlglot().exp.Expr
    found = [tree]
    for node in found:
        for part in node.args.values():
            if isinstance(part, expression):
                found.append(part)
            elif isinstance(part, list):
                found += [item for item in part if isinstance(item, expression)]
    return found


def _parse(text: str) -> exp.Expr | None:
    if len(text) > MAX_TEXT:
        return None
    found = tokens(text)
    if not _readable(found):
        return None
    # of `GROUP /* all */ BY` sqlglot would make an alias
    trees = _sqlglot().parse(without_comments(text, found), read="postgres", max_nodes=100 + 2 * len(found))
    tree = trees[0] if len(trees) == 1 else None
    return tree if tree is not None and _complete(tree, found) else None


@cache
def _sqlglot() -> ModuleType:
    import logging

    import sqlglot

    logging.getLogger("sqlglot").addHandler(logging.NullHandler())  # else its warnings reach the terminal
    return sqlglot


def _readable(found: list[Token]) -> bool:
    """Whether nesting is within the bounds and every operator is one that sqlglot knows."""
    brackets: list[bool] = []
    run, before = 0, ""
    for kind, value, _, _ in found:
        word, symbol = kind is Kind.WORD, kind is Kind.SYMBOL
        if kind is Kind.BROKEN or (symbol and (not _known_operator(value) or (value == "(" and before == "interval"))):
            return False  # `interval(3) '1s'` becomes a sum of two intervals
        run = run + 1 if (word and value in RESERVED) or (symbol and value not in "(),.;[]") else 0
        if run > MAX_RUN:
            return False
        if (symbol and value in "([") or (word and value == "case"):
            brackets.append(before in _TYPE_WORDS)
            if len(brackets) > MAX_DEPTH or sum(brackets) > MAX_TYPE_DEPTH:
                return False
        elif brackets and ((symbol and value in ")]") or (word and value == "end")):
            brackets.pop()
        before = value if word else ""
    return True


def _known_operator(symbol: str) -> bool:
    """A minus or plus that touches the operator before it is a sign, as in `a*-1`."""
    return symbol in _OPERATORS or (symbol[-1] in "+-" and symbol.rstrip("+-") in _OPERATORS)


def _complete(tree: exp.Expr, found: Iterable[Token]) -> bool:
    """Whether the names of the tree are those of the source: none invented, none lost."""
    from sqlglot import exp

    by_start = {token.start: token for token in found}
    placed = set()
    for node in nodes(tree):
        if isinstance(node, (exp.Command, exp.Parameter, exp.Placeholder)):
            return False
        start = node.meta.get("start")
        if start is None:
            continue
        placed.add(start)
        if isinstance(node, exp.Identifier) and (start not in by_start or by_start[start].value != name_of(node)):
            return False
    operator = False  # inside `OPERATOR(schema.+)`
    for start, token in by_start.items():
        if token.kind is Kind.QUOTED or token.kind is Kind.WORD:
            if start not in placed and not operator and (token.kind is Kind.QUOTED or token.value not in _KNOWN_WORDS):
                return False
            operator = token.value == "operator"
    return True
