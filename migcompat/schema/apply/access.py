"""Triggers, rules, policies and row security."""

from __future__ import annotations

from collections.abc import Callable

from migcompat.changes import (
    AlterPolicy,
    Change,
    CreatePolicy,
    CreateRule,
    CreateTrigger,
    DropPolicy,
    DropRule,
    DropTrigger,
    RenameRule,
    RenameTrigger,
    SetRowSecurity,
    SetRule,
    SetTrigger,
)
from migcompat.frozen import replace
from migcompat.schema.apply.target import target
from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import trigger_calling
from migcompat.schema.model import Policy, Relation, Rule, Trigger


def _create_trigger(catalog: Catalog, change: CreateTrigger) -> None:
    relation = catalog.existing(change.table)
    found = catalog.overloads(change.function)
    function = str(found[0].key if found else change.function)
    definition = trigger_calling(change.definition, function)
    origin = catalog.origin(change.span)
    trigger = Trigger(change.name, function, change.timing, change.events, True, definition, change.text, origin)
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
    origin = catalog.origin(change.span)
    enabled = all(r.enabled for r in relation.rules if r.name == change.name)  # one that is replaced stays switched off
    rule = Rule(change.name, change.event, change.instead, change.conditional, change.action, enabled, change.text, origin)
    catalog.put(replace(relation, rules=(*(r for r in relation.rules if r.name != change.name), rule)))


def _rename_rule(catalog: Catalog, change: RenameRule) -> None:
    relation = catalog.existing(change.table)
    catalog.put(replace(relation, rules=tuple(replace(r, name=change.to) if r.name == change.name else r for r in relation.rules)))


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
        relation = _with_policy(catalog, relation, change.name)

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
        relation = _with_policy(catalog, relation, change.name)
    catalog.put(replace(relation, policies=tuple(p for p in relation.policies if p.name != change.name)))


def _with_policy(catalog: Catalog, relation: Relation, name: str) -> Relation:
    """A policy never seen; it binds, since a table that was never seen has row security if it has policies."""
    learned = catalog.learn(relation, policies=(Policy(name, "all", True, ("public",), "", ""),))
    if not learned.assumed or learned.row_security:
        return learned
    was = catalog.relations.was(learned.id) or learned
    catalog.relations.restate(learned.id, was.key, replace(was, row_security=True))
    return replace(learned, row_security=True)


def _row_security(catalog: Catalog, change: SetRowSecurity) -> None:
    relation = target(catalog, change)
    if relation is not None:
        enabled = relation.row_security if change.enabled is None else change.enabled
        catalog.put(replace(relation, row_security=enabled, forced=relation.forced if change.forced is None else change.forced))


APPLY: dict[type[Change], Callable[..., None]] = {
    AlterPolicy: _alter_policy,
    CreatePolicy: _create_policy,
    CreateRule: _create_rule,
    CreateTrigger: _create_trigger,
    DropPolicy: _drop_policy,
    DropRule: _drop_rule,
    DropTrigger: _drop_trigger,
    RenameRule: _rename_rule,
    RenameTrigger: _rename_trigger,
    SetRowSecurity: _row_security,
    SetRule: _set_rule,
    SetTrigger: _set_trigger,
}
