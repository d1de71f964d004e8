"""The vocabulary: what DDL does, free of how it is written. Lowering produces these, the schema applies them.

Names are as written; the schema resolves them through its search path. Expressions are source text.
"""

from __future__ import annotations

from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.sql.names import Name as Name  # noqa: PLC0414 - this is where others find it
from migcompat.sql.names import TypeName as TypeName  # noqa: PLC0414

NOWHERE = Span(0, 0)
_NO_NAME = Name("")
_NO_TYPE = TypeName(_NO_NAME)


@frozen
class IndexKey:
    """One column or expression of an index."""

    column: str | None
    expression: str = ""
    operator: str = ""
    """Of an exclusion constraint."""


@frozen
class ConstraintDef:
    """A table, column or domain constraint."""

    kind: str
    """`primary`, `unique`, `check`, `foreign`, `exclusion`, `not-null`."""
    span: Span
    name: str | None = None
    columns: tuple[str, ...] = ()
    expression: str = ""
    references: Name | None = None
    referenced_columns: tuple[str, ...] = ()
    on_delete: str = ""
    on_update: str = ""
    match: str = ""
    keys: tuple[IndexKey, ...] = ()
    include: tuple[str, ...] = ()
    predicate: str = ""
    using_index: Name | None = None
    nulls_not_distinct: bool = False
    without_overlaps: bool = False
    deferrable: bool = False
    deferred: bool = False
    """INITIALLY DEFERRED."""
    not_valid: bool = False
    enforced: bool = True
    no_inherit: bool = False


@frozen
class ColumnDef:
    """A column as CREATE TABLE or ADD COLUMN writes it."""

    name: str
    type: TypeName | None
    span: Span
    not_null: bool = False
    default: str | None = None
    identity: str = ""
    """`always`, `by default` or empty."""
    generated: str = ""
    """`stored`, `virtual` or empty."""
    expression: str = ""
    collation: str = ""
    serial: bool = False


@frozen
class Output:
    """One column (or star) of a query's result."""

    name: str | None
    """None: a star, or a name that only the server knows."""
    star: bool = False
    source: str = ""
    """The alias of the table (or subquery) that it comes from, where it is a plain column or a qualified star;
    `()`: the star of an expression."""
    column: str = ""
    """The column of that source; empty for a star or an expression."""
    type: TypeName | None = None
    """Where the query says it: a cast."""


@frozen
class FromItem:
    """One thing in a query's FROM: a relation, or a subquery or CTE."""

    alias: str
    name: Name | None = None
    query: Query | None = None
    columns: tuple[str, ...] = ()
    """Column aliases: `AS t(a, b)`."""
    joined: bool = False
    """Whether it is joined to the item before it, rather than listed after a comma."""
    using: tuple[str, ...] = ()
    """Of that join: the columns which a star shows once, and first."""
    natural: bool = False
    """The same for all columns that both sides have."""


@frozen
class Query:
    """What the schema must know of a query: what it reads, and the columns that come out."""

    outputs: tuple[Output, ...] = ()
    items: tuple[FromItem, ...] = ()
    """The FROM clause of the outermost SELECT."""
    reads: tuple[Name, ...] = ()
    """Every relation that it names anywhere."""
    columns: tuple[tuple[str, str], ...] = ()
    """Every column that it names anywhere: alias (or empty) and name."""
    simple: bool = False
    """Whether a view of it can be written through: one relation, no DISTINCT, grouping, set operation, LIMIT, WITH."""
    filtered: bool = False
    """Whether it has a WHERE."""
    understood: bool = True


@frozen
class Change:
    """One thing a statement does; `span` is the part of the file that says so."""

    span: Span


# --- relations -------------------------------------------------------------------------------------------------------


@frozen
class Like:
    """`LIKE source INCLUDING …`."""

    source: Name
    including: frozenset[str] = frozenset()
    after: int = 0
    """How many columns are written before it."""


@frozen
class CreateTable(Change):
    """CREATE TABLE in all its forms but AS."""

    name: Name
    columns: tuple[ColumnDef, ...] = ()
    constraints: tuple[ConstraintDef, ...] = ()
    kind: str = "table"
    """`table`, `partitioned`, `foreign`."""
    temporary: bool = False
    if_not_exists: bool = False
    likes: tuple[Like, ...] = ()
    inherits: tuple[Name, ...] = ()
    partition_of: Name | None = None
    bound: str = ""
    of_type: Name | None = None
    partition_by: str = ""
    """`LIST (a)`; empty: not at all."""


@frozen
class CreateQueryTable(Change):
    """CREATE TABLE AS, SELECT INTO."""

    name: Name
    query: Query
    columns: tuple[str, ...] = ()
    temporary: bool = False
    if_not_exists: bool = False


@frozen
class CreateView(Change):
    """CREATE VIEW, CREATE MATERIALIZED VIEW."""

    name: Name
    query: Query
    text: str = ""
    columns: tuple[str, ...] = ()
    materialized: bool = False
    temporary: bool = False
    or_replace: bool = False
    if_not_exists: bool = False
    recursive: bool = False
    options: tuple[tuple[str, str], ...] = ()
    """What WITH (…) and WITH … CHECK OPTION say."""
    populated: bool = True
    """False for a materialized view WITH NO DATA."""


@frozen
class Refresh(Change):
    """REFRESH MATERIALIZED VIEW."""

    name: Name
    populated: bool = True


Numbers = tuple[tuple[str, str], ...]
"""How a sequence numbers, option by option: `increment`, `minvalue`, `maxvalue`, `start`, `cycle` (`no` or empty), `as` a type, and
`restart` (empty: at its start)."""


@frozen
class CreateSequence(Change):
    """CREATE SEQUENCE."""

    name: Name
    owned_by: tuple[Name, str] | None = None
    numbers: Numbers = ()
    temporary: bool = False
    if_not_exists: bool = False


@frozen
class AlterSequence(Change):
    """ALTER SEQUENCE: what it does to owners and numbers."""

    name: Name
    owned_by: tuple[Name, str] | None = None
    disowned: bool = False
    numbers: Numbers = ()
    if_exists: bool = False


@frozen
class DropRelation(Change):
    """DROP TABLE, VIEW, MATERIALIZED VIEW, SEQUENCE, INDEX, FOREIGN TABLE."""

    kind: str
    name: Name
    if_exists: bool = False
    cascade: bool = False
    also: bool = False
    """Named after others in one statement, which may have taken it along."""


@frozen
class RenameRelation(Change):
    """RENAME TO, of a relation or index."""

    kind: str
    name: Name
    to: str
    if_exists: bool = False


@frozen
class MoveRelation(Change):
    """SET SCHEMA, of a relation."""

    kind: str
    name: Name
    schema: str
    if_exists: bool = False


@frozen
class Truncate(Change):
    """TRUNCATE, a table at a time."""

    name: Name
    cascade: bool = False


# --- ALTER TABLE -----------------------------------------------------------------------------------------------------


@frozen
class Alter(Change):
    """An action on a relation."""

    table: Name
    if_exists: bool = False
    only: bool = False


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
    column_if_exists: bool = False
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
    type: TypeName = _NO_TYPE
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


@frozen
class ValidateConstraint(Alter):
    """VALIDATE CONSTRAINT."""

    constraint: str = ""


@frozen
class AttachPartition(Alter):
    """ATTACH PARTITION."""

    partition: Name = _NO_NAME
    bound: str = ""


@frozen
class DetachPartition(Alter):
    """DETACH PARTITION."""

    partition: Name = _NO_NAME


@frozen
class SetInheritance(Alter):
    """INHERIT, NO INHERIT."""

    parent: Name = _NO_NAME
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


# --- indexes ---------------------------------------------------------------------------------------------------------


@frozen
class CreateIndex(Change):
    """CREATE INDEX."""

    table: Name
    name: str | None
    keys: tuple[IndexKey, ...]
    unique: bool = False
    predicate: str = ""
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    if_not_exists: bool = False
    method: str = "btree"
    only: bool = False


# --- triggers, rules, policies ---------------------------------------------------------------------------------------


@frozen
class CreateTrigger(Change):
    """CREATE TRIGGER."""

    table: Name
    name: str
    function: Name
    timing: str
    """`before`, `after`, `instead of`."""
    events: frozenset[str]
    or_replace: bool = False
    constraint: bool = False
    definition: str = ""
    """What it does, in words that a change of spelling leaves alone."""
    text: str = ""
    """The statement as written."""


@frozen
class DropTrigger(Change):
    """DROP TRIGGER."""

    table: Name
    name: str
    if_exists: bool = False


@frozen
class RenameTrigger(Change):
    """ALTER TRIGGER … RENAME."""

    table: Name
    name: str
    to: str


@frozen
class CreateRule(Change):
    """CREATE RULE."""

    table: Name
    name: str
    event: str
    instead: bool = False
    action: str = ""
    conditional: bool = False
    or_replace: bool = False
    text: str = ""
    """The statement as written."""


@frozen
class RenameRule(Change):
    """ALTER RULE … RENAME."""

    table: Name
    name: str
    to: str


@frozen
class DropRule(Change):
    """DROP RULE."""

    table: Name
    name: str
    if_exists: bool = False


@frozen
class CreatePolicy(Change):
    """CREATE POLICY."""

    table: Name
    name: str
    command: str = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str = ""
    check: str = ""


@frozen
class AlterPolicy(Change):
    """ALTER POLICY."""

    table: Name
    name: str
    to: str = ""
    roles: tuple[str, ...] = ()
    using: str = ""
    check: str = ""


@frozen
class DropPolicy(Change):
    """DROP POLICY."""

    table: Name
    name: str
    if_exists: bool = False


# --- types -----------------------------------------------------------------------------------------------------------


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


# --- functions -------------------------------------------------------------------------------------------------------


@frozen
class Argument:
    """One parameter of a routine."""

    type: TypeName
    name: str = ""
    mode: str = "in"
    """`in`, `out`, `inout`, `variadic`, `table`."""
    default: bool = False


@frozen
class CreateFunction(Change):
    """CREATE FUNCTION, PROCEDURE, AGGREGATE."""

    name: Name
    arguments: tuple[Argument, ...]
    returns: str = ""
    kind: str = "function"
    """`function`, `procedure`, `aggregate`."""
    or_replace: bool = False
    language: str = ""
    body: str = ""
    body_span: Span = NOWHERE
    strict: bool = False
    effects: tuple[Change, ...] = ()
    """What its body does to the schema when it is called."""
    result: TypeName | None = None
    """The type of `returns`, SETOF aside."""
    text: str = ""
    """What follows the name, as written."""
    definer: bool = False
    """SECURITY DEFINER: it works with its owner's privileges."""
    refuses: str = ""
    """Of a trigger's function: the SQLSTATE that it raises whatever it is given."""


@frozen
class SetSecurity(Change):
    """SECURITY DEFINER, SECURITY INVOKER."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    definer: bool = False


@frozen
class DropFunction(Change):
    """DROP FUNCTION and its siblings."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    """None: no argument list was written."""
    kind: str = "function"
    if_exists: bool = False
    cascade: bool = False


@frozen
class RenameFunction(Change):
    """RENAME TO, of a routine."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    to: str


@frozen
class MoveFunction(Change):
    """SET SCHEMA, of a routine."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    schema: str


@frozen
class CallFunction(Change):
    """The migration calls a routine; its body's DDL runs then."""

    name: Name
    arguments: tuple[str, ...] = ()
    """The constant arguments that come first; what follows them is not constant."""


# --- schemas, extensions, privileges ---------------------------------------------------------------------------------


@frozen
class CreateSchema(Change):
    """CREATE SCHEMA."""

    name: str
    if_not_exists: bool = False


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
    option_only: bool = False
    arguments: tuple[tuple[TypeName, ...] | None, ...] = ()


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
class SetPublication(Change):
    """CREATE PUBLICATION, and an ALTER PUBLICATION that adds, sets or drops what it publishes."""

    name: str
    action: str = "create"
    """`create`, `add`, `set`, `drop`; `events`: only these change."""
    tables: tuple[Name, ...] = ()
    schemas: tuple[str, ...] = ()
    """The empty name stands for the current schema."""
    all_tables: bool = False
    events: frozenset[str] | None = None
    """What is published of writes; None: as before, or all of them."""


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


# --- what could not be decided ---------------------------------------------------------------------------------------


@frozen
class Opaque(Change):
    """A statement that could not be understood."""

    reason: str
    text: str


@frozen
class Dynamic(Change):
    """SQL that is built when the migration runs."""

    expression: str
    reason: str
