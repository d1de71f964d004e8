"""Triggers, rules, policies, grants, owners: what may be done with a relation, and what happens beside it."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import (
    AlterPolicy,
    Change,
    CreatePolicy,
    CreateRule,
    CreateTrigger,
    DefaultPrivileges,
    DropPolicy,
    DropRule,
    DropTrigger,
    Grant,
    Name,
    RenameRule,
    RenameTrigger,
    TypeName,
)
from migcompat.lowering.functions import signature
from migcompat.sql.cursor import Cursor
from migcompat.sql.lexer import Kind

_GRANT_KINDS = {
    "table": "table", "sequence": "sequence", "function": "function", "procedure": "function", "routine": "function", "schema": "schema",
    "type": "type", "domain": "type",
}  # fmt: skip
_OTHER_KINDS = ("database", "language", "tablespace", "large object", "foreign data wrapper", "foreign server", "parameter")
_OPTIONS = ("grant", "admin", "inherit", "set")


def create_trigger(cursor: Cursor, start: int, *, or_replace: bool, constraint: bool) -> Iterator[Change]:
    """After `CREATE [CONSTRAINT] TRIGGER`."""
    name = cursor.identifier()
    begin = cursor.start
    timing = cursor.take_any("before", "after") or ("instead of" if cursor.take("instead", "of") else "")
    if not timing:
        raise cursor.fail("BEFORE, AFTER or INSTEAD OF")
    events = set()
    while True:
        event = cursor.take_any("insert", "update", "delete", "truncate")
        if not event:
            raise cursor.fail("an event")
        events.add(event)
        if event == "update" and cursor.take("of"):
            cursor.list_of(cursor.identifier)
        if not cursor.take("or"):
            break
    cursor.need("on")
    table = cursor.name()
    while not cursor.done and not cursor.at("execute"):
        if cursor.at("("):
            cursor.skip_group()
        else:
            cursor.next()
    cursor.need("execute")
    if not cursor.take_any("function", "procedure"):
        raise cursor.fail("FUNCTION")
    function = cursor.name()
    cursor.parenthesised()
    cursor.finish()
    definition = " ".join(t.value for t in cursor.tokens if t.start >= begin).replace(" execute procedure ", " execute function ")
    text = cursor.text[start : cursor.last]
    yield CreateTrigger(cursor.since(start), table, name, function, timing, frozenset(events), or_replace, constraint, definition, text)


def drop_trigger(cursor: Cursor, start: int) -> Iterator[Change]:
    yield _drop_on(cursor, start, DropTrigger)


def drop_rule(cursor: Cursor, start: int) -> Iterator[Change]:
    yield _drop_on(cursor, start, DropRule)


def drop_policy(cursor: Cursor, start: int) -> Iterator[Change]:
    yield _drop_on(cursor, start, DropPolicy)


def _drop_on(cursor: Cursor, start: int, change: type[DropTrigger | DropRule | DropPolicy]) -> Change:
    missing_ok = cursor.if_exists()
    name = cursor.identifier()
    cursor.need("on")
    table = cursor.name()
    cursor.cascade()
    cursor.finish()
    return change(cursor.since(start), table, name, missing_ok)


def alter_trigger(cursor: Cursor, start: int) -> Iterator[Change]:
    name = cursor.identifier()
    cursor.need("on")
    cursor.take("only")
    table = cursor.name()
    if cursor.take("rename", "to"):
        yield RenameTrigger(cursor.since(start), table, name, cursor.identifier())
    else:
        cursor.take("no")
        cursor.need("depends", "on", "extension")
        cursor.identifier()
    cursor.finish()


def create_rule(cursor: Cursor, start: int, *, or_replace: bool) -> Iterator[Change]:
    """After CREATE RULE."""
    name = cursor.identifier()
    cursor.need("as", "on")
    event = cursor.take_any("select", "insert", "update", "delete")
    cursor.need("to")
    table = cursor.name()
    conditional = cursor.take("where")
    if conditional:
        cursor.expression("do")
    cursor.need("do")
    instead = cursor.take_any("instead", "also") == "instead"
    action = cursor.rest()
    text = cursor.text[start : cursor.last]
    yield CreateRule(cursor.since(start), table, name, event, instead, action, conditional, or_replace, text)


def alter_rule(cursor: Cursor, start: int) -> Iterator[Change]:
    name = cursor.identifier()
    cursor.need("on")
    table = cursor.name()
    cursor.need("rename", "to")
    yield RenameRule(cursor.since(start), table, name, cursor.identifier())
    cursor.finish()


def create_policy(cursor: Cursor, start: int) -> Iterator[Change]:
    """After CREATE POLICY."""
    name = cursor.identifier()
    cursor.need("on")
    table = cursor.name()
    permissive = not (cursor.take("as") and cursor.take_any("permissive", "restrictive") == "restrictive")
    command = cursor.identifier() if cursor.take("for") else "all"
    roles, using, check = _policy_clauses(cursor)
    yield CreatePolicy(cursor.since(start), table, name, command, permissive, roles or ("public",), using, check)


def _policy_clauses(cursor: Cursor) -> tuple[tuple[str, ...], str, str]:
    roles = cursor.list_of(cursor.identifier) if cursor.take("to") else ()
    using = cursor.parenthesised() if cursor.take("using") else ""
    check = cursor.parenthesised() if cursor.take("with", "check") else ""
    cursor.finish()
    return roles, using, check


def alter_policy(cursor: Cursor, start: int) -> Iterator[Change]:
    name = cursor.identifier()
    cursor.need("on")
    table = cursor.name()
    if cursor.take("rename", "to"):
        yield AlterPolicy(cursor.since(start), table, name, cursor.identifier())
        cursor.finish()
        return
    roles, using, check = _policy_clauses(cursor)
    yield AlterPolicy(cursor.since(start), table, name, "", roles, using, check)


def grant(cursor: Cursor, start: int, *, grants: bool) -> Iterator[Change]:
    """After GRANT or REVOKE: privileges on objects, or membership in roles."""
    option = "" if grants else next((f"{word} option" for word in _OPTIONS if cursor.take(word, "option", "for")), "")
    privileges = cursor.list_of(lambda: _privilege(cursor))
    if option not in ("", "grant option") or not cursor.take("on"):
        if option == "grant option" or not cursor.take_any("to", "from"):
            raise cursor.fail({"": "ON, TO or FROM", "grant option": "ON"}.get(option, "TO or FROM"))
        members = cursor.list_of(lambda: _role(cursor))
        options = cursor.list_of(lambda: _option(cursor)) if cursor.take("with") else ()
        cursor.rest()
        groups = tuple(Name(p) for p, _ in privileges)
        yield Grant(cursor.since(start), grants, "role", groups, (("member", ()),), members, option, options=options)
        return
    kind, names, signatures = _grant_objects(cursor)
    if not cursor.take_any("to", "from"):
        raise cursor.fail("TO or FROM")
    roles = cursor.list_of(lambda: _role(cursor))
    cursor.take("with", "grant", "option")
    if cursor.take("granted", "by"):
        cursor.identifier()
    cursor.cascade()
    cursor.finish()
    yield Grant(cursor.since(start), grants, kind, names, privileges, roles, option, signatures)


def _privilege(cursor: Cursor) -> tuple[str, tuple[str, ...]]:
    if cursor.token.kind is Kind.QUOTED:
        return cursor.identifier(), ()
    word = cursor.identifier()
    if word == "all":
        cursor.take("privileges")
    elif word == "alter":
        cursor.need("system")
    return word, cursor.identifiers() if cursor.at("(") else ()


def _option(cursor: Cursor) -> tuple[str, str]:
    """ADMIN, INHERIT or SET with OPTION, TRUE or FALSE."""
    word = cursor.take_any("admin", "inherit", "set")
    said = cursor.take_any("option", "true", "false")
    if not (word and said):
        raise cursor.fail("ADMIN, INHERIT or SET with OPTION, TRUE or FALSE")
    return f"{word} option", "no" if said == "false" else "yes"


def _role(cursor: Cursor) -> str:
    cursor.take("group")
    return cursor.identifier()


def _grant_objects(cursor: Cursor) -> tuple[str, tuple[Name, ...], tuple[tuple[TypeName, ...] | None, ...]]:
    if cursor.take("all"):
        kind = "all " + cursor.identifier()
        cursor.need("in", "schema")
        return kind, cursor.list_of(lambda: Name(cursor.identifier())), ()
    following = cursor.tokens[cursor.i + 1 : cursor.i + 2]
    if following and following[0].value not in ("to", "from", ",", "."):
        other = next((kind for kind in _OTHER_KINDS if cursor.take(*kind.split())), "")
        if other:
            return other, cursor.list_of(lambda: _other_name(cursor)), ()
    word = "table"
    if cursor.at_any_of(_GRANT_KINDS) and following and following[0].value not in (",", "to", "from", "."):
        word = cursor.identifier()
    kind = _GRANT_KINDS[word]
    if kind == "function":
        named = cursor.list_of(lambda: (cursor.name(), signature(cursor)))
        return kind, tuple(n for n, _ in named), tuple(s for _, s in named)
    return kind, cursor.list_of(cursor.name), ()


def _other_name(cursor: Cursor) -> Name:
    return cursor.name() if cursor.token.kind is not Kind.NUMBER else Name(cursor.next().value)


def default_privileges(cursor: Cursor, start: int) -> Iterator[Change]:
    """After ALTER DEFAULT PRIVILEGES."""
    schemas: tuple[str, ...] = ()
    while True:
        if cursor.take("for"):
            cursor.take_any("role", "user")
            cursor.list_of(cursor.identifier)
        elif cursor.take("in", "schema"):
            schemas = cursor.list_of(cursor.identifier)
        else:
            break
    word = cursor.take_any("grant", "revoke")
    if not word:
        raise cursor.fail("GRANT or REVOKE")
    cursor.take("grant", "option", "for")
    privileges = tuple(p for p, _ in cursor.list_of(lambda: _privilege(cursor)))
    cursor.need("on")
    if cursor.take("large"):
        pass
    kind = cursor.identifier()
    cursor.take_any("to", "from")
    roles = cursor.list_of(lambda: _role(cursor))
    cursor.take("with", "grant", "option")
    cursor.cascade()
    cursor.finish()
    yield DefaultPrivileges(cursor.since(start), word == "grant", kind, privileges, roles, schemas)
