"""Migrations that are written to crash, to stall or to fool the check, and files that change under it: each has a clear answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from migcompat import checking, run
from migcompat.checking import Check, check_text, report_of
from migcompat.findings import Span
from migcompat.lowering import statements
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration, Source
from migcompat.reports import RENDERERS
from migcompat.reports.model import Context
from migcompat.rules import judge
from migcompat.schema import store
from migcompat.settings import Settings

if TYPE_CHECKING:
    from conftest import Run

    Command = Callable[..., Run]

SCHEMA = "CREATE TABLE t (a text, b integer, c varchar(10)); CREATE TYPE mood AS ENUM ('good')"
DEEP = 1_500
"""Python gives up after 1,000 calls."""


def chain(first: str, each: str, last: str) -> str:
    return ";".join([first, *(each.format(i, i - 1) for i in range(1, DEEP)), last])


NESTED = {
    "parentheses in a default": "ALTER TABLE t ALTER a SET DEFAULT " + "(" * DEEP + "1" + ")" * DEEP + ", DROP b",
    "parentheses in a check": "ALTER TABLE t ADD CHECK (" + "(" * DEEP + "b > 1" + ")" * DEEP + "), DROP b",
    "parentheses that stay open": "ALTER TABLE t DROP b, ADD CHECK (" + "(" * DEEP,
    "negations": "ALTER TABLE t ADD CHECK (" + "NOT " * DEEP + "b > 1), DROP b",
    "arrays": "ALTER TABLE t DROP b, ALTER a SET DEFAULT " + "ARRAY[" * DEEP + "1" + "]" * DEEP,
    "dimensions": "ALTER TABLE t DROP b, ALTER a TYPE text" + "[]" * DEEP,
    "comments": "/*" * DEEP + "*/" * DEEP + "ALTER TABLE t DROP b",
    "comments that stay open": "/*" * DEEP + "ALTER TABLE t DROP b",
    "blocks": "DO $$ " + "BEGIN " * DEEP + "ALTER TABLE t DROP b;" + "END; " * DEEP + "$$",
    "conditions": "DO $$ BEGIN " + "IF true THEN " * DEEP + "ALTER TABLE t DROP b;" + "END IF; " * DEEP + "END $$",
    "cases in a body": "DO $$ BEGIN x := " + "CASE WHEN a THEN " * DEEP + "1" + " END" * DEEP + "; ALTER TABLE t DROP b; END $$",
    "strings in strings": "".join(f"DO $a{i}$ BEGIN EXECUTE " for i in range(300))
    + "x"
    + "".join(f"; END $a{i}$" for i in range(299, -1, -1)),
    "a body that stays open": "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC " + "CASE " * DEEP + "END;" * 9 + "ALTER TABLE t DROP b",
    "actions of a rule": "CREATE RULE r AS ON INSERT TO t DO (" + "(" * DEEP + ";" + ")" * DEEP + "; ALTER TABLE t DROP b",
    "views upon views": chain("CREATE VIEW v0 AS SELECT b FROM t", "CREATE VIEW v{} AS SELECT * FROM v{}", "DROP TABLE t CASCADE"),
    "children of children": chain("CREATE TABLE i0 (a integer)", "CREATE TABLE i{} () INHERITS (i{})", "DROP TABLE i0 CASCADE, t"),
    "domains over domains": chain("CREATE DOMAIN d0 AS text", "CREATE DOMAIN d{} AS d{}", f"ALTER TABLE t ALTER a TYPE d{DEEP - 1}")
    + ";ALTER DOMAIN d0 ADD CHECK (VALUE <> '')",
    "functions that call functions": chain(
        "CREATE FUNCTION f0() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t DROP b; END $$",
        "CREATE FUNCTION f{0}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM f{1}(); PERFORM f{1}(); END $$",
        f"SELECT f{DEEP - 1}()",
    ),
}


@pytest.mark.parametrize("migration", NESTED.values(), ids=NESTED)
def test_no_nesting_hides_a_break(migration: str) -> None:
    assert [finding.severity.value for finding in check_text(SCHEMA, migration)].count("error") >= 1


@pytest.mark.parametrize(
    ("migration", "says"),
    [
        ("CREATE TABLE u (" + ", ".join(f"c{i} integer" for i in range(1_601)) + ")", "PostgreSQL has room for 1600 columns in a table"),
        (
            "CREATE TABLE u ("
            + ", ".join(f"c{i} integer" for i in range(1_600))
            + "); ALTER TABLE u ADD c integer; ALTER TABLE u ADD d text",
            "PostgreSQL has room for 1600 columns in a table; nothing from here on is checked",
        ),
        (chain("CREATE TABLE i0 (a integer)", "CREATE TABLE i{} () INHERITS (i{})", "ALTER TABLE i0 DROP a"), "levels deep"),
        ("ALTER TABLE t " + ", ".join(["ALTER a DROP DEFAULT"] * 5_001), "more than 5000 changes in one statement"),
        ("ALTER TABLE t ALTER c TYPE varchar(" + "9" * 5_000 + ")", "it only widens"),
        ("ALTER TABLE t ALTER c TYPE varchar(²)", "it only widens"),
        ("ALTER TABLE t ADD d float(" + "9" * 5_000 + ")", "cannot be read"),
        ("DO $$ BEGIN EXECUTE lpad('DROP TABLE t', 2000000000); END $$", "SQL is built at run time"),
        ("DO $$ BEGIN EXECUTE format('%1999999999s', 'DROP TABLE t'); END $$", "SQL is built at run time"),
    ],
    ids=lambda text: text[:40],
)
def test_what_exceeds_a_bound_is_a_finding(migration: str, says: str) -> None:
    (finding,) = check_text(SCHEMA, migration)
    assert says in finding.message


def test_a_statement_of_ddl_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "_LARGEST", 2_000_000)
    (finding,) = check_text(SCHEMA, "ALTER TABLE t ADD CHECK (b <> 1" + " " * 2_000_000 + ")")
    assert "longer than 2 million characters" in finding.message
    assert check_text(SCHEMA, "INSERT INTO t VALUES ('" + " " * 2_000_000 + "')") == []


def test_a_migration_is_checked_up_to_its_most_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_MOST_CHANGES", 3)
    allowed = "SELECT 1; ALTER TABLE t DROP a; ALTER TABLE t ADD d integer, ADD e integer; SELECT 2;\n"
    assert [finding.rule for finding in check_text(SCHEMA, allowed)] == ["drop-column"]
    dropped, left = check_text(SCHEMA, allowed + "ALTER TABLE t ADD f integer;\nDROP TABLE t;")
    assert (dropped.object, left.place.line) == ("public.t.a", 2)
    assert "more than 3 changes in one migration; nothing from here on is checked" in left.message


def test_what_is_beyond_a_bound_can_be_overridden_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_MOST_CHANGES", 1)
    override = "-- compat: breaking (reason: these 5,000 tables were never deployed)"
    (left,) = check_text(SCHEMA, f"ALTER TABLE t ADD d integer; DROP TABLE t;\n{override}")
    assert left.overridden


FAMILY = "CREATE TABLE p (a integer) PARTITION BY LIST (a);" + ";".join(
    f"CREATE TABLE p{i} PARTITION OF p FOR VALUES IN ({i})" for i in range(20)
)


def test_a_deploy_is_checked_up_to_the_objects_that_it_may_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = "ALTER TABLE p DROP a;" + ";\n".join(f"ALTER TABLE p ADD b{i} integer" for i in range(20)) + ";DROP TABLE p"
    assert len(check_text(FAMILY, migration)) == 21
    monkeypatch.setattr(store, "_MOST_WORK", 50_000)
    *dropped, left = check_text(FAMILY, migration)
    assert {finding.rule for finding in dropped} == {"drop-column"}
    assert "the history up to here reaches more than 50,000 objects; nothing from here on is checked" in left.message


@pytest.mark.parametrize(("checks", "understood"), [(20, True), (60, False)])
def test_the_names_that_are_tried_for_the_checks_of_a_domain_count(checks: int, understood: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_WORK", 10_000)
    text = "CREATE DOMAIN d AS integer;" + ";".join(f"ALTER DOMAIN d ADD CHECK (VALUE <> {i})" for i in range(checks))
    check = Check(lambda which: Source(which.path, text, (Span(0, len(text)),)), Settings())
    assert check.context([Migration("1.sql", "", "1.sql", (), "1")]) == understood


def test_many_deploys_reach_no_more_than_one_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_WORK", 5_000)
    monkeypatch.setattr(store, "_EACH_DEPLOY", 700)
    texts = {f"{i}.sql": f"ALTER TABLE t ADD CHECK (b > {i})" for i in range(60)} | {"60.sql": "ALTER TABLE u DROP b"}
    check = Check(lambda which: Source(which.path, texts[which.path], (Span(0, len(texts[which.path])),)), Settings())
    found = [next(check.deploy([Migration(path, "", path, ())])) for path in texts]
    assert [finding.rule for finding in found[:20]] == ["add-check"] * 20
    assert "the history up to here reaches more than 5,000 objects; nothing from here on is checked" in found[59].message
    assert found[60].rule == "drop-column"


def test_what_comes_before_a_bound_is_judged_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "_MOST_TIMES", 2)
    monkeypatch.setattr(store, "_MOST_WORK", 1_500)
    *added, left = check_text(SCHEMA, ";\n".join(f"ALTER TABLE t ADD CHECK (b > {i})" for i in range(100)))
    assert "more than 1,500 objects" in left.message
    assert [finding.place.line for finding in added] == list(range(1, left.place.line))
    assert len(added) > 2


def test_what_is_deployed_is_not_understood_beyond_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_WORK", 1_000)
    migration = Migration("1.sql", "", "1.sql", ())
    check = Check(lambda which: Source(which.path, FAMILY, (Span(0, len(FAMILY)),)), Settings())
    assert not check.context([migration])


def test_a_type_that_changes_often_is_judged_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "_MOST_TIMES", 2)
    labels = [finding.object for finding in check_text(SCHEMA, ";".join(f"ALTER TYPE mood ADD VALUE 'l{i}'" for i in range(5)))]
    assert labels == [f"public.mood.l{i}" for i in range(5)]


def test_a_word_without_an_end_is_read_once() -> None:
    (finding,) = check_text(SCHEMA, "x" * 1_000_000)
    assert "unknown statement" in finding.message


STEERING = "u\x1b[2J\x07\u202eevil\u2066\u200b\r::error::x"
MESHTAMSHIM = "\u05de\u05e9\u05ea\u05de\u05e9\u05d9\u05dd"
STEERS = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def steering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations whose names would clear the screen, turn the text around and start a workflow command."""
    monkeypatch.chdir(tmp_path)
    Path("migrations").mkdir()
    Path("migrations/1_a.sql").write_text(
        f'CREATE TABLE "{STEERING}" (id integer PRIMARY KEY, "{STEERING}2" text, {MESHTAMSHIM} text);'
        f"CREATE TYPE \"{STEERING}e\" AS ENUM ('{STEERING}');",
        encoding="utf-8", newline="",
    )  # fmt: skip
    Path("migrations/2_b.sql").write_text(
        f'ALTER TABLE "{STEERING}" DROP COLUMN "{STEERING}2", DROP COLUMN {MESHTAMSHIM};\nDROP NONSENSE "{STEERING}";\n'
        f'DO $$ BEGIN EXECUTE "{STEERING}"; END $$;\n'
        f"ALTER TYPE \"{STEERING}e\" RENAME VALUE '{STEERING}' TO 'x';"
        f"/* compat: breaking[drop-column] (reason: {STEERING} was drained) */",
        encoding="utf-8", newline="",
    )  # fmt: skip


@pytest.mark.usefixtures("steering")
@pytest.mark.parametrize(
    "command",
    [
        "check", "check --format concise", "check --format github", "check --format markdown", "check --format json",
        "check --format sarif", "check --format gitlab", "check --format junit", "explain migrations/2_b.sql",
        "explain migrations/2_b.sql:1", "overrides migrations", "schema", "fix-forward migrations/2_b.sql",
    ],
)  # fmt: skip
def test_no_name_steers_what_it_is_shown_on(command: str, migcompat: Command) -> None:
    shown = migcompat(*command.split())
    assert not STEERS.search(shown.out + shown.err)
    assert not [line for line in shown.out.split("\n") if line.startswith("::error::x")]
    assert "evil" in shown.out


@pytest.mark.usefixtures("steering")
def test_a_name_that_reads_from_right_to_left_is_shown_as_it_is(migcompat: Command) -> None:
    assert f"column {MESHTAMSHIM} of" in migcompat("check", "--format", "concise").out


def refused(shown: Run) -> str:
    """The one line that says why nothing was checked."""
    assert (shown.code, shown.out) == (2, "")
    (line,) = shown.err.splitlines()
    return line


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_fifo_among_the_migrations_is_named(migcompat: Command, tmp_path: Path) -> None:
    (tmp_path / "1_a.sql").write_text("CREATE TABLE t (a integer);")
    os.mkfifo(tmp_path / "2_b.sql")
    assert "2_b.sql is not a regular file" in refused(migcompat("check", str(tmp_path)))


def test_a_link_to_itself_is_named(migcompat: Command, tmp_path: Path) -> None:
    (tmp_path / "1_a.sql").symlink_to("1_a.sql")
    assert "1_a.sql" in refused(migcompat("check", str(tmp_path)))


HOSTILE_NAMES = [
    "1_a\n::error::x.sql", "2_\x1b[2J.sql", "3_100%25.sql", "4_a::b,c.sql", "5_]]>.sql", "6_<img src=x onerror=alert(1)>.sql", "7_a|b.sql",
    "8_`x`.sql", "9_[x](javascript:x).sql", "10_\u202elqs.sql", "11_##[error]x.sql", "12_\u2028.sql",
]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", RENDERERS)
def test_no_name_of_a_file_steers_what_it_is_shown_on(name: str, migcompat: Command, tmp_path: Path) -> None:
    for number, file in enumerate(HOSTILE_NAMES):
        (tmp_path / file).write_text(f"DROP TABLE t{number};")
    shown = migcompat("check", "--format", name, str(tmp_path))
    assert (shown.code, shown.err) == (1, "")
    assert not STEERS.search(shown.out)
    assert not [line for line in shown.out.split("\n") if line.startswith(("::error::x", "##[error]x"))]
    if name == "markdown":
        prose = re.sub("(`+) ?.*?[^`]\\1(?!`)", "", shown.out)
        assert not re.search(r"<img|\[x\]", prose)
    if name == "junit":
        assert len(ET.fromstring(shown.out).findall(".//failure")) == len(HOSTILE_NAMES)
    if name in ("json", "sarif", "gitlab"):
        json.loads(shown.out)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_an_error_steers_no_terminal(migcompat: Command, tmp_path: Path) -> None:
    (tmp_path / HOSTILE_NAMES[0]).write_bytes(b"\0")
    assert "1_a\\n::error::x.sql has a NUL byte" in refused(migcompat("check", str(tmp_path)))
    (tmp_path / HOSTILE_NAMES[0]).unlink()
    (tmp_path / HOSTILE_NAMES[1]).write_bytes(b"\xff")
    assert not STEERS.search(refused(migcompat("check", str(tmp_path))))


def test_a_nul_byte_is_named_with_its_line(migcompat: Command, tmp_path: Path) -> None:
    (tmp_path / "1_a.sql").write_bytes(b"CREATE TABLE t (a integer);\nDROP TABLE \0t;")
    assert "1_a.sql has a NUL byte in line 2: PostgreSQL refuses such text" in refused(migcompat("check", str(tmp_path)))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user to whom a file can be closed")
def test_a_closed_file_or_directory_is_named(migcompat: Command, tmp_path: Path) -> None:
    (tmp_path / "1_a.sql").write_text("CREATE TABLE t (a integer);")
    (tmp_path / "1_a.sql").chmod(0)
    assert "1_a.sql: Permission denied" in refused(migcompat("check", str(tmp_path)))


def test_a_migration_that_goes_away_before_it_is_read_is_named(migcompat: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1_a.sql").write_text("CREATE TABLE t (a integer);")

    def then_gone(*asked: object) -> list[History]:
        histories = discover(*asked)  # type: ignore[arg-type]
        (tmp_path / "1_a.sql").unlink()
        return histories

    monkeypatch.setattr(run, "discover", then_gone)
    assert "cannot read" in refused(migcompat("check", str(tmp_path)))


LEFT_ALONE = """
import multiprocessing, time
from migcompat.reading import _follow_the_parent

def work():
    _follow_the_parent()
    print("working", flush=True)
    time.sleep(60)
    print("left alone", flush=True)

process = multiprocessing.get_context("fork").Process(target=work)
process.start()
process.join()
"""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="works in one process there")
def test_a_check_that_is_killed_leaves_no_process_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", LEFT_ALONE], stdout=subprocess.PIPE, text=True) as check:
        assert check.stdout is not None
        assert check.stdout.readline() == "working\n"
        check.kill()
        assert check.stdout.read() == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a directory that somebody is in")
def test_a_working_directory_that_is_gone_is_said(migcompat: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "the working directory is gone" in refused(migcompat("check", str(tmp_path)))


@pytest.mark.parametrize("name", RENDERERS)
def test_a_file_that_changes_after_it_was_read_moves_no_place_out_of_it(name: str) -> None:
    long_ago = "\n" * 50 + "CREATE TABLE t (a integer, b integer);"
    states = {"1.sql": [long_ago, "x"], "2.sql": ["ALTER TABLE t DROP b;", ""]}

    def read(migration: Migration) -> Source:
        states_of = states[migration.path]
        text = states_of.pop(0) if len(states_of) > 1 else states_of[0]
        return Source(migration.path, text, (Span(0, len(text)),))

    migrations = [Migration(path, "", path, ()) for path in states]
    check = Check(read, Settings())
    check.context(migrations[:1])
    findings = list(check.deploy(migrations[1:]))
    assert [finding.rule for finding in findings] == ["drop-column"]
    assert "drop-column" in RENDERERS[name](report_of([check], findings, "", ()), Context())
