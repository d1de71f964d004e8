"""What follows a role that gets another name."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from migcompat.frozen import replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import OF_ROLES, Function, Namespace, OtherObject, Privilege, Relation, Type
from migcompat.schema.store import Store

T = TypeVar("T", Relation, Function, Type, Namespace)
S = TypeVar("S", Relation, Function, Type, Namespace, OtherObject)


def rename_role(catalog: Catalog, old: str, new: str) -> None:
    """Grants, owners, policies and memberships hold a role by its oid (pg_authid.oid): they are what they were, whatever it is called."""

    def named(role: str) -> str:
        return new if role == old else role

    def granted(grants: frozenset[Privilege]) -> frozenset[Privilege]:
        return frozenset(p._replace(role=named(p.role)) for p in grants)

    def held(value: T) -> T:
        return replace(value, owner=named(value.owner), grants=granted(value.grants))

    def guarded(relation: Relation) -> Relation:
        return held(replace(relation, policies=tuple(replace(p, roles=tuple(map(named, p.roles))) for p in relation.policies)))

    def member(given: OtherObject) -> OtherObject:
        role, _, what = given.name.partition(" ")
        group = what.removeprefix(OF_ROLES)
        followed = f"{named(role)} {what if group == what else OF_ROLES + named(group)}"
        return replace(given, name=followed) if given.kind == "grant" else given

    _restate(catalog.relations, catalog.put, lambda r: r.key, guarded)
    _restate(catalog.functions, catalog.put_function, lambda f: (f.id,), held)
    _restate(catalog.types, catalog.put_type, lambda t: t.key, held)
    _restate(catalog.namespaces, catalog.put_namespace, lambda n: n.name, held)
    _restate(catalog.others, lambda o: catalog.others.put(o.id, (o.kind, o.name), o), lambda o: (o.kind, o.name), member)
    catalog.default_grants = {key: granted(grants) for key, grants in catalog.default_grants.items()}
    catalog.memberships = {named(role): set(map(named, groups)) for role, groups in catalog.memberships.items()}


def _restate(store: Store[S], put: Callable[[S], object], key: Callable[[S], Hashable], today: Callable[[S], S]) -> None:
    """Says of what a store holds, and of what it held, what it is called today."""
    for now in store:
        if (called := today(now)) != now:
            put(called)
            if (was := store.was(now.id)) is not None:
                store.restate(now.id, key(was := today(was)), was)
