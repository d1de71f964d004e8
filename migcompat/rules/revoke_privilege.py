from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, FunctionPair, ObjectPair, RelationPair, Rule
from migcompat.rules.drop_function import described
from migcompat.schema.model import Namespace, Privilege
from migcompat.sql.quoting import ident


class RevokePrivilege(Rule):
    name = "revoke-privilege"
    summary = "A role may no longer do what it could do before"
    breaks = Breaks.ACCESS
    sqlstate = "42501"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None:
            return
        lost = _lost(pair.old.grants, pair.new.grants)
        if lost:
            why = f" ({pair.old.kind} {pair.name} was created again without its grants)" if pair.replaced else ""
            yield self._revoked(pair.name, pair.sql, lost, why)
        elif pair.old.owner and pair.new.owner and pair.old.owner != pair.new.owner and not pair.replaced:
            yield self.found(
                pair.name,
                f"{pair.name} now belongs to {pair.new.owner}: {pair.old.owner} may no longer use it",
                f"grant {pair.old.owner} what it needs in the same migration",
                statement=f"SET ROLE {ident(pair.old.owner)}; SELECT * FROM {pair.sql}",
            )

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        if pair.new is None:
            return
        lost = (pair.new.revoked - pair.old.revoked) | (pair.old.grants - pair.new.grants)
        if lost and not {p for p in lost if p.role == "public" and any(g.role == "public" for g in pair.new.grants)}:
            yield self._revoked(described(pair), described(pair), frozenset(lost), "")

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        if isinstance(pair.old, Namespace) and isinstance(pair.same, Namespace):
            lost = _lost(pair.old.grants, pair.same.grants)
            if lost:
                yield self._revoked(pair.old.name, f"schema {pair.old.name}", lost, "")

    def _revoked(self, object_: str, sql: str, lost: frozenset[Privilege], why: str) -> Break:
        roles = sorted({p.role for p in lost})
        what = ", ".join(sorted({p.privilege.upper() + (f" ({p.column})" if p.column else "") for p in lost}))
        return self.found(
            object_,
            f"{', '.join(roles)} may no longer {what} on {sql}{why}",
            "grant it again in the same migration, and revoke it when no running code needs it",
            statement=f"SET ROLE {ident(roles[0])}; SELECT * FROM {sql}",
            detail=roles[0],
        )


def _lost(before: frozenset[Privilege], after: frozenset[Privilege]) -> frozenset[Privilege]:
    """What was granted and is not any more; a grant to everyone covers a role's own."""
    everyone = {(p.privilege, p.column) for p in after if p.role == "public"}
    return frozenset(p for p in before - after if (p.privilege, p.column) not in everyone)
