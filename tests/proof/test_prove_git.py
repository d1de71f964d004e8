"""`prove --since` and `check --prove` in a git repository: what is deployed, what is staged, and what merely lies in the work tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from repository import Repository

USERS = "CREATE TABLE users (id int PRIMARY KEY, email text, age int);\n"
DYNAMIC = """\
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname LIKE 'ag_' LOOP
    EXECUTE format('ALTER TABLE users DROP COLUMN %I', name);
  END LOOP;
END $$;
"""
NOWHERE = "postgresql://127.0.0.1:1/x"
HARMLESS = DYNAMIC.replace("DROP COLUMN %I", "ALTER COLUMN %I SET STATISTICS 10")
Run = Callable[..., Any]


@pytest.fixture
def repository(tmp_path: Path, clean_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Repository:
    """One deployed migration, tagged v1; the working directory is there."""
    made = Repository(tmp_path, clean_environment)
    made.git("init", "--quiet")
    made.write("migrations/0001_users.sql", USERS)
    made.git("commit", "--quiet", "-m", "users")
    made.git("tag", "v1")
    monkeypatch.chdir(tmp_path)
    for name in ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"):
        monkeypatch.delenv(name, raising=False)
    return made


def commit(repository: Repository, name: str, text: str) -> None:
    repository.write(f"migrations/{name}", text)
    repository.git("commit", "--quiet", "-m", name)


def found(run: Any) -> list[str]:
    """The rules of a concise report, in order."""
    return [line.split(": ")[2] for line in run.out.splitlines() if line.startswith("migrations/")]


# prove --since


def test_what_came_since_is_one_deploy(repository: Repository, migcompat: Run, server: str) -> None:
    commit(repository, "0002_a.sql", "ALTER TABLE users ADD COLUMN nick text NOT NULL;")
    commit(repository, "0003_b.sql", "ALTER TABLE users ALTER COLUMN nick SET DEFAULT '';\nALTER TABLE users DROP COLUMN age;")
    run = migcompat("prove", "--since", "v1", "--server", server, "--format", "concise")
    assert (run.code, found(run)) == (1, ["drop-column"])
    assert "[proven: 42703]" in run.out


def test_what_is_not_committed_yet_is_part_of_it(repository: Repository, migcompat: Run, server: str) -> None:
    (repository.path / "migrations" / "0002_a.sql").write_text("ALTER TABLE users DROP COLUMN age;\n")
    run = migcompat("prove", "--since", "v1", "--server", server, "--format", "concise")
    assert found(run) == ["drop-column"]


def test_the_server_gets_the_text_that_was_deployed(repository: Repository, migcompat: Run, server: str) -> None:
    commit(repository, "0001_users.sql", "CREATE TABLE people (id int PRIMARY KEY);\n")
    commit(repository, "0002_a.sql", "ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n")
    run = migcompat("prove", "--since", "v1", "--server", server, "--format", "concise")
    assert sorted(found(run)) == ["edited-migration", "set-not-null"]


def test_nothing_since_is_nothing_to_prove(repository: Repository, migcompat: Run, server: str) -> None:
    run = migcompat("prove", "--since", "v1", "--server", server, "--format", "concise")
    assert (run.code, found(run)) == (0, [])


def test_a_revision_that_is_none_is_an_error_of_use(repository: Repository, migcompat: Run) -> None:
    run = migcompat("prove", "--since", "nowhere")
    assert (run.code, run.out) == (2, "")
    assert "nowhere" in run.err


def test_the_deployed_history_may_hold_what_only_a_server_knows(repository: Repository, migcompat: Run, server: str) -> None:
    commit(repository, "0002_a.sql", DYNAMIC)
    repository.git("tag", "v2")
    commit(repository, "0003_b.sql", "ALTER TABLE users ADD COLUMN age int NOT NULL;")
    run = migcompat("prove", "--since", "v2", "--server", server, "--format", "concise")
    assert found(run) == ["add-required-column"]
    assert "[proven: 23502]" in run.out


# check --prove


def test_check_decides_what_came_since(repository: Repository, migcompat: Run, server: str) -> None:
    commit(repository, "0002_a.sql", DYNAMIC)
    commit(repository, "0003_b.sql", "ALTER TABLE users ADD COLUMN age text;")
    run = migcompat("check", "--prove", "--server", server, "--since", "v1", "--format", "concise")
    assert (run.code, found(run)) == (1, ["change-column-type", "recreate-column"])
    assert "decided on the server: 1 statement built at run time or not understood" in run.out


def test_check_decides_what_is_staged_whatever_lies_in_the_work_tree(repository: Repository, migcompat: Run, server: str) -> None:
    repository.write("migrations/0002_a.sql", DYNAMIC)
    (repository.path / "migrations" / "0002_a.sql").write_text(HARMLESS)
    (repository.path / "migrations" / "0003_b.sql").write_text("DROP TABLE users;\n")
    run = migcompat("check", "--prove", "--server", server, "--staged", "--format", "concise")
    assert (run.code, found(run)) == (1, ["drop-column"])


def test_check_decides_on_the_work_tree_where_git_is_not_asked(repository: Repository, migcompat: Run, server: str) -> None:
    repository.write("migrations/0002_a.sql", DYNAMIC)
    (repository.path / "migrations" / "0002_a.sql").write_text(HARMLESS)
    run = migcompat("check", "--prove", "--server", server, "migrations", "--format", "concise")
    assert (run.code, found(run)) == (0, [])


def test_check_decides_between_the_revisions_that_are_pushed(
    repository: Repository, migcompat: Run, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, "0002_a.sql", DYNAMIC)
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "v1")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", repository.git("rev-parse", "HEAD"))
    repository.git("reset", "--quiet", "--hard", "v1")
    run = migcompat("check", "--prove", "--server", server, "--staged", "--format", "concise")
    assert (run.code, found(run)) == (1, ["drop-column"])


def test_check_goes_on_with_what_the_server_has(repository: Repository, migcompat: Run, server: str) -> None:
    commit(repository, "0002_a.sql", DYNAMIC)
    commit(repository, "0003_b.sql", "ALTER TABLE users ADD COLUMN age int NOT NULL;")
    run = migcompat("check", "--prove", "--server", server, "migrations", "--format", "concise")
    assert found(run) == ["drop-column", "add-required-column"]


def test_no_server_is_asked_where_the_text_says_all(repository: Repository, migcompat: Run) -> None:
    commit(repository, "0002_a.sql", "ALTER TABLE users DROP COLUMN age;")
    run = migcompat("check", "--prove", "--server", NOWHERE, "--since", "v1", "--format", "concise")
    assert (run.code, found(run)) == (1, ["drop-column"])


def test_a_server_that_cannot_be_had_is_no_verdict(repository: Repository, migcompat: Run) -> None:
    commit(repository, "0002_a.sql", DYNAMIC)
    run = migcompat("check", "--prove", "--server", NOWHERE, "--since", "v1")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("migcompat: the server cannot be used: ")


def test_a_server_is_for_proving(repository: Repository, migcompat: Run) -> None:
    run = migcompat("check", "--server", NOWHERE, "migrations")
    assert (run.code, run.out) == (2, "")
    assert "--server is for --prove" in run.err
