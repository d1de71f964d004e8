"""`migcompat explain FILE[:LINE]`, as a reviewer types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from pytest_snapshot.plugin import Snapshot
from repository import Repository

if TYPE_CHECKING:
    from conftest import Run

FIXTURES = Path(__file__).parents[2] / "fixtures"
USERS = "CREATE TABLE users (id int PRIMARY KEY, nick text, email text);\n"
CHANGES = """\
SET search_path = public;
ALTER TABLE users
    DROP COLUMN nick;  -- nobody reads it

ALTER TABLE users ADD COLUMN phone text; CREATE INDEX ON users (phone);
INSERT INTO users (id) VALUES (1);
"""


@pytest.fixture(autouse=True)
def _snapshots(snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two migrations; the working directory holds them."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/1_users.sql").write_text(USERS)
    (tmp_path / "migrations/2_changes.sql").write_text(CHANGES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "migration",
    [
        "webshop/0006_customer_names",  # compatible
        "webshop/0009_refunds",  # a warning
        "webshop/0010_drop_customer_full_name",  # overridden
        "webshop/0011_payments",  # breaks
        "ticketing/20260316140000_slim_upcoming_events",  # a view
    ],
)
def test_whole_runs(migration: str, migcompat: Callable[..., Run], snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    (file,) = FIXTURES.glob(f"{migration}*.sql")
    run = migcompat("explain", file.relative_to(FIXTURES).as_posix())
    snapshot.assert_match(str(run), f"explain_{migration.rpartition('/')[2]}.txt")
    assert max(map(len, run.out.splitlines())) <= 100


def test_markdown(migcompat: Callable[..., Run], snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    out = migcompat("explain", "webshop/0011_payments.sql", "--format", "markdown").out
    snapshot.assert_match(out, "explain_0011_payments.md")
    tokens = MarkdownIt().parse(out)
    assert [token.tag for token in tokens if token.type == "heading_open"][:3] == ["h1", "h2", "h3"]
    assert "ALTER TABLE orders ADD COLUMN currency character(3);\n" in [token.content for token in tokens if token.type == "fence"]


def test_json_holds_the_contract_the_steps_and_what_gives_it_back(history: Path, migcompat: Callable[..., Run]) -> None:
    data = json.loads(migcompat("explain", "migrations/2_changes.sql", "--format", "json").out)
    assert (data["version"], data["verdict"], data["place"]) == (1, "breaks", "migrations/2_changes.sql")
    nick, phone, _ = data["contract"]
    assert (nick["object"], nick["before"], nick["after"], nick["breaks"]) == ("public.users.nick", "nick text", None, ["drop-column"])
    assert (phone["breaks"], phone["compatible_because"]) == ([], "an INSERT that leaves it out leaves it NULL")
    (finding,) = data["findings"]
    assert finding["sqlstate"] == "42703"
    assert finding["steps"][-1]["sql"] == ["ALTER TABLE users DROP COLUMN nick"]
    assert finding["restore"]["sql"] == ["ALTER TABLE users ADD COLUMN nick text"]
    assert "values" in finding["restore"]["lost"]


def test_a_line_means_its_statement(history: Path, migcompat: Callable[..., Run]) -> None:
    dropped = migcompat("explain", "migrations/2_changes.sql:3").out
    assert "drop-column" in dropped
    assert "phone" not in dropped
    added = migcompat("explain", "migrations/2_changes.sql:5").out
    assert "Compatible with the prior generation" in added
    assert "phone text" in added
    assert "nick" not in added


def test_the_first_of_a_history_and_the_second_are_said_to_be(history: Path, migcompat: Callable[..., Run]) -> None:
    first, second = sorted((history / "migrations").glob("*.sql"))[:2]
    assert "judged   as a deploy of its own, the first of its history\n" in migcompat("explain", f"migrations/{first.name}").out
    assert "judged   as a deploy of its own, on the schema of the one before it\n" in migcompat("explain", f"migrations/{second.name}").out


def test_a_statement_that_changes_no_contract_says_so(history: Path, migcompat: Callable[..., Run]) -> None:
    assert "Nothing in the contract" in migcompat("explain", "migrations/2_changes.sql:6").out


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        (
            "migrations/2_changes.sql:4",
            "line 4 of migrations/2_changes.sql holds no statement that goes forward; the next one starts in line 5",
        ),
        ("migrations/2_changes.sql:90", "line 90 of migrations/2_changes.sql holds no statement that goes forward"),
        ("migrations/3_gone.sql", "migrations/3_gone.sql does not exist"),
        ("migrations", "migrations is a directory: name one migration in it"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_line(history: Path, migcompat: Callable[..., Run], subject: str, says: str) -> None:
    run = migcompat("explain", subject)
    assert (run.code, run.out, run.err) == (2, "", f"migcompat: {says}\n")


def test_a_down_file_is_none(history: Path, migcompat: Callable[..., Run]) -> None:
    (history / "migrations/2_changes.down.sql").write_text("SELECT 1;")
    assert migcompat("explain", "migrations/2_changes.down.sql").err == (
        "migcompat: migrations/2_changes.down.sql is left aside: takes a migration back\n"
    )


def test_a_migration_is_judged_with_the_deploy_it_belongs_to(
    tmp_path: Path, migcompat: Callable[..., Run], clean_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    repository = Repository(tmp_path, clean_environment)
    repository.git("init", "--quiet", "-b", "main")
    repository.write("migrations/1_users.sql", USERS)
    repository.git("commit", "--quiet", "-m", "Users")
    repository.write("migrations/2_orders.sql", "CREATE TABLE orders (id int, note text);\n")
    repository.write("migrations/3_no_notes.sql", "ALTER TABLE orders DROP COLUMN note;\n")
    alone = migcompat("explain", "migrations/3_no_notes.sql").out
    together = migcompat("explain", "migrations/3_no_notes.sql", "--since", "HEAD").out
    assert "Breaks the prior generation" in alone
    assert "Compatible with the prior generation" in together
    assert (
        migcompat("explain", "migrations/1_users.sql", "--since", "HEAD").err
        == "migcompat: migrations/1_users.sql did not come since HEAD\n"
    )
