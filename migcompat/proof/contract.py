"""What a database offers to running code, as far as probes need it: read from the catalogues of PostgreSQL 13 to 18."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migcompat.sql.quoting import ident

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    bounds: tuple[str, ...]
    """Of a partitioned table: those of its partitions."""
    own_bound: str
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

    def column(self, name: str) -> ColumnFacts | None:
        return next((column for column in self.columns if column.name == name), None)

    def keys_of(self, *kinds: str) -> tuple[KeyFacts, ...]:
        return tuple(key for key in self.keys if key.kind in kinds)


@dataclass(frozen=True, slots=True)
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
    extension: str
    roles: tuple[str, ...]

    @property
    def sql(self) -> str:
        return f"{ident(self.schema)}.{ident(self.name)}"


@dataclass(frozen=True, slots=True)
class NamedType:
    schema: str
    name: str
    facts: TypeFacts
    attributes: tuple[str, ...]

    @property
    def object(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
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
    """Of each relation: its triggers, rules, policies and grants."""
    code: str
    """Of all functions and types together."""


def read_contract(connection: Connection[TupleRow]) -> Contract:
    """Reads it as the role of the connection sees it."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query, prepare=False).fetchall()

    types = _types(rows(_TYPES))
    columns: defaultdict[int, list[ColumnFacts]] = defaultdict(list)
    for oid, name, type_, modifier, collation, not_null, default, identity, generated in rows(_COLUMNS):
        facts = types(type_, modifier)
        nullable = not (not_null or types.not_null(type_))
        filled = default or bool(identity) or bool(generated) or types.has_default(type_)
        columns[oid].append(ColumnFacts(name, facts, not nullable and not filled, nullable, default, identity, bool(generated), (modifier, collation)))
    keys: defaultdict[int, list[KeyFacts]] = defaultdict(list)
    for oid, *values in rows(_KEYS):
        name, kind, names, definition, predicate, target, referenced, immediate, deferrable = values
        keys[oid].append(
            KeyFacts(name, kind, tuple(names), definition or "", predicate or "", target or 0, tuple(referenced or ()), immediate, deferrable)
        )
    relations = {}
    for oid, schema, name, kind, writes, populated, bounds, own, reads, roles in rows(_RELATIONS):
        relations[oid] = RelationFacts(
            oid, schema, name, kind, writes, populated, tuple(columns[oid]), tuple(keys[oid]), tuple(bounds), own or "", tuple(reads), tuple(roles)
        )  # fmt: skip
    routines = []
    for oid, schema, name, kind, arguments, defaults, variadic, identity, extension, roles in rows(_ROUTINES):
        routines.append(
            RoutineFacts(
                oid, schema, name, kind, tuple(types(a, -1) for a in arguments), defaults, variadic, identity, extension or "", tuple(roles)
            )  # fmt: skip
        )
    named = tuple(NamedType(schema, name, types(oid, -1), tuple(attributes)) for oid, schema, name, attributes in rows(_NAMED_TYPES))
    ((code,),) = rows(_CODE)
    return Contract(
        relations, named, tuple(routines), tuple(name for (name,) in rows(_SCHEMAS)), tuple(name for (name,) in rows(_COLLATIONS)),
        rows("SELECT EXISTS (SELECT FROM pg_constraint WHERE condeferrable)")[0][0], dict(rows(_BEHAVIOUR)), code,
    )  # fmt: skip


class _types:  # noqa: N801 - reads as the function that it is
    """Follows a type to what its values look like."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = {row[0]: row[1:] for row in rows}
        self._made: dict[tuple[int, int], TypeFacts] = {}

    def __call__(self, oid: int, modifier: int) -> TypeFacts:
        key = (oid, modifier)
        if key not in self._made:
            self._made[key] = self._make(oid, modifier)
        return self._made[key]

    def _make(self, oid: int, modifier: int) -> TypeFacts:
        sql, checks, array = self._rows[oid][8], [], False
        while True:
            name, kind, category, base, base_modifier, element, labels, conditions, _, _, _ = self._rows[oid]
            checks += conditions
            if kind == "d":
                oid, modifier = base, base_modifier if base_modifier != -1 else modifier
            elif element and category == "A" and not array:
                oid, array = element, True
            else:
                return TypeFacts(sql, name, modifier, kind, category, array, tuple(labels), tuple(checks))

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


_OWN_SCHEMAS = "nspname !~ '^pg_' AND nspname <> 'information_schema'"
_OWN = f"(SELECT oid FROM pg_namespace WHERE {_OWN_SCHEMAS})"
_OF_EXTENSION = "EXISTS (SELECT FROM pg_depend AS of WHERE of.classid = '{0}'::regclass AND of.objid = {1}.oid AND of.deptype = 'e')"
_MINE = f"c.relnamespace IN {_OWN} AND c.relpersistence <> 't' AND NOT " + _OF_EXTENSION.format("pg_class", "c")

_GRANTEES = "ARRAY(SELECT DISTINCT pg_get_userbyid(grantee)::text FROM aclexplode({0}) WHERE grantee <> 0 AND grantee <> {1} ORDER BY 1)"

_TYPES = """
    SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typbasetype, t.typtypmod, t.typelem,
        ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
        ARRAY(SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = t.oid AND contype = 'c' ORDER BY oid),
        CASE WHEN n.nspname = 'pg_catalog' THEN format_type(t.oid, NULL) ELSE format('%I.%I', n.nspname, t.typname) END,
        t.typnotnull, t.typdefault IS NOT NULL
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
"""

_COLUMNS = f"""
    SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attcollation::int8, a.attnotnull, a.atthasdef AND a.attgenerated = '', a.attidentity, a.attgenerated
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_MINE} ORDER BY a.attrelid, a.attnum
"""

_NAMES = "ARRAY(SELECT attname::text FROM unnest({0}) WITH ORDINALITY AS listed (n, at) JOIN pg_attribute ON attrelid = {1} AND attnum = n ORDER BY at)"

_KEYS = f"""
    SELECT k.conrelid, k.conname, k.contype, {_NAMES.format("k.conkey", "k.conrelid")},
        CASE k.contype WHEN 'c' THEN pg_get_constraintdef(k.oid)
            WHEN 'f' THEN pg_get_constraintdef(k.oid)
            ELSE array_to_string(ARRAY(SELECT pg_get_indexdef(k.conindid, n, true) FROM generate_series(1, i.indnkeyatts) AS n), ', ') END,
        pg_get_expr(i.indpred, i.indrelid), k.confrelid, {_NAMES.format("k.confkey", "k.confrelid")}, coalesce(i.indimmediate, true), k.condeferrable
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid LEFT JOIN pg_index AS i ON i.indexrelid = k.conindid AND k.contype <> 'f'
    WHERE k.contype IN ('p', 'u', 'x', 'c', 'f') AND {_MINE}
    UNION ALL
    SELECT i.indrelid, x.relname, 'i', {_NAMES.format("i.indkey::int2[]", "i.indrelid")},
        array_to_string(ARRAY(SELECT CASE WHEN i.indkey[n - 1] = 0 THEN '(' || pg_get_indexdef(i.indexrelid, n, true) || ')'
            ELSE pg_get_indexdef(i.indexrelid, n, true) END FROM generate_series(1, i.indnkeyatts) AS n), ', '),
        pg_get_expr(i.indpred, i.indrelid), NULL, NULL, i.indimmediate, false
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indisunique AND i.indisvalid AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
    AND {_MINE}
    ORDER BY 1, 2
"""

_RELATIONS = f"""
    SELECT c.oid, n.nspname, c.relname, c.relkind,
        CASE WHEN c.relkind IN ('r', 'p', 'v', 'f') THEN pg_relation_is_updatable(c.oid, false) ELSE 0 END, c.relispopulated,
        ARRAY(SELECT pg_get_expr(p.relpartbound, p.oid) FROM pg_inherits AS h JOIN pg_class AS p ON p.oid = h.inhrelid
            WHERE h.inhparent = c.oid AND p.relpartbound IS NOT NULL ORDER BY p.oid),
        pg_get_expr(c.relpartbound, c.oid),
        ARRAY(SELECT DISTINCT d.refobjid::int8 FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            WHERE r.ev_class = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid),
        ARRAY(SELECT DISTINCT pg_get_userbyid(acl.grantee)::text FROM (
            SELECT c.relacl AS held UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL
        ) AS given CROSS JOIN LATERAL aclexplode(given.held) AS acl WHERE acl.grantee <> 0 AND acl.grantee <> c.relowner ORDER BY 1)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {_MINE} ORDER BY c.oid
"""

_BEHAVIOUR = f"""
    SELECT c.oid, concat_ws(' ', c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, pg_get_expr(c.relpartbound, c.oid),
        ARRAY(SELECT attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL ORDER BY attnum),
        ARRAY(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = c.oid ORDER BY adnum),
        ARRAY(SELECT (pg_get_triggerdef(oid), tgenabled)::text FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal ORDER BY oid),
        ARRAY(SELECT (pg_get_ruledef(oid), ev_enabled)::text FROM pg_rewrite WHERE ev_class = c.oid ORDER BY oid),
        ARRAY(SELECT (polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text
            FROM pg_policy WHERE polrelid = c.oid ORDER BY oid))
    FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {_MINE}
"""

_CODE = f"""
    SELECT md5(concat_ws(' ',
        (SELECT string_agg(concat_ws(' ', oid, proname, pronamespace, prosrc, proacl, proowner, proconfig), ' ' ORDER BY oid)
            FROM pg_proc WHERE pronamespace IN {_OWN}),
        (SELECT string_agg(concat_ws(' ', oid, typname, typnamespace, typnotnull, typdefault, typacl), ' ' ORDER BY oid)
            FROM pg_type WHERE typnamespace IN {_OWN} AND typtype IN ('e', 'd', 'r', 'b') AND NOT (typelem <> 0 AND typlen = -1)),
        (SELECT string_agg(concat_ws(' ', oid, enumlabel), ' ' ORDER BY oid) FROM pg_enum),
        (SELECT string_agg(concat_ws(' ', oid, pg_get_constraintdef(oid)), ' ' ORDER BY oid) FROM pg_constraint WHERE contypid <> 0),
        (SELECT string_agg(concat_ws(' ', oid, nspname, nspacl, nspowner), ' ' ORDER BY oid) FROM pg_namespace WHERE {_OWN_SCHEMAS}),
        (SELECT string_agg(concat_ws(' ', oid, castsource, casttarget), ' ' ORDER BY oid) FROM pg_cast WHERE oid >= 16384)))
"""

_ROUTINES = f"""
    SELECT p.oid, n.nspname, p.proname, p.prokind, p.proargtypes::oid[]::int8[], p.pronargdefaults, p.provariadic <> 0,
        format('%s.%s(%s)', n.nspname, p.proname,
            array_to_string(ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, at) ORDER BY at), ', ')),
        (SELECT extname FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'),
        {_GRANTEES.format("p.proacl", "p.proowner")}
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.pronamespace IN {_OWN} AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
    AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) AS a JOIN pg_type AS t ON t.oid = a WHERE t.typtype = 'p' AND t.typname IN ('internal', 'cstring'))
    ORDER BY p.oid
"""

_NAMED_TYPES = f"""
    SELECT t.oid, n.nspname, t.typname,
        ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = t.typrelid AND t.typtype = 'c' AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE t.typnamespace IN {_OWN} AND t.typtype IN ('e', 'd', 'c', 'r') AND coalesce(c.relkind, 'c') = 'c' AND t.typisdefined
    AND NOT {_OF_EXTENSION.format("pg_type", "t")} ORDER BY t.oid
"""

_SCHEMAS = f"SELECT nspname FROM pg_namespace WHERE {_OWN_SCHEMAS} AND has_schema_privilege(oid, 'USAGE') ORDER BY 1"
_COLLATIONS = f"""
    SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
    WHERE c.collnamespace IN {_OWN} ORDER BY 1
"""
