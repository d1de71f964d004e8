"""Owners and privileges: GRANT, REVOKE, OWNER TO and what new objects grant by default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from migcompat.changes import Change, DefaultPrivileges, Grant, SetOwner
from migcompat.frozen import replace
from migcompat.schema.apply import objects, types
from migcompat.schema.apply.functions import existing
from migcompat.schema.apply.memberships import change_membership
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import OF_NEW, PUBLIC, Function, Namespace, OtherObject, Privilege, Relation, Type

ALL = {
    "table": ("select", "insert", "update", "delete", "truncate", "references", "trigger"),
    "sequence": ("usage", "select", "update"),
    "function": ("execute",),
    "type": ("usage",),
    "schema": ("usage", "create"),
    "database": ("connect", "create", "temporary"),
}
"""What ALL stands for (https://www.postgresql.org/docs/18/ddl-priv.html); MAINTAIN is no contract of running code."""
_OF_COLUMNS = ("select", "insert", "update", "references")
_SYNONYMS = {"temp": "temporary"}


def _owner(catalog: Catalog, change: SetOwner) -> None:
    if change.owner in objects.WHOEVER:
        change = replace(change, owner="")
    if change.kind == "schema":
        schema = objects.namespace(catalog, change.name.name)
        catalog.put_namespace(replace(schema, owner=change.owner, grants=_kept(schema, change.owner)))
    elif change.kind in ("function", "procedure", "aggregate", "routine"):
        function = existing(catalog, change.name, change.arguments, change.kind)
        catalog.put_function(replace(function, owner=change.owner, grants=_kept(function, change.owner)))
    elif change.kind == "owned":
        for relation in catalog.relations:
            if relation.owner in (change.name.name, ""):  # whose it is may never have been said
                catalog.put(replace(relation, owner=change.owner))
    elif change.kind == "type":
        type_ = types.existing(catalog, change.name, "unknown")
        catalog.put_type(replace(type_, owner=change.owner, grants=_kept(type_, change.owner)))
    elif change.kind != "index":
        relation = catalog.existing(change.name, change.kind)
        for each in (relation, *catalog.owned(relation)):
            catalog.put(replace(each, owner=change.owner, grants=_kept(each, change.owner)))


def _kept(of: Relation | Function | Type | Namespace, owner: str) -> frozenset[Privilege]:
    """What the former owner holds, the new one holds from now on (aclnewowner in acl.c)."""
    return frozenset(p for p in of.grants if not of.owner or of.owner == owner or p.role != of.owner)


def _grant(catalog: Catalog, change: Grant) -> None:
    if change.option and change.kind != "role":
        return
    if change.kind in ("table", "sequence"):
        for name in change.names:
            _on_relation(catalog, catalog.existing(name, change.kind), change)
    elif change.kind.startswith("all ") and not change.grant and _all_unseen(catalog, change):
        _on_other(catalog, replace(change, kind=f"{change.kind} in schema"))
    elif change.kind in ("all tables", "all sequences"):
        _on_all_relations(catalog, change)
    elif change.kind == "schema":
        for name in change.names:
            _on_namespace(catalog, objects.namespace(catalog, name.name), change)
    elif change.kind in ("function", "all functions", "all routines", "all procedures"):
        for function in _functions(catalog, change):
            _on_function(catalog, function, change)
    elif change.kind == "type":
        for type_ in _types(catalog, change):
            _on_type(catalog, type_, change)
    elif change.kind == "role":
        change_membership(catalog, change)
    else:
        _on_other(catalog, change)


def _all_unseen(catalog: Catalog, change: Grant) -> bool:
    """Whether a REVOKE speaks of schemas in which nothing was ever seen, though there may be much. PUBLIC may most often nothing."""
    wanted = {n.name for n in change.names}
    seen = (o.key.schema in wanted for store in (catalog.relations, catalog.functions) for o in store)
    return not catalog.closed and PUBLIC not in change.roles and not any(seen)


def _on_all_relations(catalog: Catalog, change: Grant) -> None:
    """A REVOKE takes from roles of the history what it granted them; any other role may have held everything."""
    wanted = {n.name for n in change.names}
    of_history = {p.role for r in catalog.relations for p in r.grants}
    unseen = replace(change, roles=tuple(r for r in change.roles if r not in of_history))
    for relation in catalog.relations:
        sequence = relation.kind == "sequence"
        if relation.key.schema in wanted and relation.kind != "index" and sequence == (change.kind == "all sequences"):
            _on_relation(catalog, relation, change, unseen)


def _privileges(change: Grant, kind: str) -> frozenset[Privilege]:
    found = set()
    for privilege, columns in change.privileges:
        for one in _each(privilege, kind, columns):
            for role in change.roles:
                found |= {Privilege(role, one, c) for c in columns or ("",)}
    return frozenset(found)


def _each(privilege: str, kind: str, columns: tuple[str, ...] = ()) -> Iterable[str]:
    if privilege != "all":
        return (_SYNONYMS.get(privilege, privilege),)
    return _OF_COLUMNS if columns else ALL.get(kind, ("all",))


def _on_relation(catalog: Catalog, relation: Relation, change: Grant, unseen: Grant | None = None) -> None:
    """`unseen`: the part of a REVOKE that says there was something to revoke."""
    kind = "sequence" if relation.kind == "sequence" else "table"
    privileges = _privileges(change, kind)
    if change.grant:
        catalog.put(replace(relation, grants=relation.grants | privileges))
        return
    implied = _implied(relation, unseen or change, kind) - relation.grants
    if implied and (was := catalog.relations.was(relation.id)) is not None:
        # grants are often made outside migrations
        catalog.relations.restate(relation.id, was.key, replace(was, grants=was.grants | implied))
    gone = {(p.role, p.privilege) for p in privileges if not p.column}  # the columns' own grants go with the table's
    kept = frozenset(p for p in relation.grants if p not in privileges and (p.role, p.privilege) not in gone)
    catalog.put(replace(relation, grants=kept))


def _implied(relation: Relation, revoke: Grant, kind: str) -> frozenset[Privilege]:
    """What a REVOKE says was granted: ALL speaks of what is known, where anything is."""
    whole = {(p.role, p.privilege) for p in relation.grants if not p.column}
    known = {p.role for p in relation.grants}
    every = any(privilege == "all" for privilege, _ in revoke.privileges)
    return frozenset(
        p
        for p in _privileges(revoke, kind)
        if (p.role != PUBLIC or relation.assumed) and not (p.column and (p.role, p.privilege) in whole) and not (every and p.role in known)
    )


def _on_namespace(catalog: Catalog, namespace: Namespace, change: Grant) -> None:
    privileges = _privileges(change, "schema")
    implied = _named(namespace, privileges, change)
    was = catalog.namespaces.was(namespace.id)
    if implied and was is not None:
        catalog.namespaces.restate(namespace.id, was.name, replace(was, grants=was.grants | implied))
    catalog.put_namespace(replace(namespace, grants=_granted(namespace, privileges, change)))


def _functions(catalog: Catalog, change: Grant) -> Iterator[Function]:
    if change.kind == "function":
        for name, arguments in zip(change.names, change.arguments, strict=True):
            yield existing(catalog, name, arguments)
    else:
        wanted = {n.name for n in change.names}
        procedures = {"all procedures": (True,), "all functions": (False,)}.get(change.kind, (True, False))
        yield from (f for f in catalog.functions if f.key.schema in wanted and (f.kind == "procedure") in procedures)


def _on_function(catalog: Catalog, function: Function, change: Grant) -> None:
    privileges = _privileges(change, "function")
    implied = _named(function, privileges, change)
    was = catalog.functions.was(function.id)
    if implied and was is not None:
        catalog.functions.restate(function.id, (function.id,), replace(was, grants=was.grants | implied))
    catalog.put_function(replace(function, grants=_granted(function, privileges, change)))


def _types(catalog: Catalog, change: Grant) -> Iterator[Type]:
    """One that was never seen, though all of the history is known, is built in or an extension's; a table's rows have a type, too."""
    for name in change.names:
        if catalog.type(name) is not None or not (catalog.closed or catalog.relation(name) is not None):
            yield types.existing(catalog, name, "unknown")


def _on_type(catalog: Catalog, type_: Type, change: Grant) -> None:
    privileges = _privileges(change, "type")
    implied = _named(type_, privileges, change)
    was = catalog.types.was(type_.id)
    if implied and was is not None:
        catalog.types.restate(type_.id, was.key, replace(was, grants=was.grants | implied))
    catalog.put_type(replace(type_, grants=_granted(type_, privileges, change)))


def _granted(of: Function | Type | Namespace, privileges: frozenset[Privilege], change: Grant) -> frozenset[Privilege]:
    return of.grants | privileges if change.grant else of.grants - privileges


def _named(of: Function | Type | Namespace, privileges: frozenset[Privilege], change: Grant) -> frozenset[Privilege]:
    """What a REVOKE says was granted: a role that is named had it. PUBLIC has its defaults, but in a schema that was there already."""
    if change.grant or change.kind.startswith("all "):
        return frozenset()
    unknown = isinstance(of, Namespace) and of.assumed
    return frozenset(p for p in privileges if p.role != PUBLIC or unknown) - of.grants


def _on_other(catalog: Catalog, change: Grant) -> None:
    """Privileges on a database, a foreign server …: known by their words alone."""
    for role in change.roles:
        for name in change.names:
            for privilege, _ in change.privileges:
                for one in _each(privilege, change.kind):
                    key = ("grant", f"{role} {one.upper()} on {change.kind} {name}")
                    if not change.grant:
                        catalog.others.remove(objects.other(catalog, key).id)
                    elif catalog.others.find(key) is None:
                        given = OtherObject(catalog.new_id(), *key)
                        catalog.others.put(given.id, key, given)


def _default_privileges(catalog: Catalog, change: DefaultPrivileges) -> None:
    kind = {"routines": "functions"}.get(change.kind, change.kind)
    privileges = frozenset(
        Privilege(role, one) for p in change.privileges for one in _each(p, kind.removesuffix("s")) for role in change.roles
    )
    for schema in change.schemas or ("",):
        key = (kind, schema)
        held = catalog.default_grants.get(key, frozenset() if schema else OF_NEW.get(kind, frozenset()))
        catalog.default_grants[key] = held | privileges if change.grant else held - privileges


APPLY: dict[type[Change], Callable[..., None]] = {
    DefaultPrivileges: _default_privileges,
    Grant: _grant,
    SetOwner: _owner,
}
