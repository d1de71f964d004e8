"""Schemas, extensions, privileges, and what is known by its name alone."""

from __future__ import annotations

from migcompat.changes.definitions import Change
from migcompat.frozen import frozen
from migcompat.sql.names import Name, TypeName


@frozen
class CreateSchema(Change):
    """CREATE SCHEMA."""

    name: str
    if_not_exists: bool = False
    owner: str = ""
    """Whom AUTHORIZATION names."""


@frozen
class DropSchema(Change):
    """DROP SCHEMA."""

    name: str
    if_exists: bool = False
    cascade: bool = False


@frozen
class RenameSchema(Change):
    """ALTER SCHEMA … RENAME."""

    name: str
    to: str


@frozen
class SetSearchPath(Change):
    """SET search_path, in any spelling."""

    schemas: tuple[str, ...]
    """Empty: RESET, DEFAULT."""
    local: bool = False
    """Until the transaction ends."""


@frozen
class EndTransaction(Change):
    """COMMIT, END: what was there for the transaction alone goes."""


@frozen
class EnterSchema(Change):
    """What CREATE SCHEMA holds follows: it goes into this schema."""

    name: str


@frozen
class LeaveSchema(Change):
    """The end of what CREATE SCHEMA holds."""


@frozen
class CreateExtension(Change):
    """CREATE EXTENSION."""

    name: str
    schema: str | None = None
    if_not_exists: bool = False


@frozen
class MoveExtension(Change):
    """ALTER EXTENSION … SET SCHEMA."""

    name: str
    schema: str


@frozen
class DropExtension(Change):
    """DROP EXTENSION."""

    name: str
    if_exists: bool = False
    cascade: bool = False


@frozen
class Grant(Change):
    """GRANT, and REVOKE with `grant` False."""

    grant: bool
    kind: str
    """`table`, `sequence`, `function`, `schema`, `type`, `all tables`, `all sequences`, `all functions`, `role` (`roles` are or were
    members of `names`), or what else it is on: `database`, `foreign server` …"""
    names: tuple[Name, ...]
    privileges: tuple[tuple[str, tuple[str, ...]], ...]
    """Each with its column list; `all` stands for all of them."""
    roles: tuple[str, ...]
    option: str = ""
    """Of a REVOKE that takes only this: `grant option`; of a membership `admin option`, `inherit option`, `set option`."""
    arguments: tuple[tuple[TypeName, ...] | None, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    """Of a membership: what is said of them, `yes` or `no`."""


@frozen
class DefaultPrivileges(Change):
    """ALTER DEFAULT PRIVILEGES."""

    grant: bool
    kind: str
    privileges: tuple[str, ...]
    roles: tuple[str, ...]
    schemas: tuple[str, ...] = ()


@frozen
class DropOwned(Change):
    """DROP OWNED BY: everything of a role goes."""

    roles: tuple[str, ...]
    cascade: bool = False


@frozen
class Published:
    """A table of a publication, with what inherits from it unless it is named with ONLY."""

    name: Name
    only: bool = False
    columns: tuple[str, ...] = ()
    """Those of which the values are published; none: all."""
    where: str = ""


@frozen
class SetPublication(Change):
    """CREATE PUBLICATION, and an ALTER PUBLICATION that adds, sets or drops what it publishes."""

    name: str
    action: str = "create"
    """`create`, `add`, `set`, `drop`; `events`: only these change."""
    tables: tuple[Published, ...] = ()
    schemas: tuple[str, ...] = ()
    """The empty name stands for the current schema."""
    all_tables: bool = False
    events: frozenset[str] | None = None
    """What is published of writes; None: as before, or all of them."""


@frozen
class RenamePublication(Change):
    """ALTER PUBLICATION … RENAME TO."""

    name: str
    to: str


@frozen
class DropPublication(Change):
    """DROP PUBLICATION."""

    name: str


@frozen
class AlterRole(Change):
    """ALTER ROLE, ALTER USER, ALTER DATABASE: one attribute (`login`, `connection limit`, …) or setting (`set search_path`)."""

    name: str
    """Empty: all roles."""
    attribute: str
    value: str = ""
    """`yes` or `no` of what can be switched; empty: as if never set."""
    kind: str = "role"


@frozen
class RenameDependent(Change):
    """RENAME TO or SET SCHEMA of such an object, or of a role."""

    kind: str
    name: str
    to: str


@frozen
class Dependent(Change):
    """A cast, operator, collation or similar object comes or goes."""

    kind: str
    name: str
    created: bool
    settings: tuple[tuple[str, str], ...] = ()
    """Of a role: what it is created with."""
    if_exists: bool = False
