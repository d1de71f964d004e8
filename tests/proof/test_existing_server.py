"""`--server URL`: what can be wrong with it."""

from __future__ import annotations

import pytest
from psycopg.conninfo import make_conninfo

from migcompat.errors import CheckError
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server, open_server


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "--server is not a PostgreSQL URL"),
        ("postgresql://localhost:notaport/x", "the server cannot be used"),
        ("postgresql://127.0.0.1:1/x", "the server cannot be used"),
        ("host=/nonexistent", "the server cannot be used"),
    ],
)
def test_a_url_that_leads_nowhere_is_one_clear_line(url: str, words: str) -> None:
    with pytest.raises(CheckError, match=words) as error, open_server(url):
        pass
    assert "\n" not in str(error.value)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(CheckError) as error, open_server("postgresql://someone:s3cret@127.0.0.1:1/x"):
        pass
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("rights", ["", "CREATEDB", "CREATEROLE"])
def test_a_role_that_may_not_make_scratch_databases_is_told_what_it_needs(
    postgres: Server, scratch: Scratch, server: str, rights: str
) -> None:
    with pytest.raises(CheckError, match="ALTER ROLE migcompat_test_user CREATEDB CREATEROLE"):
        open_as(postgres, server, rights)


def test_a_role_without_superuser_is_enough(postgres: Server, server: str) -> None:
    open_as(postgres, server, "CREATEDB CREATEROLE")


def open_as(postgres: Server, server: str, rights: str) -> None:
    postgres.admin.execute(f"CREATE ROLE migcompat_test_user LOGIN PASSWORD 'x' {rights}")
    try:
        with open_server(make_conninfo(server, user="migcompat_test_user", password="x")) as existing, existing.scratch() as scratch:
            scratch.connection.execute("CREATE TABLE t (a int)")
            assert scratch.admin.execute("SELECT count(*) FROM pg_tables WHERE tablename = 't'").fetchone() == (1,)
            assert scratch.ensure_role("migcompat_test_app")
            scratch.connection.execute("GRANT SELECT ON t TO migcompat_test_app")
    finally:
        postgres.admin.execute("DROP ROLE migcompat_test_user")
