"""Tables, views, sequences and indexes that come, go, or are called otherwise."""

from __future__ import annotations

from migcompat.changes.definitions import Change, ColumnDef, ConstraintDef, IndexKey, Query
from migcompat.frozen import frozen
from migcompat.sql.names import Name


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
    until_commit: bool = False
    """ON COMMIT DROP."""


@frozen
class CreateQueryTable(Change):
    """CREATE TABLE AS, SELECT INTO."""

    name: Name
    query: Query
    columns: tuple[str, ...] = ()
    temporary: bool = False
    if_not_exists: bool = False
    until_commit: bool = False


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
    options: tuple[tuple[str, str], ...] = ()
    """What WITH (…) and WITH … CHECK OPTION say."""
    populated: bool = True
    """False for a materialized view WITH NO DATA."""


@frozen
class Fill(Change):
    """INSERT of what a query yields."""

    name: Name


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
    """TRUNCATE, a table at a time. Without CASCADE it is refused where there is more to empty, so nothing depends on that word."""

    name: Name
    only: bool = False
    if_exists: bool = False
    """SQL cannot say so: under a condition."""


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
