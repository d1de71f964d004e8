"""Random statements about views, sequences, types, routines and schemas."""

from __future__ import annotations

from ddl_tables import column, type_and_default, written
from pick import OBJECTS, RELATIONS, SCHEMAS, TYPES, Nothing, Pick

from migcompat.schema.model import Function
from migcompat.sql.quoting import ident

FILLED = " DEFAULT NULL"
LABELS = ("new", "open", "done", "it''s")


# views and sequences


def create_view(p: Pick) -> str:
    kind = p.of(("VIEW", "VIEW", "OR REPLACE VIEW", "MATERIALIZED VIEW", "RECURSIVE VIEW" if p.seldom() else "VIEW"))
    if kind == "RECURSIVE VIEW":
        return f"CREATE RECURSIVE VIEW {p.new_relation()} (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM {ident(p.of(RELATIONS))} WHERE n < 3"
    name = p.new_relation()
    if kind == "OR REPLACE VIEW" and p.maybe():
        name = p.named(p.relation("view").key)
    missing = p.seldom("IF NOT EXISTS ") if kind == "MATERIALIZED VIEW" else ""
    names = p.seldom(" (one)")
    return f"CREATE {kind} {missing}{name}{names} AS {_query(p)}{p.seldom(' WITH NO DATA') if kind == 'MATERIALIZED VIEW' else ''}"


def _query(p: Pick) -> str:
    source = p.readable()
    table = p.named(source.key)
    names = written(source, p, 3)
    shown = ", ".join(names)
    kind = p.number(0, 11)
    if kind <= 1:
        return f"SELECT * FROM {table}"
    if kind <= 3:
        return f"SELECT {shown} FROM {table}{p.maybe(f' WHERE {names[0]} IS NOT NULL')}"
    other = p.readable()
    right = p.named(other.key)
    theirs = written(other, p, 1)[0]
    return (
        f"SELECT t.{names[0]}, t.{names[-1]} AS {ident('Last')} FROM {table} AS t",
        f"SELECT a.*, b.{theirs} AS theirs FROM {table} a LEFT JOIN {right} b ON a.{names[0]} IS NOT NULL",
        f"SELECT {names[0]}, count(*), max({names[-1]}::text) FROM {table} GROUP BY {names[0]}",
        f"SELECT {names[0]}::text AS word, coalesce({names[-1]}, 'x') FROM {table} UNION SELECT {theirs}::text, NULL FROM {right}",
        f"WITH t AS (SELECT * FROM {table}) SELECT * FROM t",
        f"SELECT x.{names[0]} FROM (SELECT * FROM {table}) x WHERE EXISTS (SELECT 1 FROM {right} y WHERE y.{theirs} IS NULL)",
        f"SELECT DISTINCT {shown}, now()::date, 1 AS one FROM {table} LIMIT 5",
        f"SELECT b.*, a.{names[0]} AS ours FROM {table} a, {right} b WHERE a.{names[0]} IS NULL",
    )[kind - 4]


def alter_view_default(p: Pick) -> str:
    view = p.relation("view")
    change = p.of(("SET DEFAULT NULL", "DROP DEFAULT", "SET DEFAULT '1'"))
    return f"ALTER VIEW {p.named(view.key)} ALTER COLUMN {ident(p.column(view).name)} {change}"


def create_sequence(p: Pick) -> str:
    owned = ""
    if p.maybe():
        table = p.table()
        owned = f" OWNED BY {p.named(table.key)}.{ident(p.column(table).name)}"
    return f"CREATE SEQUENCE {p.seldom('IF NOT EXISTS ')}{p.new_relation()}{p.seldom(' AS smallint INCREMENT 2')}{owned}"


def alter_sequence(p: Pick) -> str:
    sequence = p.relation("sequence")
    table = p.table()
    name = f"{p.named(table.key)}.{ident(p.column(table).name)}"
    change = p.of(("OWNED BY NONE", f"OWNED BY {name}", "RESTART WITH 7", "INCREMENT BY 3"))
    return f"ALTER SEQUENCE {p.seldom('IF EXISTS ')}{p.named(sequence.key)} {change}"


def draw_from_sequence(p: Pick) -> str:
    sequence, table = p.relation("sequence"), p.table()
    name = f"{ident(sequence.key.schema)}.{ident(sequence.key.name)}"
    return f"ALTER TABLE {p.named(table.key)} ALTER {ident(p.column(table).name)} SET DEFAULT nextval('{name}'{p.maybe('::regclass')})"


# types


def create_enum(p: Pick) -> str:
    labels = [f"'{label}'" for label in LABELS[: p.number(0, 4)]]
    return f"CREATE TYPE {p.new(TYPES)} AS ENUM ({', '.join(labels)})"


def create_domain(p: Pick) -> str:
    type_, default = type_and_default(p)
    clauses = [
        c
        for c in (f"DEFAULT {default}", "NOT NULL", "CHECK (VALUE IS NOT NULL)", f"CONSTRAINT {ident(p.of(OBJECTS))} CHECK (VALUE IS NULL)")
        if p.seldom()
    ]
    return f"CREATE DOMAIN {p.new(TYPES)} {p.maybe('AS ')}{type_} {' '.join(clauses)}"


def create_composite(p: Pick) -> str:
    names = list(dict.fromkeys(p.a_column() for _ in range(p.number(0, 3))))
    return f"CREATE TYPE {p.new(TYPES)} AS ({', '.join(f'{name} {type_and_default(p)[0]}' for name in names)})"


def create_other_type(p: Pick) -> str:
    return (
        f"CREATE TYPE {p.new(TYPES)}{p.of((' AS RANGE (subtype = integer)', ' AS RANGE (subtype = float8, subtype_diff = float8mi)', ''))}"
    )


def alter_enum(p: Pick) -> str:
    type_ = p.type("enum")
    name = p.named(type_.key)
    label = type_.labels and p.of(type_.labels).text.replace("'", "''")
    if p.maybe() or not label:
        where = f" {p.of(('BEFORE', 'AFTER'))} '{label}'" if label and p.maybe() else ""
        return f"ALTER TYPE {name} ADD VALUE {p.maybe('IF NOT EXISTS ')}'{p.of((*LABELS, 'more'))}'{where}"
    return f"ALTER TYPE {name} RENAME VALUE '{label}' TO '{p.of((*LABELS, 'other'))}'"


def alter_domain(p: Pick) -> str:
    domain = p.type("domain")
    check = ident(p.of(domain.checks).name) if domain.checks else "missing"
    action = p.of((
        "SET NOT NULL", "DROP NOT NULL", "SET DEFAULT NULL", "DROP DEFAULT", f"SET DEFAULT {type_and_default(p)[1]}",
        "ADD CHECK (VALUE IS NOT NULL)",
        f"ADD CONSTRAINT {ident(p.of(OBJECTS))} CHECK (VALUE IS NULL) NOT VALID", f"DROP CONSTRAINT {p.maybe('IF EXISTS ')}{check}",
        f"RENAME CONSTRAINT {check} TO {ident(p.of(OBJECTS))}", f"VALIDATE CONSTRAINT {check}", "ADD NOT NULL",
        f"DROP CONSTRAINT {ident(f'{domain.key.name}_not_null')}",
    ))  # fmt: skip
    return f"ALTER DOMAIN {p.named(domain.key)} {action}"


def alter_composite(p: Pick) -> str:
    type_ = p.type("composite")
    attribute = ident(p.of(type_.attributes).name) if type_.attributes else "missing"
    new, cascade = p.a_column(), p.maybe(" CASCADE")
    if p.seldom():
        return f"ALTER TYPE {p.named(type_.key)} RENAME ATTRIBUTE {attribute} TO {new}{cascade}"
    actions = (
        f"ADD ATTRIBUTE {new} {type_and_default(p)[0]}",
        f"DROP ATTRIBUTE {p.seldom('IF EXISTS ')}{attribute}",
        f"ALTER ATTRIBUTE {attribute} TYPE {type_and_default(p)[0]}",
    )
    return f"ALTER TYPE {p.named(type_.key)} {', '.join(f'{p.of(actions)}{cascade}' for _ in range(p.of((1, 1, 2))))}"


def rename_type(p: Pick) -> str:
    type_ = p.of(list(p.catalog.types))
    word = "DOMAIN" if type_.kind == "domain" and p.maybe() else "TYPE"
    return f"ALTER {word} {p.named(type_.key)} {p.of((f'RENAME TO {ident(p.of(TYPES))}', f'SET SCHEMA {ident(p.schema())}'))}"


def drop_type(p: Pick) -> str:
    type_ = p.of(list(p.catalog.types))
    word = "DOMAIN" if type_.kind == "domain" and p.maybe() else "TYPE"
    others = [t for t in p.catalog.types if t.id != type_.id]
    more = f", {p.named(p.of(others).key)}" if word == "TYPE" and others and p.seldom() else ""
    return f"DROP {word} {p.maybe('IF EXISTS ')}{p.named(type_.key)}{more}{p.of((' CASCADE', ' CASCADE', ''))}"


# routines


def create_function(p: Pick) -> str:
    arguments: list[str] = []
    for name in ("a", "b", "c")[: p.number(0, 3)]:
        mode = p.of(("", "", "", "IN ", "OUT ", "INOUT "))
        filled = bool(arguments) and arguments[-1].endswith(FILLED)  # all that follow must have a default too
        default = "" if mode == "OUT " else FILLED if filled else p.seldom(FILLED)
        arguments.append(f"{mode}{p.of((name, name, ''))} {type_and_default(p)[0]}{default}")
    if p.seldom():
        arguments.append("VARIADIC rest text[]")
    head = p.of(("CREATE", "CREATE", "CREATE OR REPLACE"))
    signature = f"{p.new(OBJECTS)}({', '.join(arguments)})"
    if p.seldom():
        return f"{head} PROCEDURE {signature} LANGUAGE plpgsql AS $$BEGIN END$$"
    out = any(a.startswith(("OUT", "INOUT")) for a in arguments)
    result = p.of(("record", "SETOF record", "") if out else (type_and_default(p)[0], "SETOF integer", "void", "TABLE (x integer, y text)"))
    value = "" if out or result.startswith(("SETOF", "TABLE", "void")) else " NULL"
    returns = f" RETURNS {result}" if result else ""
    return f"{head} FUNCTION {signature}{returns} LANGUAGE plpgsql AS $$BEGIN RETURN{value}; END$${p.seldom(' STABLE STRICT')}"


def create_constant_function(p: Pick) -> str:
    head = p.of((f"{p.seldom('app.')}answer()", "truth(integer DEFAULT 0)"))
    return f"CREATE OR REPLACE FUNCTION {head} RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 42'"


def use_function(p: Pick) -> str:
    """Puts a call where a drop with CASCADE finds it."""
    functions = [f for f in p.catalog.functions if f.key.name in ("answer", "truth")]
    call = f"{p.named(p.of(functions).key)}()"
    table = p.table()
    name, target = ident(p.column(table).name), p.named(table.key)
    return p.of((
        f"ALTER TABLE {target} ALTER {name} SET DEFAULT {call}", f"ALTER TABLE {target} ADD CHECK ({call} > 0)",
        f"CREATE INDEX ON {target} (({call}))", f"CREATE VIEW {p.new_relation()} AS SELECT {name}, {call} AS called FROM {target}",
        f"CREATE POLICY {ident(p.of(OBJECTS))} ON {target} USING ({call} > 0)",
        f"ALTER TABLE {target} ADD {p.a_column()} integer GENERATED ALWAYS AS ({call}) STORED",
    ))  # fmt: skip


def create_trigger_function(p: Pick) -> str:
    return f"CREATE OR REPLACE FUNCTION {p.new(('touch', 'note'))}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"


def create_aggregate(p: Pick) -> str:
    return f"CREATE {p.seldom('OR REPLACE ')}AGGREGATE {p.new(OBJECTS)} (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')"


def _signature(p: Pick, function: Function) -> str:
    types = ", ".join(
        p.catalog.type_text(a.type) if a.type.type_id is None else _array(p, a.type.type_id, a.type.dims) for a in function.inputs
    )
    return f"{p.named(function.key)}({types})"


def _array(p: Pick, type_id: int, dims: int) -> str:
    type_ = p.catalog.types.get(type_id)
    if type_ is None:
        raise Nothing
    return p.named(type_.key) + ("[]" if dims else "")


def drop_function(p: Pick) -> str:
    function = p.function("function", "procedure", "aggregate")
    alone = sum(f.key.name == function.key.name for f in p.catalog.functions) == 1
    if alone and p.seldom():
        return f"DROP {'PROCEDURE' if function.kind == 'procedure' else 'FUNCTION'} {p.named(function.key)}{p.maybe(' CASCADE')}"
    word = "ROUTINE" if p.seldom() else function.kind.upper()
    return f"DROP {word} {p.maybe('IF EXISTS ')}{_signature(p, function)}{p.maybe(' CASCADE')}"


def alter_function(p: Pick) -> str:
    function = p.function("function", "procedure", "aggregate")
    actions = [f"RENAME TO {ident(p.of(OBJECTS))}", f"SET SCHEMA {ident(p.schema())}"]
    actions += ["STABLE STRICT", "SECURITY DEFINER", "COST 5"] if function.kind == "function" else []
    return f"ALTER {function.kind.upper()} {_signature(p, function)} {p.of(actions)}"


# schemas and extensions


def create_extension(p: Pick) -> str:
    return f"CREATE EXTENSION {p.maybe('IF NOT EXISTS ')}{p.of(('citext', 'hstore'))}{p.seldom(' WITH SCHEMA public')}"


def use_extension(p: Pick) -> str:
    name = p.of([e.name for e in p.catalog.extensions])
    table = p.table()
    if p.maybe():
        return f"ALTER TABLE {p.named(table.key)} ADD COLUMN {p.a_column()} {p.seldom('public.')}{name}{p.seldom('[]')}"
    return f"CREATE TABLE {p.new_relation()} (id serial PRIMARY KEY, name {name} NOT NULL)"


def drop_extension(p: Pick) -> str:
    return f"DROP EXTENSION {p.maybe('IF EXISTS ')}{p.of(('citext', 'hstore'))} CASCADE"


def create_schema(p: Pick) -> str:
    name = ident(p.of(SCHEMAS))
    inside = p.seldom(f" CREATE TABLE inside ({column(p, 'id')}) CREATE VIEW within AS SELECT * FROM inside")
    return f"CREATE SCHEMA {p.maybe('IF NOT EXISTS ') if not inside else ''}{name}{inside}"


def drop_schema(p: Pick) -> str:
    return f"DROP SCHEMA {p.maybe('IF EXISTS ')}{ident(p.of(('app', 'Old', 'old_app')))} CASCADE"


def rename_schema(p: Pick) -> str:
    return f"ALTER SCHEMA {ident(p.of(('app', 'Old', 'old_app')))} RENAME TO {ident(p.of(('old_app', 'app')))}"


def search_path(p: Pick) -> str:
    return p.of(
        (
            "SET search_path = app, public",
            "SET search_path TO public",
            "SET search_path = public, app",
            "RESET search_path",
            'SET search_path = "Old", public',
        )
    )


def in_do_block(p: Pick, statement: str) -> str:
    """The same, from procedural code."""
    return f"DO $do$ BEGIN {statement}; END $do$" if "$do$" not in statement and not statement.startswith("SET ") else statement
