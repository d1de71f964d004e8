"""Random statements about triggers, rules, policies and privileges."""

from __future__ import annotations

from pick import OBJECTS, Pick

from migcompat.sql.quoting import ident

ARGUMENTS = "'x', 1"


def create_trigger(p: Pick) -> str:
    relation = p.relation("table", "table", "partitioned", "view")
    timing = "INSTEAD OF" if relation.kind == "view" else p.of(("BEFORE", "AFTER"))
    event = p.of(("INSERT", "UPDATE OR DELETE", "INSERT OR UPDATE", f"UPDATE OF {ident(p.column(relation).name)}", "TRUNCATE"))
    each = " FOR EACH STATEMENT" if event == "TRUNCATE" else " FOR EACH ROW"
    head = p.of(("CREATE TRIGGER", "CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"))
    call = f"{p.named(p.trigger_function().key)}({p.seldom(ARGUMENTS)})"
    return f"{head} {ident(p.of(OBJECTS))} {timing} {event} ON {p.named(relation.key)}{each} EXECUTE FUNCTION {call}"


def change_trigger(p: Pick) -> str:
    relation = p.of([r for r in p.catalog.relations if r.triggers])
    name, table = ident(p.of(relation.triggers).name), p.named(relation.key)
    return p.of(
        (f"DROP TRIGGER {p.maybe('IF EXISTS ')}{name} ON {table}", f"ALTER TRIGGER {name} ON {table} RENAME TO {ident(p.of(OBJECTS))}")
    )


def create_rule(p: Pick) -> str:
    relation = p.relation("table", "view")
    event = p.of(("INSERT", "UPDATE", "DELETE"))
    where = p.seldom(f" WHERE {'NEW' if event == 'INSERT' else 'OLD'}.{ident(p.column(relation).name)} IS NULL")
    kind = p.of(("INSTEAD", "ALSO", ""))
    name = ident(p.of(OBJECTS))
    return f"CREATE {p.maybe('OR REPLACE ')}RULE {name} AS ON {event} TO {p.named(relation.key)}{where} DO {kind} NOTHING"


def change_rule(p: Pick) -> str:
    relation = p.of([r for r in p.catalog.relations if r.rules])
    name, table = ident(p.of(relation.rules).name), p.named(relation.key)
    return p.of((f"DROP RULE {p.maybe('IF EXISTS ')}{name} ON {table}", f"ALTER RULE {name} ON {table} RENAME TO {ident(p.of(OBJECTS))}"))


def create_policy(p: Pick) -> str:
    table = p.relation("table", "partitioned")
    name = ident(p.column(table).name)
    command = p.of(("", " FOR SELECT", " FOR ALL", " FOR DELETE"))
    kind = p.of(("", " AS RESTRICTIVE", " AS PERMISSIVE"))
    roles = p.of(("", " TO PUBLIC", f" TO {p.role()}", f" TO {p.role()}, {p.role()}"))
    check = p.seldom(" WITH CHECK (true)") if command in ("", " FOR ALL") else ""
    return f"CREATE POLICY {ident(p.of(OBJECTS))} ON {p.named(table.key)}{kind}{command}{roles} USING ({name} IS NOT NULL){check}"


def change_policy(p: Pick) -> str:
    table = p.of([r for r in p.catalog.relations if r.policies])
    name, on = ident(p.of(table.policies).name), p.named(table.key)
    return p.of((
        f"DROP POLICY {p.maybe('IF EXISTS ')}{name} ON {on}", f"ALTER POLICY {name} ON {on} RENAME TO {ident(p.of(OBJECTS))}",
        f"ALTER POLICY {name} ON {on} TO {p.role()} USING (true)",
    ))  # fmt: skip


def publish(p: Pick) -> str:
    name, table = ident(p.of(OBJECTS)), p.named(p.relation("table").key)
    events = p.maybe(" WITH (publish = 'insert, update')")
    return p.of((
        f"CREATE PUBLICATION {name} FOR TABLE {table}{events}", f"CREATE PUBLICATION {name}",
        f"ALTER PUBLICATION {name} {p.of(('ADD', 'SET', 'DROP'))} TABLE {table}", f"DROP PUBLICATION {p.maybe('IF EXISTS ')}{name}",
        f"ALTER PUBLICATION {name} RENAME TO {ident(p.of(OBJECTS))}",
    ))  # fmt: skip


def identify_rows(p: Pick) -> str:
    table = p.relation("table", "partitioned")
    by = p.of(("DEFAULT", "FULL", "NOTHING", *(f"USING INDEX {ident(i.name)}" for i in table.indexes)))
    return f"ALTER TABLE {p.named(table.key)} REPLICA IDENTITY {by}"


def view_options(p: Pick) -> str:
    view = p.named(p.relation("view").key)
    option, value = p.of(
        (("check_option", "local"), ("check_option", "cascaded"), ("security_invoker", "true"), ("security_invoker", "off"))
    )
    return f"ALTER VIEW {view} {p.of((f'SET ({option} = {value})', f'RESET ({option})'))}"


def grant(p: Pick) -> str:
    """Of a relation, its columns, or all of a schema; or back."""
    gives = p.of((True, True, False))
    word, to = ("GRANT", "TO") if gives else ("REVOKE", "FROM")
    role = p.of((p.role(), "PUBLIC", f"{p.role()}, {p.role()}"))
    tail = p.seldom(" WITH GRANT OPTION") if gives and "PUBLIC" not in role else p.maybe(" CASCADE") if not gives else ""
    kind = p.number(0, 5)
    if kind == 0:
        return f"{word} {p.of(('SELECT', 'ALL', 'INSERT, UPDATE'))} ON ALL TABLES IN SCHEMA {ident(p.schema())} {to} {role}{tail}"
    if kind == 1:
        return f"{word} {p.of(('USAGE', 'ALL', 'CREATE, USAGE'))} ON SCHEMA {ident(p.schema())} {to} {role}{tail}"
    if kind == 2:
        sequence = p.relation("sequence")
        return f"{word} {p.of(('USAGE', 'ALL', 'SELECT, UPDATE'))} ON SEQUENCE {p.named(sequence.key)} {to} {role}{tail}"
    relation = p.readable()
    if kind == 3:
        column = ident(p.column(relation).name)
        what = p.of((f"SELECT ({column})", f"UPDATE ({column}), INSERT ({column})", f"ALL ({column})", f"SELECT ({column}), DELETE"))
    else:
        what = p.of(("SELECT", "ALL", "INSERT, UPDATE, DELETE", "ALL PRIVILEGES", "TRUNCATE, REFERENCES"))
    return f"{word} {what} ON {p.maybe('TABLE ')}{p.named(relation.key)} {to} {role}{tail}"


def grant_function(p: Pick) -> str:
    word, to = p.of((("GRANT", "TO"), ("REVOKE", "FROM")))
    role = p.of((p.role(), "PUBLIC"))
    if p.seldom():
        return f"{word} EXECUTE ON ALL {p.of(('FUNCTIONS', 'ROUTINES', 'PROCEDURES'))} IN SCHEMA {ident(p.schema())} {to} {role}"
    function = p.of([f for f in p.catalog.functions if not f.inputs])
    kind = "PROCEDURE" if function.kind == "procedure" else "FUNCTION"
    return f"{word} {p.of(('EXECUTE', 'ALL'))} ON {kind} {p.named(function.key)}() {to} {role}"


def default_privileges(p: Pick) -> str:
    word, to = p.of((("GRANT", "TO"), ("GRANT", "TO"), ("REVOKE", "FROM")))
    where = p.of(("", f" IN SCHEMA {ident(p.schema())}"))
    what = p.of(
        (
            "SELECT ON TABLES",
            "ALL ON TABLES",
            "USAGE ON SEQUENCES",
            "EXECUTE ON FUNCTIONS",
            "EXECUTE ON ROUTINES",
            "USAGE ON SCHEMAS" if not where else "SELECT ON TABLES",
        )
    )
    return f"ALTER DEFAULT PRIVILEGES{where} {word} {what} {to} {p.of((p.role(), 'PUBLIC'))}"


def disown(p: Pick) -> str:
    return f"DROP OWNED BY {p.role()} CASCADE"


def own_other(p: Pick) -> str:
    """A type, schema or routine."""
    role = p.of((p.role(), "CURRENT_USER"))
    kind = p.number(0, 2)
    if kind == 0:
        return f"ALTER TYPE {p.named(p.of(list(p.catalog.types)).key)} OWNER TO {role}"
    if kind == 1:
        return f"ALTER SCHEMA {ident(p.schema())} OWNER TO {role}"
    function = p.of([f for f in p.catalog.functions if not f.inputs])
    return f"ALTER {function.kind.upper()} {p.named(function.key)}() OWNER TO {role}"


def own(p: Pick) -> str:
    relation = p.of(list(p.catalog.relations))
    kind = "TABLE" if relation.is_table else relation.kind.upper()
    return f"ALTER {kind} {p.named(relation.key)} OWNER TO {p.of((p.role(), 'CURRENT_USER', 'SESSION_USER'))}"
