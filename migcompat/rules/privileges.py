"""What roles can no longer do once grants change (https://www.postgresql.org/docs/18/ddl-priv.html)."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.frozen import frozen
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import PUBLIC, Function, Namespace, Privilege, Type

OF_OWNERS = {
    "table": frozenset({"select", "insert", "update", "delete"}),
    "sequence": frozenset({"usage"}),
    "view": frozenset({"select"}),
    "materialized view": frozenset({"select"}),
    "function": frozenset({"execute"}),
    "schema": frozenset({"usage", "create"}),
    "type": frozenset({"usage"}),
}
"""What an owner at work needs no grant for, by kind of object."""
_WHOEVER_HAS_THE_DATABASE = "pg_database_owner"
"""Whom the schema public belongs to; no code runs as it."""
_OF_DEFINERS = frozenset({"references", "trigger", "create", "maintain"})
"""What only those need who change the schema."""


@frozen
class Loss:
    """Privileges that are gone, and the roles that hold those of PUBLIC by name."""

    privileges: frozenset[Privilege]
    kept_by: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.privileges)

    @property
    def minor(self) -> bool:
        """Whether SQL alone cannot tell that running code is hit: it may be one of the roles that were named, or define no objects."""
        return all((p.role == PUBLIC and self.kept_by) or p.privilege in _OF_DEFINERS for p in self.privileges)

    def by_role(self) -> Iterator[tuple[str, str]]:
        """Each role with what it lost: `SELECT, UPDATE (price)`."""
        for role in sorted({p.role for p in self.privileges}):
            of_role = sorted(p for p in self.privileges if p.role == role)
            yield role, ", ".join(p.privilege.upper() + (f" ({p.column})" if p.column else "") for p in of_role)


def lost(
    catalog: Catalog, before: frozenset[Privilege], after: frozenset[Privilege], owner: str, columns: frozenset[str] = frozenset()
) -> Loss:
    """What was granted and nothing grants any more. A grant on the object covers its columns, one on all its columns the object, one to a
    role its members; the owner needs none."""
    gone = frozenset(p for p in before - after if not _held(p, after, columns, catalog.acting_for(p.role), owner))
    of_all = {p.privilege for p in gone if p.role == PUBLIC}
    return Loss(gone, tuple(sorted({g.role for g in after if g.privilege in of_all and g.role != PUBLIC})))


def lost_of(catalog: Catalog, old: Function | Namespace | Type, new: Function | Namespace | Type, kind: str) -> Loss:
    """The same of a routine, schema or type, which its former owner could use without a grant."""
    handed_over = bool(old.owner and new.owner) and old.owner not in (new.owner, _WHOEVER_HAS_THE_DATABASE)
    own = frozenset(Privilege(old.owner, p) for p in OF_OWNERS[kind]) if handed_over else frozenset()
    return lost(catalog, old.grants | own, new.grants, new.owner)


def taken_from_unknown(old: Function | Namespace | Type, new: Function | Namespace | Type, kind: str) -> bool:
    """Whether there is a new owner, nobody said who the former one was, and not everybody may use it."""
    free = {p.privilege for p in new.grants if p.role == PUBLIC}
    return bool(new.owner) and not old.owner and not OF_OWNERS[kind] <= free


def _held(privilege: Privilege, grants: frozenset[Privilege], columns: frozenset[str], roles: set[str], owner: str) -> bool:
    covering = {g.column for g in grants if g.privilege == privilege.privilege and g.role in roles}
    whole = owner in roles or "" in covering or privilege.column in covering
    return whole or bool(columns and not privilege.column and columns <= covering)
