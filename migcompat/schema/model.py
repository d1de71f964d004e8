"""The schema as running code meets it. Every object has an id that a rename keeps; unknown facts are None, never guessed."""

from __future__ import annotations

from typing import NamedTuple

from migcompat.changes import CreateFunction, IndexKey, Numbers, Query
from migcompat.findings import Span
from migcompat.frozen import frozen, replace

PUBLIC = "public"
TEMPORARY = "pg_temp"


class Key(NamedTuple):
    """Where an object is found: its schema and its name."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@frozen
class Origin:
    """Where in which file something was said."""

    path: str
    span: Span


@frozen
class DataType:
    """A type in use: a built-in by name, or a user's by id so that a rename of the type reaches its users."""

    name: str
    modifiers: str = ""
    dims: int = 0
    type_id: int | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataType) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[object, ...]:
        return self.name if self.type_id is None else self.type_id, self.modifiers, self.dims


@frozen
class Column:
    """A column of a relation or an attribute of a composite type."""

    id: int
    name: str
    type: DataType | None = None
    not_null: bool | None = False
    default: str | None = None
    has_default: bool | None = False
    """Whether a write that omits the column gets a value; None: not known."""
    identity: str = ""
    generated: str = ""
    expression: str = ""
    collation: str | None = ""
    """None: not known, as of what a query computes."""
    origin: Origin | None = None
    assumed: bool = False
    """Never seen being created: taken to exist because a statement speaks of it."""
    inherited: bool = False
    source: int | None = None
    """Of a view's column: the column that it shows, where it is a plain one."""
    sequence: int | None = None
    """The sequence that its default draws from."""
    default_type: int | None = None
    """The user's type that its default is a value of, where the column has another type by now."""
    own_not_null: bool = True
    """Whether NOT NULL is the relation's own, rather than a parent's."""

    @property
    def filled(self) -> bool:
        """Whether a write may certainly omit it as far as defaults go."""
        return bool(self.has_default or self.identity or self.generated)


@frozen
class IndexColumn:
    """A key of an index: a column by id, or an expression."""

    column: int | None
    expression: str = ""
    operator: str = ""
    collation: str = ""
    """Where it is not that of the column or expression."""
    opclass: str = ""
    """Of a unique index: the operator class, where it is not the type's own."""


@frozen
class Index:
    """An index; unique ones are what ON CONFLICT infers."""

    id: int
    name: str
    keys: tuple[IndexColumn, ...]
    unique: bool = False
    predicate: str = ""
    nulls_not_distinct: bool = False
    deferrable: bool = False
    exclusion: bool = False
    """Of an exclusion constraint or a key WITHOUT OVERLAPS, neither of which is `unique`."""
    constraint: int | None = None
    assumed: bool = False
    origin: Origin | None = None
    include: tuple[int, ...] = ()
    """Columns that it holds beside its keys."""
    parent: int | None = None
    """Of a partition's index: that of the partitioned table which it is a part of."""
    named_after: tuple[IndexKey, ...] = ()
    """Its columns, as they were called then: what they add to its default name, a copy of it adds to its own."""

    @property
    def expressions(self) -> tuple[str, ...]:
        """What it computes for each row: its keys that are no columns, and its WHERE."""
        return tuple(text for text in (*(key.expression for key in self.keys), self.predicate) if text)


@frozen
class Constraint:
    """A constraint of a table or domain."""

    id: int
    name: str
    kind: str
    """`primary`, `unique`, `check`, `foreign`, `exclusion`."""
    columns: tuple[int, ...] = ()
    expression: str = ""
    references: int | None = None
    referenced: tuple[str, ...] = ()
    on_delete: str = ""
    on_update: str = ""
    deferrable: bool = False
    enforced: bool = True
    not_valid: bool = False
    no_inherit: bool = False
    index: int | None = None
    origin: Origin | None = None
    assumed: bool = False
    parent: int | None = None
    """Of a partition's key or foreign key, or an inherited CHECK: that of the parent which it is a part of."""
    target: int | None = None
    """Of a foreign key: the index that it rests on."""
    deferred: bool = False
    """Whether it waits for the end of the transaction without being told to."""
    match: str = ""
    """Of a foreign key: `full`, else as by default."""
    emptied: tuple[int, ...] = ()
    """Which of a foreign key's columns, counted from 0, ON DELETE SET NULL (…) or SET DEFAULT (…) names; none: it sets all of them."""


@frozen
class Trigger:
    """A trigger."""

    name: str
    function: str
    timing: str
    events: frozenset[str]
    enabled: bool = True
    definition: str = ""
    text: str = ""
    """The statement that created it; empty: never seen."""
    origin: Origin | None = None


@frozen
class Rule:
    """A rewrite rule."""

    name: str
    event: str
    instead: bool
    conditional: bool
    action: str
    enabled: bool = True
    text: str = ""
    """The statement that created it."""
    origin: Origin | None = None


@frozen
class Policy:
    """A policy of row security."""

    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str
    check: str
    origin: Origin | None = None


class Privilege(NamedTuple):
    """What a role may do; `column` is empty for the whole object."""

    role: str
    privilege: str
    column: str = ""


EXECUTE_BY_ALL = frozenset({Privilege(PUBLIC, "execute")})
USAGE_BY_ALL = frozenset({Privilege(PUBLIC, "usage")})
OF_NEW = {"functions": EXECUTE_BY_ALL, "types": USAGE_BY_ALL}
"""What new objects grant, unless default privileges say otherwise (https://www.postgresql.org/docs/18/ddl-priv.html)."""
OF_ROLES = "be a member of "
"""How the name of a membership goes on after the member's."""


@frozen
class Relation:
    """A table, view, materialized view, foreign table or sequence."""

    id: int
    key: Key
    kind: str
    """`table`, `partitioned`, `foreign`, `view`, `materialized view`, `sequence`."""
    columns: tuple[Column, ...] = ()
    complete: bool = True
    """False: it may have columns, keys and constraints that were never seen."""
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    parents: tuple[int, ...] = ()
    """What it inherits from; for a partition, its partitioned table."""
    bound: str = ""
    """Of a partition; empty: none."""
    query: Query | None = None
    reads: tuple[int, ...] = ()
    """The relations that a view reads."""
    uses: frozenset[int] = frozenset()
    """The columns of them that it names."""
    definition: str = ""
    of_type: int | None = None
    """Of a typed table: the composite type whose attributes are its columns."""
    owned_by: tuple[int, int] | None = None
    """The relation and column that a sequence belongs to."""
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    policies: tuple[Policy, ...] = ()
    row_security: bool = False
    forced: bool = False
    owner: str = ""
    grants: frozenset[Privilege] = frozenset()
    of_identity: bool = False
    """Of a sequence: whether it is an identity column's own, and stays as long as that is one."""
    numbers: Numbers = ()
    """How a sequence numbers: all that was ever said, the last word at the end."""
    check_option: str = ""
    """Of a view that refuses rows which it would not show: `local` or `cascaded`."""
    security_invoker: bool = False
    """Of a view: whether it reads with the privileges of whoever reads it."""
    populated: bool = True
    """False for a materialized view that nobody can read before it is refreshed."""
    replica_identity: str = "default"
    """By what replication tells rows apart: `default` (the primary key), `full`, `nothing` or `index`."""
    identity_index: int | None = None
    """The index that does; None: one that was never seen."""
    emptied: int = 0
    """How often it was truncated."""
    assumed: bool = False
    doubtful: bool = False
    """Assumed on the word of an IF EXISTS alone."""
    origin: Origin | None = None
    partition_by: str = ""
    """Of a partitioned table: `LIST (a)`."""
    hidden: tuple[Column, ...] = ()
    """Of a view with the facts of its table: the columns of that which it does not show."""

    @property
    def is_temporary(self) -> bool:
        return self.key.schema == TEMPORARY

    @property
    def is_table(self) -> bool:
        return self.kind in ("table", "partitioned", "foreign")

    @property
    def called(self) -> str:
        """Its kind, as ALTER says it in capitals."""
        return {"partitioned": "table", "foreign": "foreign table"}.get(self.kind, self.kind)

    @property
    def is_view(self) -> bool:
        return self.kind in ("view", "materialized view")

    def column(self, name: str) -> Column | None:
        for column in self.columns:  # plain loops: rules and changes look up columns all the time
            if column.name == name:
                return column
        return None

    def column_by_id(self, id_: int) -> Column | None:
        for column in self.columns:
            if column.id == id_:
                return column
        return None

    def index(self, id_: int | None) -> Index | None:
        return next((i for i in self.indexes if i.id == id_), None)

    def constraint(self, name: str) -> Constraint | None:
        return next((c for c in self.constraints if c.name == name), None)


@frozen
class Label:
    """An enum label; a rename keeps its id."""

    id: int
    text: str


@frozen
class Type:
    """A user's type."""

    id: int
    key: Key
    kind: str
    """`enum`, `domain`, `composite`, `range`, `base`, `shell`; `unknown` where it was never seen."""
    labels: tuple[Label, ...] = ()
    base: DataType | None = None
    not_null: bool = False
    default: str | None = None
    checks: tuple[Constraint, ...] = ()
    attributes: tuple[Column, ...] = ()
    complete: bool = True
    owner: str = ""
    grants: frozenset[Privilege] = frozenset()
    assumed: bool = False
    doubtful: bool = False
    origin: Origin | None = None


@frozen
class Parameter:
    """A routine's parameter."""

    mode: str
    name: str
    type: DataType
    default: bool


@frozen
class Function:
    """A routine."""

    id: int
    key: Key
    kind: str
    parameters: tuple[Parameter, ...] | None
    """None: never seen, and no argument list was written."""
    returns: str = ""
    result: DataType | None = None
    """The type of `returns`, SETOF aside."""
    text: str = ""
    """What CREATE said after the name; empty: never seen."""
    owner: str = ""
    grants: frozenset[Privilege] = frozenset()
    """PUBLIC may execute a new routine (https://www.postgresql.org/docs/18/ddl-priv.html)."""
    assumed: bool = False
    doubtful: bool = False
    origin: Origin | None = None
    definition: CreateFunction | None = None
    """Where it has effects, or may have some that depend on the arguments of a call."""
    definer: bool = False
    """Whether it works with its owner's privileges, not its caller's."""
    options: frozenset[str] = frozenset()
    """How it works where that is not the default: `strict`, `stable`, `immutable`, `set search_path = public`."""
    refuses: str = ""
    """The SQLSTATE that it raises whatever it is given."""

    @property
    def inputs(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters or () if p.mode not in ("out", "table"))

    @property
    def outputs(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters or () if p.mode in ("out", "inout", "table"))


def signature(function: Function) -> tuple[DataType, ...]:
    """A routine's identity: its input types, modifiers aside."""
    return tuple(replace(p.type, modifiers="") if p.type.modifiers else p.type for p in function.inputs)


@frozen
class Namespace:
    """A schema."""

    id: int
    name: str
    grants: frozenset[Privilege] = frozenset()
    owner: str = ""
    assumed: bool = False
    origin: Origin | None = None


@frozen
class OtherObject:
    """A cast, operator, collation, role …: known by its name alone."""

    id: int
    kind: str
    name: str
    settings: tuple[tuple[str, str], ...] = ()
    """What was said of a role or database, by attribute; of a membership, by option."""

    @property
    def membership(self) -> dict[str, str]:
        """The options of a membership (https://www.postgresql.org/docs/18/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES)."""
        return {"inherit option": "yes", "set option": "yes", "admin option": "no"} | dict(self.settings)


class Part(NamedTuple):
    """What of a table is published."""

    table: int
    columns: frozenset[int] = frozenset()
    """Those of which the values are; none: all."""
    filtered: frozenset[int] = frozenset()
    """Those that its WHERE judges."""


@frozen
class Publication:
    """What is published."""

    id: int
    name: str
    tables: frozenset[int] = frozenset()
    schemas: frozenset[str] = frozenset()
    all_tables: bool = False
    events: frozenset[str] = frozenset({"insert", "update", "delete", "truncate"})
    parts: frozenset[Part] = frozenset()
    """Of the tables that are not published as a whole."""


@frozen
class Extension:
    """An extension."""

    id: int
    name: str
    schema: str = ""
    """Where its objects went; empty: not known."""
    assumed: bool = False
    origin: Origin | None = None
