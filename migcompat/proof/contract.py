"""What a database offers to running code, as far as probes need it: read from the catalogues of PostgreSQL 13 to 18."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from migcompat.frozen import frozen
from migcompat.proof import catalogues
from migcompat.sql.quoting import ident

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow


@frozen
class TypeFacts:
    """A type as a value of it must be written."""

    sql: str
    """As SQL names it, with its schema."""
    base: str
    """The built-in or extension type at the bottom of its domains: `int4`, `varchar`; that of the elements for an array."""
    modifier: int
    kind: str
    """`b`ase, `e`num, `c`omposite, `r`ange, `m`ultirange."""
    category: str
    array: bool
    labels: tuple[str, ...]
    checks: tuple[str, ...]
    """The conditions of its domains."""
    names: tuple[str, ...] = ()
    """The user's types that it is or is made of, as findings name them."""


@frozen
class ColumnFacts:
    name: str
    type: TypeFacts
    required: bool
    """A write must give it a value."""
    nullable: bool
    default: bool
    identity: str
    """`a`lways, by `d`efault, or empty."""
    generated: bool
    storage: tuple[int, int]
    """Its modifier and collation: what a plan returns."""

    @property
    def sql(self) -> str:
        return ident(self.name)

    @property
    def writable(self) -> bool:
        return not self.generated and self.identity != "a"


@frozen
class KeyFacts:
    """A constraint or a unique index."""

    name: str
    kind: str
    """`p`rimary, `u`nique, e`x`clusion, `c`heck, `f`oreign, `i`ndex without a constraint."""
    columns: tuple[str, ...]
    definition: str = ""
    """The condition of a check; the keys of an index as ON CONFLICT takes them."""
    predicate: str = ""
    target: int = 0
    """Of a foreign key: what it references."""
    referenced: tuple[str, ...] = ()
    immediate: bool = True
    deferrable: bool = False


@frozen
class RelationFacts:
    oid: int
    schema: str
    name: str
    kind: str
    """pg_class.relkind: `r`, `p`artitioned, `v`iew, `m`aterialized view, `f`oreign, `S`equence."""
    writes: int
    """pg_relation_is_updatable: 4 UPDATE, 8 INSERT, 16 DELETE."""
    populated: bool
    columns: tuple[ColumnFacts, ...]
    keys: tuple[KeyFacts, ...]
    partitions: tuple[tuple[str, str], ...]
    """Their names and bounds."""
    own_bound: str
    owners: tuple[str, ...]
    """Of a sequence: the column that owns it, and that one's relation."""
    reads: tuple[int, ...]
    """Of a view: what it is made of."""
    roles: tuple[str, ...]
    """Who was granted something on it."""

    @property
    def sql(self) -> str:
        return f"{ident(self.schema)}.{ident(self.name)}"

    @property
    def object(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def bounds(self) -> tuple[str, ...]:
        return tuple(bound for _, bound in self.partitions)

    def column(self, name: str) -> ColumnFacts | None:
        return next((column for column in self.columns if column.name == name), None)

    def keys_of(self, *kinds: str) -> tuple[KeyFacts, ...]:
        return tuple(key for key in self.keys if key.kind in kinds)


@frozen
class RoutineFacts:
    oid: int
    schema: str
    name: str
    kind: str
    """pg_proc.prokind: `f`unction, `p`rocedure, `a`ggregate, `w`indow."""
    arguments: tuple[TypeFacts, ...]
    defaults: int
    variadic: bool
    identity: str
    """`schema.function(argument types)`."""
    result: TypeFacts | None
    """None: nothing that can be compared."""
    extension: str
    roles: tuple[str, ...]

    @property
    def sql(self) -> str:
        return f"{ident(self.schema)}.{ident(self.name)}"


@frozen
class NamedType:
    schema: str
    name: str
    facts: TypeFacts
    attributes: tuple[str, ...]

    @property
    def object(self) -> str:
        return f"{self.schema}.{self.name}"


@frozen
class Contract:
    """All of it, with fingerprints that tell what a deploy has changed."""

    relations: dict[int, RelationFacts]
    types: tuple[NamedType, ...]
    routines: tuple[RoutineFacts, ...]
    schemas: tuple[str, ...]
    collations: tuple[str, ...]
    deferrable: bool
    """Whether any constraint may be checked later than the statement."""
    behaviour: dict[int, str]
    """Of each relation: its triggers, rules, policies and grants, and the indexes that compute something from each row."""
    callers: frozenset[int]
    """The relations that call a routine of the user by themselves: triggers, defaults, checks, policies, views."""
    code: str
    """Of all routines together."""
    surroundings: str
    """Of schemas, casts, the defaults of domains and the grants on types."""


def read_contract(connection: Connection[TupleRow]) -> Contract:
    """Reads it as the role of the connection sees it."""

    with connection.transaction(force_rollback=True):
        # Every name is printed with its schema; and this is no statement of a migration, whatever limit those have.
        connection.execute("SET LOCAL search_path = ''; SET LOCAL statement_timeout = 0")
        return _read(lambda query: connection.execute(query, prepare=False).fetchall())


def _read(rows: Callable[[str], list[tuple[Any, ...]]]) -> Contract:
    types = _Types(rows(catalogues.TYPES))
    columns: defaultdict[int, list[ColumnFacts]] = defaultdict(list)
    for oid, name, type_, modifier, collation, not_null, default, identity, generated in rows(catalogues.COLUMNS):
        facts = types.read(type_, modifier)
        nullable = not (not_null or types.not_null(type_))
        filled = default or bool(identity) or bool(generated) or types.has_default(type_)
        columns[oid].append(
            ColumnFacts(name, facts, not nullable and not filled, nullable, default, identity, bool(generated), (modifier, collation))
        )
    keys: defaultdict[int, list[KeyFacts]] = defaultdict(list)
    for oid, *values in rows(catalogues.KEYS):
        name, kind, names, definition, predicate, target, referenced, immediate, deferrable = values
        keys[oid].append(
            KeyFacts(
                name, kind, tuple(names), definition or "", predicate or "", target or 0, tuple(referenced or ()), immediate, deferrable
            )
        )
    relations = {}
    for oid, schema, name, kind, writes, populated, partitions, bounds, own, owners, reads, roles in rows(catalogues.RELATIONS):
        parts = tuple(zip(partitions, bounds, strict=True))
        relations[oid] = RelationFacts(
            oid, schema, name, kind, writes, populated, tuple(columns[oid]), tuple(keys[oid]), parts, own or "",
            tuple(owners), tuple(reads), tuple(roles),
        )  # fmt: skip
    routines = []
    for oid, schema, name, kind, takes, defaults, variadic, identity, returns, extension, roles in rows(catalogues.ROUTINES):
        arguments = tuple(types.read(type_, -1) for type_ in takes)
        result = types.read(returns, -1) if returns is not None else None
        routines.append(
            RoutineFacts(oid, schema, name, kind, arguments, defaults, variadic, identity, result, extension or "", tuple(roles))
        )  # fmt: skip
    named = tuple(
        NamedType(schema, name, types.read(oid, -1), tuple(attributes)) for oid, schema, name, attributes in rows(catalogues.NAMED_TYPES)
    )
    ((code, surroundings),) = rows(catalogues.CODE)
    callers = frozenset(oid for (oid,) in rows(catalogues.CALLERS))
    return Contract(
        relations, named, tuple(routines), tuple(name for (name,) in rows(catalogues.SCHEMAS)),
        tuple(name for (name,) in rows(catalogues.COLLATIONS)),
        rows("SELECT EXISTS (SELECT FROM pg_constraint WHERE condeferrable)")[0][0], dict(rows(catalogues.BEHAVIOUR)),
        callers, code or "", surroundings or "",
    )  # fmt: skip


class _Types:
    """Follows a type to what its values look like."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = {row[0]: row[1:] for row in rows}
        self._made: dict[tuple[int, int], TypeFacts] = {}

    def read(self, oid: int, modifier: int) -> TypeFacts:
        key = (oid, modifier)
        if key not in self._made:
            self._made[key] = self._make(oid, modifier)
        return self._made[key]

    def _make(self, oid: int, modifier: int) -> TypeFacts:
        sql, checks, array = self._rows[oid][8], [], False
        own: list[str] = []
        while True:
            name, kind, category, base, base_modifier, element, labels, conditions, _, _, _, schema = self._rows[oid]
            if schema != "pg_catalog":
                own.append(f"{schema}.{name}")
            checks += conditions
            if kind == "d":
                oid, modifier = base, base_modifier if base_modifier != -1 else modifier
            elif element and category == "A" and not array:
                oid, array = element, True
            else:
                if name == "bit" and modifier > 0:
                    sql = f"bit({modifier})"  # `bit` alone is one of them, as `character` is
                return TypeFacts(
                    "bpchar" if sql == "character" else sql, name, modifier, kind, category, array, tuple(labels), tuple(checks), tuple(own)
                )

    def not_null(self, oid: int) -> bool:
        """Whether a domain forbids NULL."""
        while self._rows[oid][1] == "d":
            if self._rows[oid][9]:
                return True
            oid = self._rows[oid][3]
        return False

    def has_default(self, oid: int) -> bool:
        while self._rows[oid][1] == "d":
            if self._rows[oid][10]:
                return True
            oid = self._rows[oid][3]
        return False


def literals(text: str) -> list[str]:
    """The constants of a condition as PostgreSQL prints it: values that it may be about."""
    found = [match.replace("''", "'") for match in re.findall(r"'((?:[^']|'')*)'", text)]
    return found + re.findall(r"(?<![\w'.])-?\d+(?:\.\d+)?(?![\w'.])", text)
