from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.rules.writable_views import writable
from migcompat.schema.model import Rule as Rewriting
from migcompat.sql.lexer import tokens

_RETURNING = {
    "insert": "INSERT INTO {} … RETURNING *",
    "update": "UPDATE {} SET … RETURNING *",
    "delete": "DELETE FROM {} … RETURNING *",
}


class AddRule(Rule):
    name = "add-rule"
    summary = "A rule rewrites what running code sends"
    breaks = Breaks.WRITES
    sqlstate = "0A000"

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


def _meaning(rule: Rewriting) -> tuple[str, bool, bool, str]:
    return rule.event, rule.instead, rule.conditional, " ".join(t.value for t in tokens(rule.action))


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
