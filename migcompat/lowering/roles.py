"""Roles and databases: what they let their sessions do, and what those find."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migcompat.changes import AlterRole, Change, Dependent, Grant, Name, RenameDependent
from migcompat.lowering.options import integer, is_on
from migcompat.sql.cursor import Cursor

_ATTRIBUTES = frozenset("superuser createdb createrole inherit login replication bypassrls".split())
_OF_DATABASES = frozenset({"allow_connections", "connection", "is_template"})


def create_role(kind: str) -> Callable[[Cursor, int], Iterator[Change]]:
    """After CREATE ROLE, USER (which may log in) or GROUP."""

    def read(cursor: Cursor, start: int) -> Iterator[Change]:
        name = cursor.identifier()
        login = "yes" if kind == "user" else "no"
        options = _attributes(cursor, name)
        said = {"login": login} | {option.attribute: option.value for option in options if isinstance(option, AlterRole)}
        yield Dependent(cursor.since(start), "role", name, created=True, settings=tuple(said.items()))
        yield from (option for option in options if isinstance(option, Grant))

    return read


def alter_role(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER ROLE, ALTER USER."""
    name = "" if cursor.take("all") else cursor.identifier()
    if cursor.take("rename", "to"):
        yield RenameDependent(cursor.since(start), "role", name, cursor.identifier())
    elif cursor.at_any("set", "reset", "in"):
        if cursor.take("in", "database"):
            cursor.identifier()
        yield from _setting(cursor, start, "role", name)
    else:
        yield from _attributes(cursor, name)
    cursor.finish()


def alter_group(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER GROUP: an old way to say GRANT and REVOKE."""
    name = cursor.identifier()
    if cursor.take("rename", "to"):
        yield RenameDependent(cursor.since(start), "role", name, cursor.identifier())
        return
    word = cursor.take_any("add", "drop")
    if not word or not cursor.take("user"):
        raise cursor.fail("ADD USER, DROP USER or RENAME TO")
    members = cursor.list_of(cursor.identifier)
    yield Grant(cursor.since(start), word == "add", "role", (Name(name),), (("member", ()),), members)


def alter_database(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER DATABASE."""
    name = cursor.identifier()
    if cursor.take("rename", "to"):
        yield RenameDependent(cursor.since(start), "database", name, cursor.identifier())
    elif cursor.at_any("set", "reset") and not cursor.at("set", "tablespace"):
        yield from _setting(cursor, start, "database", name)
    elif cursor.take_any("with") or cursor.at_any_of(_OF_DATABASES):
        while not cursor.done:
            yield _database_option(cursor, start, name)
    else:
        cursor.rest()


def alter_system(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER SYSTEM: what every session starts with, unless its role or database says otherwise."""
    yield from _setting(cursor, start, "system", "")
    cursor.finish()


def _database_option(cursor: Cursor, start: int, name: str) -> Change:
    word = cursor.identifier()
    if word == "connection":
        cursor.need("limit")
        cursor.take("=")
        limit = "-1" if cursor.take("default") else integer(cursor)
        return AlterRole(cursor.since(start), name, "connection limit", limit, kind="database")
    cursor.take("=")
    value = _value(cursor)
    if word == "allow_connections":
        value = "yes" if is_on(value) else "no"
    return AlterRole(cursor.since(start), name, word, value, kind="database")


def _attributes(cursor: Cursor, name: str) -> list[AlterRole | Grant]:
    """Options of CREATE and ALTER ROLE, whatever their order."""
    cursor.take("with")
    found: list[AlterRole | Grant] = []
    while not cursor.done:
        at = cursor.start
        word = cursor.identifier()
        attribute = word.removeprefix("no")
        if word in _ATTRIBUTES or (attribute in _ATTRIBUTES and word == f"no{attribute}"):
            found.append(AlterRole(cursor.since(at), name, attribute, "yes" if word == attribute else "no"))
        elif word == "connection":
            cursor.need("limit")
            found.append(AlterRole(cursor.since(at), name, "connection limit", integer(cursor)))
        elif word == "valid":
            cursor.need("until")
            found.append(AlterRole(cursor.since(at), name, "valid until", _value(cursor)))
        elif word in ("password", "encrypted", "unencrypted"):
            cursor.take("password")
            found.append(AlterRole(cursor.since(at), name, "password", _digest(_value(cursor))))
        elif word == "sysid":
            cursor.next()
        elif word in ("in", "role", "user", "admin"):
            cursor.take_any("role", "group")
            listed = cursor.list_of(cursor.identifier)
            groups, members = (listed, (name,)) if word == "in" else ((name,), listed)
            found.append(Grant(cursor.since(at), True, "role", tuple(map(Name, groups)), (("member", ()),), members))
        else:
            cursor.i -= 1
            raise cursor.fail("an option of a role")
    return found


def _setting(cursor: Cursor, start: int, kind: str, name: str) -> Iterator[Change]:
    """SET parameter { TO | = } value, SET parameter FROM CURRENT, RESET parameter | ALL."""
    reset = cursor.take_any("set", "reset") == "reset"
    parameter = cursor.identifier()
    while cursor.take("."):
        parameter = f"{parameter}.{cursor.identifier()}"
    if parameter == "time" and cursor.take("zone"):
        parameter = "timezone"
    if reset or cursor.take("from", "current"):
        yield AlterRole(cursor.since(start), name, f"set {parameter}", "", kind=kind)
        return
    if not cursor.take("to"):
        cursor.take("=")
    values = []
    while not cursor.done:
        if not cursor.take(","):
            values.append(_value(cursor))
    text = ", ".join("" if value == "default" else value for value in values)
    yield AlterRole(cursor.since(start), name, f"set {parameter}", text, kind=kind)


def _digest(password: str) -> str:
    """What tells two passwords apart, and keeps them out of the cache."""
    import hashlib

    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).hexdigest()


def _value(cursor: Cursor) -> str:
    sign = cursor.take_any("-", "+")
    return sign + cursor.next().value
