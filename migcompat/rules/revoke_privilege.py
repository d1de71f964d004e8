from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, FunctionPair, ObjectPair, RelationPair, Rule
from migcompat.rules.drop_function import call, callable_by_clients, described, stand_in
from migcompat.rules.privileges import OF_OWNERS, Loss, lost
from migcompat.schema.model import PUBLIC, Extension, Namespace, Relation
from migcompat.sql.quoting import ident, literal


class RevokePrivilege(Rule):
    name = "revoke-privilege"
    summary = "A role may no longer do what it could do before"
    breaks = Breaks.ACCESS
    sqlstate = "42501"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if new is None:
            return
        loss = lost(old.grants, new.grants, frozenset(c.name for c in new.columns))
        if loss:
            why = f", for it is another {new.kind} without the grants" if pair.replaced else ""
            yield self._revoked(pair.name, loss, _use(old, pair.sql, next(iter(loss.privileges)).privilege), why)
        elif new.owner and new.owner != old.owner and not pair.replaced:
            yield from self._handed_over(pair, new)

    def _handed_over(self, pair: RelationPair, new: Relation) -> Iterator[Break]:
        """A former owner keeps nothing, not even what it had granted itself."""
        former = pair.old.owner
        needs = OF_OWNERS.get(pair.old.kind, OF_OWNERS["table"])
        held = {g.privilege for g in new.grants if g.role in (former, PUBLIC) and not g.column}
        if former and needs <= held:
            return
        yield self.found(
            pair.name,
            f"{pair.name} now belongs to {new.owner}: {former or 'the role that owned it'} may no longer use it",
            f"grant {former or 'the former owner'} what it needs in the same migration",
            statement=(f"SET ROLE {ident(former)}; " if former else "") + _use(pair.old, pair.sql, min(needs - held, default="")),
            detail=former,
            severity=Severity.ERROR if former else Severity.WARNING,
        )

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        new = stand_in(pair)
        if new is None or not callable_by_clients(pair.old):
            return
        loss = lost(pair.old.grants, new.grants)
        if loss:
            why = ", for it was dropped and created again without the grants" if pair.same is None else ""
            yield self._revoked(described(pair), loss, call(pair.old), why)

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        if isinstance(pair.old, Namespace):
            now = pair.deploy.catalog.namespaces.find(pair.old.name)
            loss = lost(pair.old.grants, now.grants) if now is not None else None
            if loss:
                yield self._revoked(f"schema {pair.old.name}", loss, f"SELECT * FROM {ident(pair.old.name)}.…", "")
        elif isinstance(pair.old, Extension):
            return
        elif pair.old.kind == "grant" and pair.deploy.catalog.others.find((pair.old.kind, pair.old.name)) is None:
            role, _, what = pair.old.name.partition(" ")
            yield self.found(
                pair.old.name,
                f"{_role(role)} may no longer {what}",
                "grant it again in the same migration, and revoke it when no running code needs it",
                detail=role,
            )

    def _revoked(self, object_: str, loss: Loss, use: str, why: str) -> Break:
        first = min(loss.privileges).role
        kept = f" (still may: {', '.join(loss.kept_by)})" if loss.kept_by else ""
        return self.found(
            object_.removeprefix("schema "),
            f"{'; '.join(f'{_role(r)} may no longer {what}' for r, what in loss.by_role())} on {object_}{why}{kept}",
            "grant it again in the same migration, and revoke it when no running code needs it",
            statement=use if first == PUBLIC else f"SET ROLE {ident(first)}; {use}",
            detail=first,
            severity=Severity.WARNING if loss.minor else Severity.ERROR,
        )


def _role(name: str) -> str:
    return "PUBLIC" if name == PUBLIC else name


def _use(relation: Relation, sql: str, privilege: str) -> str:
    """A statement that takes the privilege."""
    if relation.kind == "sequence":
        return f"SELECT nextval({literal(sql)})"
    return {
        "insert": f"INSERT INTO {sql} …",
        "update": f"UPDATE {sql} SET …",
        "delete": f"DELETE FROM {sql} …",
        "truncate": f"TRUNCATE {sql}",
    }.get(privilege, f"SELECT * FROM {sql}")
