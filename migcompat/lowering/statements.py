"""Which statement is which: the one table from PostgreSQL's statements to the code that reads them.

A statement is understood as changes, named as unable to touch the contract, or reported: there is no fourth way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from migcompat.changes import CallFunction, Change, Dynamic, Opaque
from migcompat.findings import Span
from migcompat.lowering import access, event_triggers, functions, objects, publications, roles, types
from migcompat.lowering.alter_table import alter_relation
from migcompat.lowering.indexes import create_index
from migcompat.lowering.rows import ROWS, holds_constants, leading_constants, lower_rows
from migcompat.lowering.tables import create_table, truncate
from migcompat.lowering.views import create_sequence, create_view, refresh
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.splitter import Statement

Reader = Callable[[Cursor, int], Iterator[Change]]

CANNOT_TOUCH_THE_CONTRACT = frozenset(
    """abort analyze begin checkpoint close cluster comment commit deallocate declare discard end explain fetch listen load lock move
    notify prepare reindex release rollback savepoint security show start unlisten vacuum wait""".split()
)  # fmt: skip
"""Statements that neither add to nor take from what running code relies on: sessions, transactions, storage, comments."""

PSQL_QUIET = frozenset(
    r"""\set \unset \getenv \setenv \echo \qecho \warn \timing \pset \x \t \a \f \h \html \encoding \restrict \unrestrict \c \connect \if
    \elif \else \endif \q \quit \! \o \w \r \reset \s \p \l \z \prompt \password \cd \g \gx \gset \gdesc \crosstabview \bind \watch
    \sf \sf+ \sv \sv+ \copy \lo_list \.""".split()
)  # fmt: skip
"""psql commands that run no SQL of their own; `\\d…` only shows."""


def _inert(cursor: Cursor, start: int) -> Iterator[Change]:
    return iter(())


def _table(kind: str, *, temporary: bool = False) -> Reader:
    return lambda cursor, start: create_table(cursor, temporary=temporary, kind=kind, start=start)


def _index(*, unique: bool) -> Reader:
    return lambda cursor, start: create_index(cursor, unique=unique, start=start)


def _view(*, temporary: bool = False, or_replace: bool = False, materialized: bool = False, recursive: bool = False) -> Reader:
    return lambda cursor, start: create_view(
        cursor, start, temporary=temporary, or_replace=or_replace, materialized=materialized, recursive=recursive
    )


def _sequence(*, temporary: bool = False) -> Reader:
    return lambda cursor, start: create_sequence(cursor, start, temporary=temporary)


def _routine(kind: str, *, or_replace: bool = False) -> Reader:
    def read(cursor: Cursor, start: int) -> Iterator[Change]:
        from migcompat.lowering import procedural

        for change in functions.create_function(cursor, start, kind=kind, or_replace=or_replace):
            yield procedural.with_effects(change, cursor.text, lower)

    return read


def _aggregate(*, or_replace: bool = False) -> Reader:
    return lambda cursor, start: functions.create_aggregate(cursor, start, or_replace=or_replace)


def _trigger(*, or_replace: bool = False, constraint: bool = False) -> Reader:
    return lambda cursor, start: access.create_trigger(cursor, start, or_replace=or_replace, constraint=constraint)


def _rule(*, or_replace: bool = False) -> Reader:
    return lambda cursor, start: access.create_rule(cursor, start, or_replace=or_replace)


def _drop(kind: str) -> Reader:
    return lambda cursor, start: objects.drop_relations(cursor, kind, start)


def _alter(kind: str) -> Reader:
    return lambda cursor, start: alter_relation(cursor, kind)


def _drop_routine(kind: str) -> Reader:
    return lambda cursor, start: functions.drop_functions(cursor, kind, start)


def _alter_routine(kind: str) -> Reader:
    return lambda cursor, start: functions.alter_function(cursor, kind, start)


def _drop_type(kind: str) -> Reader:
    return lambda cursor, start: types.drop_types(cursor, kind, start)


def _dependent(kind: str, *, created: bool) -> Reader:
    return lambda cursor, start: objects.dependent(cursor, kind, start, created=created)


def _renamed(kind: str) -> Reader:
    return lambda cursor, start: objects.alter_dependent(cursor, kind, start)


def _mapping(*, created: bool) -> Reader:
    return lambda cursor, start: objects.user_mapping(cursor, start, created=created)


def _grant(*, grants: bool) -> Reader:
    return lambda cursor, start: access.grant(cursor, start, grants=grants)


def _schema(cursor: Cursor, start: int) -> Iterator[Change]:
    return objects.create_schema(cursor, start, lambda text, at, end: iter(_read(text, at, end)))


def _do(cursor: Cursor, start: int) -> Iterator[Change]:
    from migcompat.lowering import procedural

    return procedural.do_block(cursor, start, lower)


def _call(cursor: Cursor, start: int) -> Iterator[Change]:
    name = cursor.name()
    yield CallFunction(Span(start, cursor.stop), name, *leading_constants(cursor.text, cursor.start + 1))


def _execute(cursor: Cursor, start: int) -> Iterator[Change]:
    """EXECUTE of a prepared statement: PREPARE takes no DDL (https://www.postgresql.org/docs/18/sql-prepare.html)."""
    return iter(())


STATEMENTS: dict[str, Reader] = {
    "alter aggregate": _alter_routine("aggregate"),
    "alter collation": _renamed("collation"),
    "alter conversion": _inert,
    "alter database": roles.alter_database,
    "alter default privileges": access.default_privileges,
    "alter domain": types.alter_domain,
    "alter event trigger": event_triggers.alter_event_trigger,
    "alter extension": objects.alter_extension,
    "alter foreign data wrapper": _renamed("foreign data wrapper"),
    "alter foreign table": _alter("foreign"),
    "alter function": _alter_routine("function"),
    "alter group": roles.alter_group,
    "alter index": _alter("index"),
    "alter language": _renamed("language"),
    "alter procedural language": _renamed("language"),
    "alter large object": _inert,
    "alter materialized view": _alter("materialized view"),
    "alter operator": objects.alter_operator,
    "alter policy": access.alter_policy,
    "alter procedure": _alter_routine("procedure"),
    "alter publication": publications.alter_publication,
    "alter role": roles.alter_role,
    "alter routine": _alter_routine("routine"),
    "alter rule": access.alter_rule,
    "alter schema": objects.alter_schema,
    "alter sequence": _alter("sequence"),
    "alter server": _renamed("server"),
    "alter statistics": _inert,
    "alter subscription": _inert,
    "alter system": roles.alter_system,
    "alter table": _alter("table"),
    "alter tablespace": _inert,
    "alter text search": _renamed("text search"),
    "alter trigger": access.alter_trigger,
    "alter type": types.alter_type,
    "alter user": roles.alter_role,
    "alter user mapping": _inert,
    "alter view": _alter("view"),
    "call": _call,
    "create access method": _inert,
    "create aggregate": _aggregate(),
    "create or replace aggregate": _aggregate(or_replace=True),
    "create cast": _dependent("cast", created=True),
    "create collation": _dependent("collation", created=True),
    "create constraint trigger": _trigger(constraint=True),
    "create or replace constraint trigger": _trigger(or_replace=True, constraint=True),
    "create conversion": _inert,
    "create default conversion": _inert,
    "create database": _dependent("database", created=True),
    "create domain": types.create_domain,
    "create event trigger": event_triggers.create_event_trigger,
    "create extension": objects.create_extension,
    "create foreign data wrapper": _dependent("foreign data wrapper", created=True),
    "create foreign table": _table("foreign"),
    "create function": _routine("function"),
    "create or replace function": _routine("function", or_replace=True),
    "create group": roles.create_role("group"),
    "create index": _index(unique=False),
    "create unique index": _index(unique=True),
    "create language": _dependent("language", created=True),
    "create or replace language": _dependent("language", created=True),
    "create trusted language": _dependent("language", created=True),
    "create or replace trusted language": _dependent("language", created=True),
    "create procedural language": _dependent("language", created=True),
    "create or replace procedural language": _dependent("language", created=True),
    "create materialized view": _view(materialized=True),
    "create operator": objects.create_operator,
    "create policy": access.create_policy,
    "create procedure": _routine("procedure"),
    "create or replace procedure": _routine("procedure", or_replace=True),
    "create publication": publications.create_publication,
    "create role": roles.create_role("role"),
    "create rule": _rule(),
    "create or replace rule": _rule(or_replace=True),
    "create schema": _schema,
    "create sequence": _sequence(),
    "create unlogged sequence": _sequence(),
    "create temporary sequence": _sequence(temporary=True),
    "create server": _dependent("server", created=True),
    "create statistics": _inert,
    "create subscription": _inert,
    "create table": _table("table"),
    "create unlogged table": _table("table"),
    "create temporary table": _table("table", temporary=True),
    "create tablespace": _inert,
    "create text search": _dependent("text search", created=True),
    "create transform": _inert,
    "create user mapping": _mapping(created=True),
    "create or replace transform": _inert,
    "create trigger": _trigger(),
    "create or replace trigger": _trigger(or_replace=True),
    "create type": types.create_type,
    "create user": roles.create_role("user"),
    "create view": _view(),
    "create or replace view": _view(or_replace=True),
    "create recursive view": _view(recursive=True),
    "create or replace recursive view": _view(or_replace=True, recursive=True),
    "create temporary view": _view(temporary=True),
    "create or replace temporary view": _view(temporary=True, or_replace=True),
    "create temporary recursive view": _view(temporary=True, recursive=True),
    "do": _do,
    "drop access method": _dependent("access method", created=False),
    "drop aggregate": _drop_routine("aggregate"),
    "drop cast": _dependent("cast", created=False),
    "drop collation": _dependent("collation", created=False),
    "drop conversion": _inert,
    "drop database": _dependent("database", created=False),
    "drop domain": _drop_type("domain"),
    "drop event trigger": _dependent(event_triggers.KIND, created=False),
    "drop extension": objects.drop_extensions,
    "drop foreign data wrapper": _dependent("foreign data wrapper", created=False),
    "drop foreign table": _drop("foreign"),
    "drop function": _drop_routine("function"),
    "drop group": _dependent("role", created=False),
    "drop index": _drop("index"),
    "drop language": _dependent("language", created=False),
    "drop procedural language": _dependent("language", created=False),
    "drop materialized view": _drop("materialized view"),
    "drop operator": objects.drop_operators,
    "drop owned": objects.drop_owned,
    "drop policy": access.drop_policy,
    "drop procedure": _drop_routine("procedure"),
    "drop publication": publications.drop_publications,
    "drop role": _dependent("role", created=False),
    "drop routine": _drop_routine("routine"),
    "drop rule": access.drop_rule,
    "drop schema": objects.drop_schemas,
    "drop sequence": _drop("sequence"),
    "drop server": _dependent("server", created=False),
    "drop statistics": _inert,
    "drop subscription": _inert,
    "drop table": _drop("table"),
    "drop tablespace": _inert,
    "drop text search": _dependent("text search", created=False),
    "drop transform": _inert,
    "drop trigger": access.drop_trigger,
    "drop type": _drop_type("type"),
    "drop user": _dependent("role", created=False),
    "drop user mapping": _mapping(created=False),
    "drop view": _drop("view"),
    "execute": _execute,
    "grant": _grant(grants=True),
    "refresh materialized view": refresh,
    "reassign owned": objects.reassign_owned,
    "reset": objects.reset,
    "revoke": _grant(grants=False),
    "set": objects.set_configuration,
    "truncate": lambda cursor, start: truncate(cursor),
}
"""Every statement that is not about rows and not in CANNOT_TOUCH_THE_CONTRACT; `_inert` ones are read no further."""

_BEGINNINGS = frozenset(" ".join(key.split()[:length]) for key in STATEMENTS for length in range(1, len(key.split()) + 1))
_SYNONYMS = {"temp": "temporary"}
_NOISE = frozenset({"global", "local"})
_LARGEST = 10_000_000
"""Characters of a statement that is not about rows; each takes 2 µs and 50 bytes."""
_MOST_CHANGES = 5000
"""Of one statement: each may cost as much as its table has parts."""


def lower(statement: Statement) -> tuple[Change, ...]:
    """The changes of one statement, in the statement's own offsets; what cannot be understood is one Opaque. Never raises."""
    word = statement.word
    if word == "insert" and not statement.unterminated and holds_constants(statement.text):
        return ()
    whole = Span(0, len(statement.text))
    if statement.unterminated:
        return (Opaque(whole, f"unterminated {statement.unterminated}", statement.text),)
    if word in CANNOT_TOUCH_THE_CONTRACT:
        return ()
    try:
        if word in ROWS:
            return tuple(lower_rows(statement, whole))
        if word.startswith("\\"):
            return tuple(_psql(statement, whole))
        if len(statement.text) > _LARGEST:
            return (Opaque(whole, f"longer than {_LARGEST // 1_000_000} million characters", statement.text[:1000]),)
        return _bounded(_read(statement.text, 0, len(statement.text)), whole)
    except Unreadable as error:
        return (Opaque(error.span, str(error), statement.text),)
    except (RecursionError, ValueError, IndexError) as error:
        return (Opaque(whole, f"cannot be read ({type(error).__name__})", statement.text),)


def _bounded(changes: tuple[Change, ...], whole: Span) -> tuple[Change, ...]:
    if len(changes) > _MOST_CHANGES:
        raise Unreadable(f"more than {_MOST_CHANGES} changes in one statement", whole)
    return changes


def _read(text: str, start: int, end: int) -> tuple[Change, ...]:
    cursor = Cursor(text, start, end)
    if cursor.done:
        return ()
    said, read = "", None
    for i, token in enumerate(cursor.tokens):
        if token.value not in _NOISE:
            word = _SYNONYMS.get(token.value, token.value)
            said = f"{said} {word}" if said else word
            if said not in _BEGINNINGS:
                break
            if said in STATEMENTS:
                read, cursor.i = STATEMENTS[said], i + 1
    if read is not None:
        return tuple(islice(read(cursor, cursor.tokens[0].start), _MOST_CHANGES + 1))
    cursor.i = 0
    token = cursor.token
    return (Opaque(Span(token.start, token.end), "unknown statement", text[start:end]),)


def _psql(statement: Statement, whole: Span) -> Iterator[Change]:
    if statement.word in ("\\gexec", "\\i", "\\ir", "\\include", "\\include_relative"):
        yield Dynamic(whole, statement.text, "psql runs what another file or query yields")
    elif statement.word not in PSQL_QUIET and not statement.word.startswith("\\d"):
        yield Opaque(whole, "unknown psql command", statement.text)
