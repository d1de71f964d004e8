"""What changes are made of: columns, constraints, queries."""

from __future__ import annotations

from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.sql.names import Name, TypeName

NOWHERE = Span(0, 0)
NO_NAME = Name("")
NO_TYPE = TypeName(NO_NAME)
MOST_COLUMNS = 1600
"""Of a table (MaxHeapAttributeNumber)."""


@frozen
class IndexKey:
    """One column or expression of an index."""

    column: str | None
    expression: str = ""
    operator: str = ""
    """Of an exclusion constraint."""
    collation: str = ""
    """Where it is written."""
    opclass: str = ""
    """The operator class, where it is written."""


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
    emptied: tuple[str, ...] = ()
    """The columns that ON DELETE SET NULL (…) or SET DEFAULT (…) names."""
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
class Call:
    """A call of a routine within a query."""

    name: Name
    arguments: int
    """How many it is given."""


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
    call: Call | None = None
    """Of `(f(…)).*`: what yields the row."""


@frozen
class FromItem:
    """One thing in a query's FROM: a relation, a call, or a subquery or CTE."""

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
    call: Call | None = None
    numbered: bool = False
    """Whether WITH ORDINALITY adds a column."""


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
