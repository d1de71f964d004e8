"""Triggers, rules, policies, row security, owners and privileges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

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
    RenameTrigger,
    SetOwner,
    SetRowSecurity,
    SetRule,
    SetTrigger,
)
from migcompat.schema.apply import objects
from migcompat.schema.apply.target import target
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Function, Namespace, Policy, Privilege, Relation, Rule, Trigger

ALL = {
    "table": ("select", "insert", "update", "delete", "truncate", "references", "trigger"),
    "sequence": ("usage", "select", "update"),
    "function": ("execute",),
    "schema": ("usage", "create"),
    "type": ("usage",),
}
"""What ALL stands for (https://www.postgresql.org/docs/18/ddl-priv.html); MAINTAIN is no contract of running code."""


def _create_trigger(catalog: Catalog, change: CreateTrigger) -> None:
    relation = catalog.existing(change.table)
    trigger = Trigger(
        change.name, str(change.function), change.timing, change.events, True, change.definition, catalog.origin(change.span)
    )
    catalog.put(replace(relation, triggers=(*(t for t in relation.triggers if t.name != change.name), trigger)))


def _drop_trigger(catalog: Catalog, change: DropTrigger) -> None:
    relation = catalog.relation(change.table) if change.if_exists else catalog.existing(change.table)
    if relation is None:
        return
    if all(t.name != change.name for t in relation.triggers) and not change.if_exists:
        assumed = Trigger(change.name, "", "", frozenset())
        relation = catalog.learn(relation, triggers=(assumed,))
    catalog.put(replace(relation, triggers=tuple(t for t in relation.triggers if t.name != change.name)))


def _rename_trigger(catalog: Catalog, change: RenameTrigger) -> None:
    relation = catalog.existing(change.table)
    catalog.put(replace(relation, triggers=tuple(replace(t, name=change.to) if t.name == change.name else t for t in relation.triggers)))


def _set_trigger(catalog: Catalog, change: SetTrigger) -> None:
    relation = target(catalog, change)
    if relation is None:
        return
    every = change.trigger in ("all", "user")
    if not every and all(t.name != change.trigger for t in relation.triggers):
        relation = catalog.learn(relation, triggers=(Trigger(change.trigger, "", "", frozenset(), not change.enabled),))
    triggers = tuple(replace(t, enabled=change.enabled) if every or t.name == change.trigger else t for t in relation.triggers)
    catalog.put(replace(relation, triggers=triggers))


def _create_rule(catalog: Catalog, change: CreateRule) -> None:
    relation = catalog.existing(change.table)
    rule = Rule(change.name, change.event, change.instead, change.conditional, change.action, True, catalog.origin(change.span))
    catalog.put(replace(relation, rules=(*(r for r in relation.rules if r.name != change.name), rule)))


def _drop_rule(catalog: Catalog, change: DropRule) -> None:
    relation = catalog.relation(change.table) if change.if_exists else catalog.existing(change.table)
    if relation is not None:
        catalog.put(replace(relation, rules=tuple(r for r in relation.rules if r.name != change.name)))


def _set_rule(catalog: Catalog, change: SetRule) -> None:
    relation = target(catalog, change)
    if relation is not None:
        rules = tuple(replace(r, enabled=change.enabled) if r.name == change.rule else r for r in relation.rules)
        catalog.put(replace(relation, rules=rules))


def _create_policy(catalog: Catalog, change: CreatePolicy) -> None:
    relation = catalog.existing(change.table)
    policy = Policy(change.name, change.command, change.permissive, change.roles, change.using, change.check, catalog.origin(change.span))
    catalog.put(replace(relation, policies=(*relation.policies, policy)))


def _alter_policy(catalog: Catalog, change: AlterPolicy) -> None:
    relation = catalog.existing(change.table)
    if all(p.name != change.name for p in relation.policies):
        relation = catalog.learn(relation, policies=(Policy(change.name, "all", True, ("public",), "", ""),))

    def altered(policy: Policy) -> Policy:
        return replace(
            policy, name=change.to or policy.name, roles=change.roles or policy.roles, using=change.using or policy.using,
            check=change.check or policy.check, origin=catalog.origin(change.span),
        )  # fmt: skip

    catalog.put(replace(relation, policies=tuple(altered(p) if p.name == change.name else p for p in relation.policies)))


def _drop_policy(catalog: Catalog, change: DropPolicy) -> None:
    relation = catalog.relation(change.table) if change.if_exists else catalog.existing(change.table)
    if relation is None:
        return
    if all(p.name != change.name for p in relation.policies) and not change.if_exists:
        relation = catalog.learn(relation, policies=(Policy(change.name, "all", True, ("public",), "", ""),))
    catalog.put(replace(relation, policies=tuple(p for p in relation.policies if p.name != change.name)))


def _row_security(catalog: Catalog, change: SetRowSecurity) -> None:
    relation = target(catalog, change)
    if relation is not None:
        enabled = relation.row_security if change.enabled is None else change.enabled
        catalog.put(replace(relation, row_security=enabled, forced=relation.forced if change.forced is None else change.forced))


def _owner(catalog: Catalog, change: SetOwner) -> None:
    if change.kind == "schema":
        catalog.put_namespace(replace(objects.namespace(catalog, change.name.name), owner=change.owner))
    elif change.kind in ("function", "procedure", "aggregate", "routine"):
        for function in catalog.overloads(change.name):
            catalog.put_function(replace(function, owner=change.owner))
    elif change.kind != "type" and (relation := catalog.relation(change.name)) is not None:
        catalog.put(replace(relation, owner=change.owner))


def _grant(catalog: Catalog, change: Grant) -> None:
    if change.option_only:
        return
    if change.kind in ("table", "sequence"):
        for name in change.names:
            relation = catalog.existing(name, change.kind)
            _on_relation(catalog, relation, change)
    elif change.kind in ("all tables", "all sequences"):
        wanted = {n.name for n in change.names}
        for relation in catalog.relations:
            if relation.key.schema in wanted and (relation.kind == "sequence") == (change.kind == "all sequences"):
                _on_relation(catalog, relation, change)
    elif change.kind == "schema":
        for name in change.names:
            _on_namespace(catalog, objects.namespace(catalog, name.name), change)
    elif change.kind in ("function", "all functions", "all routines", "all procedures"):
        for function in _functions(catalog, change):
            _on_function(catalog, function, change)


def _privileges(change: Grant, kind: str) -> frozenset[Privilege]:
    found = set()
    for privilege, columns in change.privileges:
        for one in ALL[kind] if privilege == "all" else (privilege,):
            for role in change.roles:
                found |= {Privilege(role, one, c) for c in columns or ("",)}
    return frozenset(found)


def _on_relation(catalog: Catalog, relation: Relation, change: Grant) -> None:
    privileges = _privileges(change, "sequence" if relation.kind == "sequence" else "table")
    if change.grant:
        catalog.put(replace(relation, grants=relation.grants | privileges))
        return
    implied = frozenset(p for p in privileges if p.role != "public" or relation.assumed) - relation.grants
    if implied and (was := catalog.relations.was(relation.id)) is not None:
        # grants are often made outside migrations: a REVOKE says that there was something to revoke
        catalog.relations.restate(relation.id, was.key, replace(was, grants=was.grants | implied))
    whole = {(p.role, p.privilege) for p in privileges if not p.column}
    kept = frozenset(p for p in relation.grants if p not in privileges and (p.role, p.privilege) not in whole)
    catalog.put(replace(relation, grants=kept))


def _on_namespace(catalog: Catalog, namespace: Namespace, change: Grant) -> None:
    privileges = _privileges(change, "schema")
    if change.grant:
        catalog.put_namespace(replace(namespace, grants=namespace.grants | privileges))
        return
    was = catalog.namespaces.was(namespace.id)
    if was is not None:
        catalog.namespaces.restate(namespace.id, was.name, replace(was, grants=was.grants | privileges))
    catalog.put_namespace(replace(namespace, grants=namespace.grants - privileges))


def _functions(catalog: Catalog, change: Grant) -> Iterable[Function]:
    if change.kind == "function":
        for name in change.names:
            yield from catalog.overloads(Name(name.name, name.schema))
    else:
        wanted = {n.name for n in change.names}
        yield from (f for f in catalog.functions if f.key.schema in wanted)


def _on_function(catalog: Catalog, function: Function, change: Grant) -> None:
    """Everyone may execute a function unless that was revoked."""
    privileges = _privileges(change, "function")
    if change.grant:
        catalog.put_function(replace(function, grants=function.grants | privileges, revoked=function.revoked - privileges))
    else:
        catalog.put_function(replace(function, grants=function.grants - privileges, revoked=function.revoked | privileges))


def _default_privileges(catalog: Catalog, change: DefaultPrivileges) -> None:
    names = ALL.get({"tables": "table", "sequences": "sequence"}.get(change.kind, ""), ())
    privileges = frozenset(
        Privilege(role, one) for p in change.privileges for one in (names if p == "all" else (p,)) for role in change.roles
    )
    for schema in change.schemas or ("",):
        key = (change.kind, schema)
        held = catalog.default_grants.get(key, frozenset())
        catalog.default_grants[key] = held | privileges if change.grant else held - privileges


APPLY: dict[type[Change], Callable[..., None]] = {
    AlterPolicy: _alter_policy,
    CreatePolicy: _create_policy,
    CreateRule: _create_rule,
    CreateTrigger: _create_trigger,
    DefaultPrivileges: _default_privileges,
    DropPolicy: _drop_policy,
    DropRule: _drop_rule,
    DropTrigger: _drop_trigger,
    Grant: _grant,
    RenameTrigger: _rename_trigger,
    SetOwner: _owner,
    SetRowSecurity: _row_security,
    SetRule: _set_rule,
    SetTrigger: _set_trigger,
}
