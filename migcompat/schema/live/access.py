"""Triggers, rules and policies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from migcompat.schema.definitions import trigger_calling
from migcompat.schema.live import queries
from migcompat.schema.live.rows import Rows
from migcompat.schema.model import Policy, Rule, Trigger
from migcompat.sql.lexer import Kind, tokens

_EVENTS = {4: "insert", 8: "delete", 16: "update", 32: "truncate"}
_BEFORE, _INSTEAD = 2, 64
"""Bits of tgtype (src/include/catalog/pg_trigger.h)."""
_RULE_EVENTS = {"1": "select", "2": "update", "3": "insert", "4": "delete"}
_COMMANDS = {"r": "select", "a": "insert", "w": "update", "d": "delete", "*": "all"}
_ENABLED = ("O", "A")
"""As against disabled, or fired on a replica only."""


def read_triggers(rows: Rows) -> Mapping[int, tuple[Trigger, ...]]:
    """By relation, those of the server's own left out."""
    found: defaultdict[int, tuple[Trigger, ...]] = defaultdict(tuple)
    for relation, name, bits, enabled, schema, function, definition in rows(queries.TRIGGERS):
        timing = "before" if bits & _BEFORE else "instead of" if bits & _INSTEAD else "after"
        events = frozenset(event for bit, event in _EVENTS.items() if bits & bit)
        called = f"{schema}.{function}"
        does = trigger_calling(_nameless(definition), called)
        found[relation] += (Trigger(name, called, timing, events, enabled in _ENABLED, does),)
    return found


def _nameless(definition: str) -> str:
    """What a trigger does, whatever it and its table are called: a renamed one is no other."""
    words = tokens(definition)
    start = next(i for i, t in enumerate(words) if t.kind is Kind.WORD and t.value == "trigger") + 2
    on = next(i for i, t in enumerate(words[start:], start) if t.kind is Kind.WORD and t.value == "on")
    table = 3 if words[on + 2].value == "." else 1
    return " ".join(t.value for t in (*words[start : on + 1], *words[on + 1 + table :]))


def read_rules(rows: Rows) -> Mapping[int, tuple[Rule, ...]]:
    """By relation; what a view is made of is not among them."""
    found: defaultdict[int, tuple[Rule, ...]] = defaultdict(tuple)
    for relation, name, event, instead, conditional, enabled, definition in rows(queries.RULES):
        action = definition.split(" DO ", 1)[1].strip()
        rule = Rule(name, _RULE_EVENTS[event], instead, conditional, action, enabled in _ENABLED, definition.removesuffix(";"))
        found[relation] += (rule,)
    return found


def read_policies(rows: Rows) -> Mapping[int, tuple[Policy, ...]]:
    """By relation."""
    found: defaultdict[int, tuple[Policy, ...]] = defaultdict(tuple)
    for relation, name, command, permissive, roles, using, check in rows(queries.POLICIES):
        found[relation] += (Policy(name, _COMMANDS[command], permissive, tuple(roles), using or "", check or ""),)
    return found
