"""Which files are migrations, in what order, in which history."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import Aside, History


@pytest.fixture(autouse=True)
def _working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("SELECT 1;\n")


def names(history: History) -> list[str]:
    return [migration.name for migration in history.migrations]


def judged(history: History) -> list[str]:
    return [migration.name for migration in history.migrations if migration.judged]


ORDERS = {
    "integers compare as numbers": ["1_a.sql", "2_b.sql", "10_c.sql"],
    "padded and un-padded mixed": ["001_a.sql", "2_b.sql", "0010_c.sql", "11_d.sql"],
    "timestamps": ["20230101000000_a.sql", "20231231235959_b.sql", "20240101000000_c.sql"],
    "dates with dashes among plain timestamps": ["00000000000000_setup/up.sql", "2019-02-26-002946_a/up.sql", "20200101000000_b/up.sql"],
    "dates with a counter": ["2026-06-03-220228-0000_a/up.sql", "2026-06-03-220228-0001_b/up.sql"],
    "up suffixes": ["1_a.up.sql", "2_b_up.sql", "10_c.up.sql"],
    "prisma": ["20230101000000_init/migration.sql", "20240101000000_next/migration.sql"],
    "flyway": ["V1__a.sql", "V1_1__b.sql", "V1.2__c.sql", "V1_10__d.sql", "V2__e.sql", "R__views.sql"],
    "flyway in directories": ["old/V1__a.sql", "V2__b.sql", "old/V3__c.sql"],
    "version directories": ["0/01_a.up.sql", "2/01_b.up.sql", "2/02_c.up.sql", "10/01_d.up.sql"],
    "no version comes last": ["1_a.sql", "views.sql"],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_order(order: list[str]) -> None:
    write(*(f"migrations/{name}" for name in reversed(order)))
    [history] = discover(["migrations"], Config())
    assert names(history) == order


def test_down_files_are_left_aside_and_named() -> None:
    write("m/1_a.up.sql", "m/1_a.down.sql", "m/2_b_up.sql", "m/2_b_down.sql", "m/3_slow_down.sql")
    [history] = discover(["m"], Config())
    assert names(history) == ["1_a.up.sql", "2_b_up.sql", "3_slow_down.sql"]
    assert {(left.path, left.why) for left in history.left_aside} == {
        ("m/1_a.down.sql", Aside.BACKWARD),
        ("m/2_b_down.sql", Aside.BACKWARD),
    }


def test_a_named_file_is_judged_within_its_history() -> None:
    write("db/1_a/up.sql", "db/2_b/up.sql", "db/2_b/down.sql", "db/3_c/up.sql")
    [history] = discover(["db/2_b/up.sql"], Config())
    assert history.root == "db"
    assert names(history) == ["1_a/up.sql", "2_b/up.sql", "3_c/up.sql"]
    assert judged(history) == ["2_b/up.sql"]
    assert history.left_aside == ()


def test_several_files_of_one_root_make_one_history() -> None:
    write("m/1_a.sql", "m/2_b.sql", "m/3_c.sql")
    [history] = discover(["m/1_a.sql", "./m/3_c.sql"], Config())
    assert judged(history) == ["1_a.sql", "3_c.sql"]


def test_paths_are_relative_to_the_working_directory(tmp_path: Path) -> None:
    write("m/1_a.sql")
    [history] = discover([str(tmp_path / "m")], Config())
    assert history.migrations[0].path == "m/1_a.sql"


def test_a_directory_without_migration_is_an_error() -> None:
    Path("empty").mkdir()
    with pytest.raises(CheckError, match=r"no migration in empty: no \.sql file found"):
        discover(["empty"], Config())


def test_a_missing_path_is_an_error() -> None:
    with pytest.raises(CheckError, match="nowhere does not exist"):
        discover(["nowhere"], Config())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_fifo_is_an_error() -> None:
    write("m/1_a.sql")
    os.mkfifo("m/2_b.sql")
    with pytest.raises(CheckError, match=r"m/2_b\.sql is not a regular file"):
        discover(["m"], Config())


def test_a_link_to_a_directory_above_is_an_error() -> None:
    write("m/1_a.sql")
    Path("m/again").symlink_to("..", target_is_directory=True)
    with pytest.raises(CheckError, match="m/again is a symbolic link to a directory that contains it"):
        discover(["m"], Config())
