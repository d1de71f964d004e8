from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.whereabouts import altered
from migcompat.rules.writable_views import writable
from migcompat.schema.model import Rule as Rewriting
from migcompat.sql.lexer import tokens
from migcompat.sql.quoting import ident, qualified

_RETURNING = {
    "insert": "INSERT INTO {} … RETURNING *",
    "update": "UPDATE {} SET … RETURNING *",
    "delete": "DELETE FROM {} … RETURNING *",
}


class AddRule(Rule):
    """A rule rewrites every statement of its kind, before a trigger or constraint sees a row. With DO INSTEAD a statement with
    RETURNING is rejected unless the rule returns rows itself, and the others do something else. With DO ALSO an INSERT with ON CONFLICT
    is rejected, and so is the statement within WITH, or a MERGE. A warning when a rule of that kind was there. Silent for a view that
    took no such writes.
    """

    name = "add-rule"
    summary = "A rule rewrites what running code sends"
    looks_at = ("rules",)
    breaks = Breaks.WRITES
    sqlstate = "0A000"
    example = Example(
        schema="CREATE TABLE customers (id bigint, name text, deleted boolean NOT NULL DEFAULT false)",
        migration="CREATE RULE keep AS ON DELETE TO customers DO INSTEAD UPDATE customers SET deleted = true WHERE id = OLD.id",
        statement="DELETE FROM customers WHERE id = 4711 RETURNING name",
        compatible=(),
    )
    rollback = "The code before it is refused, and what it wrote went elsewhere, until the rule is dropped."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.replaced:
            return
        before = {_meaning(r) for r in pair.old.rules if r.enabled}
        known = {(event, instead) for event, instead, *_ in before}
        for rule in pair.new.rules:
            if not rule.enabled or _meaning(rule) in before or rule.event not in _RETURNING or not writable(pair.old, rule.event):
                continue
            what, statement = _consequence(rule, pair.sql)
            yield self.found(
                f"{pair.name}.{rule.name}",
                f"rule {rule.name} is added to {pair.name}: {what}",
                "use a trigger, or move the rewriting into the code",
                statement=statement,
                detail=rule.name,
                severity=Severity.WARNING if (rule.event, rule.instead) in known else Severity.ERROR,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        rule = _added(pair, found)
        return (
            DeployStep("Let the code do what the rule is to do, and send no statement that the rule refuses"),
            DeployStep("When only that code runs: create the rule, if it is still needed", (rule.text,) if rule is not None else ()),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        before = next((r for r in pair.old.rules if r.name == found.detail and r.enabled), None)
        dropped = f"DROP RULE {ident(found.detail)} ON {qualified(*altered(pair).key)}"
        return Restoration((dropped, before.text) if before is not None else (dropped,), "what it has rewritten until then")


def _added(pair: Pair, found: Break) -> Rewriting | None:
    assert isinstance(pair, RelationPair)
    return next((r for r in pair.new.rules if r.name == found.detail and r.text), None) if pair.new is not None else None


def _meaning(rule: Rewriting) -> tuple[str, bool, bool, str]:
    return rule.event, rule.instead, rule.conditional, _spelt_alike(rule.action)


@lru_cache(maxsize=4096)
def _spelt_alike(action: str) -> str:
    return " ".join(t.value for t in tokens(action))


def _consequence(rule: Rewriting, sql: str) -> tuple[str, str]:
    """What is rejected beside what is rewritten, and a statement that is."""
    event, returning = rule.event.upper(), _RETURNING[rule.event].format(sql)
    upsert = f"INSERT INTO {sql} … ON CONFLICT DO NOTHING"
    if rule.instead and "returning" not in {t.value for t in tokens(rule.action)}:
        return f"{event} with RETURNING is rejected, and without it does something else", returning
    if rule.instead:
        return f"{event} does something else, and INSERT with ON CONFLICT is rejected", upsert
    if rule.event == "delete":
        return "DELETE does something more, and is rejected within WITH", f"WITH gone AS ({returning}) SELECT * FROM gone"
    return f"{event} does something more, and INSERT with ON CONFLICT is rejected", upsert
