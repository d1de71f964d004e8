"""The actions of ALTER TABLE."""

from __future__ import annotations

from migcompat.changes.definitions import NO_NAME, NO_TYPE, NOWHERE, Change, ColumnDef, ConstraintDef
from migcompat.changes.relations import Numbers
from migcompat.frozen import frozen
from migcompat.sql.names import Name, TypeName


@frozen
class Alter(Change):
    """An action on a relation."""

    table: Name
    if_exists: bool = False
    only: bool = False
    column_if_exists: bool = False
    """Whether it spares a column that is not there: as DROP COLUMN IF EXISTS does, and a condition around it."""


@frozen
class AddColumn(Alter):
    """ADD COLUMN."""

    column: ColumnDef = ColumnDef("", None, NOWHERE)
    constraints: tuple[ConstraintDef, ...] = ()
    if_not_exists: bool = False


@frozen
class DropColumn(Alter):
    """DROP COLUMN."""

    column: str = ""
    cascade: bool = False


@frozen
class RenameColumn(Alter):
    """RENAME COLUMN."""

    column: str = ""
    to: str = ""


@frozen
class SetColumnType(Alter):
    """ALTER COLUMN … TYPE."""

    column: str = ""
    type: TypeName = NO_TYPE
    collation: str = ""
    using: str = ""


@frozen
class SetDefault(Alter):
    """SET DEFAULT, DROP DEFAULT."""

    column: str = ""
    default: str | None = None
    """None: DROP DEFAULT."""


@frozen
class SetNotNull(Alter):
    """SET NOT NULL, DROP NOT NULL."""

    column: str = ""
    not_null: bool = True


@frozen
class SetIdentity(Alter):
    """ADD GENERATED … AS IDENTITY, SET GENERATED, DROP IDENTITY."""

    column: str = ""
    identity: str = ""
    """Empty: DROP IDENTITY."""
    added: bool = False
    """Whether it is ADD: the column gets a sequence."""


@frozen
class SetNumbers(Alter):
    """What ALTER COLUMN does to the sequence behind an identity."""

    column: str = ""
    numbers: Numbers = ()


@frozen
class SetExpression(Alter):
    """SET EXPRESSION AS, DROP EXPRESSION (None)."""

    column: str = ""
    expression: str | None = None


@frozen
class AddConstraint(Alter):
    """ADD of a table constraint."""

    constraint: ConstraintDef = ConstraintDef("", NOWHERE)


@frozen
class DropConstraint(Alter):
    """DROP CONSTRAINT."""

    constraint: str = ""
    constraint_if_exists: bool = False
    cascade: bool = False


@frozen
class RenameConstraint(Alter):
    """RENAME CONSTRAINT."""

    constraint: str = ""
    to: str = ""


@frozen
class AlterConstraint(Alter):
    """ALTER CONSTRAINT."""

    constraint: str = ""
    deferrable: bool | None = None
    deferred: bool | None = None
    enforced: bool | None = None
    inherit: bool | None = None
    """Of a NOT NULL: whether children have it, too."""


@frozen
class ValidateConstraint(Alter):
    """VALIDATE CONSTRAINT."""

    constraint: str = ""


@frozen
class AttachPartition(Alter):
    """ATTACH PARTITION."""

    partition: Name = NO_NAME
    bound: str = ""


@frozen
class DetachPartition(Alter):
    """DETACH PARTITION."""

    partition: Name = NO_NAME


@frozen
class SetInheritance(Alter):
    """INHERIT, NO INHERIT."""

    parent: Name = NO_NAME
    inherits: bool = True


@frozen
class SetTableType(Alter):
    """OF a composite type, NOT OF (None)."""

    type: Name | None = None


@frozen
class SetRowSecurity(Alter):
    """ENABLE, DISABLE, FORCE and NO FORCE ROW LEVEL SECURITY."""

    enabled: bool | None = None
    forced: bool | None = None


@frozen
class SetTrigger(Alter):
    """ENABLE / DISABLE TRIGGER; the name may be ALL or USER."""

    trigger: str = ""
    enabled: bool = True


@frozen
class SetRule(Alter):
    """ENABLE RULE, DISABLE RULE."""

    rule: str = ""
    enabled: bool = True


@frozen
class SetOptions(Alter):
    """SET (…), RESET (…) of a view: None for what is reset."""

    options: tuple[tuple[str, str | None], ...] = ()


@frozen
class SetReplicaIdentity(Alter):
    """REPLICA IDENTITY."""

    identity: str = "default"
    """`default`, `full`, `nothing` or `index`."""
    index: str = ""


@frozen
class SetOwner(Change):
    """OWNER TO, of any object; REASSIGN OWNED BY `name`, of kind `owned`."""

    kind: str
    name: Name
    owner: str
    arguments: tuple[TypeName, ...] | None = None


@frozen
class AlterInert(Alter):
    """An action that leaves the contract as it is (storage, statistics, …): it still says that the relation exists."""
