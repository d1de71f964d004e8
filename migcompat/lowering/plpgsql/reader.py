"""Reads a PL/pgSQL body into a tree.

Follows https://www.postgresql.org/docs/18/plpgsql.html.
"""

from __future__ import annotations

from collections.abc import Callable

from migcompat.findings import Span
from migcompat.lowering.plpgsql.tree import Assign, Block, Branches, Evaluate, Execute, Fetch, Loop, Node, Nodes, Sql
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.lexer import Kind

_MAX_DEPTH = 50


def read(text: str) -> Block:
    """The tree of a body. Raises Unreadable."""
    reader = _Reader(Cursor(text))
    while reader.cursor.take("#"):  # compile options: #variable_conflict use_column
        reader.cursor.next()
        reader.cursor.next()
    reader.label()
    block = reader.block()
    reader.cursor.finish()
    return block


class _Reader:
    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.depth = 0
        self.statements: dict[str, Callable[[int], Nodes]] = {
            "begin": lambda _: (self.block(),),
            "declare": lambda _: (self.block(),),
            "if": self._if,
            "case": self._case,
            "loop": lambda start: (self._loop(start, "", (), Span(start, start)),),
            "while": self._while,
            "for": self._for,
            "foreach": self._foreach,
            "execute": self._execute,
            "perform": self._perform,
            "return": self._return,
            "open": self._open,
            "fetch": self._fetch,
            "get": self._diagnostics,
            **dict.fromkeys(("raise", "assert", "exit", "continue", "null", "move", "close"), self._inert),
        }

    # blocks

    def label(self) -> None:
        if self.cursor.take("<<"):
            self.cursor.identifier()
            self.cursor.need(">>")

    def block(self) -> Block:
        cursor, start = self.cursor, self.cursor.start
        declared: list[Assign] = []
        if cursor.take("declare"):
            while not cursor.at("begin"):
                if not cursor.take("declare"):
                    declared.append(self._declaration())
        cursor.need("begin")
        body = self._nodes("exception", "end")
        handlers = []
        if cursor.take("exception"):
            while cursor.take("when"):
                self._until("then")
                cursor.need("then")
                handlers.append(self._nodes("when", "end"))
        self._end()
        return Block(cursor.since(start), tuple(declared), body, tuple(handlers))

    def _declaration(self) -> Assign:
        cursor, start = self.cursor, self.cursor.start
        name = cursor.identifier()
        value: Span | None = None
        if cursor.take("alias"):
            cursor.need("for")
            value = self._until(";")
        elif cursor.at_any("cursor", "no", "scroll"):
            self._until(";")
        else:
            self._until("default", ":=", "=", ";")
            value = self._until(";") if cursor.take_any("default", ":=", "=") else None
        cursor.need(";")
        return Assign(cursor.since(start), name, value)

    def _end(self, *words: str) -> None:
        """`END [LOOP] [label];` — the last one of a body needs no semicolon."""
        self.cursor.need("end", *words)
        if not self.cursor.done and not self.cursor.at(";"):
            self.cursor.identifier()
        if not self.cursor.done:
            self.cursor.need(";")

    def _nodes(self, *stops: str) -> Nodes:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Unreadable(f"more than {_MAX_DEPTH} nested blocks", self.cursor.since(self.cursor.start))
        found: list[Node] = []
        while not self.cursor.at_any_of(stops):
            if self.cursor.done:
                raise self.cursor.fail("`END`")
            self.label()
            found.extend(self._statement())
        self.depth -= 1
        return tuple(found)

    def _statement(self) -> Nodes:
        cursor, start = self.cursor, self.cursor.start
        target = self._target()
        if target:
            return self._assignment(start, target)
        if cursor.token.kind is not Kind.WORD and not cursor.at("("):
            raise cursor.fail("a statement")
        read = self.statements.get(cursor.token.value)
        if read is None:
            return self._sql(start)
        if cursor.token.value not in ("begin", "declare"):
            cursor.next()
        return read(start)

    # expressions

    def _until(self, *stops: str) -> Span:
        """The span up to one of the words or symbols outside brackets; a semicolon ends every expression."""
        cursor, start, depth = self.cursor, self.cursor.start, 0
        while not cursor.done:
            token = cursor.token
            if token.kind in (Kind.WORD, Kind.SYMBOL):
                if depth == 0 and token.value in stops:
                    return cursor.since(start)
                if token.value == ";":
                    break
                depth += (token.value in ("(", "[")) - (token.value in (")", "]"))
            cursor.i += 1
        raise cursor.fail(" or ".join(f"`{s.upper()}`" for s in stops))

    def _calls(self, start: int, expression: Span) -> Nodes:
        called = "(" in self.cursor.text[expression.start : expression.end]
        return (Evaluate(self.cursor.since(start), expression),) if called else ()

    def _path(self) -> str:
        """`variable` or `record.field`."""
        path = self.cursor.identifier()
        while self.cursor.take("."):
            path += "." + self.cursor.identifier()
        return path

    def _target(self) -> str:
        """Reads `variable :=` or `variable =`; empty, and nothing read, where none stands here. A subscript marks the whole variable."""
        cursor, at = self.cursor, self.cursor.i
        if cursor.token.kind in (Kind.WORD, Kind.QUOTED):
            path, elements = self._path(), False
            while cursor.at("["):
                cursor.skip_group()
                elements = True
            if cursor.take_any(":=", "="):
                return path + "[]" if elements else path
        cursor.i = at
        return ""

    def _assignment(self, start: int, target: str) -> Nodes:
        value = self._until(";")
        calls, span = self._calls(start, value), self.cursor.since(start)
        self.cursor.need(";")
        return (*calls, Assign(span, target.removesuffix("[]"), None if target.endswith("[]") else value))

    # control

    def _if(self, start: int) -> Nodes:
        cursor = self.cursor
        conditions: list[Node] = []
        arms: list[Nodes] = []
        while True:
            at = cursor.start
            condition = self._until("then")
            conditions += self._calls(at, condition)
            cursor.need("then")
            arms.append(self._nodes("elsif", "elseif", "else", "end"))
            if not cursor.take_any("elsif", "elseif"):
                break
        complete = cursor.take("else")
        if complete:
            arms.append(self._nodes("end"))
        self._end("if")
        return (*conditions, Branches(cursor.since(start), tuple(arms), complete))

    def _case(self, start: int) -> Nodes:
        """Without ELSE one arm must match: CASE_NOT_FOUND (20000) otherwise."""
        cursor = self.cursor
        conditions = [*self._calls(start, self._until("when"))]
        arms: list[Nodes] = []
        while cursor.take("when"):
            conditions += self._calls(start, self._until("then"))
            cursor.need("then")
            arms.append(self._nodes("when", "else", "end"))
        if cursor.take("else"):
            arms.append(self._nodes("end"))
        self._end("case")
        return (*conditions, Branches(cursor.since(start), tuple(arms), complete=True))

    def _loop(self, start: int, kind: str, targets: tuple[str, ...], source: Span) -> Loop:
        body = self._nodes("end")
        self._end("loop")
        return Loop(self.cursor.since(start), kind, targets, source, body)

    def _while(self, start: int) -> Nodes:
        condition = self._until("loop")
        calls = self._calls(start, condition)
        self.cursor.need("loop")
        return (*calls, self._loop(start, "while", (), condition))

    def _for(self, start: int) -> Nodes:
        cursor = self.cursor
        targets = cursor.list_of(self._path)
        cursor.need("in")
        before: Nodes = ()
        kind = "range" if cursor.take("reverse") else "query"
        if cursor.take("execute"):
            at = cursor.start
            source = self._until("using", "loop")
            before, kind = (Fetch(cursor.since(at), source),), ""
            self._until("loop")
        else:
            source = self._until("..", "loop")
            if cursor.take(".."):
                kind = "range"
                self._until("loop")
                source = cursor.since(source.start)
            before = self._calls(start, source)
        cursor.need("loop")
        return (*before, self._loop(start, kind, targets, source))

    def _foreach(self, start: int) -> Nodes:
        cursor = self.cursor
        targets = cursor.list_of(self._path)
        sliced = cursor.take("slice")
        if sliced:
            cursor.next()
        cursor.need("in", "array")
        source = self._until("loop")
        cursor.need("loop")
        return (*self._calls(start, source), self._loop(start, "" if sliced else "array", targets, source))

    # statements that run SQL

    def _execute(self, start: int) -> Nodes:
        expression = self._until("into", "using", ";")
        targets = self._execute_clauses()
        span = self.cursor.since(start)
        self.cursor.need(";")
        return (Execute(span, expression), *(Assign(span, target, None) for target in targets))

    def _execute_clauses(self) -> tuple[str, ...]:
        """INTO and USING, in any order."""
        targets: tuple[str, ...] = ()
        while not self.cursor.at(";"):
            if self.cursor.take("into"):
                targets = self._into()
            else:
                self.cursor.need("using")
                self._until("into", ";")
        return targets

    def _into(self) -> tuple[str, ...]:
        self.cursor.take("strict")
        return self.cursor.list_of(self._path)

    def _perform(self, start: int) -> Nodes:
        self._until(";")
        span = self.cursor.since(start)
        self.cursor.need(";")
        text = "SELECT " + self.cursor.text[start + len("perform") : span.end]
        return (Sql(span, text, "select"),)

    def _return(self, start: int) -> Nodes:
        cursor = self.cursor
        if cursor.take("query"):
            if not cursor.take("execute"):
                return self._sql(cursor.start)
            expression = self._until("using", ";")
            self._until(";")
            nodes: Nodes = (Fetch(cursor.since(start), expression),)
        else:
            cursor.take("next")
            nodes = self._calls(start, self._until(";"))
        cursor.need(";")
        return nodes

    def _open(self, start: int) -> Nodes:
        cursor = self.cursor
        self._until("for", ";")
        nodes: Nodes = ()
        if cursor.take("for"):
            fetched = cursor.take("execute")
            expression = self._until("using", ";")
            nodes = (Fetch(cursor.since(start), expression),) if fetched else ()
            self._until(";")
        cursor.need(";")
        return nodes

    def _fetch(self, start: int) -> Nodes:
        cursor = self.cursor
        self._until("into", ";")
        targets = self._into() if cursor.take("into") else ()
        cursor.need(";")
        return tuple(Assign(cursor.since(start), target, None) for target in targets)

    def _diagnostics(self, start: int) -> Nodes:
        cursor = self.cursor
        cursor.take_any("current", "stacked")
        cursor.need("diagnostics")
        targets = []
        while True:
            targets.append(self._path())
            self._until(",", ";")
            if not cursor.take(","):
                break
        cursor.need(";")
        return tuple(Assign(cursor.since(start), target, None) for target in targets)

    def _inert(self, start: int) -> Nodes:
        del start
        self._until(";")
        self.cursor.need(";")
        return ()

    def _sql(self, start: int) -> Nodes:
        """A static statement up to the semicolon outside parentheses and BEGIN ATOMIC; INTO names variables, not a table."""
        cursor, first = self.cursor, self.cursor.i
        while cursor.at("("):
            cursor.i += 1
        word = cursor.token.value if not cursor.done else ""
        cursor.i = first
        routine = word == "create" and any(t.value in ("function", "procedure") for t in cursor.tokens[first + 1 : first + 4])
        into: Span | None = None
        targets: tuple[str, ...] = ()
        depth = blocks = 0
        while not cursor.done:
            token = cursor.token
            cursor.i += 1
            if token.kind not in (Kind.WORD, Kind.SYMBOL):
                continue
            if token.value == ";" and depth <= 0 and blocks == 0:
                cursor.i -= 1
                break
            if token.value == "into" and word != "import" and cursor.tokens[cursor.i - 2].value not in ("insert", "merge"):
                if into:
                    raise Unreadable("more than one INTO", Span(token.start, token.end))
                targets = self._into()
                into = cursor.since(token.start)
            depth += (token.value == "(") - (token.value == ")")
            if routine and depth == 0:
                blocks += (token.value in ("begin", "case")) - (token.value == "end" and blocks > 0)
        span = cursor.since(start)
        if word == "call":  # any argument may be an OUT parameter
            targets = tuple(t.value for t in cursor.tokens[first + 1 : cursor.i] if t.kind is Kind.WORD)
        cursor.need(";")
        return self._selected(span, word, into, targets)

    def _selected(self, span: Span, word: str, into: Span | None, targets: tuple[str, ...]) -> Nodes:
        """The statement without its INTO, and what that assigns: `SELECT expression INTO v` is as good as `v := expression`."""
        text = self.cursor.text[span.start : span.end]
        if into is None:
            return (Sql(span, text, word), *(Assign(span, target, None) for target in targets))
        sql = Sql(span, text[: into.start - span.start] + " " * (into.end - into.start) + text[into.end - span.start :], word)
        if word != "select" or len(targets) > 1:
            return (sql, *(Assign(span, target, None) for target in targets))
        value = Span(span.start + len(word), into.start) if into.end == span.end else Span(into.end, span.end)
        return (sql, Assign(span, targets[0], value))
