"""Types and domains."""

from __future__ import annotations

from migcompat.changes.definitions import Change, ColumnDef, ConstraintDef
from migcompat.frozen import frozen
from migcompat.sql.names import Name, TypeName


@frozen
class CreateEnum(Change):
    """CREATE TYPE … AS ENUM."""

    name: Name
    labels: tuple[str, ...]


@frozen
class AddLabel(Change):
    """ALTER TYPE … ADD VALUE."""

    name: Name
    label: str
    if_not_exists: bool = False
    before: str | None = None
    after: str | None = None


@frozen
class RenameLabel(Change):
    """ALTER TYPE … RENAME VALUE."""

    name: Name
    label: str
    to: str


@frozen
class CreateDomain(Change):
    """CREATE DOMAIN."""

    name: Name
    base: TypeName
    not_null: bool = False
    default: str | None = None
    constraints: tuple[ConstraintDef, ...] = ()


@frozen
class AlterDomain(Change):
    """One action: `add` a constraint, `drop` or `rename` one, or set a property."""

    name: Name
    add: ConstraintDef | None = None
    drop: str | None = None
    if_exists: bool = False
    """Of the constraint that is dropped."""
    rename: tuple[str, str] | None = None
    validate: str | None = None
    not_null: bool | None = None
    default: str | None = None
    drop_default: bool = False


@frozen
class CreateComposite(Change):
    """CREATE TYPE … AS."""

    name: Name
    attributes: tuple[ColumnDef, ...]


@frozen
class AlterComposite(Change):
    """One action on an attribute: added, dropped (`column` None), renamed or retyped."""

    name: Name
    attribute: str
    add: ColumnDef | None = None
    rename: str | None = None
    type: TypeName | None = None


@frozen
class CreateType(Change):
    """A range, base or shell type."""

    name: Name
    kind: str


@frozen
class DropType(Change):
    """DROP TYPE, DROP DOMAIN."""

    name: Name
    kind: str = "type"
    if_exists: bool = False
    cascade: bool = False
    also: bool = False
    """Named after others in one statement, which may have taken it along."""


@frozen
class RenameType(Change):
    """RENAME TO, of a type or domain."""

    name: Name
    to: str


@frozen
class MoveType(Change):
    """SET SCHEMA, of a type or domain."""

    name: Name
    schema: str
