"""Follows a PL/pgSQL tree from top to bottom, every branch taken to run, and tells the changes that it makes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from migcompat.changes import CallFunction, Change, Dynamic, SetSearchPath
from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.lowering.plpgsql.constants import call_arguments, evaluate, holds
from migcompat.lowering.plpgsql.dynamic import executed
from migcompat.lowering.plpgsql.loops import MOST_TURNS, rows
from migcompat.lowering.plpgsql.tree import Assign, Block, Branches, Evaluate, Execute, Fetch, Loop, Node, Nodes, Sql
from migcompat.lowering.plpgsql.values import Record, Text, Unknown, Value, common, unknown
from migcompat.lowering.rewriting import conditional, pinned, shifted
from migcompat.sql.splitter import Statement

Variables = dict[str, Value]


@dataclass(slots=True)
class Budget:
    """What is left to spend on one outermost body and all that it runs: bounds the time that hostile code can take."""

    turns: int = 10_000
    """Statements followed in the turns of constant loops; when they are spent, one turn stands for the rest."""
    characters: int = 500_000
    """Of text that EXECUTE runs."""


@frozen
class Execution:
    """One body on its way; spans of the changes are offsets in its text."""

    text: str
    lower: Callable[[Statement], tuple[Change, ...]]
    budget: Budget

    def run(self, nodes: Nodes, variables: Variables) -> Iterator[Change]:
        """The changes of some statements; `variables` ends up as they leave them."""
        for node in nodes:
            self.budget.turns -= 1
            if isinstance(node, Assign):
                self._assign(node, variables)
            elif isinstance(node, Sql):
                yield from self._static(node, variables)
            elif isinstance(node, Evaluate):
                yield from self._evaluate(node)
            elif isinstance(node, (Execute, Fetch)):
                yield from self._execute(node, variables)
            elif isinstance(node, Branches):
                yield from self._branches(node, variables)
            elif isinstance(node, Loop):
                yield from self._loop(node, variables)
            elif isinstance(node, Block):
                yield from self._block(node, variables)

    def _source(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def _static(self, node: Sql, variables: Variables) -> Iterator[Change]:
        for change in self.lower(Statement(node.text, Span(0, len(node.text)), node.word)):
            yield shifted(self._called(change, node, variables) if isinstance(change, CallFunction) else change, node.span.start)

    def _called(self, call: CallFunction, node: Sql, variables: Variables) -> CallFunction:
        """With what its arguments are worth here."""
        arguments = call_arguments(self.text, node.span, call.name.name, variables)
        return call if arguments is None else CallFunction(call.span, call.name, arguments, whole=True)

    def _assign(self, node: Assign, variables: Variables) -> None:
        value = unknown(node.target) if node.value is None else evaluate(self.text, node.value, variables)
        if isinstance(value, Text) and len(value.pieces) == 1 and value.unknown:
            value = unknown(node.target)
        root, _, field = node.target.partition(".")
        if not field:
            variables[root] = value
            return
        record = variables.pop(root, None)
        variables.pop(field, None)  # `block.variable`
        if isinstance(record, Record) and not isinstance(value, Record):
            variables[root] = Record((*((name, known) for name, known in record.fields if name != field), (field, value)))

    def _evaluate(self, node: Evaluate) -> Iterator[Change]:
        text = "SELECT " + self._source(node.expression)
        for change in self.lower(Statement(text, Span(0, len(text)), "select")):
            yield pinned(change, node.span)

    def _execute(self, node: Execute | Fetch, variables: Variables) -> Iterator[Change]:
        value = evaluate(self.text, node.expression, variables)
        expression = self._source(node.expression)
        if not isinstance(value, Text):  # NULL or an array: the server refuses it (22004)
            return
        self.budget.characters -= sum(len(piece) for piece in value.pieces if isinstance(piece, str)) + 100
        if self.budget.characters < 0:
            self.budget.turns = -1
            yield Dynamic(node.span, expression[:200], "the code runs more text than is followed")
            return
        for change in executed(value, expression, node.span, self.lower):
            if isinstance(node, Execute) or isinstance(change, (CallFunction, SetSearchPath)):
                yield change

    def _branches(self, node: Branches, variables: Variables) -> Iterator[Change]:
        ends = [] if node.complete else [dict(variables)]
        for arm in node.arms:
            branch = dict(variables)
            yield from map(conditional, self.run(arm, branch))
            ends.append(branch)
        _merge(variables, ends, (node,))

    def _loop(self, node: Loop, variables: Variables) -> Iterator[Change]:
        known = yield from self._while(node, variables) if node.kind == "while" else self._over_rows(node, variables)
        if not known:
            self._widen((node,), variables)
            turn = dict(variables)
            yield from map(conditional, self.run(node.body, turn))
            _merge(variables, [dict(variables), turn], (node,))
        for target in node.targets:
            variables.pop(target.partition(".")[0], None)

    def _over_rows(self, node: Loop, variables: Variables) -> Generator[Change, None, bool]:
        """Whether all turns are known."""
        turns = rows(self.text, node.source, node.kind, node.targets, variables) if node.kind else None
        for row in turns or ():
            if self.budget.turns < 0:
                return False
            variables.update(row)
            yield from self.run(node.body, variables)
        return turns is not None

    def _while(self, node: Loop, variables: Variables) -> Generator[Change, None, bool]:
        """The same of a loop that counts: one that leaves all variables as they were has no end that is known."""
        before: Variables = {}
        for _ in range(MOST_TURNS):
            going_on = holds(self.text, node.source, variables)
            if not going_on or variables == before or self.budget.turns < 0:
                return going_on is False
            before = dict(variables)
            yield from self.run(node.body, variables)
        return False

    def _block(self, node: Block, variables: Variables) -> Iterator[Change]:
        outer = {declared.target: variables.get(declared.target) for declared in node.declared}
        for declared in node.declared:
            self._assign(declared, variables)
        before = dict(variables)
        found = self.run(node.body, variables)
        yield from map(conditional, found) if node.handlers else found
        if node.handlers:
            self._widen(node.body, before)
            ends = [dict(variables)]
            for handler in node.handlers:
                branch = dict(before)
                yield from map(conditional, self.run(handler, branch))
                ends.append(branch)
            _merge(variables, ends, (node,))
        for name, value in outer.items():
            variables[name] = unknown(name) if value is None else value

    def _widen(self, nodes: Nodes, variables: Variables) -> None:
        """Forgets what the statements may assign any number of times, but keeps the beginning of a text that they only extend."""
        for assign in _assignments(nodes):
            root = assign.target.partition(".")[0]
            value = variables.pop(root, None)
            if isinstance(value, Text) and assign.value is not None and self._extends(assign):
                variables[root] = common([value, Text((*value.pieces, Unknown(root)))], root)

    def _extends(self, assign: Assign) -> bool:
        """`v := v || …`."""
        value = assign.value
        return value is not None and self._source(value).replace(" ", "").startswith(f"{assign.target}||")


def _assignments(nodes: Nodes) -> Iterator[Assign]:
    """Everything that the statements assign, in any order; the variables of loops, too."""
    pending: list[Node] = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, Assign):
            yield node
        elif isinstance(node, Branches):
            pending.extend(inner for arm in node.arms for inner in arm)
        elif isinstance(node, Loop):
            yield from (Assign(node.span, target, None) for target in node.targets)
            pending.extend(node.body)
        elif isinstance(node, Block):
            pending.extend((*node.declared, *node.body, *(inner for handler in node.handlers for inner in handler)))


def _merge(variables: Variables, ends: Sequence[Variables], nodes: Nodes) -> None:
    """What is known after one of several ways through the statements."""
    for target in {assign.target for assign in _assignments(nodes)}:
        for name in target.split(".", 1):
            variables[name] = common([end.get(name, unknown(name)) for end in ends], name)
