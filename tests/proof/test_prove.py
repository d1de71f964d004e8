"""`migcompat prove`: what a history does on a server, statement by statement."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from migcompat.findings import Breaks, Finding, Report, Severity

Prove = Callable[..., Report]
USERS = "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, age integer);\n"
DYNAMIC = """\
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname LIKE 'ag_' LOOP
    EXECUTE format('ALTER TABLE users DROP COLUMN %I', name);
  END LOOP;
END $$;
"""


def only(report: Report, rule: str) -> Finding:
    (found,) = [finding for finding in report.findings if finding.rule == rule]
    return found


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


# what the server rejects


def test_a_rejected_statement_is_a_finding_where_the_server_points(prove: Prove) -> None:
    found = only(prove(USERS, "SELECT 1;\nALTER TABLE users\n  ADD COLUMN size nosuchtype;\nSELECT 2;\n"), "rejected-statement")
    assert (found.place.file, found.place.line, found.place.column) == ("migrations/0002_step.sql", 3, 19)
    assert 'type "nosuchtype" does not exist (42704)' in found.message
    assert found.help == "what follows in the migration was not run: 1 statement"
    assert found.counts


def test_a_rejection_in_a_deployed_migration_does_not_stop_the_history(prove: Prove) -> None:
    report = prove("CREATE TABLE a (b nosuchtype);", USERS, "ALTER TABLE users DROP COLUMN age;")
    assert rules(report) == ["rejected-statement", "drop-column"]


@pytest.mark.parametrize(
    "statement",
    [
        "COPY users TO PROGRAM 'cat > /tmp/migcompat-was-here'",
        "COPY users FROM PROGRAM 'cat /etc/passwd'",
        "COPY users TO '/tmp/migcompat-was-here'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "ALTER SYSTEM SET shared_buffers = '1GB'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/lib/libc.so', 'system'",
        "CREATE ROLE boss SUPERUSER",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "SET ROLE migcompat_administrator",
        "DO $$ BEGIN EXECUTE 'COPY users TO PROGRAM ''true'''; END $$",
    ],
)
def test_files_programs_and_power_are_refused(prove: Prove, statement: str) -> None:
    report = prove(USERS, f"{statement};\nALTER TABLE users DROP COLUMN age;\n")
    assert only(report, "rejected-statement").place.line == 1 or "CREATE ROLE" in statement
    assert "drop-column" in rules(report), "what needs no privilege goes on"
    assert not Path("/tmp/migcompat-was-here").exists()


def test_a_missing_extension_is_named_and_the_rest_goes_on(prove: Prove) -> None:
    report = prove(
        "CREATE EXTENSION nosuchextension;\nCOMMENT ON EXTENSION nosuchextension IS 'x';\n" + USERS, "ALTER TABLE users DROP COLUMN age;"
    )
    assert rules(report) == ["missing-extension", "drop-column"]
    assert only(report, "missing-extension").object == "nosuchextension"


# how a migration runs


@pytest.mark.parametrize(
    "script",
    [
        "CREATE INDEX CONCURRENTLY users_age ON users (age)",
        "LOCK TABLE users; CREATE INDEX CONCURRENTLY users_age ON users (age)",
        "SET LOCAL lock_timeout = '1s'; ALTER TABLE users ADD COLUMN a int",
        "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1 AS a; INSERT INTO t VALUES (2)",
        "BEGIN; GRANT SELECT ON users TO migcompat_nobody; COMMIT",
        "CREATE ROLE migcompat_somebody; GRANT SELECT ON users TO migcompat_somebody",
        "\\echo ready\n\\set ON_ERROR_STOP 1\nSELECT 1",
        "COPY users (email, age) FROM stdin;\nada@example.org\t36\n\\.\nSELECT 1",
        "BEGIN; COPY users (email, age) FROM stdin;\n\\.\nCOMMIT",
        "CREATE TYPE mood AS ENUM ('a'); ALTER TYPE mood ADD VALUE 'b'; CREATE TABLE moods (m mood DEFAULT 'b')",
        "SET search_path = nowhere; SET ROLE NONE",
    ],
)
def test_it_runs_as_with_psql_or_a_migration_tool(prove: Prove, script: str) -> None:
    assert rules(prove(USERS, script + ";\n", "ALTER TABLE users ADD COLUMN later text;")) == []


# what probes find


def test_what_no_rule_foresees_is_an_error_at_the_statement_that_did_it(prove: Prove) -> None:
    found = only(prove(USERS, "SELECT 1;\nCREATE INDEX ON users ((age + 2147483647));\n"), "unforeseen-break")
    assert (found.severity, found.breaks, found.sqlstate, found.object) == (Severity.ERROR, Breaks.WRITES, "22003", "public.users")
    assert found.place.line == 2
    assert found.proof is not None
    assert found.proof.message == "integer out of range"
    assert found.statement is not None
    assert found.statement.startswith("INSERT INTO public.users")


def test_a_trigger_may_name_what_another_deploy_changes(prove: Prove) -> None:
    log = (
        "CREATE TABLE log (line text); CREATE TABLE settings (kind int);\n"
        "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS\n"
        "  'BEGIN UPDATE log SET line = NEW.email FROM settings WHERE kind = 1; RETURN NEW; END';\n"
        "CREATE TRIGGER noted BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION noted();\n"
    )
    found = only(prove(USERS + log, "ALTER TABLE log ADD COLUMN kind int;"), "unforeseen-break")
    assert (found.object, found.sqlstate) == ("public.users", "42702")


def test_whatever_a_function_of_an_index_answers_is_shown_with_its_warning(prove: Prove) -> None:
    report = prove(
        "CREATE TABLE versions (number text); CREATE FUNCTION major(text) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1::integer'",
        "CREATE INDEX versions_major ON versions (major(number))",
    )
    (found,) = report.findings
    assert (found.rule, found.proof and found.proof.sqlstate) == ("add-fallible-expression", "22P02")


def test_whatever_a_new_trigger_answers_is_shown_with_its_warning(prove: Prove) -> None:
    wrong = (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.nothing := 1; RETURN NEW; END';\n"
        "CREATE TRIGGER f BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();\n"
    )
    orders = "CREATE TABLE orders (id int PRIMARY KEY, buyer bigint NOT NULL REFERENCES users);\n"
    (found,) = prove(USERS + orders, wrong).findings
    assert found.rule == "add-trigger"
    assert found.proof is not None
    assert found.proof.message == 'record "new" has no field "nothing"'


def test_rows_behind_what_was_changed_are_made_anew(prove: Prove) -> None:
    schema = USERS + (
        "CREATE TABLE orders (id int PRIMARY KEY, buyer bigint NOT NULL REFERENCES users);\n"
        "CREATE TABLE items (id int PRIMARY KEY, of_order int NOT NULL REFERENCES orders, buyer bigint REFERENCES users);\n"
    )
    report = prove(
        schema,
        "ALTER TABLE users ADD COLUMN kind text NOT NULL;",
        "ALTER TABLE items ADD COLUMN size int;",
        "ALTER TABLE items DROP COLUMN buyer;",
    )
    assert [(f.rule, f.object, f.proof is not None) for f in report.findings] == [
        ("add-required-column", "public.users.kind", True),
        ("drop-column", "public.items.buyer", True),
    ]
    assert not any("no row could be made" in notice for notice in report.notices)


def test_plans_are_prepared_anew_where_rows_could_not_be_written(prove: Prove) -> None:
    orders = "CREATE TABLE orders (id int PRIMARY KEY, buyer bigint NOT NULL REFERENCES users, size int);\n"
    report = prove(USERS + orders, "ALTER TABLE users ADD COLUMN kind text NOT NULL;", "ALTER TABLE orders ALTER COLUMN size TYPE bigint;")
    assert [(f.rule, f.proof.sqlstate if f.proof else "") for f in report.findings] == [
        ("add-required-column", "23502"),
        ("change-column-type", "0A000"),
    ]


def test_a_granted_role_is_tried_too(prove: Prove) -> None:
    granted = USERS + "CREATE ROLE migcompat_reader; GRANT SELECT ON users TO migcompat_reader;"
    report = prove(granted, "REVOKE SELECT ON users FROM migcompat_reader;")
    found = only(report, "revoke-privilege")
    assert found.proof is not None
    assert found.proof.sqlstate == "42501"
    assert found.proof.probe.startswith("SET ROLE migcompat_reader; SELECT")


def test_a_widening_type_is_shown_by_what_was_prepared(prove: Prove) -> None:
    found = only(prove(USERS, "ALTER TABLE users ALTER COLUMN age TYPE bigint;"), "change-column-type")
    assert found.proof is not None
    assert found.proof.sqlstate == "0A000"


def test_rows_are_made_with_their_parents_and_to_the_liking_of_checks(prove: Prove) -> None:
    schema = USERS + (
        "CREATE TABLE orders (id uuid PRIMARY KEY, buyer bigint NOT NULL REFERENCES users, seller bigint NOT NULL REFERENCES users,\n"
        "  state text NOT NULL CHECK (state IN ('open', 'closed')), amount numeric(6, 2) CHECK (amount > 0),\n"
        "  parent uuid REFERENCES orders,\n"
        "  code char(3) NOT NULL UNIQUE);\n"
    )
    report = prove(schema, "ALTER TABLE orders ADD COLUMN currency text NOT NULL;")
    found = only(report, "add-required-column")
    assert found.proof is not None
    assert found.proof.sqlstate == "23502"
    assert not any("no row could be made" in notice for notice in report.notices)


def test_where_no_row_can_be_made_it_is_said(prove: Prove) -> None:
    report = prove("CREATE TABLE odd (a text NOT NULL CHECK (a ~ '^[0-9]{3}-[A-F]{2}$'));", "ALTER TABLE odd ADD COLUMN b text;")
    assert any(notice.startswith("no row could be made for public.odd") for notice in report.notices)


def test_rows_are_made_beside_those_that_a_migration_has_written(prove: Prove) -> None:
    one = "CREATE TABLE settings (id int PRIMARY KEY DEFAULT 1, title text); INSERT INTO settings VALUES (1, 'all');"
    report = prove(one, "ALTER TABLE settings ADD CHECK (id = 1);", "CREATE UNIQUE INDEX ON settings (title);")
    assert [(f.rule, f.proof is not None) for f in report.findings] == [("add-check", True), ("add-unique", False)]


def test_a_key_over_a_new_column_that_a_sequence_fills_rejects_nothing(prove: Prove) -> None:
    report = prove(USERS + "CREATE TABLE log (line text);", "ALTER TABLE log ADD COLUMN id serial PRIMARY KEY;")
    (found,) = report.findings
    assert (found.rule, found.relaxable) == ("add-unique", "unique-on-new-column")
    assert found.unproven == "the policy names the form, but the contract says that nothing is rejected"
    assert "0 of 0 errors confirmed" in report.notices[-1]


def test_why_a_break_is_not_shown_is_said(prove: Prove) -> None:
    odd = "CREATE TABLE odd (a text NOT NULL CHECK (a ~ '^[0-9]{3}-[A-F]{2}$'));"
    two = "ALTER TABLE users ADD COLUMN a int NOT NULL, ADD COLUMN b int NOT NULL;\nALTER TABLE odd ADD COLUMN c int NOT NULL;"
    report = prove(USERS + odd, two, "DROP TABLE users;\nSELECT nothing;")
    assert [(f.object, f.unproven) for f in report.findings if f.rule != "rejected-statement" and f.proof is None] == [
        ("public.users.b", "another break of public.users comes first and hides this one"),
        ("public.odd.c", "no row could be made for public.odd, so its writes were not tried"),
    ]
    assert "2 of 4 errors confirmed (2 of the others could not be, as each of them says)" in report.notices[-1]


def test_lost_data_is_no_failing_statement(prove: Prove) -> None:
    (found,) = prove("CREATE TABLE logs (line text);", "DROP TABLE logs; CREATE TABLE logs (line text);").findings
    assert (found.rule, found.breaks) == ("drop-table", Breaks.DATA)
    assert found.unproven == "what is lost is data, and no statement fails by that"


def test_two_attributes_of_one_type_hide_each_other(prove: Prove) -> None:
    report = prove("CREATE TYPE pair AS (a int, b int);", "ALTER TYPE pair ADD ATTRIBUTE c int, ADD ATTRIBUTE d int;")
    assert sorted((f.proof is not None, f.unproven) for f in report.findings) == [
        (False, "another break of public.pair comes first and hides this one"),
        (True, ""),
    ]


def test_nothing_is_found_where_nothing_breaks(prove: Prove) -> None:
    report = prove(
        USERS, "ALTER TABLE users ADD COLUMN nickname text; CREATE INDEX ON users (email);", "INSERT INTO users (email) VALUES ('a');"
    )
    assert rules(report) == []
    assert report.proven_on.startswith("PostgreSQL ")


# what the text does not decide


def test_the_server_decides_what_the_text_does_not(prove: Prove) -> None:
    report = prove(USERS, DYNAMIC)
    assert "decided on the server: 1 statement built at run time or not understood" in report.notices
    found = only(report, "drop-column")
    assert found.object == "public.users.age"
    assert found.proof is not None


def test_an_override_covers_what_the_server_decides(prove: Prove) -> None:
    report = prove(USERS, "-- compat: breaking (reason: age is unread since v12)\n" + DYNAMIC)
    assert [(finding.rule, finding.overridden) for finding in report.findings] == [("drop-column", True)]


def test_dynamic_sql_that_breaks_nothing_is_no_finding(prove: Prove) -> None:
    report = prove(USERS, DYNAMIC.replace("DROP COLUMN %I", "ALTER COLUMN %I SET STATISTICS 10"))
    assert rules(report) == []


def test_what_does_not_run_stays_undecided(prove: Prove) -> None:
    assert set(rules(prove(USERS, DYNAMIC + "ALTER TABLE nowhere ADD COLUMN a int;"))) == {
        "dynamic-sql",
        "rejected-statement",
        "unforeseen-break",
    }


MADE = """\
DO $$ DECLARE made text; BEGIN
  FOREACH made IN ARRAY ARRAY['a', 'b'] LOOP
    EXECUTE format('CREATE TABLE %I_items (id int PRIMARY KEY, label text, CONSTRAINT %I CHECK (label <> %L))', made, made || '_label', '');
  END LOOP;
END $$;
"""


def test_what_follows_is_judged_on_the_schema_that_the_server_has(prove: Prove) -> None:
    report = prove(MADE, "ALTER TABLE a_items ALTER COLUMN label SET NOT NULL;", "ALTER TABLE b_items DROP CONSTRAINT b_label;")
    assert [(f.rule, f.object) for f in report.findings] == [
        ("set-not-null", "public.a_items.label"),
        ("drop-check", "public.b_items.b_label"),
    ]


def test_what_dynamic_sql_took_away_is_new_when_it_comes_again(prove: Prove) -> None:
    report = prove(USERS, DYNAMIC, "ALTER TABLE users ADD COLUMN age int NOT NULL;", "ALTER TABLE users RENAME COLUMN age TO years;")
    assert [(f.rule, f.object) for f in report.findings] == [
        ("drop-column", "public.users.age"),
        ("add-required-column", "public.users.age"),
        ("add-required-column", "public.users.years"),
        ("rename-column", "public.users.age"),
    ]


def test_a_routine_that_was_defined_before_still_does_what_it_does(prove: Prove) -> None:
    routine = (
        "CREATE FUNCTION forget(name text) RETURNS void LANGUAGE plpgsql AS\n"
        "  $f$ BEGIN EXECUTE format('ALTER TABLE users DROP COLUMN %I', name); END $f$;\n"
    )
    report = prove(USERS + routine, DYNAMIC, "SELECT forget('email');")
    assert [f.object for f in report.findings if f.rule == "drop-column"] == ["public.users.age", "public.users.email"]


# queries


def test_the_codes_own_statements_are_tried(prove: Prove) -> None:
    queries = (
        "-- name: ByEmail :one\nSELECT id FROM users WHERE email = $1 AND age > $2;\n"
        "-- name: ByAge :many\nSELECT email FROM users WHERE age = :age AND email <> ':none';\n"
        "-- name: Broken :exec\nSELECT nothing FROM users;\n"
        "-- name: Close :many\nSELECT(id)FROM users;\n"
    )
    report = prove(USERS, "ALTER TABLE users ALTER COLUMN age TYPE text;", queries=queries)
    found = only(report, "change-column-type")
    assert found.proof is not None
    assert "FROM users WHERE" in found.proof.probe
    assert [notice.split()[1] for notice in report.notices if "does not work before the deploy" in notice] == ["Broken"]


@pytest.mark.parametrize(("queries", "words"), [("-- nothing\n", "no statement in"), (None, "cannot read")])
def test_queries_that_are_none_are_an_error_of_use(
    migcompat: Callable[..., object], history: Callable[..., Path], queries: str | None, words: str
) -> None:
    directory = history(USERS)
    if queries is not None:
        (directory / "queries.sql").write_text(queries)
    run = migcompat("prove", "migrations", "--queries", "queries.sql")
    assert getattr(run, "code", None) == 2
    assert words in getattr(run, "err", "")


# the command


def test_all_formats_carry_the_proof(migcompat: Callable[..., object], history: Callable[..., Path], server: str) -> None:
    directory = history(USERS, "ALTER TABLE users DROP COLUMN age;")
    formats = ["concise", "github", "markdown", "json", "sarif", "junit"]
    run = migcompat("prove", "migrations", "--server", server, *(f"--format={name}={name}.out" for name in formats), "--format=full")
    assert getattr(run, "code", None) == 1
    for name in formats:
        assert "42703" in (directory / f"{name}.out").read_text(encoding="utf-8")
    assert 'column "age" does not exist' in getattr(run, "out", "")
    (finding,) = json.loads((directory / "json.out").read_text(encoding="utf-8"))["findings"]
    assert finding["proof"]["sqlstate"] == "42703"
    assert finding["proof"]["message"] == 'column "age" does not exist'


def test_scratch_databases_are_gone_and_the_named_one_is_untouched(
    migcompat: Callable[..., object], history: Callable[..., Path], database: str
) -> None:
    history(USERS)
    assert getattr(migcompat("prove", "migrations", "--server", database), "code", None) == 0
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        names = "SELECT datname FROM pg_database WHERE datname ~ '^migcompat_[0-9a-f]{8}_' AND datname <> current_database()"
        leftovers = connection.execute(names + " AND NOT EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datname = pg_database.datname)")
        assert leftovers.fetchall() == []


@pytest.mark.parametrize("command", [("check", "--prove"), ("prove",)])
def test_check_can_ask_a_server_where_the_text_is_not_enough(
    migcompat: Callable[..., object], history: Callable[..., Path], command: tuple[str, ...]
) -> None:
    history(USERS, DYNAMIC)
    assert "dynamic-sql" in getattr(migcompat("check", "migrations", "--format", "concise"), "out", "")
    run = migcompat(*command, "migrations", "--format", "concise")
    assert "drop-column: column age of public.users is dropped" in getattr(run, "out", "")
    assert "dynamic-sql" not in getattr(run, "out", "")


def test_what_is_left_out_of_a_report_is_not_said_to_be_missing_from_the_text(prove: Prove) -> None:
    report = prove("CREATE TABLE t (a int, b int)", "ALTER TABLE t DROP COLUMN a", select=("unforeseen-break",))
    assert not report.findings
    assert not [notice for notice in report.notices if "the text alone" in notice]
