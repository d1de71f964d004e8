"""Event triggers."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import AlterRole, Change, Dependent, RenameDependent
from migcompat.sql.cursor import Cursor

KIND = "event trigger"


def create_event_trigger(cursor: Cursor, start: int) -> Iterator[Change]:
    """After CREATE EVENT TRIGGER."""
    name = cursor.identifier()
    cursor.need("on")
    event, tags = cursor.identifier(), tuple[str, ...]()
    if cursor.take("when"):
        while not cursor.at("execute"):
            cursor.need("tag", "in")
            tags += cursor.in_parentheses(lambda: cursor.list_of(cursor.string))
            cursor.take("and")
    cursor.need("execute")
    if not cursor.take_any("function", "procedure"):
        raise cursor.fail("FUNCTION")
    settings = (("event", event), ("tags", ", ".join(tags).upper()), ("function", str(cursor.name())), ("enabled", "yes"))
    cursor.parenthesised()
    cursor.finish()
    yield Dependent(cursor.since(start), KIND, name, created=True, settings=settings)


def alter_event_trigger(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER EVENT TRIGGER."""
    name = cursor.identifier()
    if cursor.take("rename", "to"):
        yield RenameDependent(cursor.since(start), KIND, name, cursor.identifier())
    elif word := cursor.take_any("enable", "disable"):
        enabled = word == "enable" and cursor.take_any("replica", "always") != "replica"
        yield AlterRole(cursor.since(start), name, "enabled", "yes" if enabled else "no", kind=KIND)
    else:
        cursor.rest()
    cursor.finish()
