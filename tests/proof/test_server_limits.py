"""What a migration cannot do on the server that it is proven on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from migcompat.errors import CheckError
from migcompat.proof.limits import MEGABYTE, Limits
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server, open_server

URL = os.environ.get("MIGCOMPAT_TEST_SERVER")

REFUSED = [
    "COPY pg_class TO PROGRAM 'cat >/dev/null'",
    "COPY pg_class FROM PROGRAM 'id'",
    "COPY pg_class TO '/tmp/migcompat-test'",
    "CREATE TABLE t (line text); COPY t FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(lo_create(0), '/tmp/migcompat-test')",
    "CREATE FUNCTION system(cstring) RETURNS int LANGUAGE c AS '/lib/x86_64-linux-gnu/libc.so.6', 'system'",
    "CREATE FUNCTION load(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'",
    "LOAD '/tmp/x.so'",
    "ALTER SYSTEM SET archive_command = 'id'",
    "SELECT pg_reload_conf()",
    "CREATE TABLESPACE t LOCATION '/tmp'",
    "CREATE DATABASE other",
    "DROP DATABASE postgres",
    "ALTER DATABASE postgres RENAME TO other",
    "CREATE SUBSCRIPTION s CONNECTION 'host=example.org' PUBLICATION p",
    "CREATE EXTENSION file_fdw",
    "CREATE EXTENSION dblink",
    "GRANT pg_execute_server_program TO CURRENT_USER",
    "GRANT pg_read_server_files TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "CREATE ROLE more SUPERUSER",
    "SET SESSION AUTHORIZATION postgres",
    "SET temp_file_limit = -1",
    "SET log_statement = 'all'",
    "UPDATE pg_authid SET rolsuper = true",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
]


@pytest.fixture(scope="module")
def shared(postgres: Server) -> Iterator[Scratch]:
    """One database for all statements that are refused: nothing of them stays."""
    with postgres.scratch() as made:
        yield made


@pytest.mark.parametrize("statement", REFUSED)
def test_files_programs_network_and_more_rights_are_refused(shared: Scratch, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.InvalidParameterValue)) as refusal:
        shared.connection.execute(statement)
    assert refusal.value.sqlstate in {"42501", "0A000", "22023"}
    if not isinstance(refusal.value, errors.InsufficientPrivilege):
        assert "extension" in str(refusal.value) or "does not exist" in str(refusal.value)


def test_the_owner_is_no_superuser_and_can_do_what_migrations_do(scratch: Scratch) -> None:
    connection = scratch.connection
    assert (
        connection.execute("SELECT rolsuper, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
        == (False,) * 3
    )
    connection.execute("CREATE SCHEMA app; CREATE TABLE app.t (a int); CREATE PUBLICATION p FOR TABLE app.t; SELECT lo_create(0)")
    connection.execute(
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; ALTER DATABASE CURRENT SET search_path = app".replace(
            "CURRENT", scratch.name
        )
    )


def stopped(limits: Limits, *statements: str) -> str:
    """What the caller is told when statements run into a limit."""
    with open_server(URL, limits) as server:
        try:
            with server.database() as connection:
                for statement in statements:
                    connection.execute(statement)
        except CheckError as error:
            return str(error)
    return "not stopped"


def test_a_slow_statement_is_cancelled_and_the_connection_goes_on() -> None:
    with open_server(URL, Limits(statement_seconds=1)) as server, server.database() as connection:
        with pytest.raises(errors.QueryCanceled, match="statement timeout"):
            connection.execute("SELECT pg_sleep(60)")
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_switching_the_timeout_off_does_not_help() -> None:
    loop = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"
    assert stopped(Limits(statement_seconds=1), "SET statement_timeout = 0", loop) == (
        "stopped: a statement ran longer than 1 s, with statement_timeout switched off"
    )


def test_all_work_together_has_a_limit() -> None:
    assert stopped(Limits(total_seconds=0.7), *["SELECT pg_sleep(0.01)"] * 1000) == "stopped: the work on the server took longer than 0.7 s"


def test_a_migration_cannot_fill_the_disk() -> None:
    fill = "DO $$ BEGIN LOOP INSERT INTO t SELECT repeat('x', 200) FROM generate_series(1, 1000); END LOOP; END $$"
    limits = Limits(disk_bytes=64 * MEGABYTE)
    assert stopped(limits, "CREATE TABLE t (x text)", fill) == "stopped: the scratch databases grew beyond 64 MB"


def test_a_statement_cannot_fill_the_disk_with_temporary_files() -> None:
    sort = "SELECT count(*) FROM (SELECT n FROM generate_series(1, 10000000) AS n ORDER BY -n) AS sorted"
    reason = stopped(Limits(disk_bytes=32 * MEGABYTE), sort).replace('"', "")  # an empty database is smaller than that
    assert reason == "the server cannot go on: temporary file size exceeds temp_file_limit (32768kB)"


def test_an_error_of_a_statement_is_no_failure_of_the_server(postgres: Server, scratch: Scratch) -> None:
    with pytest.raises(psycopg.Error) as error:
        scratch.connection.execute("SELECT nothing")
    assert postgres.failure(error.value) is None
    assert postgres.failure(ValueError()) is None
