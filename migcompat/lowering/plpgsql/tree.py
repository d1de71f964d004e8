"""The tree of a PL/pgSQL body: what is assigned, what is run, and what encloses it. Spans are offsets in the body."""

from __future__ import annotations

from migcompat.findings import Span
from migcompat.frozen import frozen


@frozen
class Node:
    """One statement, or a part of one."""

    span: Span


Nodes = tuple[Node, ...]


@frozen
class Assign(Node):
    """A variable takes the value of an expression; None: of something that only the server knows."""

    target: str
    value: Span | None


@frozen
class Evaluate(Node):
    """An expression is evaluated: it may call routines."""

    expression: Span


@frozen
class Sql(Node):
    """A static statement as the server runs it: PERFORM is SELECT, INTO's variables are blank, every offset is kept."""

    text: str
    word: str


@frozen
class Execute(Node):
    """EXECUTE: the value of an expression is run as SQL."""

    expression: Span


@frozen
class Fetch(Node):
    """A loop, RETURN QUERY or OPEN over EXECUTE: the server refuses all but a query there (42P11, 42601)."""

    expression: Span


@frozen
class Branches(Node):
    """IF and CASE; `complete` where one of the arms surely runs."""

    arms: tuple[Nodes, ...]
    complete: bool


@frozen
class Loop(Node):
    """A loop; `kind` says how to read its source: `array`, `range`, `query`, `while` where it is a condition, or empty where no variable
    takes its values."""

    kind: str
    targets: tuple[str, ...]
    source: Span
    body: Nodes


@frozen
class Block(Node):
    """DECLARE … BEGIN … EXCEPTION … END."""

    declared: tuple[Assign, ...]
    body: Nodes
    handlers: tuple[Nodes, ...]
