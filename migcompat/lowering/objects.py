"""Schemas, extensions and the objects that only others depend on (casts, operators, collations, …)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migcompat.changes import (
    Change,
    CreateExtension,
    CreateSchema,
    Dependent,
    DropExtension,
    DropOwned,
    DropRelation,
    DropSchema,
    EnterSchema,
    LeaveSchema,
    MoveExtension,
    RenameDependent,
    RenameSchema,
    SetOwner,
    SetSearchPath,
)
from migcompat.changes import Name as QualifiedName
from migcompat.findings import Span
from migcompat.lowering.options import is_on, options
from migcompat.sql.cursor import Cursor
from migcompat.sql.lexer import Kind
from migcompat.sql.types import type_name


def create_schema(cursor: Cursor, start: int, element: Callable[[str, int, int], Iterator[Change]]) -> Iterator[Change]:
    """After CREATE SCHEMA; elements inside it are statements of their own, in that schema."""
    missing_ok = cursor.if_not_exists()
    name = "" if cursor.at("authorization") else cursor.identifier()
    owner = cursor.identifier() if cursor.take("authorization") else ""
    name = name or owner
    span = cursor.since(start)
    yield CreateSchema(span, name, missing_ok, owner)
    if cursor.done:
        return
    yield EnterSchema(span, name)
    starts = [t.start for i, t in enumerate(cursor.tokens) if i >= cursor.i and t.kind is Kind.WORD and t.value in ("create", "grant")]
    for at, end in zip(starts, [*starts[1:], cursor.tokens[-1].end], strict=True):
        yield from element(cursor.text, at, end)
    yield LeaveSchema(span)


def drop_schemas(cursor: Cursor, start: int) -> Iterator[Change]:
    missing_ok = cursor.if_exists()
    names = cursor.list_of(cursor.identifier)
    cascade = cursor.cascade()
    cursor.finish()
    for name in names:
        yield DropSchema(cursor.since(start), name, missing_ok, cascade)


def alter_schema(cursor: Cursor, start: int) -> Iterator[Change]:
    name = cursor.identifier()
    if cursor.take("rename", "to"):
        yield RenameSchema(cursor.since(start), name, cursor.identifier())
    else:
        cursor.need("owner", "to")
        yield SetOwner(cursor.since(start), "schema", QualifiedName(name), cursor.identifier())
    cursor.finish()


def create_extension(cursor: Cursor, start: int) -> Iterator[Change]:
    missing_ok = cursor.if_not_exists()
    name, schema = cursor.identifier(), None
    cursor.take("with")
    while not cursor.done:
        if cursor.take("schema"):
            schema = cursor.identifier()
        elif cursor.take_any("version", "from"):
            cursor.next()
        elif not cursor.take("cascade"):
            raise cursor.fail("an option of CREATE EXTENSION")
    yield CreateExtension(cursor.since(start), name, schema, missing_ok)


def alter_extension(cursor: Cursor, start: int) -> Iterator[Change]:
    """Another version may be anything; another schema hides the names."""
    name = cursor.identifier()
    if cursor.take("set", "schema"):
        yield MoveExtension(cursor.since(start), name, cursor.identifier())
        cursor.finish()


def drop_extensions(cursor: Cursor, start: int) -> Iterator[Change]:
    missing_ok = cursor.if_exists()
    names = cursor.list_of(cursor.identifier)
    cascade = cursor.cascade()
    cursor.finish()
    for name in names:
        yield DropExtension(cursor.since(start), name, missing_ok, cascade)


def drop_relations(cursor: Cursor, kind: str, start: int) -> Iterator[Change]:
    """After DROP TABLE / VIEW / …; each name is a change of its own, spanning its name."""
    if kind == "index":
        cursor.take("concurrently")
    missing_ok = cursor.if_exists()
    named = []
    while True:
        at = cursor.start
        named.append((cursor.name(), cursor.since(at)))
        if not cursor.take(","):
            break
    cascade = cursor.cascade()
    cursor.finish()
    for number, (name, span) in enumerate(named):
        yield DropRelation(span if len(named) > 1 else cursor.since(start), kind, name, missing_ok, cascade, number > 0)


def drop_owned(cursor: Cursor, start: int) -> Iterator[Change]:
    cursor.need("by")
    roles = cursor.list_of(cursor.identifier)
    cascade = cursor.cascade()
    cursor.finish()
    yield DropOwned(cursor.since(start), roles, cascade)


def dependent(cursor: Cursor, kind: str, start: int, *, created: bool) -> Iterator[Change]:
    """CREATE / DROP of a cast, operator, collation …: only its coming or going matters."""
    if kind == "text search":
        kind = f"text search {cursor.identifier()}"
    conditional = cursor.if_not_exists() if created else cursor.if_exists()
    names = [_dependent_name(cursor, kind)]
    while not created and cursor.take(","):
        names.append(_dependent_name(cursor, kind))
    settings = _collation(cursor) if created and kind == "collation" else ()
    if created:
        implicit = [token.value for token in cursor.tokens[-2:]] == ["as", "implicit"]
        cursor.rest()
        settings = (("implicit", "yes"),) if implicit and kind == "cast" else settings
    else:
        cursor.cascade()
        cursor.finish()
    for name in names:
        yield Dependent(Span(start, cursor.last), kind, name, created, settings, if_exists=conditional and not created)


def create_operator(cursor: Cursor, start: int) -> Iterator[Change]:
    """After CREATE OPERATOR; of its classes and families statements know nothing."""
    if cursor.at_any("class", "family"):
        return
    sign = _sign(cursor)
    inner = Cursor(cursor.parenthesised())
    cursor.finish()
    said = dict(inner.list_of(lambda: _operator_option(inner)))
    types = (said.get(side, "none") for side in ("leftarg", "rightarg"))
    yield Dependent(cursor.since(start), "operator", f"{sign} ({', '.join(types)})", created=True)


def _operator_option(cursor: Cursor) -> tuple[str, str]:
    word = cursor.identifier()
    if word in ("leftarg", "rightarg"):
        cursor.need("=")
        return word, str(type_name(cursor))
    while not cursor.item_ends:
        _ = cursor.parenthesised() if cursor.at("(") else cursor.next().value
    return word, ""


def drop_operators(cursor: Cursor, start: int) -> Iterator[Change]:
    """After DROP OPERATOR. Without CASCADE nothing is left that uses a class or family."""
    at = cursor.i
    if cursor.take_any("class", "family"):
        if cursor.tokens[-1].value == "cascade":
            raise cursor.fail("no CASCADE")
        return
    cursor.i = at
    yield from dependent(cursor, "operator", start, created=False)


def _collation(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """Whether different strings may be equal."""
    said = dict(options(cursor)) if cursor.at("(") else {}
    return (("deterministic", "no"),) if not is_on(said.get("deterministic", "true")) else ()


def alter_dependent(cursor: Cursor, kind: str, start: int) -> Iterator[Change]:
    """ALTER of a collation, server …: only its name matters."""
    if kind == "text search":
        kind = f"text search {cursor.identifier()}"
    name = cursor.name()
    if cursor.take("rename", "to"):
        yield RenameDependent(cursor.since(start), kind, str(name), str(QualifiedName(cursor.identifier(), name.schema)))
    elif cursor.take("set", "schema"):
        yield RenameDependent(cursor.since(start), kind, str(name), str(QualifiedName(name.name, cursor.identifier())))
    else:
        cursor.rest()


def alter_operator(cursor: Cursor, start: int) -> Iterator[Change]:
    """Only another schema hides it; of its class or family statements know nothing."""
    if cursor.at_any("class", "family"):
        return
    name = _operator(cursor)
    if cursor.take("set", "schema"):
        yield RenameDependent(cursor.since(start), "operator", name, f"{cursor.identifier()}.{name}")


def user_mapping(cursor: Cursor, start: int, *, created: bool) -> Iterator[Change]:
    """CREATE and DROP USER MAPPING."""
    conditional = cursor.if_not_exists() if created else cursor.if_exists()
    cursor.need("for")
    role = cursor.identifier()
    cursor.need("server")
    server = cursor.identifier()
    cursor.rest()
    yield Dependent(cursor.since(start), "user mapping", f"for {role} server {server}", created, if_exists=conditional and not created)


def _operator(cursor: Cursor) -> str:
    """`[schema.]+ (type, type)`, however it is spelt."""
    sign = _sign(cursor)
    types = Cursor(cursor.parenthesised())
    return f"{sign} ({', '.join(types.list_of(lambda: 'none' if types.take('none') else str(type_name(types))))})"


def _sign(cursor: Cursor) -> str:
    sign = ""
    while not cursor.done and not cursor.at("("):
        sign += cursor.next().value
    return sign


def _dependent_name(cursor: Cursor, kind: str) -> str:
    if kind == "cast":
        types = Cursor(cursor.parenthesised())
        source = type_name(types)
        types.need("as")
        return f"({source} as {type_name(types)})"
    if kind == "operator":
        return _operator(cursor)
    return str(cursor.name())


def reassign_owned(cursor: Cursor, start: int) -> Iterator[Change]:
    """After REASSIGN OWNED."""
    cursor.need("by")
    roles = cursor.list_of(cursor.identifier)
    cursor.need("to")
    owner = cursor.identifier()
    cursor.finish()
    for role in roles:
        yield SetOwner(cursor.since(start), "owned", QualifiedName(role), owner)


def set_configuration(cursor: Cursor, start: int) -> Iterator[Change]:
    """After SET: only the search path decides where names go."""
    local = cursor.take_any("session", "local") == "local"
    if cursor.take("search_path"):
        if not cursor.take("=") and not cursor.take("to"):
            raise cursor.fail("a value")
        yield SetSearchPath(cursor.since(start), _path(cursor), local)
    elif cursor.take("schema"):
        yield SetSearchPath(cursor.since(start), (cursor.string(),), local)


def _path(cursor: Cursor) -> tuple[str, ...]:
    if cursor.take("default"):
        return ()
    found: list[str] = []
    while True:
        found.append(cursor.string() if cursor.token.kind is Kind.STRING else cursor.identifier())
        if not cursor.take(","):
            break
    return search_path(found)


def search_path(schemas: list[str]) -> tuple[str, ...]:
    """The schemas that names are looked up in; `$user` is taken not to exist, an empty path to reach only pg_catalog."""
    return tuple(s for s in schemas if s and s != "$user") or ("pg_catalog",)


def reset(cursor: Cursor, start: int) -> Iterator[Change]:
    """After RESET."""
    if cursor.at_any("search_path", "all"):
        yield SetSearchPath(Span(start, cursor.stop), ())
