"""All rules, in the order that `migcompat rules` prints them."""

from __future__ import annotations

from migcompat.rules.add_check import AddCheck
from migcompat.rules.add_enum_value import AddEnumValue
from migcompat.rules.add_event_trigger import AddEventTrigger
from migcompat.rules.add_exclusion import AddExclusion
from migcompat.rules.add_fallible_expression import AddFallibleExpression
from migcompat.rules.add_foreign_key import AddForeignKey
from migcompat.rules.add_required_column import AddRequiredColumn
from migcompat.rules.add_rule import AddRule
from migcompat.rules.add_trigger import AddTrigger
from migcompat.rules.add_unique import AddUnique
from migcompat.rules.ambiguous_column import AmbiguousColumn
from migcompat.rules.ambiguous_function import AmbiguousFunction
from migcompat.rules.ambiguous_operator import AmbiguousOperator
from migcompat.rules.base import Rule
from migcompat.rules.change_column_type import ChangeColumnType
from migcompat.rules.change_composite_type import ChangeCompositeType
from migcompat.rules.change_default import ChangeDefault
from migcompat.rules.change_function import ChangeFunction
from migcompat.rules.change_relation_kind import ChangeRelationKind
from migcompat.rules.change_sequence import ChangeSequence
from migcompat.rules.change_view_columns import ChangeViewColumns
from migcompat.rules.declared import (
    DeletedMigration,
    EditedMigration,
    MalformedOverride,
    MissingExtension,
    OutOfOrderMigration,
    RejectedStatement,
    StaleSignoff,
    UnforeseenBreak,
    UnsignedOverride,
    UnusedOverride,
)
from migcompat.rules.defer_unique import DeferUnique
from migcompat.rules.detach_partition import DetachPartition
from migcompat.rules.drop_check import DropCheck
from migcompat.rules.drop_column import DropColumn
from migcompat.rules.drop_constraint import DropConstraint
from migcompat.rules.drop_default import DropDefault
from migcompat.rules.drop_enum_value import DropEnumValue
from migcompat.rules.drop_extension import DropExtension
from migcompat.rules.drop_foreign_key import DropForeignKey
from migcompat.rules.drop_function import DropFunction
from migcompat.rules.drop_identity import DropIdentity
from migcompat.rules.drop_not_null import DropNotNull
from migcompat.rules.drop_object import DropObject
from migcompat.rules.drop_primary_key import DropPrimaryKey
from migcompat.rules.drop_schema import DropSchema
from migcompat.rules.drop_sequence import DropSequence
from migcompat.rules.drop_table import DropTable
from migcompat.rules.drop_trigger import DropTrigger
from migcompat.rules.drop_type import DropType
from migcompat.rules.drop_unique import DropUnique
from migcompat.rules.drop_view import DropView
from migcompat.rules.enable_row_security import EnableRowSecurity
from migcompat.rules.generate_column import GenerateColumn
from migcompat.rules.hide_name import HideName
from migcompat.rules.identity_always import IdentityAlways
from migcompat.rules.loosen_unique import LoosenUnique
from migcompat.rules.lose_replica_identity import LoseReplicaIdentity
from migcompat.rules.move_table import MoveTable
from migcompat.rules.narrow_default_partition import NarrowDefaultPartition
from migcompat.rules.new_column_in_star import NewColumnInStar
from migcompat.rules.recreate_column import RecreateColumn
from migcompat.rules.rename_column import RenameColumn
from migcompat.rules.rename_constraint import RenameConstraint
from migcompat.rules.rename_enum_value import RenameEnumValue
from migcompat.rules.rename_schema import RenameSchema
from migcompat.rules.rename_table import RenameTable
from migcompat.rules.rename_type import RenameType
from migcompat.rules.reorder_columns import ReorderColumns
from migcompat.rules.restrict_session import RestrictSession
from migcompat.rules.restrict_view import RestrictView
from migcompat.rules.reveal_rows import RevealRows
from migcompat.rules.revoke_privilege import RevokePrivilege
from migcompat.rules.run_as_caller import RunAsCaller
from migcompat.rules.set_not_null import SetNotNull
from migcompat.rules.tighten_domain import TightenDomain
from migcompat.rules.truncate_table import TruncateTable
from migcompat.rules.undecided import DynamicSql, UnparsedStatement
from migcompat.rules.ungranted_function import UngrantedFunction
from migcompat.rules.ungranted_sequence import UngrantedSequence
from migcompat.rules.widen_row import WidenRow

RULES: tuple[Rule, ...] = (
    AddRequiredColumn(),
    DropColumn(),
    DropTable(),
    ChangeColumnType(),
    AddUnique(),
    SetNotNull(),
    DropDefault(),
    RecreateColumn(),
    RenameColumn(),
    RenameTable(),
    MoveTable(),
    ChangeRelationKind(),
    DropView(),
    ChangeViewColumns(),
    RestrictView(),
    ReorderColumns(),
    AddCheck(),
    AddForeignKey(),
    AddExclusion(),
    AddFallibleExpression(),
    WidenRow(),
    AmbiguousColumn(),
    TightenDomain(),
    DropUnique(),
    LoosenUnique(),
    RenameConstraint(),
    DropConstraint(),
    DropPrimaryKey(),
    DeferUnique(),
    DropType(),
    RenameType(),
    ChangeCompositeType(),
    DropEnumValue(),
    RenameEnumValue(),
    DropFunction(),
    ChangeFunction(),
    AmbiguousFunction(),
    AmbiguousOperator(),
    DropSequence(),
    ChangeSequence(),
    DropSchema(),
    RenameSchema(),
    HideName(),
    DropExtension(),
    DropObject(),
    IdentityAlways(),
    GenerateColumn(),
    DropIdentity(),
    RevokePrivilege(),
    RunAsCaller(),
    UngrantedSequence(),
    UngrantedFunction(),
    RestrictSession(),
    EnableRowSecurity(),
    DetachPartition(),
    NarrowDefaultPartition(),
    AddRule(),
    LoseReplicaIdentity(),
    TruncateTable(),
    RevealRows(),
    AddTrigger(),
    DropTrigger(),
    AddEventTrigger(),
    DropNotNull(),
    AddEnumValue(),
    ChangeDefault(),
    DropCheck(),
    DropForeignKey(),
    NewColumnInStar(),
    UnparsedStatement(),
    DynamicSql(),
    MalformedOverride(),
    UnusedOverride(),
    UnsignedOverride(),
    StaleSignoff(),
    EditedMigration(),
    DeletedMigration(),
    OutOfOrderMigration(),
    UnforeseenBreak(),
    RejectedStatement(),
    MissingExtension(),
)
"""In the order that `migcompat rules` prints: first the five that ADR-053 D5 names."""

BY_NAME = {rule.name: rule for rule in RULES}
