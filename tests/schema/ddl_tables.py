"""Random statements that create tables."""

from __future__ import annotations

from pick import COLUMNS, OBJECTS, Nothing, Pick

from migcompat.schema.model import Relation
from migcompat.sql.quoting import ident

TYPES = (
    ("integer", "0"), ("text", "''"), ("bigint", "1"), ("smallint", "(1 + 1)"), ("varchar(20)", "'x'"), ("character varying", "NULL"),
    ("char(3)", "'abc'::bpchar"), ("char", "'a'"), ("numeric(10,2)", "0"), ("numeric(8)", "1.5"), ("decimal(6, 3)", "NULL::numeric"),
    ("numeric", "1e3"), ("boolean", "false"), ("bool", "(1 < 2)"), ("date", "CURRENT_DATE"), ("timestamptz", "now()"),
    ("timestamp(3)", "CURRENT_TIMESTAMP(2)"), ("timestamp (0) with time zone", "statement_timestamp()"),
    ("time without time zone", "'12:00'"), ("timetz(2)", "CURRENT_TIME"), ("interval day to second(2)", "'1 day'"),
    ("interval", "interval '1 hour'"), ("uuid", "gen_random_uuid()"),
    ("jsonb", "'{}'"), ("json", "'[1, 2]'::json"), ("bytea", "'\\x00'"), ("integer[]", "'{}'"), ("text[][]", "ARRAY['a', 'b']"),
    ("int4 ARRAY", "NULL"), ("varchar(5)[3]", "'{}'::varchar[]"), ("float", "0"), ("float(24)", "1"), ("double precision", "'NaN'"),
    ("real", "-1"), ("int4range", "'empty'"), ("inet", "'::1'"), ("bit(4)", "B'0000'"), ("bit varying(8)", "B'1'"), ('"char"', "'a'"),
    ("name", "CURRENT_USER"), ("bpchar", "'x'"), ("point", "'(0,0)'"), ("pg_catalog.int4", "0"), ("national character varying(5)", "'n'"),
    ("\"varchar\"", "'q'"), ("interval year to month", "'1 year'"), ("xml", "NULL"), ("regclass", "NULL"), ("dec(4,2)", "'1'"),
)  # fmt: skip
COLLATIONS = '"C"', 'pg_catalog."POSIX"'
TEXTS = ("text", "varchar(20)", "character varying", "char(3)", "bpchar", "text[][]")


def type_and_default(p: Pick) -> tuple[str, str]:
    """A type as it may be written, and a default that fits it."""
    if not p.number(0, 3):
        try:
            own = p.type("enum", "domain", "composite", "range")
        except Nothing:
            pass
        else:
            array = p.seldom("[]")
            label = f"'{own.labels[0].text}'" if own.kind == "enum" and own.labels and not array else "NULL"
            return p.named(own.key) + array, label
    return p.of(TYPES)


def column(p: Pick, name: str, *, keyed: bool = True) -> str:
    """A column's definition."""
    kind = p.number(0, 11)
    if kind == 0:
        return f"{name} {p.of(('serial', 'bigserial', 'smallserial', 'serial4'))}{p.maybe(' PRIMARY KEY') if keyed else ''}"
    if kind == 1:
        options = p.seldom(" (START WITH 10 INCREMENT BY 2)")
        key = p.maybe(" PRIMARY KEY") if keyed else ""
        return f"{name} {p.of(('integer', 'bigint'))} GENERATED {p.of(('ALWAYS', 'BY DEFAULT'))} AS IDENTITY{options}{key}"
    if kind == 2:
        return f"{name} integer GENERATED ALWAYS AS (1 + 2) {p.of(('STORED', 'VIRTUAL'))}"
    type_, default = type_and_default(p)
    clauses = [f"COLLATE {p.of(COLLATIONS)}"] if type_ in TEXTS and p.seldom() else []
    for clause in (f"DEFAULT {default}", "NOT NULL", "NULL", f"CHECK ({name} IS NOT NULL)", "UNIQUE", "PRIMARY KEY"):
        if p.seldom() and (keyed or clause not in ("UNIQUE", "PRIMARY KEY")) and not (clause == "NULL" and "NOT NULL" in clauses):
            named = p.seldom(f"CONSTRAINT {ident(p.of(OBJECTS))} ") if clause != "NULL" and not clause.startswith("DEFAULT") else ""
            clauses.append(named + clause + (p.seldom(" NO INHERIT") if clause.startswith(("NOT NULL", "CHECK")) else ""))
    return " ".join((name, type_, *(clauses if p.maybe() else reversed(clauses))))


def references(p: Pick) -> str:
    """REFERENCES and its options."""
    parent = p.table()
    keys = [c for c in parent.constraints if c.kind in ("primary", "unique") and len(c.columns) == 1]
    name = ""
    if keys and p.maybe():
        found = parent.column_by_id(p.of(keys).columns[0])
        name = f" ({ident(found.name)})" if found is not None else ""
    actions = p.of(
        (
            "",
            "",
            " ON DELETE CASCADE",
            " ON DELETE SET NULL ON UPDATE RESTRICT",
            " ON UPDATE NO ACTION",
            " MATCH FULL ON DELETE SET DEFAULT",
        )
    )
    return (
        f"REFERENCES {p.named(parent.key)}{name}{actions}{p.of(('', '', ' DEFERRABLE', ' DEFERRABLE INITIALLY DEFERRED', ' NOT ENFORCED'))}"
    )


def table_constraint(p: Pick, columns: list[str]) -> str:
    """A constraint over columns as they are written."""
    if not columns:
        raise Nothing
    first, last = columns[0], columns[-1]
    both = f"{first}, {last}" if first != last else first
    kind = p.number(0, 9)
    body = (
        f"UNIQUE ({both})",
        f"PRIMARY KEY ({both})",
        f"CHECK ({first} IS NOT NULL)",
        f"CHECK ({first} IS NULL OR {last} IS NOT NULL)",
        f"UNIQUE NULLS NOT DISTINCT ({first})",
        f"UNIQUE ({first}) INCLUDE ({last})",
        f"UNIQUE ({both}) DEFERRABLE INITIALLY {p.of(('DEFERRED', 'IMMEDIATE'))}" if kind == 6 else "",
        f"FOREIGN KEY ({first}) {references(p)}" if kind == 7 else "",
        f"EXCLUDE {p.of(('USING btree ', ''))}({first} WITH =){p.maybe(f' WHERE ({last} IS NOT NULL)')}" if kind == 8 else "",
        f"CHECK ({first} IS NOT NULL) {p.of(('NO INHERIT', 'NOT ENFORCED', 'ENFORCED', 'NO INHERIT NOT ENFORCED'))}" if kind == 9 else "",
    )[kind]
    return p.of(("", f"CONSTRAINT {ident(p.of(OBJECTS))} ")) + body


def create_table(p: Pick) -> str:
    start = f"CREATE {p.seldom('UNLOGGED ')}TABLE {p.seldom('IF NOT EXISTS ')}{p.new_relation()}"
    names = _names(p)
    parts = [column(p, name) for name in names]
    if p.seldom():
        parts[-1] += f" {references(p)}"
    parts += [table_constraint(p, names) for _ in range(p.number(0, 2))]
    return f"{start} ({', '.join(parts)}){p.seldom(' WITH (fillfactor = 70)')}"


def _names(p: Pick) -> list[str]:
    wanted = p.number(1, 5)
    first = p.number(0, len(COLUMNS) - 1)
    return [ident(COLUMNS[(first + i) % len(COLUMNS)]) for i in range(wanted)]


def create_like(p: Pick) -> str:
    source = p.readable()
    options = [p.of(("DEFAULTS", "CONSTRAINTS", "INDEXES", "IDENTITY", "GENERATED", "ALL", "COMMENTS")) for _ in range(p.number(0, 2))]
    including = "".join(f" INCLUDING {option}" for option in options) + (p.seldom(" EXCLUDING INDEXES") if options else "")
    parts = [f"LIKE {p.named(source.key)}{including}", *([column(p, "extra")] if p.seldom() else [])]
    return f"CREATE TABLE {p.new_relation()} ({', '.join(parts if p.maybe() else reversed(parts))})"


def create_child(p: Pick) -> str:
    parent = p.table()
    own = ", ".join(column(p, name) for name in _names(p)[:2]) if p.maybe() else ""
    if parent.columns and p.seldom():
        refined = p.column(parent)
        own = f"{ident(refined.name)} {p.catalog.type_text(refined.type)} NOT NULL" if refined.type is not None else own
    second = p.table() if p.seldom() else parent
    parents = ", ".join(dict.fromkeys((p.named(parent.key), p.named(second.key)) if second.id != parent.id else (p.named(parent.key),)))
    return f"CREATE TABLE {p.new_relation()} ({own}) INHERITS ({parents})"


def create_partitioned(p: Pick) -> str:
    names = _names(p)
    key = names[0]
    parts = [f"{key} integer{p.seldom(' NOT NULL')}"] + [column(p, name, keyed=False) for name in names[1:]]
    if p.maybe():
        parts.append(p.of((f"PRIMARY KEY ({key})", f"UNIQUE ({key})", f"CHECK ({key} IS NOT NULL)", f"UNIQUE ({', '.join(names)})")))
    return f"CREATE TABLE {p.new_relation()} ({', '.join(parts)}) PARTITION BY {p.of(('RANGE', 'LIST', 'HASH'))} ({key})"


BOUNDS = {
    "RANGE": ("FOR VALUES FROM (1) TO (10)", "FOR VALUES FROM (10) TO (20)", "FOR VALUES FROM (MINVALUE) TO (1)", "DEFAULT"),
    "LIST": ("FOR VALUES IN (1, 2)", "FOR VALUES IN (3)", "FOR VALUES IN (NULL)", "DEFAULT"),
    "HASH": ("FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "FOR VALUES WITH (MODULUS 2, REMAINDER 1)"),
}


def bound(p: Pick, parent: Relation) -> str:
    return p.of(BOUNDS[parent.partition_by.partition(" ")[0]])


def create_partition(p: Pick) -> str:
    parent = p.relation("partitioned")
    own = ""
    if parent.columns and p.seldom():
        refined = ident(p.column(parent).name)
        own = f" ({refined} {p.of(('NOT NULL', 'DEFAULT NULL', 'UNIQUE', f'CHECK ({refined} IS NOT NULL)'))})"
    below = p.seldom(f" PARTITION BY LIST ({ident(parent.columns[0].name)})") if parent.columns else ""
    return f"CREATE TABLE {p.new_relation()} PARTITION OF {p.named(parent.key)}{own} {bound(p, parent)}{below}"


def create_like_partitioned(p: Pick) -> str:
    """What may become a partition."""
    parent = p.relation("partitioned")
    copied = p.of((" INCLUDING CONSTRAINTS INCLUDING DEFAULTS", " INCLUDING ALL", " INCLUDING ALL EXCLUDING IDENTITY"))
    below = p.seldom(f" PARTITION BY LIST ({ident(parent.columns[0].name)})") if parent.columns else ""
    return f"CREATE TABLE {p.new_relation()} (LIKE {p.named(parent.key)}{copied}){below}"


def create_typed(p: Pick) -> str:
    type_ = p.type("composite")
    own = ""
    if type_.attributes and p.maybe():
        name = ident(p.of(type_.attributes).name)
        own = f" ({name} {p.of(('', 'WITH OPTIONS '))}{p.of(('NOT NULL', 'DEFAULT NULL', 'PRIMARY KEY'))})"
    return f"CREATE TABLE {p.new_relation()} OF {p.named(type_.key)}{own}"


def create_as(p: Pick) -> str:
    source = p.readable()
    if not source.columns:
        raise Nothing
    shown = ", ".join(dict.fromkeys(ident(c.name) for c in p.columns(source, 3))) if p.maybe() else "*"
    if p.seldom():
        return f"SELECT {shown} INTO {p.new_relation()} FROM {p.named(source.key)}"
    extra = p.seldom(f", 1 AS one, 'x'::text AS {ident('Word')}, now(), count(*) OVER () total_count")
    tail = p.seldom(" WITH NO DATA")
    return f"CREATE TABLE {p.seldom('IF NOT EXISTS ')}{p.new_relation()} AS SELECT {shown}{extra} FROM {p.named(source.key)}{tail}"


def create_temporary(p: Pick) -> str:
    """Hides a table of the same name."""
    return f"CREATE {p.of(('TEMP', 'TEMPORARY'))} TABLE {ident(p.of(('users', 'scratch')))} ({column(p, 'id')})"


def written(relation: Relation, p: Pick, most: int = 2) -> list[str]:
    return [ident(c.name) for c in p.columns(relation, most)]
