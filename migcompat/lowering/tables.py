"""CREATE TABLE in all its forms, CREATE TABLE AS, SELECT INTO, TRUNCATE."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import (
    MOST_COLUMNS,
    Change,
    ColumnDef,
    ConstraintDef,
    CreateQueryTable,
    CreateTable,
    Like,
    Name,
    Truncate,
)
from migcompat.findings import Span
from migcompat.frozen import replace
from migcompat.lowering.columns import column_body, column_definition, starts_constraint, table_constraint
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.lexer import Kind
from migcompat.sql.queries import describe

_LIKE_ALL = frozenset({"defaults", "constraints", "indexes", "identity", "generated", "storage", "comments", "statistics", "compression"})


def create_table(cursor: Cursor, *, temporary: bool, kind: str, start: int) -> Iterator[Change]:
    """After `CREATE [TEMP] TABLE`. Raises Unreadable."""
    if_not_exists = cursor.if_not_exists()
    name = cursor.name()
    temporary = temporary or (name.schema or "").startswith("pg_temp")
    partition_of = of_type = None
    if cursor.take("partition", "of"):
        partition_of = cursor.name()
    elif cursor.take("of"):
        of_type = cursor.name()
    elements = _Elements()
    names_only = False
    if cursor.at("(") and (not _is_query(cursor)):
        names_only = _read_elements(cursor, elements, typed=partition_of is not None or of_type is not None)
    bound = partition_bound(cursor) if partition_of else ""
    inherits = cursor.in_parentheses(lambda: cursor.list_of(cursor.name)) if cursor.take("inherits") else ()
    partition_by, until_commit = "", False
    while not cursor.done and not cursor.at("as"):
        if cursor.take("on", "commit"):
            until_commit = _on_commit(cursor) == "drop"
        else:
            partition_by = _table_option(cursor) or partition_by
    if cursor.take("as"):
        made = _query_table(cursor, name, tuple(c.name for c in elements.columns), start)
        yield replace(made, temporary=temporary, if_not_exists=if_not_exists, until_commit=until_commit)
        return
    if names_only:
        raise cursor.fail("a column type")
    cursor.finish()
    yield CreateTable(
        cursor.since(start), name, tuple(elements.columns), tuple(elements.constraints), "partitioned" if partition_by else kind, temporary,
        if_not_exists, tuple(elements.likes), inherits, partition_of, bound, of_type, partition_by, until_commit,
    )  # fmt: skip


class _Elements:
    """What stands between the parentheses, gathered while reading."""

    def __init__(self) -> None:
        self.columns: list[ColumnDef] = []
        self.constraints: list[ConstraintDef] = []
        self.likes: list[Like] = []


def _is_query(cursor: Cursor) -> bool:
    following = cursor.tokens[cursor.i + 1 : cursor.i + 2]
    return bool(following) and following[0].kind is Kind.WORD and following[0].value in ("select", "with", "values")


def _read_elements(cursor: Cursor, elements: _Elements, *, typed: bool) -> bool:
    """Reads `( … )`; whether it holds bare names, as before AS."""
    cursor.need("(")
    names_only = False
    while not cursor.at(")"):
        if starts_constraint(cursor):
            elements.constraints.append(table_constraint(cursor))
        elif cursor.take("like"):
            elements.likes.append(replace(_like(cursor), after=len(elements.columns)))
        elif typed:
            start = cursor.start
            name = cursor.identifier()
            cursor.take("with", "options")
            _add(elements, column_body(cursor, name, None, start))
        else:
            following = cursor.tokens[cursor.i + 1 : cursor.i + 2]
            if following and following[0].value in (",", ")") and following[0].kind is Kind.SYMBOL:
                names_only = True
                token = cursor.token
                elements.columns.append(ColumnDef(cursor.identifier(), None, Span(token.start, token.end)))
            else:
                _add(elements, column_definition(cursor))
        if not cursor.take(","):
            break
    if len(elements.columns) > MOST_COLUMNS:
        raise Unreadable(f"PostgreSQL has room for {MOST_COLUMNS} columns in a table", cursor.since(0))
    cursor.need(")")
    return names_only


def _add(elements: _Elements, read: tuple[ColumnDef, tuple[ConstraintDef, ...]]) -> None:
    elements.columns.append(read[0])
    elements.constraints.extend(read[1])


def _like(cursor: Cursor) -> Like:
    source, including = cursor.name(), set[str]()
    while cursor.at_any("including", "excluding"):
        adds = cursor.next().value == "including"
        option = cursor.identifier()
        options = _LIKE_ALL if option == "all" else {option}
        including = including | options if adds else including - options
    return Like(source, frozenset(including))


def partition_bound(cursor: Cursor) -> str:
    """A partition bound; `default` for the one that takes the rest."""
    if cursor.take("default"):
        return "default"
    start = cursor.start
    cursor.need("for", "values")
    if cursor.take("from"):
        cursor.parenthesised()
        cursor.need("to")
        cursor.parenthesised()
    else:
        if not cursor.take_any("in", "with"):
            raise cursor.fail("FROM, IN or WITH")
        cursor.parenthesised()
    return cursor.text[start : cursor.last]


def _table_option(cursor: Cursor) -> str:
    """One clause after the parentheses; what PARTITION BY says, if it is that."""
    if cursor.take("partition", "by"):
        return f"{cursor.identifier().upper()} ({cursor.parenthesised()})"
    if cursor.take("with"):
        cursor.parenthesised()
    elif cursor.take("without", "oids"):
        pass
    elif cursor.take_any("using", "tablespace", "server"):
        cursor.identifier()
    elif cursor.take("options"):
        cursor.parenthesised()
    else:
        raise cursor.fail("a table option")
    return ""


def _on_commit(cursor: Cursor) -> str:
    action = cursor.take_any("preserve", "delete", "drop")
    if not action or (action != "drop" and not cursor.take("rows")):
        raise cursor.fail("an ON COMMIT action")
    return action


def _query_table(cursor: Cursor, name: Name, columns: tuple[str, ...], start: int) -> CreateQueryTable:
    query = cursor.rest()
    for tail in ("with no data", "with data"):
        if query.lower().endswith(tail):
            query = query[: -len(tail)].rstrip()
    return CreateQueryTable(cursor.since(start), name, describe(query), columns)


def select_into(text: str, start: int, end: int) -> CreateQueryTable | None:
    """`SELECT … INTO [TEMP] t`: the table it makes; None where there is no INTO at the top level."""
    cursor = Cursor(text, start, end)
    depth = 0
    while not cursor.done:
        token = cursor.token
        if token.kind is Kind.SYMBOL:
            depth += (token.value in ("(", "[")) - (token.value in (")", "]"))
        elif (
            depth == 0
            and token.kind is Kind.WORD
            and token.value == "into"
            and cursor.i
            and cursor.tokens[cursor.i - 1].value not in ("insert", "merge")
        ):
            head = text[start : token.start]
            cursor.next()
            temporary = bool(cursor.take_any("temporary", "temp"))
            cursor.take("unlogged")
            cursor.take("table")
            name = cursor.name()
            return CreateQueryTable(Span(start, end), name, describe(head + text[cursor.last : end]), (), temporary)
        elif depth == 0 and token.kind is Kind.WORD and token.value in ("insert", "update", "delete", "merge"):
            return None
        cursor.i += 1
    return None


def truncate(cursor: Cursor) -> Iterator[Change]:
    """After TRUNCATE."""
    start = cursor.tokens[0].start
    cursor.take("table")
    tables = []
    while True:
        only = cursor.take("only")
        tables.append((cursor.name(), only))
        cursor.take("*")
        if not cursor.take(","):
            break
    if cursor.take_any("restart", "continue"):
        cursor.need("identity")
    cursor.cascade()
    cursor.finish()
    for name, only in tables:
        yield Truncate(cursor.since(start), name, only)
