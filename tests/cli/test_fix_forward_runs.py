"""`migcompat fix-forward`, as it is typed when the prior code cannot run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_snapshot.plugin import Snapshot
from repository import Repository

from migcompat.sql.splitter import split

if TYPE_CHECKING:
    from conftest import Run

FIXTURES = Path(__file__).parents[2] / "fixtures"
USERS = "CREATE TABLE users (id int PRIMARY KEY, nick text, email text);\n"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes migrations into the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(**migrations: str) -> None:
        for name, sql in migrations.items():
            (tmp_path / f"{name[1:]}.sql").write_text(sql)

    return write


@pytest.mark.parametrize(
    "migration",
    [
        "webshop/0006_customer_names.sql",  # compatible
        "webshop/0010_drop_customer_full_name.sql",  # data is lost
        "webshop/0011_payments.sql",  # two breaks
        "chat/000011_reactions_with_skin_tone.up.sql",  # a pair of files
        "ledger/V9__no_huge_amounts.sql",  # a domain
    ],
)
def test_whole_runs(migration: str, migcompat: Callable[..., Run], snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    run = migcompat("fix-forward", migration)
    snapshot.assert_match(str(run), f"fix_forward_{Path(migration).stem}.txt")
    assert max(map(len, run.out.splitlines()), default=0) <= 100


def test_a_written_draft_lets_the_deploy_pass(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    history(_1_users=USERS, _2_tighten="ALTER TABLE users ALTER nick SET NOT NULL, ADD UNIQUE (email);\n")
    written = migcompat("fix-forward", "2_tighten.sql", "--write")
    assert (written.code, written.out) == (0, "")
    assert written.err == "migcompat: created 3_fix_forward_tighten.sql\nmigcompat: with this migration the code before runs again\n"
    again = migcompat("fix-forward", "2_tighten.sql")
    assert (again.code, again.out, again.err) == (0, "", "migcompat: nothing to give back: the code before runs\n")


def test_the_draft_follows_the_newest_migration_and_fits_its_schema(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    rename = "ALTER TABLE users RENAME TO people;\nCREATE VIEW users AS SELECT * FROM people;"
    history(_1_users=USERS, _2_require="ALTER TABLE users ALTER nick SET NOT NULL;", _3_rename=rename)
    run = migcompat("fix-forward", "2_require.sql")
    assert "ALTER TABLE people ALTER COLUMN nick DROP NOT NULL;" in run.out
    assert "--write creates 4_fix_forward_require.sql" in run.err


def test_what_later_migrations_break_is_not_passed_over(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    history(
        _1_users=USERS,
        _2_require="ALTER TABLE users ALTER nick SET NOT NULL;",
        _3_drop="ALTER TABLE users DROP COLUMN email;",
    )
    later = (
        "-- Later migrations break the code before as well; --since mends all of it:\n--   drop-column of public.users.email (3_drop.sql)\n"
    )
    run = migcompat("fix-forward", "2_require.sql")
    assert run.code == 1
    assert later in run.out
    assert "ADD COLUMN" not in run.out
    assert "the code before still meets: drop-column of public.users.email\n" in run.err


def test_a_break_that_a_later_one_hides_is_not_passed_over(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    history(_1_users=USERS, _2_require="ALTER TABLE users ALTER nick SET NOT NULL;", _3_drop="DROP TABLE users;")
    run = migcompat("fix-forward", "2_require.sql")
    assert (run.code, run.out.splitlines()[0]) == (1, "-- 2_require.sql itself takes nothing from the code before it that is missing now.")
    assert "drop-table of public.users (3_drop.sql)" in run.out


def test_what_a_later_migration_has_mended_needs_no_draft(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    history(_1_users=USERS, _2_require="ALTER TABLE users ALTER nick SET NOT NULL;", _3_relax="ALTER TABLE users ALTER nick DROP NOT NULL;")
    assert migcompat("fix-forward", "2_require.sql").err == "migcompat: nothing to give back: the code before runs\n"


def test_an_override_and_the_configuration_do_not_make_the_code_before_run(
    history: Callable[..., None], migcompat: Callable[..., Run], tmp_path: Path
) -> None:
    history(_1_users=USERS, _2_drop="-- compat: breaking (reason: unread since v40)\nALTER TABLE users DROP COLUMN nick;")
    (tmp_path / "migcompat.toml").write_text('ignore = ["drop-column"]\n')
    assert "ALTER TABLE users ADD COLUMN nick text;" in migcompat("fix-forward", "2_drop.sql").out


def test_a_form_that_is_harmless_by_the_contract_is_left(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    history(_1_users=USERS, _2_code="ALTER TABLE users ADD COLUMN code text UNIQUE;\nALTER TABLE users ALTER nick SET NOT NULL;")
    out = migcompat("fix-forward", "2_code.sql").out
    assert "-- Left as it is: a break by the letter of the policy only:\n--   add-unique of public.users.users_code_key" in out
    assert "DROP CONSTRAINT" not in out


def test_what_is_not_understood_is_named_and_nothing_is_promised(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    dynamic = "DO $$ BEGIN EXECUTE 'ALTER TABLE ' || current_setting('shop.table') || ' DROP COLUMN nick'; END $$;\n"
    history(_1_users=USERS, _2_dynamic=dynamic)
    run = migcompat("fix-forward", "2_dynamic.sql")
    assert run.code == 1
    assert "-- Could not be understood: look at it yourself:\n--   2_dynamic.sql:1: " in run.out
    assert "the code before still meets: dynamic-sql" in run.err


def test_lost_data_is_named_and_counts_as_a_break(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    history(_1_users=USERS, _2_drop="DROP TABLE users;")
    run = migcompat("fix-forward", "2_drop.sql")
    assert run.code == 1
    assert "CREATE TABLE users (" in run.out
    assert "-- Cannot give back:\n--   the rows of public.users" in run.out
    assert "without the data that its head names" in run.err


def test_no_name_can_leave_its_comment(history: Callable[..., None], migcompat: Callable[..., Run]) -> None:
    name = '"a\nDROP TABLE users; --"'
    history(_1_users=f"CREATE TABLE users (id int, {name} text);", _2_drop=f"ALTER TABLE users DROP COLUMN {name};")
    words = [statement.word for statement in split(migcompat("fix-forward", "2_drop.sql").out).statements]
    assert words == ["alter"]


def test_one_draft_for_all_that_came_since(
    tmp_path: Path, migcompat: Callable[..., Run], clean_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    repository = Repository(tmp_path, clean_environment)
    repository.git("init", "--quiet", "-b", "main")
    repository.write("migrations/1_users.sql", USERS)
    repository.git("commit", "--quiet", "-m", "Users")
    repository.git("tag", "v1")
    repository.write("migrations/2_drop.sql", "ALTER TABLE users DROP COLUMN nick;\n")
    repository.write("migrations/3_require.sql", "ALTER TABLE users ALTER email SET NOT NULL;\n")
    run = migcompat("fix-forward", "--since", "v1", "--write")
    assert run.err.startswith("migcompat: created migrations/4_fix_forward.sql\n")
    text = (tmp_path / "migrations/4_fix_forward.sql").read_text()
    assert "what came since v1" in text
    assert "ADD COLUMN nick text" in text
    assert "ALTER COLUMN email DROP NOT NULL" in text
    left = json.loads(migcompat("check", "migrations", "--since", "v1", "--format", "json").out)["findings"]
    assert [finding["breaks"] for finding in left if finding["severity"] == "error"] == ["data"]
    alone = migcompat("fix-forward", "migrations/3_require.sql", "--since", "v1")
    assert "nothing to give back" in alone.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name the migration to mend, or the prior generation with --since REV"),
        (["3_gone.sql"], "3_gone.sql does not exist"),
    ],
)
def test_what_cannot_be_drafted_is_said_in_one_line(
    history: Callable[..., None], migcompat: Callable[..., Run], arguments: list[str], says: str
) -> None:
    history(_1_users=USERS)
    run = migcompat("fix-forward", *arguments)
    assert (run.code, run.out, run.err) == (2, "", f"migcompat: {says}\n")
