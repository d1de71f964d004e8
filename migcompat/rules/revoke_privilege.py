from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.drop_function import call, callable_by_clients, described, stand_in
from migcompat.rules.granting import columns_granted, given, membership, options_now
from migcompat.rules.pairs import FunctionPair, ObjectPair, Pair, RelationPair, TypePair
from migcompat.rules.privileges import OF_OWNERS, Loss, lost, lost_of, taken_from_unknown
from migcompat.schema.model import OF_ROLES, PUBLIC, Extension, Namespace, OtherObject, Relation
from migcompat.sql.quoting import ident, literal, qualified


class RevokePrivilege(Rule):
    """A role of the prior generation is refused what it was granted, whether by REVOKE, by a new owner, or because a view or function
    was dropped and came back without its grants (CREATE OR REPLACE keeps them). A warning where SQL alone cannot tell: PUBLIC loses
    what named roles keep, nobody said who owned the table before, the former owner keeps its rows but may no longer truncate or alter it,
    or only those are hit who change the schema, or make members. Silent when another grant covers it.
    """

    name = "revoke-privilege"
    summary = "A role may no longer do what it could do before"
    looks_at = ("added", "grants", "owner")
    breaks = Breaks.ACCESS
    sqlstate = "42501"
    example = Example(
        schema="CREATE ROLE reporting; CREATE TABLE orders (id bigint, total numeric); GRANT SELECT ON orders TO reporting",
        migration="REVOKE SELECT ON orders FROM reporting",
        statement="SELECT sum(total) FROM orders",
        compatible=(),
        session="SET ROLE reporting",
    )
    rollback = "The code before it is refused until the privilege is granted again, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if new is None:
            return
        loss = lost(pair.deploy.catalog, old.grants, new.grants, new.owner, frozenset(c.name for c in new.columns))
        if loss:
            why = f", for it is another {new.kind} without the grants" if pair.replaced else ""
            yield self._revoked(pair.name, loss, _use(old, pair.sql, min(loss.privileges).privilege), why)
        elif new.owner and new.owner != old.owner and not pair.replaced:
            yield from self._handed_over(pair, new)
        else:
            yield from self._beyond_columns(pair)

    def _beyond_columns(self, pair: RelationPair) -> Iterator[Break]:
        """A role that was granted every column one by one cannot read a new one, nor say SELECT *."""
        roles = _readers_by_column(pair)
        if roles:
            beyond = ", ".join(c.name for c in pair.added)
            yield self.found(
                pair.name,
                f"{' and '.join(map(_role, roles))} may read every column of {pair.name} but {beyond}: SELECT * is rejected",
                "grant the new column in the same migration, or let the code name the columns",
                statement=("" if roles[0] == PUBLIC else f"SET ROLE {ident(roles[0])}; ") + f"SELECT * FROM {pair.sql}",
                detail=_BY_COLUMN,
                severity=Severity.WARNING,
            )

    def _handed_over(self, pair: RelationPair, new: Relation) -> Iterator[Break]:
        """A former owner keeps nothing, not even what it had granted itself."""
        former = pair.old.owner
        roles = pair.deploy.catalog.acting_for(former)
        if new.owner in roles:
            return
        needs = OF_OWNERS.get(pair.old.kind, OF_OWNERS["table"])
        held = {g.privilege for g in new.grants if g.role in roles and not g.column}
        if former and needs <= held:
            yield self._owned_no_more(pair, new, held)
            return
        yield self._taken_over(pair.name, new.owner, _use(pair.old, pair.sql, min(needs - held, default="")), former)

    def _taken_over(self, object_: str, owner: str, use: str, former: str = "") -> Break:
        return self.found(
            object_,
            f"{object_} now belongs to {owner}: {former or 'the role that owned it'} may no longer use it",
            f"grant {former or 'the former owner'} what it needs in the same migration",
            statement=(f"SET ROLE {ident(former)}; " if former else "") + use,
            detail=former,
            severity=Severity.ERROR if former else Severity.WARNING,
        )

    def _owned_no_more(self, pair: RelationPair, new: Relation, held: set[str]) -> Break:
        """What takes its owner, whatever is granted. Whether running code does that, SQL alone cannot tell."""
        uses = (use for kind, privilege, use in _BESIDES if kind == pair.old.kind and privilege not in held)
        use = next(uses, "ALTER TABLE {} …").format(pair.sql)
        return self.found(
            pair.name,
            f"{pair.name} now belongs to {new.owner}: {pair.old.owner} may no longer do what takes its owner, such as {use}",
            "make sure that no running code does",
            statement=f"SET ROLE {ident(pair.old.owner)}; {use}",
            detail=_AS_OWNER,
            severity=Severity.WARNING,
        )

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        new = stand_in(pair)
        if new is None or not callable_by_clients(pair.old):
            return
        loss = lost_of(pair.deploy.catalog, pair.old, new, "function")
        if loss:
            why = ", for it was dropped and created again without the grants" if pair.same is None else ""
            yield self._revoked(described(pair), loss, call(pair.old), why)
        elif taken_from_unknown(pair.old, new, "function"):
            yield self._taken_over(described(pair), new.owner, call(pair.old))

    def type(self, pair: TypePair) -> Iterator[Break]:
        """Values need no privilege; columns, variables and parameters that are made of a type do."""
        loss = lost_of(pair.deploy.catalog, pair.old, pair.new, "type") if pair.new is not None else None
        if loss:
            revoked = self._revoked(str(pair.old.key), loss, f"CREATE TABLE … (… {qualified(*pair.old.key)})", "")
            yield replace(revoked, severity=Severity.WARNING)

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        if isinstance(pair.old, Namespace):
            now = pair.deploy.catalog.namespaces.find(pair.old.name)
            loss = lost_of(pair.deploy.catalog, pair.old, now, "schema") if now is not None else None
            if loss:
                yield self._revoked(f"schema {pair.old.name}", loss, f"SELECT * FROM {ident(pair.old.name)}.…", "")
            elif now is not None and pair.old.name != PUBLIC and taken_from_unknown(pair.old, now, "schema"):
                yield self._taken_over(pair.old.name, now.owner, f"SELECT * FROM {ident(pair.old.name)}.…")
        elif isinstance(pair.old, Extension):
            return
        elif pair.old.kind == "grant":
            yield from self._by_words(pair, pair.old)

    def _by_words(self, pair: ObjectPair, old: OtherObject) -> Iterator[Break]:
        """Of memberships, and of privileges on what is known by its name alone."""
        role, _, what = old.name.partition(" ")
        options = [option for option, now in options_now(pair, old).items() if old.membership[option] == "yes" and now == "no"]
        if pair.deploy.catalog.others.find((old.kind, old.name)) is not None:
            what = " or ".join(_OPTIONS[option].format(what.removeprefix(OF_ROLES)) for option in options)
        if what:
            yield self.found(
                old.name,
                f"{_role(role)} may no longer {what}",
                "grant it again in the same migration, and revoke it when no running code needs it",
                detail=role,
                severity=Severity.WARNING if options == ["admin option"] else None,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        if found.detail == _AS_OWNER:
            return (DeployStep("Let the former owner be a member of the new one for as long as such code runs", membership(pair)),)
        if found.detail == _BY_COLUMN:
            return (DeployStep("Name the columns, or grant the new one in the same migration", _by_column(pair)),)
        grants = given(pair)
        revokes = tuple(sql.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM ", 1) for sql in grants)
        return (
            DeployStep(f"Stop needing the privilege on {found.object}"),
            DeployStep("When no running code needs it: revoke it", revokes),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        if found.detail == _AS_OWNER:
            return Restoration(membership(pair))
        return Restoration(_by_column(pair) if found.detail == _BY_COLUMN else given(pair))

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


_OPTIONS = {
    "inherit option": "do what {} may without SET ROLE",
    "set option": "SET ROLE {}",
    "admin option": "let others be members of {}",
}
"""What a member can no longer do once the membership has lost an option."""
_BY_COLUMN = "by column"
_AS_OWNER = "as its owner"
_BESIDES = (
    ("table", "truncate", "TRUNCATE {}"),
    ("partitioned", "truncate", "TRUNCATE {}"),
    ("materialized view", "maintain", "REFRESH MATERIALIZED VIEW {}"),
    ("view", "", "ALTER VIEW {} …"),
    ("sequence", "update", "SELECT setval('{}', 1)"),
    ("sequence", "", "ALTER SEQUENCE {} RESTART"),
)
"""What running code may do as the owner of a relation, by its kind, and the privilege that is enough."""


def _by_column(pair: Pair) -> tuple[str, ...]:
    assert isinstance(pair, RelationPair)
    return columns_granted(pair, _readers_by_column(pair))


def _readers_by_column(pair: RelationPair) -> list[str]:
    """The roles that could read all columns of a relation, each by a grant on it, and cannot read those that it has got; without the
    members of such a role."""
    new, catalog = pair.new, pair.deploy.catalog
    if new is None or not pair.added:
        return []
    acting = {role: catalog.acting_for(role) for role in {*catalog.memberships, *(g.role for g in pair.old.grants)}}
    refused = {role for role, roles in acting.items() if _reads_all(pair.old, roles) and not _reads_all(new, roles)}
    return sorted(role for role in refused if not refused & (acting[role] - {role}))


def _reads_all(relation: Relation, roles: set[str]) -> bool:
    readable = {g.column for g in relation.grants if g.privilege == "select" and g.role in roles}
    return relation.owner in roles or "" in readable or (bool(readable) and readable.issuperset(c.name for c in relation.columns))
