"""`migcompat rollback-guide`, as someone types it who was woken at night."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_snapshot.plugin import Snapshot

if TYPE_CHECKING:
    from conftest import Repository

USERS = "CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, nick text);\n"
DROP_NICK = "-- compat: breaking[drop-column] (reason: unread since v40)\nALTER TABLE users DROP COLUMN nick;\n"
ADD_PHONE = "ALTER TABLE users ADD COLUMN phone text;\n"

Command = Callable[..., "object"]


@pytest.fixture
def service(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A service whose first generation, v1, is deployed; the working directory is its work tree."""
    repository.write("Users", {"migrations/001_users.sql": USERS})
    repository.git("tag", "--force", "v1")
    repository.deploy()
    monkeypatch.chdir(repository.path)
    return repository


def without_hashes(text: object) -> str:
    return re.sub(r"\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b", lambda match: "c" * len(match[0]), str(text))


def expect(snapshot: Snapshot, run: object, name: str) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(without_hashes(run), name)


def test_behavior_code_changed_and_the_schema_is_fine(service: Repository, migcompat: Command, snapshot: Snapshot) -> None:
    service.write("Retry the outbox", {"src/api.py": "2"})
    service.write("Phone numbers", {"migrations/002_phone.sql": ADD_PHONE, "src/phones.py": "1"})
    service.deploy()
    expect(snapshot, migcompat("rollback-guide", "--since", "v1"), "command-behavior.txt")


def test_pages_only_a_site_changed(service: Repository, migcompat: Command, snapshot: Snapshot) -> None:
    service.write("Reword the start page", {"docs/index.md": "2"})
    service.deploy()
    expect(snapshot, migcompat("rollback-guide", "--since", "v1"), "command-pages.txt")


def test_migration_the_prior_code_cannot_run(service: Repository, migcompat: Command, snapshot: Snapshot) -> None:
    service.write("Drop the nickname", {"migrations/002_drop_nick.sql": DROP_NICK, "src/names.py": "1"})
    service.deploy()
    expect(snapshot, migcompat("rollback-guide", "--since", "v1"), "command-migration.txt")


def test_disaster_whatever_was_deployed(service: Repository, migcompat: Command, snapshot: Snapshot) -> None:
    service.write("Retry the outbox", {"src/api.py": "2"})
    service.deploy()
    expect(snapshot, migcompat("rollback-guide", "--since", "v1", "--class", "disaster"), "command-disaster.txt")


def test_without_a_revision_it_helps_to_choose(migcompat: Command) -> None:
    assert migcompat("rollback-guide").out.startswith("ROLLBACK: which kind of failure is it?\n")
    assert migcompat("rollback-guide", "pages").out == migcompat("rollback-guide", "--class", "PAGES").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["behaviour"], "unknown failure class `behaviour`; did you mean `behavior`?"),
        (["pages", "--class", "disaster"], "two failure classes are named, pages and disaster: name one"),
        (["--since", ""], "--since is empty: name a branch, tag or commit; if a variable should hold it, that is not set"),
        (["--since", "v9"], "revision v9 is not known here; fetch it with: git fetch --tags origin"),
        (
            ["--migration", "migrations/3.sql"],
            "migrations/3.sql is not committed, so no deploy can have brought it; to judge it: migcompat explain migrations/3.sql",
        ),
        (
            ["--since", "v1", "--migration", "001_users.sql"],
            "001_users.sql is no migration that came since v1; these did: migrations/002_phone.sql",
        ),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(service: Repository, migcompat: Command, arguments: list[str], says: str) -> None:
    service.write("Phone numbers", {"migrations/002_phone.sql": ADD_PHONE})
    service.deploy()
    run = migcompat("rollback-guide", *arguments)
    assert (run.code, run.out, run.err) == (2, "", f"migcompat: {says}\n")


def test_a_migration_alone_stands_for_the_deploy_that_brought_it(service: Repository, migcompat: Command) -> None:
    before = service.write("Phone numbers", {"migrations/002_phone.sql": ADD_PHONE})
    service.write("Drop the nickname", {"migrations/003_drop_nick.sql": DROP_NICK})
    service.deploy()
    text = migcompat("rollback-guide", "--migration", "migrations/003_drop_nick.sql").out
    assert text.startswith(f"ROLLBACK to {before}\n")
    assert "migrations/003_drop_nick.sql: no\n" in text
    assert "002_phone" not in text


def test_what_one_migration_breaks_is_told_and_all_of_the_deploy_counts(service: Repository, migcompat: Command) -> None:
    service.write("Names", {"migrations/002_phone.sql": ADD_PHONE, "migrations/003_drop_nick.sql": DROP_NICK, "src/names.py": "1"})
    service.deploy()
    text = migcompat("rollback-guide", "behavior", "--since", "v1", "--migration", "002_phone.sql").out
    assert "NOW?  NO\n  - migrations/002_phone.sql: yes\n  - migrations/003_drop_nick.sql: no\n\n" in text
    assert "git restore --source=HEAD --staged --worktree -- migrations/002_phone.sql \\\n" in text
    assert "STOP: the prior code cannot run" in text
    assert "nick" in migcompat("rollback-guide", "--since", "v1", "--migration", "003_drop_nick.sql").out.partition("column")[2]


def test_a_migration_says_where_the_migrations_of_its_deploy_lie(service: Repository, migcompat: Command) -> None:
    apart = "services/pay/internal/sql"
    service.write("Users of pay", {f"{apart}/001_users.sql": USERS})
    service.write("Drop their nicknames", {f"{apart}/002_drop_nick.sql": DROP_NICK})
    service.deploy()
    text = migcompat("rollback-guide", "--migration", f"{apart}/002_drop_nick.sql").out
    assert f"NOW?  NO\n  - {apart}/002_drop_nick.sql: no\n" in text


def test_what_is_deployed_counts_not_what_lies_in_the_work_tree(service: Repository, migcompat: Command) -> None:
    service.write("Phone numbers", {"migrations/002_phone.sql": ADD_PHONE})
    service.deploy()
    service.write("Drop the nickname", {"migrations/003_drop_nick.sql": DROP_NICK})
    assert "NOW?  YES\n" in migcompat("rollback-guide", "--since", "v1").out


def test_no_override_and_no_setting_makes_the_prior_code_run(service: Repository, migcompat: Command) -> None:
    settings = 'ignore = ["add-unique"]\nsignoff = "reported"\n[severity]\nset-not-null = "off"\n'
    breaking = "ALTER TABLE users ALTER COLUMN nick SET NOT NULL;\nALTER TABLE users ADD UNIQUE (email);\n"
    service.write("Tighten", {"migcompat.toml": settings, "migrations/002_tighten.sql": breaking})
    service.deploy()
    text = migcompat("rollback-guide", "--since", "v1").out
    assert "NOW?  NO\n" in text
    assert "(set-not-null, SQLSTATE 23502)" in " ".join(text.split())
    assert "(add-unique, SQLSTATE 23505)" in " ".join(text.split())


def test_a_form_that_the_contract_proves_harmless_needs_a_look_only(service: Repository, migcompat: Command) -> None:
    service.write("Wider", {"migrations/002_wider.sql": "ALTER TABLE users ADD COLUMN code text UNIQUE;\n"})
    service.deploy()
    assert "NOW?  LOOK FIRST\n" in migcompat("rollback-guide", "--since", "v1").out


def test_one_draft_gives_back_what_several_migrations_took(service: Repository, migcompat: Command) -> None:
    service.write("Drop the nickname", {"migrations/002_drop_nick.sql": DROP_NICK})
    service.write("Require", {"migrations/003_email.sql": "ALTER TABLE users ADD UNIQUE (email);\n"})
    service.deploy()
    assert "\n       migcompat fix-forward --since v1 --write\n" in migcompat("rollback-guide", "--since", "v1").out


def test_sql_that_was_not_looked_at_is_named(service: Repository, migcompat: Command) -> None:
    service.write("More", {"migrations/002_phone.sql": ADD_PHONE, "tools/repair.sql": "DROP TABLE users;\n"})
    service.deploy()
    out = " ".join(migcompat("rollback-guide", "--since", "v1").out.split())
    assert "not looked at, as it is in no migration directory known here: tools/repair.sql" in out


def test_the_teams_names_come_from_its_configuration(service: Repository, migcompat: Command) -> None:
    settings = '[rollback]\nproduction-branch = "live"\nops-channel = "#incidents"\ngeneration-label = "gen-{sha}"\n'
    service.write("Settings", {"migcompat.toml": settings})
    service.git("push", "--quiet", "origin", "main", "main:live")
    text = migcompat("rollback-guide", "--since", "v1").out
    assert "main:live" in text
    assert "#incidents" in text
    assert "Generation: gen-" in text


def test_every_line_fits_and_the_steps_come_within_a_screen(service: Repository, migcompat: Command) -> None:
    service.write("Drop the nickname", {"migrations/002_drop_nick.sql": DROP_NICK, "src/names.py": "1"})
    service.deploy()
    lines = migcompat("rollback-guide", "--since", "v1").out.splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 60
    assert lines.index("DO") <= 24


PLAIN_GUIDE = """
import sys
from migcompat import cli
sys.argv = ["migcompat", "rollback-guide", "migration"]
try:
    cli.main()
except SystemExit:
    sys.exit("sqlglot" in sys.modules or "migcompat.engine" in sys.modules)
"""


def test_the_plain_guide_does_not_load_the_parser() -> None:
    assert subprocess.run([sys.executable, "-c", PLAIN_GUIDE], check=False, stdout=subprocess.DEVNULL).returncode == 0
