from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.rules.row_policies import open_to_all, tightened
from migcompat.schema.model import Relation


class EnableRowSecurity(Rule):
    name = "enable-row-security"
    summary = "Row security hides rows or refuses writes"
    breaks = Breaks.ACCESS
    sqlstate = "42501"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.replaced or not pair.old.is_table:
            return
        why = _why(pair.old, pair.new)
        if why:
            yield self.found(
                pair.name,
                f"on {pair.name}, {why}: a role it applies to reads fewer rows, and its writes are rejected",
                "create the policies first and test them with the prior generation's roles; enable row security in a later deploy",
                statement=f"INSERT INTO {pair.sql} … -- as a role that is not the owner",
                created=pair.old.origin,
            )


def _why(old: Relation, new: Relation) -> str:
    if not new.row_security:
        return ""
    if not old.row_security:
        enabled = "row security is enabled" + ("" if new.policies else " without a policy")
        return "" if open_to_all(new) else enabled
    if new.forced and not old.forced and not open_to_all(new):
        return "row security now binds the owner too"
    return tightened(old, new)
