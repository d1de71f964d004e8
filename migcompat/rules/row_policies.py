"""What row security lets through: permissive policies add up, restrictive ones cut.

https://www.postgresql.org/docs/18/ddl-rowsecurity.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from migcompat.schema.model import PUBLIC, Policy, Relation
from migcompat.sql.conditions import normal

_COMMANDS = ("select", "insert", "update", "delete")


class _Door(NamedTuple):
    """One command for one role, and the conditions on the rows that it finds and leaves."""

    command: str
    role: str
    using: str
    check: str


def _doors(policy: Policy) -> Iterator[_Door]:
    for command in _COMMANDS if policy.command == "all" else (policy.command,):
        using = "" if command == "insert" else normal(policy.using)
        check = normal(policy.check or policy.using) if command in ("insert", "update") else ""
        for role in policy.roles:
            yield _Door(command, role, using, check)


def _covers(wide: _Door, narrow: _Door) -> bool:
    """Whether what passes the narrow one passes the wide one."""
    return (
        wide.command == narrow.command
        and wide.role in (PUBLIC, narrow.role)
        and wide.using in ("", "true", narrow.using)
        and wide.check in ("", "true", narrow.check)
    )


def _users(relation: Relation) -> frozenset[str]:
    """The roles that may use the table; where no grant is known, any."""
    return frozenset(g.role for g in relation.grants) or frozenset({PUBLIC})


def open_to_all(relation: Relation) -> bool:
    """Whether the policies let every row through for every role that is known to use the table."""
    roles = _users(relation)
    doors = [door for p in relation.policies if p.permissive for door in _doors(p)]
    needed = [_Door(command, role, "true", "true") for command in _COMMANDS for role in roles]
    return all(any(_covers(d, n) for d in doors) for n in needed) and not any(_cuts(p, ()) for p in relation.policies if not p.permissive)


def _cuts(policy: Policy, before: tuple[Policy, ...]) -> bool:
    """Whether a restrictive policy refuses what no earlier one refused."""
    earlier = [door for p in before if not p.permissive for door in _doors(p)]
    passes = [_Door(d.command, d.role, "true", "true") for d in _doors(policy)]
    return any(
        not _covers(door, free) and not any(_covers(door, e) and e.role in (PUBLIC, door.role) for e in earlier)
        for door, free in zip(_doors(policy), passes, strict=True)
    )


def tightened(before: Relation, after: Relation) -> str:
    """The first policy whose change refuses rows that passed before; empty if none does."""
    doors = [door for p in after.policies if p.permissive for door in _doors(p)]
    names = {p.name for p in after.policies}
    for policy in before.policies:
        needed = [old._replace(role=role) for old in _doors(policy) for role in (_users(before) if old.role == PUBLIC else (old.role,))]
        if policy.permissive and not all(any(_covers(d, old) for d in doors) for old in needed):
            return f"policy {policy.name} {'changes' if policy.name in names else 'goes'}"
    known = {p.name for p in before.policies}
    for policy in after.policies:
        if not policy.permissive and _cuts(policy, before.policies):
            return f"restrictive policy {policy.name} {'changes' if policy.name in known else 'is added'}"
    return ""


def loosened(before: Relation, after: Relation) -> str:
    """What lets a role find rows that it did not, though it found some; empty where it finds what it found, or less of some."""
    had, bars = _finds(before, permissive=True), _finds(before, permissive=False)
    if not before.row_security or not had or (open_to_all(before) and before.forced == after.forced):
        return ""
    if not after.row_security:
        return "row security no longer hides rows"
    if before.forced and not after.forced:
        return "row security no longer binds the owner"
    if tightened(before, after):
        return ""
    known, barred, users = {p.name for p in before.policies}, _finds(after, permissive=False), _users(after)
    for name, door in _finds(after, permissive=True):
        if door.role != PUBLIC and users.isdisjoint((door.role, PUBLIC)):
            continue
        same = [h for _, h in had if h.command == door.command and h.role in (PUBLIC, door.role)]
        if same and not any(_covers(h, door) for h in same):
            return f"policy {name} {'lets more rows through' if name in known else 'is added'}"
    for name, door in bars:
        if not any(_covers(door, b) and b.role in (PUBLIC, door.role) for _, b in barred):
            return f"restrictive policy {name} {'lets more rows through' if name in {p.name for p in after.policies} else 'goes'}"
    return ""


def _finds(relation: Relation, *, permissive: bool) -> list[tuple[str, _Door]]:
    """The doors of SELECT, UPDATE and DELETE, by the rows that these find."""
    policies = [p for p in relation.policies if p.permissive is permissive]
    return [(p.name, door._replace(check="")) for p in policies for door in _doors(p) if door.command != "insert"]
