"""ALTER TABLE … ALTER COLUMN: every action of PostgreSQL 18."""

from __future__ import annotations

from migcompat.changes import AlterInert, Change, Numbers, SetColumnType, SetDefault, SetExpression, SetIdentity, SetNotNull, SetNumbers
from migcompat.lowering.options import number_option
from migcompat.lowering.target import Target
from migcompat.sql.cursor import Cursor
from migcompat.sql.types import type_name


def alter_column(cursor: Cursor, target: Target, start: int) -> Change:
    """ALTER [COLUMN] …, from after ALTER."""
    cursor.take("column")
    column = cursor.next().value if target.kind == "index" else cursor.identifier()  # ALTER INDEX … ALTER COLUMN numbers its columns
    if cursor.take("set", "data", "type") or cursor.take("type"):
        return _type(cursor, target, start, column)
    if cursor.take("set"):
        return _column_set(cursor, target, start, column)
    if cursor.take("drop"):
        return _column_drop(cursor, target, start, column)
    if cursor.take("add", "generated"):
        return _identity(cursor, target, start, column, added=True)
    if cursor.at("restart"):
        return _column_set(cursor, target, start, column)
    if cursor.take("reset") or cursor.take("options"):
        cursor.parenthesised()
        return target.change(AlterInert, start)
    raise cursor.fail("what to alter of the column")


def _type(cursor: Cursor, target: Target, start: int, column: str) -> Change:
    type_ = type_name(cursor)
    collation = str(cursor.name()) if cursor.take("collate") else ""
    using = cursor.expression() if cursor.take("using") else ""
    return target.change(SetColumnType, start, column=column, type=type_, collation=collation, using=using)


def _column_set(cursor: Cursor, target: Target, start: int, column: str) -> Change:
    if cursor.take("default"):
        default = cursor.expression()
        return target.change(SetDefault, start, column=column, default=default)
    if cursor.take("not", "null"):
        return target.change(SetNotNull, start, column=column)
    if cursor.take("generated"):
        return _identity(cursor, target, start, column)
    if cursor.take("expression", "as"):
        expression = cursor.parenthesised()
        return target.change(SetExpression, start, column=column, expression=expression)
    if cursor.at("("):
        cursor.skip_group()
    elif cursor.take_any("storage", "statistics", "compression"):
        cursor.take("-")
        cursor.next()
    elif cursor.at_any("start", "increment", "minvalue", "maxvalue", "cache", "no", "cycle", "restart"):
        return _numbers(cursor, target, start, column)
    else:
        raise cursor.fail("what to set")
    return target.change(AlterInert, start)


def _numbers(cursor: Cursor, target: Target, start: int, column: str) -> Change:
    """The options of an identity's sequence; SET GENERATED may stand among them."""
    numbers: Numbers = ()
    while not cursor.done and not cursor.at(","):
        if cursor.take("set", "generated"):
            return _identity(cursor, target, start, column)
        if not cursor.take("set"):
            numbers += number_option(cursor)
    return target.change(SetNumbers, start, column=column, numbers=numbers)


def _column_drop(cursor: Cursor, target: Target, start: int, column: str) -> Change:
    if cursor.take("default"):
        return target.change(SetDefault, start, column=column, default=None)
    if cursor.take("not", "null"):
        return target.change(SetNotNull, start, column=column, not_null=False)
    if cursor.take("identity"):
        cursor.if_exists()
        return target.change(SetIdentity, start, column=column, identity="")
    if cursor.take("expression"):
        cursor.if_exists()
        return target.change(SetExpression, start, column=column, expression=None)
    raise cursor.fail("DEFAULT, NOT NULL, IDENTITY or EXPRESSION")


def _identity(cursor: Cursor, target: Target, start: int, column: str, *, added: bool = False) -> Change:
    kind = "by default" if cursor.take("by", "default") else "always"
    if kind == "always":
        cursor.need("always")
    if cursor.take("as", "identity") and cursor.at("("):
        cursor.skip_group()
    while cursor.take_any("set", "restart"):  # sequence options may stand before and after SET GENERATED
        while not cursor.done and not cursor.at_any(",", "set", "restart"):
            cursor.next()
    return target.change(SetIdentity, start, column=column, identity=kind, added=added)
