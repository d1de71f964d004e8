"""A draft in the project's own layout: its numbering, its sections, its pairs. What is written is a migration like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from migcompat.config import Config
from migcompat.migrations.discovery import discover
from migcompat.migrations.source import read

Command = Callable[..., "object"]

SCHEMA = "CREATE TABLE users (id int PRIMARY KEY, nick text);\n"
DROP = "ALTER TABLE users DROP COLUMN nick;\n"
BACK = "ALTER TABLE users ADD COLUMN nick text;"
NOTHING = "-- Nothing to undo: this migration only gives back what code relies on.\n"


@pytest.mark.parametrize(
    ("first", "second", "written", "around"),
    [
        ("1_users.sql", "2_drop.sql", "3_fix_forward_drop.sql", None),
        ("001_users.sql", "002_drop.sql", "003_fix_forward_drop.sql", ("-- +goose Up\n", "\n-- +goose Down\nSELECT 1;\n")),
        ("001_users.sql", "002_drop.sql", "003_fix_forward_drop.sql", ("-- migrate:up\n", "\n-- migrate:down\n")),
        ("001-users.sql", "002-drop-nick.sql", "003-fix-forward-drop-nick.sql", ("-- +migrate Up\n", "\n-- +migrate Down\n")),
        ("001_users.sql", "002_drop.sql", "003_fix_forward_drop.sql", ("", "\n---- create above / drop below ----\n")),
        ("1_users.sql", "2_drop.sql", "3_fix_forward_drop.sql", ("-- Up Migration\n", "\n-- Down Migration\n")),
        ("1_users.sql", "2_drop.sql", "3_fix_forward_drop.sql", ("-- // drop\n", "\n-- //@UNDO\n")),
        ("1_users.sql", "2_drop.sql", "3_fix_forward_drop.sql", ("--liquibase formatted sql\n--changeset ann:1\n", "")),
        ("V1__users.sql", "V2__drop.sql", "V3__fix_forward_drop.sql", None),
        ("1_users/up.sql", "2_drop/up.sql", "3_fix_forward_drop/up.sql", None),
        ("1_users/migration.sql", "2_drop/migration.sql", "3_fix_forward_drop/migration.sql", None),
    ],
    ids=["plain", "goose", "dbmate", "sql-migrate", "tern", "node-pg-migrate", "mybatis", "liquibase", "flyway", "folders", "prisma"],
)
def test_the_draft_is_a_migration_of_the_layout(
    first: str,
    second: str,
    written: str,
    around: tuple[str, str] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    migcompat: Command,
) -> None:
    up, down = around or ("", "")
    for name, sql in ((first, SCHEMA), (second, DROP)):
        path = tmp_path / "migrations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{up}{sql}{down}")
    monkeypatch.chdir(tmp_path)
    assert migcompat("fix-forward", f"migrations/{second}", "--write").err.startswith(f"migcompat: created migrations/{written}\n")
    newest = discover(["migrations"], Config())[0].migrations[-1]
    source = read(newest)
    assert newest.name == written
    assert BACK in "".join(source.text[span.start : span.end] for span in source.forward)
    if down:
        assert any(marker in source.text for marker in ("own", "undo", "UNDO", "below"))
        assert "Nothing to undo" not in "".join(source.text[span.start : span.end] for span in source.forward)


@pytest.mark.parametrize(
    ("second", "down", "written"),
    [
        ("2_drop.up.sql", "2_drop.down.sql", "3_fix_forward_drop.down.sql"),
        ("2_drop_up.sql", "2_drop_down.sql", "3_fix_forward_drop_down.sql"),
        ("2_drop/up.sql", "2_drop/down.sql", "3_fix_forward_drop/down.sql"),
        ("002.do.drop.sql", None, None),
    ],
)
def test_where_each_migration_has_its_way_back_the_draft_has_one(
    second: str, down: str | None, written: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migcompat: Command
) -> None:
    root = tmp_path / "migrations"
    for name, sql in (
        (second.replace("2", "1").replace("drop", "users"), SCHEMA),
        (second, DROP),
        *(((down, "SELECT 1;"),) if down else ()),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(sql)
    monkeypatch.chdir(tmp_path)
    migcompat("fix-forward", f"migrations/{second}", "--write")
    ways_back = [path.relative_to(root).as_posix() for path in root.rglob("*.sql") if path.read_text() == NOTHING]
    assert ways_back == ([written] if written else [])


def test_a_body_with_semicolons_is_kept_together_for_goose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migcompat: Command) -> None:
    body = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;"
    (tmp_path / "1_f.sql").write_text(f"-- +goose Up\n-- +goose StatementBegin\n{body}\n-- +goose StatementEnd\n-- +goose Down\n")
    (tmp_path / "2_drop.sql").write_text("-- +goose Up\nDROP FUNCTION f;\n-- +goose Down\n")
    monkeypatch.chdir(tmp_path)
    text = migcompat("fix-forward", "2_drop.sql").out
    assert f"-- +goose StatementBegin\n{body}\n-- +goose StatementEnd\n" in text


def test_a_list_of_migrations_wants_the_draft_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migcompat: Command) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "sqitch.plan").write_text("%project=shop\n\nusers 2024-01-01T00:00:00Z Ann <ann@example.org>\n"
                                          "drop [users] 2024-01-02T00:00:00Z Ann <ann@example.org>\n")  # fmt: skip
    (tmp_path / "deploy/users.sql").write_text(SCHEMA)
    (tmp_path / "deploy/drop.sql").write_text(DROP)
    monkeypatch.chdir(tmp_path)
    run = migcompat("fix-forward", "deploy/drop.sql", "--write")
    assert "created deploy/fix_forward_drop.sql\n" in run.err
    assert "add it to sqitch.plan: sqitch add\n" in run.err


def test_no_file_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migcompat: Command) -> None:
    (tmp_path / "1_users.up.sql").write_text(SCHEMA)
    (tmp_path / "2_drop.up.sql").write_text(DROP)
    (tmp_path / "2_drop.down.sql").write_text("")
    (tmp_path / "3_fix_forward_drop.down.sql").write_text("mine")
    monkeypatch.chdir(tmp_path)
    run = migcompat("fix-forward", "2_drop.up.sql", "--write")
    assert (run.code, run.err) == (2, "migcompat: 3_fix_forward_drop.down.sql is there already: nothing was written\n")
    assert not (tmp_path / "3_fix_forward_drop.up.sql").exists()
    assert (tmp_path / "3_fix_forward_drop.down.sql").read_text() == "mine"


def test_migrations_without_a_version_are_only_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migcompat: Command) -> None:
    (tmp_path / "a_users.sql").write_text(SCHEMA)
    (tmp_path / "b_drop.sql").write_text(DROP)
    monkeypatch.chdir(tmp_path)
    assert BACK in migcompat("fix-forward", "b_drop.sql").out
    run = migcompat("fix-forward", "b_drop.sql", "--write")
    assert run.code == 2
    assert "no version to count on from" in run.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_users.sql", "b_drop.sql"]
