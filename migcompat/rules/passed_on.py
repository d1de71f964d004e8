"""What routines do with `SELECT *` of something: it may go where there is room for the columns that there were."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from migcompat.changes import Name
from migcompat.findings import Breaks
from migcompat.frozen import frozen
from migcompat.rules.bodies import body_of, inserted_into, passes_on
from migcompat.rules.pairs import Deploy
from migcompat.schema.model import Function, Key


@frozen
class Meeting:
    """A routine or trigger that meets new columns."""

    what: str
    use: str
    """What is rejected."""
    breaks: Breaks
    sqlstate: str


def passed_on(deploy: Deploy, sources: Collection[Key], fresh: Collection[str]) -> Iterator[Meeting]:
    """By the routines that the deploy has left as they were; `sources` are what has the new columns, a table or routines."""
    for function in deploy.naming(key.name for key in sources):
        if "*" in function.text and deploy.kept(function):
            yield from _by(deploy, function, sources, fresh)


def _by(deploy: Deploy, function: Function, sources: Collection[Key], fresh: Collection[str]) -> Iterator[Meeting]:
    body, name = body_of(function), f"{function.kind} {function.key}"
    passed = [s for s in body.starred if any(passes_on(s, key) for key in sources)] if body is not None else []
    for statement in passed:
        target = inserted_into(statement)
        other = deploy.catalog.relation(target) if target is not None else None
        if other is not None and any(other.column(column) is None for column in fresh):
            yield Meeting(f"{name} inserts all its columns into {other.key}", "what calls it", Breaks.CALLS, "42601")
    if body is None or not passed or not _declares_columns(deploy, function):
        return
    if body.language == "plpgsql" and any(s[0].value == "return" for s in passed):
        yield Meeting(f"{name} returns all its columns for those that it declares", "a call", Breaks.CALLS, "42804")
    elif body.language == "sql" and [s for s in body.statements if s][-1] in passed:
        yield Meeting(f"{name} returns all its columns for those that it declares", "a call", Breaks.CALLS, "42P13")


def _declares_columns(deploy: Deploy, function: Function) -> bool:
    """Whether it returns rows, and not those of a table."""
    result = function.returns.removeprefix("setof ").rpartition(".")[2]
    named = deploy.catalog.type(Name(result)) if result else None
    return len(function.outputs) > 1 or (named is not None and named.kind == "composite")
