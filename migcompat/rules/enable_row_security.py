from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule


class EnableRowSecurity(Rule):
    name = "enable-row-security"
    summary = "Row security hides rows or refuses writes"
    breaks = Breaks.ACCESS
    sqlstate = "42501"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if new is None or pair.replaced or not old.is_table:
            return
        if new.row_security and not old.row_security:
            why = "row security is enabled" + ("" if new.policies else " without a policy")
        elif new.forced and not old.forced and new.row_security:
            why = "row security now binds the owner too"
        elif new.row_security and (what := _tightened(pair)):
            why = what
        else:
            return
        yield self.found(
            pair.name,
            f"on {pair.name}, {why}: a role it applies to reads fewer rows, and its writes are rejected",
            "create the policies first and test them with the prior generation's roles; enable row security in a later deploy",
            statement=f"INSERT INTO {pair.sql} … -- as a role that is not the owner",
            created=old.origin,
        )


def _tightened(pair: RelationPair) -> str:
    """A policy that is gone, stricter or restrictive."""
    assert pair.new is not None
    after = {p.name: p for p in pair.new.policies}
    before = {p.name for p in pair.old.policies}
    for policy in pair.old.policies:
        now = after.get(policy.name)
        if now is None and policy.permissive and not any(p.name not in before for p in pair.new.policies):
            return f"policy {policy.name} goes"
        if now is not None and (now.using, now.check, now.roles, now.command) != (policy.using, policy.check, policy.roles, policy.command):
            return f"policy {policy.name} changes"
    return next((f"restrictive policy {p.name} is added" for p in pair.new.policies if p.name not in before and not p.permissive), "")
