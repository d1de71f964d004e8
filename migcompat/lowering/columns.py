"""Column definitions and constraints, shared by CREATE TABLE, ALTER TABLE, domains and composite types."""

from __future__ import annotations

from migcompat.changes import ColumnDef, ConstraintDef, IndexKey, Name, TypeName
from migcompat.findings import Span
from migcompat.frozen import replace
from migcompat.sql.cursor import Cursor
from migcompat.sql.types import SERIALS, type_name

_COLUMN_CLAUSES = (
    "constraint", "not", "null", "check", "default", "generated", "unique", "primary", "references", "collate", "deferrable", "initially",
    "enforced", "storage", "compression", "options",
)  # fmt: skip


def column_definition(cursor: Cursor) -> tuple[ColumnDef, tuple[ConstraintDef, ...]]:
    """`name type constraint…`: the column, and the constraints other than NOT NULL."""
    start = cursor.start
    return column_body(cursor, cursor.identifier(), type_name(cursor), start)


def column_body(cursor: Cursor, name: str, type_: TypeName | None, start: int) -> tuple[ColumnDef, tuple[ConstraintDef, ...]]:
    """What follows a column's type."""
    column = ColumnDef(name, type_, Span(start, start))
    if type_ is not None and type_.builtin and str(type_.name) in SERIALS:
        column = replace(column, type=TypeName(Name(SERIALS[type_.name.name]), builtin=True), not_null=True, default="nextval", serial=True)
    constraints: list[ConstraintDef] = []
    while not cursor.item_ends:
        changed = _column_clause(cursor, column, constraints)
        if changed is None:
            break
        column = changed
    return replace(column, span=cursor.since(start)), tuple(constraints)


def _column_clause(cursor: Cursor, column: ColumnDef, constraints: list[ConstraintDef]) -> ColumnDef | None:
    """Reads one clause; None where none follows."""
    start = cursor.start
    if cursor.take("storage") or cursor.take("compression"):
        cursor.identifier()
        return column
    if cursor.take("collate"):
        return replace(column, collation=str(cursor.name()))
    if cursor.take("options"):
        cursor.parenthesised()
        return column
    name = cursor.identifier() if cursor.take("constraint") else None
    if cursor.take("not", "null"):
        not_null = ConstraintDef("not-null", Span(start, start), name, (column.name,), no_inherit=cursor.take("no", "inherit"))
        traits = constraint_traits(cursor, not_null)
        if name is not None or traits.no_inherit:
            constraints.append(traits)
        return replace(column, not_null=traits.enforced)
    if cursor.take("null"):
        return column
    if cursor.take("default"):
        return replace(column, default=cursor.expression(*_COLUMN_CLAUSES))
    if cursor.take("generated"):
        return _generated(cursor, column)
    constraint = constraint_body(cursor, name, start, (column.name,))
    if constraint is None:
        if name is not None:
            raise cursor.fail("a constraint")
        return column if _stray_traits(cursor) else None
    constraints.append(constraint)
    return replace(column, not_null=True) if constraint.kind == "primary" else column


def _stray_traits(cursor: Cursor) -> bool:
    """`DEFERRABLE` and the like may follow a column's constraint as clauses of their own."""
    return bool(cursor.take("not", "deferrable") or cursor.take("deferrable") or (cursor.take("initially") and cursor.identifier()))


def _generated(cursor: Cursor, column: ColumnDef) -> ColumnDef:
    kind = "by default" if cursor.take("by", "default") else "always"
    if kind == "always":
        cursor.need("always")
    cursor.need("as")
    if cursor.take("identity"):
        if cursor.at("("):
            cursor.skip_group()
        return replace(column, identity=kind, not_null=True)
    expression = cursor.parenthesised()
    return replace(column, generated=cursor.take_any("stored", "virtual") or "virtual", expression=expression)


def table_constraint(cursor: Cursor) -> ConstraintDef:
    """`[CONSTRAINT name] …` of a table. Raises Unreadable."""
    start = cursor.start
    name = cursor.identifier() if cursor.take("constraint") else None
    if cursor.take("not", "null"):
        return constraint_traits(cursor, ConstraintDef("not-null", Span(start, start), name, (cursor.identifier(),)))
    constraint = constraint_body(cursor, name, start, None)
    if constraint is None:
        raise cursor.fail("a constraint")
    return constraint


def starts_constraint(cursor: Cursor) -> bool:
    """Whether a table constraint comes next, rather than a column of that name."""
    if not cursor.at_any("constraint", "primary", "foreign", "not", "unique", "check", "exclude"):
        return False
    if cursor.at("constraint") or cursor.at("primary", "key") or cursor.at("foreign", "key") or cursor.at("not", "null"):
        return True
    if cursor.at_any("unique", "check"):
        return True
    return cursor.at("exclude", "using") or cursor.at("exclude", "(")


def constraint_body(cursor: Cursor, name: str | None, start: int, on: tuple[str, ...] | None) -> ConstraintDef | None:
    """A constraint after its name; `on` is the column it is written at, None for a table's."""
    columns = on or ()
    if cursor.take("check"):
        body = ConstraintDef("check", Span(start, start), name, columns, expression=cursor.parenthesised())
    elif cursor.at_any("unique", "primary"):
        body = _key(cursor, name, start, on)
    elif cursor.take("references") if on else cursor.take("foreign", "key"):
        if not on:
            columns = _foreign_columns(cursor)
            cursor.need("references")
        body = _references(cursor, ConstraintDef("foreign", Span(start, start), name, columns))
    elif on is None and cursor.take("exclude"):
        body = _exclusion(cursor, name, start)
    else:
        return None
    return constraint_traits(cursor, body)


def _foreign_columns(cursor: Cursor) -> tuple[str, ...]:
    def column() -> str:
        cursor.take("period")
        return cursor.identifier()

    return cursor.in_parentheses(lambda: cursor.list_of(column))


def _key(cursor: Cursor, name: str | None, start: int, on: tuple[str, ...] | None) -> ConstraintDef:
    kind = "unique"
    if cursor.take("primary"):
        cursor.need("key")
        kind = "primary"
    else:
        cursor.need("unique")
    body = ConstraintDef(kind, Span(start, start), name, on or ())
    if on is None and cursor.take("using", "index"):
        return replace(body, using_index=cursor.name())
    if cursor.take("nulls"):
        body = replace(body, nulls_not_distinct=cursor.take("not"))
        cursor.need("distinct")
    if on is None:
        body = _key_columns(cursor, body)
    return _index_parameters(cursor, body)


def _key_columns(cursor: Cursor, body: ConstraintDef) -> ConstraintDef:
    cursor.need("(")
    columns, overlaps = [], False
    while True:
        columns.append(cursor.identifier())
        overlaps = cursor.take("without", "overlaps") or overlaps
        if not cursor.take(","):
            break
    cursor.need(")")
    return replace(body, columns=tuple(columns), without_overlaps=overlaps)


def _index_parameters(cursor: Cursor, body: ConstraintDef) -> ConstraintDef:
    include = cursor.identifiers() if cursor.take("include") else ()
    if cursor.take("with"):
        cursor.parenthesised()
    if cursor.take("using", "index", "tablespace"):
        cursor.identifier()
    return replace(body, include=include)


def _references(cursor: Cursor, body: ConstraintDef) -> ConstraintDef:
    target = cursor.name()
    columns: tuple[str, ...] = ()
    if cursor.at("("):
        columns = _foreign_columns(cursor)
    match = cursor.identifier() if cursor.take("match") else ""
    actions = {"delete": "", "update": ""}
    emptied: tuple[str, ...] = ()
    while cursor.take("on"):
        event = cursor.take_any("delete", "update")
        if not event:
            raise cursor.fail("DELETE or UPDATE")
        actions[event] = _action(cursor)
        if event == "delete" and cursor.at("("):
            emptied = cursor.identifiers()
    return replace(
        body, references=target, referenced_columns=columns, match=match, on_delete=actions["delete"], on_update=actions["update"],
        emptied=emptied,
    )  # fmt: skip


def _action(cursor: Cursor) -> str:
    if cursor.take("no", "action"):
        return ""
    if cursor.take("set"):
        return "set " + cursor.identifier()
    return cursor.identifier()


def _exclusion(cursor: Cursor, name: str | None, start: int) -> ConstraintDef:
    if cursor.take("using"):
        cursor.identifier()

    def element() -> IndexKey:
        first = cursor.start
        expression = cursor.expression("with")
        cursor.need("with")
        operator = cursor.parenthesised() if cursor.take("operator") else cursor.next().value
        return IndexKey(column_of(cursor.text[first : first + len(expression)]), expression, operator)

    keys = cursor.in_parentheses(lambda: cursor.list_of(element))
    body = _index_parameters(cursor, ConstraintDef("exclusion", Span(start, start), name, keys=keys))
    predicate = cursor.parenthesised() if cursor.take("where") else ""
    return replace(body, columns=tuple(k.column for k in keys if k.column), predicate=predicate)


def column_of(expression: str) -> str | None:
    """The column that an index element starts with (an operator class may follow), or None for an expression."""
    part = Cursor(expression)
    if part.done or part.at("("):
        return None
    name = part.identifier()
    if part.at("(") or part.at(".") or part.at("::"):
        return None
    return name


def constraint_traits(cursor: Cursor, body: ConstraintDef) -> ConstraintDef:
    """DEFERRABLE, INITIALLY, NOT VALID, NO INHERIT, ENFORCED, in any order."""
    while not cursor.item_ends:
        if cursor.take("not", "deferrable"):
            body = replace(body, deferrable=False)
        elif cursor.take("deferrable"):
            body = replace(body, deferrable=True)
        elif cursor.take("initially"):
            deferred = cursor.take_any("deferred", "immediate") == "deferred"
            body = replace(body, deferrable=body.deferrable or deferred, deferred=deferred)
        elif cursor.take("not", "valid"):
            body = replace(body, not_valid=True)
        elif cursor.take("no", "inherit"):
            body = replace(body, no_inherit=True)
        elif cursor.take("not", "enforced"):
            body = replace(body, enforced=False)
        elif not cursor.take("enforced"):
            break
    return replace(body, span=cursor.since(body.span.start))
