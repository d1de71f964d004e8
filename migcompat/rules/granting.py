"""What gives back what roles have lost."""

from __future__ import annotations

from migcompat.frozen import replace
from migcompat.rules.drop_function import stand_in
from migcompat.rules.pairs import FunctionPair, ObjectPair, Pair, RelationPair, TypePair
from migcompat.rules.privileges import OF_OWNERS, lost, lost_of
from migcompat.schema.definitions import function_name, grants_sql, membership_sql, role_sql
from migcompat.schema.model import OF_ROLES, Namespace, OtherObject, Privilege
from migcompat.sql.quoting import ident, qualified


def given(pair: Pair) -> tuple[str, ...]:
    """GRANT statements for what was lost."""
    if isinstance(pair, RelationPair):
        assert pair.new is not None
        columns = frozenset(c.name for c in pair.new.columns)
        loss = lost(pair.deploy.catalog, pair.old.grants, pair.new.grants, pair.new.owner, columns).privileges
        if not loss and pair.old.owner:
            loss = frozenset(Privilege(pair.old.owner, p) for p in OF_OWNERS.get(pair.old.kind, OF_OWNERS["table"]))
        return tuple(grants_sql(loss, f"SEQUENCE {pair.sql}" if pair.old.kind == "sequence" else pair.sql))
    if isinstance(pair, TypePair):
        assert pair.new is not None
        privileges = lost_of(pair.deploy.catalog, pair.old, pair.new, "type").privileges
        return tuple(grants_sql(privileges, f"TYPE {qualified(*pair.old.key)}"))
    if isinstance(pair, FunctionPair):
        new = stand_in(pair)
        assert new is not None
        privileges = lost_of(pair.deploy.catalog, pair.old, new, "function").privileges
        return tuple(grants_sql(privileges, f"ROUTINE {function_name(pair.deploy.catalog, new)}"))
    assert isinstance(pair, ObjectPair)
    if isinstance(pair.old, Namespace):
        now = pair.deploy.catalog.namespaces.find(pair.old.name)
        assert now is not None
        return tuple(grants_sql(lost_of(pair.deploy.catalog, pair.old, now, "schema").privileges, f"SCHEMA {ident(pair.old.name)}"))
    assert isinstance(pair.old, OtherObject)
    role, _, what = pair.old.name.partition(" ")
    group = what.removeprefix(OF_ROLES)
    if group == what:
        return (f"GRANT {what.replace(' on ', ' ON ', 1)} TO {role_sql(role)}",)
    gone = [option for option, now in options_now(pair, pair.old).items() if pair.old.membership[option] != now]
    options = ", ".join(f"{option.removesuffix(' option').upper()} OPTION" for option in gone)
    return (f"GRANT {group} TO {role_sql(role)}{f' WITH {options}' if options else ''}",)


def options_now(pair: ObjectPair, old: OtherObject) -> dict[str, str]:
    """The options of a membership that is still there, and of one that has gone what a new one has."""
    now = pair.deploy.catalog.others.find((old.kind, old.name)) or replace(old, settings=())
    return now.membership


def membership(pair: Pair) -> tuple[str, ...]:
    assert isinstance(pair, RelationPair)
    assert pair.new is not None
    return (membership_sql(pair.new.owner, pair.old.owner),)


def columns_granted(pair: RelationPair, roles: list[str]) -> tuple[str, ...]:
    columns = ", ".join(ident(c.name) for c in pair.added)
    return (f"GRANT SELECT ({columns}) ON {pair.sql} TO {', '.join(map(role_sql, roles))}",)
