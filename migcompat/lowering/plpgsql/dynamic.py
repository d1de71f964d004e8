"""What EXECUTE does, as far as the text that it runs is known.

An unknown part is read as a name: one private character stands for it (U+E000 and up). Where that lands in what a change is
called, or who gets it, the change still says what it does; where all that a change can do is add, nothing needs saying; any
other change is reported as dynamic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from migcompat.changes import (
    AddColumn,
    AddConstraint,
    AddLabel,
    AlterInert,
    AlterRole,
    AlterSequence,
    AttachPartition,
    CallFunction,
    Change,
    ColumnDef,
    ConstraintDef,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateQueryTable,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateType,
    CreateView,
    DefaultPrivileges,
    Dependent,
    DropPublication,
    Dynamic,
    EnterSchema,
    Fill,
    Grant,
    LeaveSchema,
    Opaque,
    Query,
    Refresh,
    SetColumnType,
    SetDefault,
    SetInheritance,
    SetNumbers,
    SetOptions,
    SetOwner,
    SetPublication,
    SetReplicaIdentity,
    SetRowSecurity,
    SetSearchPath,
    SetTrigger,
    ValidateConstraint,
)
from migcompat.findings import Span
from migcompat.frozen import fields, replace
from migcompat.lowering.plpgsql.values import Text
from migcompat.lowering.rewriting import pinned, renamed, strings
from migcompat.sql.excerpt import excerpt
from migcompat.sql.splitter import Statement, split

Lower = Callable[[Statement], tuple[Change, ...]]

_FIRST, _LAST = 0xE000, 0xF8FF
_PLACEHOLDER = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_MAY_BE_UNKNOWN: dict[type[Change], frozenset[str]] = {
    AddColumn: frozenset({"column.default"}),
    AlterRole: frozenset({"name", "value"}),
    AddConstraint: frozenset({"constraint.name", "constraint.expression"}),
    CreateFunction: frozenset({"body", "effects"}),
    CreateIndex: frozenset({"name"}),
    CreatePolicy: frozenset({"name", "roles", "using", "check"}),
    CreateTrigger: frozenset({"name", "function", "definition"}),
    CreateView: frozenset({"query", "text"}),
    DefaultPrivileges: frozenset({"roles"}),
    Grant: frozenset({"roles"}),
    SetColumnType: frozenset({"using"}),
    SetDefault: frozenset({"default"}),
    SetOwner: frozenset({"owner"}),
}
"""The fields that may hold an unknown part while the change still says what the contract loses."""

_ONLY_ADDS = (
    AddLabel, AlterInert, AlterSequence, AttachPartition, CallFunction, CreateComposite, CreateDomain, CreateEnum, CreateExtension,
    CreateFunction, CreateQueryTable, CreateSchema, CreateSequence, CreateTable, CreateType, CreateView, DefaultPrivileges, DropPublication,
    EnterSchema, Fill, LeaveSchema, Refresh, SetNumbers, SetOptions, SetPublication, SetReplicaIdentity, SetSearchPath,
    ValidateConstraint,
)  # fmt: skip
"""Changes that take nothing from the contract, whatever they speak of; OR REPLACE of a view can only append columns."""

_ADDING_HEAD = re.compile(
    r"""grant\s | create\s+(?:or\s+replace\s+)?(?:(?:global|local|temp|temporary|unlogged|foreign|recursive|materialized)\s+)*
    (?:table|view|index|sequence|schema|extension|role|user|group|type|domain|function|procedure|statistics|server|publication)\s""",
    re.IGNORECASE | re.VERBOSE,
)
"""How a statement begins that only adds, when the rest of it cannot be read for its unknown parts."""


def executed(text: Text, expression: str, span: Span, lower: Lower) -> Iterator[Change]:
    """The changes of an EXECUTE; `span` is its place, `expression` how the text is written."""
    sources = {chr(_FIRST + i): unknown.source for i, unknown in enumerate(text.unknown[: _LAST - _FIRST])}
    marks = iter(sources)
    rendered = "".join(piece if isinstance(piece, str) else next(marks, chr(_LAST)) for piece in text.pieces)
    for statement in split(rendered).statements:
        judged = [(change, _judged(change, statement)) for change in lower(statement)]
        for change, verdict in judged:
            if verdict == "says":
                said = _of_unknown_query(change) if isinstance(change, CreateView) else change
                yield pinned(renamed(said, lambda name: _shown(name, sources)), span)
        if any(verdict == "takes" for _, verdict in judged):
            yield Dynamic(span, excerpt(expression, 200), _reason(statement.text, sources))


def _judged(change: Change, statement: Statement) -> str:
    """`says` what it does for all its unknown parts, `adds` and nothing more, or `takes` something unknown."""
    where = frozenset(_unknown_fields(change))
    if where <= _MAY_BE_UNKNOWN.get(type(change), frozenset()):
        return "says"
    if isinstance(change, Opaque):
        return "adds" if _ADDING_HEAD.match(statement.text) else "takes"
    return "takes" if _takes(change, where, statement) else "adds"


def _of_unknown_query(change: CreateView) -> CreateView:
    """OR REPLACE keeps the columns of a view that is there."""
    if not any(True for _ in _unknown_fields(change)):
        return change
    return replace(change, query=Query(understood=False, simple=True), if_not_exists=change.or_replace)


def _unknown_fields(value: Change | ColumnDef | ConstraintDef) -> Iterator[str]:
    for field in fields(value):
        inner = getattr(value, field)
        if isinstance(inner, (ColumnDef, ConstraintDef)):
            for path in _unknown_fields(inner):
                yield f"{field}.{path}"
        elif any(_PLACEHOLDER.search(found) for found in strings(inner)):
            yield field


def _takes(change: Change, where: frozenset[str], statement: Statement) -> bool:
    """Whether a change with unknown parts may take something from the contract."""
    if isinstance(change, CreateIndex):
        return change.unique
    if isinstance(change, CreatePolicy):
        return not change.permissive
    if isinstance(change, Grant):
        return not change.grant
    if isinstance(change, SetInheritance):
        return not change.inherits
    if isinstance(change, SetRowSecurity):
        return bool(change.enabled or change.forced)
    if isinstance(change, SetTrigger):
        return not change.enabled
    if isinstance(change, Dependent):
        return not change.created
    if isinstance(change, AddColumn):
        column = change.column
        supplied = column.default is not None or column.identity or column.generated or column.serial
        return bool(change.constraints or "column.type" in where or (column.not_null and not supplied))
    if isinstance(change, CallFunction):
        return statement.word == "call"
    return not isinstance(change, _ONLY_ADDS)


def _shown(name: str, sources: dict[str, str]) -> str:
    """A name with its unknown parts as they are written: `{table_name}_idx`."""
    return _PLACEHOLDER.sub(lambda mark: "{" + excerpt(sources.get(mark.group(), "…"), 40) + "}", name) if sources else name


def _reason(statement: str, sources: dict[str, str]) -> str:
    present = dict.fromkeys(excerpt(sources.get(mark, "…"), 60) for mark in _PLACEHOLDER.findall(statement))
    names = " and ".join(f"`{source}`" for source in present) or "a part of it"
    known = excerpt(_shown(statement, sources), 120)
    verb = "are" if len(present) > 1 else "is"
    return f"{names} {verb} not constant" + ("" if _PLACEHOLDER.fullmatch(statement) else f" in `{known}`")
