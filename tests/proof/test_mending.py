"""`fix-forward --prove`: the draft behind the deploy, on a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Prove = Callable[..., Any]
USERS = "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, age integer);\n"


@pytest.fixture
def mend(migcompat: Callable[..., Any], history: Callable[..., Path], server: str) -> Prove:
    """Drafts what mends the last of these migrations, and runs it."""

    def run(*migrations: str, options: tuple[str, ...] = ()) -> Any:
        history(*migrations)
        return migcompat("fix-forward", f"migrations/{len(migrations):04}_step.sql", "--prove", "--server", server, *options)

    return run


def test_what_worked_before_works_again(mend: Prove) -> None:
    run = mend(USERS, "ALTER TABLE users ALTER COLUMN age SET NOT NULL;\nALTER TABLE users RENAME COLUMN email TO mail;\n")
    assert run.code == 0
    assert "fail after the deploy and none with this migration behind it\n" in run.err
    assert " none fail after the deploy" not in run.err
    assert "with this migration the code before runs again" in run.err
    assert "still fails" not in run.err


def test_what_the_draft_does_not_speak_of_is_said(mend: Prove) -> None:
    run = mend(USERS, "CREATE INDEX ON users ((age + 2147483647));\nALTER TABLE users ALTER COLUMN age SET NOT NULL;\n")
    assert run.code == 1
    assert "22003 integer out of range (the draft says nothing of it)" in run.err


DYNAMIC = """\
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname LIKE 'ag_' LOOP
    EXECUTE format('ALTER TABLE users DROP COLUMN %I', name);
  END LOOP;
END $$;
"""


def test_what_the_text_does_not_say_is_drafted_from_what_the_server_has(mend: Prove) -> None:
    run = mend(USERS, DYNAMIC + "ALTER TABLE users ALTER COLUMN email TYPE varchar(100);\n")
    assert "ALTER TABLE users ADD COLUMN age integer;\n" in run.out
    assert "ALTER TABLE users ALTER COLUMN email TYPE text;\n" in run.out
    assert "and none with this migration behind it" in run.err
    assert "could not be understood" not in run.out.lower()
    assert run.code == 1, "the values are gone"


def test_what_cannot_be_run_stays_undecided(mend: Prove) -> None:
    run = mend(USERS, DYNAMIC + "SELECT nothing;\n")
    assert "Could not be understood" in run.out
    assert run.code == 1


def test_a_draft_that_does_not_run_is_not_written(mend: Prove, tmp_path: Path) -> None:
    unique = USERS + "ALTER TABLE users ADD UNIQUE (email);"
    doubled = "ALTER TABLE users DROP CONSTRAINT users_email_key;\nINSERT INTO users (email) VALUES ('a'), ('a');\n"
    run = mend(unique, doubled, options=("--write",))
    assert run.code == 1
    assert "rejects the draft at line " in run.err
    assert "(23505)" in run.err
    assert "nothing is written: the draft does not run" in run.err
    assert sorted(path.name for path in (tmp_path / "migrations").iterdir()) == ["0001_step.sql", "0002_step.sql"]


def test_a_draft_that_runs_is_written(mend: Prove, tmp_path: Path) -> None:
    run = mend(USERS, "ALTER TABLE users ALTER COLUMN age SET NOT NULL;", options=("--write",))
    assert (run.code, run.out) == (0, "")
    assert (tmp_path / "migrations" / "0003_fix_forward_step.sql").exists()


def test_what_still_fails_is_shown_beside_what_the_draft_says(
    migcompat: Callable[..., Any], history: Callable[..., Path], server: str
) -> None:
    history(USERS, "ALTER TABLE users ALTER COLUMN age SET NOT NULL;", "ALTER TABLE users DROP COLUMN email;")
    run = migcompat("fix-forward", "migrations/0002_step.sql", "--prove", "--server", server)
    assert run.code == 1
    assert '42703 column "email" does not exist (drop-column of public.users.email)' in run.err


def test_a_deploy_that_does_not_run_proves_nothing(mend: Prove) -> None:
    run = mend(USERS, "ALTER TABLE users ALTER COLUMN age SET NOT NULL;\nINSERT INTO users (nothing) VALUES (1);\n")
    assert run.code == 1
    assert "0002_step.sql does not run on PostgreSQL 18" in run.err or "0002_step.sql does not run on PostgreSQL" in run.err


def test_the_codes_own_statements_are_tried(mend: Prove, tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text("-- name: Oldest :one\nSELECT max(age) FROM users;\n")
    run = mend(USERS, "ALTER TABLE users DROP COLUMN age;\nCREATE VIEW age AS SELECT 1;", options=("--queries", "queries.sql"))
    assert "and none with this migration behind it" in run.err


@pytest.mark.parametrize("option", ["--server", "--queries"])
def test_options_of_the_server_are_for_the_proof(migcompat: Callable[..., Any], history: Callable[..., Path], option: str) -> None:
    history(USERS, "ALTER TABLE users DROP COLUMN age;")
    run = migcompat("fix-forward", "migrations/0002_step.sql", option, "x")
    assert run.code == 2
    assert "are for --prove" in run.err
