"""The hooks, through the real pre-commit, installed from a real repository into a real one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pre_commit.clientlib import load_manifest
from repository import Repository

PROJECT = Path(__file__).parent.parent
MANIFEST = PROJECT / ".pre-commit-hooks.yaml"
CONFIG = """\
repos:
  - repo: {hooks}
    rev: v0.1.0
    hooks:
      - id: migcompat
      - id: migcompat-history
"""
CUSTOMERS = "CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);\n"
DROP_EMAIL = "ALTER TABLE customers DROP COLUMN email;\n"
ADD_NAME = "ALTER TABLE customers ADD COLUMN name text;\n"


@pytest.fixture(scope="module")
def environment(clean_environment: dict[str, str], offline: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One home of pre-commit for all tests: the hooks are installed once."""
    home = {
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "PRE_COMMIT_COLOR": "never",
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }
    return clean_environment | offline | home


@pytest.fixture(scope="module")
def hooks(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as a repository of hooks, with all that is not committed yet."""
    path = tmp_path_factory.mktemp("hooks")
    shutil.copytree(PROJECT / "migcompat", path / "migcompat", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(PROJECT / name, path)
    repository = Repository(path, environment)
    repository.git("init", "--initial-branch", "main")
    repository.git("add", "--all")
    repository.git("commit", "--message", "Release")
    repository.git("tag", "v0.1.0")
    return path


@pytest.fixture
def service(hooks: Path, environment: dict[str, str], tmp_path: Path) -> Repository:
    """A service with one deployed migration, and the hooks installed."""
    repository = Repository(tmp_path, environment)
    repository.git("init", "--initial-branch", "main")
    repository.write(".pre-commit-config.yaml", CONFIG.format(hooks=hooks.as_posix()))
    repository.write("migrations/0001_customers.sql", CUSTOMERS)
    repository.git("commit", "--message", "First migration")
    assert pre_commit(repository, "install").returncode == 0
    return repository


def pre_commit(service: Repository, *arguments: str) -> CompletedProcess[str]:
    return service.run(sys.executable, "-m", "pre_commit", *arguments)


def commit(service: Repository, message: str) -> CompletedProcess[str]:
    """A commit that may be refused."""
    return service.run("git", "commit", "--message", message)


def test_manifest_is_valid() -> None:
    assert [hook["id"] for hook in load_manifest(MANIFEST)] == ["migcompat", "migcompat-history"]


def test_breaking_commit_is_refused_with_the_place(service: Repository) -> None:
    service.write("migrations/0002_drop_email.sql", DROP_EMAIL)
    committed = commit(service, "Drop the address")
    assert committed.returncode == 1
    assert "drop-column" in committed.stdout
    assert "migrations/0002_drop_email.sql" in committed.stdout


def test_compatible_commit_passes(service: Repository) -> None:
    service.write("migrations/0002_name.sql", ADD_NAME)
    committed = commit(service, "Add a name")
    assert committed.returncode == 0, committed.stdout


def test_overridden_break_passes(service: Repository) -> None:
    service.write("migrations/0002_drop_email.sql", "-- compat: breaking (reason: email is unread since v41)\n" + DROP_EMAIL)
    committed = commit(service, "Drop the address")
    assert committed.returncode == 0, committed.stdout


def test_commit_without_migrations_passes(service: Repository) -> None:
    service.write("README.md", "A service\n")
    committed = commit(service, "Say what it is")
    assert committed.returncode == 0, committed.stdout


def test_down_migration_alone_passes(service: Repository) -> None:
    service.write("migrations/0001_customers.down.sql", "DROP TABLE customers;\n")
    committed = commit(service, "Say how to go back")
    assert committed.returncode == 0, committed.stdout


def test_commit_that_only_deletes_a_migration_is_refused(service: Repository) -> None:
    service.write("migrations/0002_name.sql", ADD_NAME)
    service.git("commit", "--message", "Add a name")
    service.git("rm", "migrations/0001_customers.sql")
    committed = commit(service, "Nobody needs it")
    assert committed.returncode == 1
    assert "deleted-migration" in committed.stdout


def test_commit_that_deletes_all_migrations_is_refused(service: Repository) -> None:
    service.git("rm", "-r", "migrations")
    committed = commit(service, "Start again")
    assert committed.returncode == 1
    assert "Traceback" not in committed.stdout


def test_edited_migration_is_refused(service: Repository) -> None:
    service.write("migrations/0001_customers.sql", CUSTOMERS.replace("text", "varchar(200)"))
    committed = commit(service, "Shorten addresses")
    assert committed.returncode == 1
    assert "edited-migration" in committed.stdout
    assert f"1 | {CUSTOMERS.splitlines()[0].replace('text', 'varchar(200)')}" in committed.stdout, (
        "the frame shows what the message is about"
    )


def test_renamed_migration_is_refused(service: Repository) -> None:
    service.git("mv", "migrations/0001_customers.sql", "migrations/0003_customers.sql")
    assert commit(service, "Make room").returncode == 1


def test_migration_below_the_last_deployed_one_is_refused(service: Repository) -> None:
    service.write("migrations/0000_before.sql", "CREATE TABLE early (id bigint);\n")
    committed = commit(service, "Come first")
    assert committed.returncode == 1
    assert "out-of-order-migration" in committed.stdout


def test_all_files_judges_every_migration_and_says_that_nothing_is_staged(service: Repository) -> None:
    service.write("migrations/0002_drop_email.sql", DROP_EMAIL)
    service.git("commit", "--no-verify", "--message", "Slip through")
    ran = pre_commit(service, "run", "--all-files", "--verbose")
    assert ran.returncode == 1
    assert "drop-column" in ran.stdout
    assert "nothing staged" in ran.stdout


def test_range_of_commits_is_judged(service: Repository) -> None:
    service.write("migrations/0002_name.sql", ADD_NAME)
    service.git("commit", "--no-verify", "--message", "Add a name")
    service.write("migrations/0003_drop_email.sql", DROP_EMAIL)
    service.git("commit", "--no-verify", "--message", "Drop the address")
    assert pre_commit(service, "run", "migcompat", "--from-ref", "HEAD~2", "--to-ref", "HEAD~1").returncode == 0
    ran = pre_commit(service, "run", "migcompat", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert ran.returncode == 1
    assert "0003_drop_email.sql" in ran.stdout


def test_each_of_several_processes_sees_the_whole_history(service: Repository) -> None:
    service.write("migrations/0002_orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n")
    service.write("migrations/0003_drop_note.sql", "ALTER TABLE orders DROP COLUMN note;\n")
    name = "migrations/0003_drop_note.sql"
    assert pre_commit(service, "run", "migcompat", "--files", name).returncode == 1
    assert pre_commit(service, "run", "migcompat", "--files", "migrations/0002_orders.sql").returncode == 0


def test_hook_starts_in_a_directory_with_odd_names(service: Repository) -> None:
    service.write("migrations/0002_größe 'x'; --help.sql", DROP_EMAIL)
    committed = commit(service, "Odd")
    assert committed.returncode == 1
    assert "drop-column" in committed.stdout


def test_unreadable_migration_is_no_break_but_fails(service: Repository) -> None:
    (service.path / "migrations" / "0002_utf16.sql").write_bytes(ADD_NAME.encode("utf-16"))
    service.git("add", "--all")
    committed = commit(service, "From another editor")
    assert committed.returncode == 1
    assert "UTF-16" in committed.stdout
    assert "Traceback" not in committed.stdout


@pytest.mark.parametrize("hook", ["migcompat", "migcompat-history"])
def test_try_repo(service: Repository, hooks: Path, hook: str) -> None:
    service.write("migrations/0002_name.sql", ADD_NAME)
    tried = pre_commit(service, "try-repo", os.fspath(hooks), hook, "--verbose")
    assert tried.returncode == 0, tried.stdout
    assert f"hook id: {hook}" in tried.stdout
