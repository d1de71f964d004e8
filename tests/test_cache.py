"""The cache saves time and decides nothing."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from migcompat import cache, packing, reading
from migcompat import run as running
from migcompat.findings import Report
from migcompat.run import Request, run

FIXTURES = Path(__file__).parents[1] / "fixtures"
HISTORIES = sorted(path for path in FIXTURES.iterdir() if path.is_dir() and path.name != "adr-053-d5")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache directory that keeps states of short histories, too."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(running, "_WORTH_A_CACHE", 1)
    return tmp_path / "cache"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    directory = tmp_path / "migrations"
    directory.mkdir()
    for number in range(1, 6):
        (directory / f"{number}_t{number}.sql").write_text(f"CREATE TABLE t{number} (id integer, name text);\n")
    (directory / "6_views.sql").write_text("CREATE VIEW v AS SELECT id, name FROM t1;\n")
    (directory / "7_drop.sql").write_text("-- compat: breaking (reason: nobody reads it)\nALTER TABLE t2 DROP COLUMN name;\n")
    (directory / "8_drop.sql").write_text("ALTER TABLE t3 DROP COLUMN name;\n")
    return directory


def checked(directory: Path, *, with_cache: bool = True) -> Report:
    return run(Request((str(directory),), cache=with_cache))


def test_the_fixtures_are_there() -> None:
    assert len(HISTORIES) >= 4


@pytest.mark.parametrize("directory", HISTORIES, ids=lambda path: path.name)
def test_a_verdict_is_the_same_without_a_cache_with_a_new_one_and_with_a_full_one(directory: Path, kept: Path) -> None:
    without = checked(directory, with_cache=False)
    assert not kept.exists()
    assert checked(directory) == without
    assert kept.exists()
    assert checked(directory) == without


@pytest.mark.parametrize("directory", HISTORIES, ids=lambda path: path.name)
def test_a_history_that_grows_is_judged_as_one_that_was_there_at_once(directory: Path, kept: Path, tmp_path: Path) -> None:
    growing = tmp_path / directory.name
    growing.mkdir()
    entries = sorted(path for path in directory.iterdir() if path.is_dir() or path.suffix == ".sql")
    for part in (entries[: len(entries) // 2], entries[len(entries) // 2 : -1], entries[-1:]):
        for entry in part:
            if entry.is_dir():
                shutil.copytree(entry, growing / entry.name)
            else:
                shutil.copy(entry, growing)
        assert checked(growing) == checked(growing, with_cache=False)


@pytest.mark.parametrize("directory", HISTORIES, ids=lambda path: path.name)
def test_other_processes_lower_as_this_one(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = checked(directory, with_cache=False)
    monkeypatch.setattr(reading, "_WORTH_A_PROCESS", 0)
    monkeypatch.setattr(reading, "_BATCH", 500)
    monkeypatch.setattr(reading, "_processes", lambda: 2)
    assert checked(directory, with_cache=False) == alone


@pytest.mark.parametrize("edited", ["1_t1.sql", "3_t3.sql", "8_drop.sql"])
def test_an_edited_migration_is_read_anew(history: Path, kept: Path, edited: str) -> None:
    checked(history)
    (history / edited).write_text("CREATE TABLE other (id integer);\n")
    assert checked(history) == checked(history, with_cache=False)


def test_a_new_migration_goes_on_where_the_last_run_stopped(history: Path, kept: Path) -> None:
    checked(history)
    (history / "9_drop.sql").write_text("DROP TABLE t4;\n")
    found = checked(history)
    assert found == checked(history, with_cache=False)
    assert "drop-table" in {finding.rule for finding in found.findings}


def test_a_state_without_its_schema_is_as_if_it_were_not_there(history: Path, kept: Path) -> None:
    checked(history)
    (schema,) = kept.glob("judged-*-schema")
    (history / "9_drop.sql").write_text("DROP TABLE t4;\n")
    expected = checked(history, with_cache=False)
    schema.unlink()
    assert checked(history) == expected


def test_a_state_is_not_taken_with_the_schema_of_another_run(history: Path, kept: Path) -> None:
    checked(history)
    (schema,) = kept.glob("judged-*-schema")
    earlier = schema.read_bytes()
    (history / "9_drop.sql").write_text("DROP TABLE t4;\n")
    checked(history)
    schema.write_bytes(earlier)
    schema.chmod(0o600)
    (history / "10_drop.sql").write_text("ALTER TABLE t5 DROP COLUMN name;\n")
    assert checked(history) == checked(history, with_cache=False)


def test_another_setting_is_another_state(history: Path, kept: Path) -> None:
    checked(history)
    assert not run(Request((str(history),), select=("drop-table",))).findings


def test_a_damaged_file_is_as_if_it_were_not_there(history: Path, kept: Path) -> None:
    expected = checked(history)
    for file in kept.iterdir():
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)
    assert checked(history) == expected


def test_an_empty_file_is_as_if_it_were_not_there(history: Path, kept: Path) -> None:
    expected = checked(history)
    for file in kept.iterdir():
        file.write_bytes(b"")
    assert checked(history) == expected


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_nobody_waits_for_a_fifo_in_the_cache(history: Path, kept: Path) -> None:
    expected = checked(history)
    for file in [*kept.iterdir()]:
        file.unlink()
        os.mkfifo(file)
    assert checked(history) == expected


def test_a_state_of_another_build_is_not_used(history: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(history)
    opened = cache.Cache(str(kept), b"another build...")
    assert not any(opened.read(file.name) for file in kept.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are access lists there")
def test_what_others_may_write_is_not_read(history: Path, kept: Path) -> None:
    checked(history)
    opened = cache.open_cache()
    assert opened is not None
    names = [file.name for file in kept.iterdir()]
    assert all(opened.read(name) for name in names)
    for name in names:
        (kept / name).chmod(0o666)
    assert not any(opened.read(name) for name in names)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are access lists there")
def test_a_directory_that_others_may_write_to_is_no_cache(kept: Path) -> None:
    kept.mkdir()
    kept.chmod(0o777)
    assert cache.open_cache() is None


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_is_no_cache(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    kept.symlink_to(tmp_path / "elsewhere")
    assert cache.open_cache() is None


def test_a_cache_that_cannot_be_made_is_none(history: Path, kept: Path) -> None:
    kept.write_text("a file where the directory should be")
    assert checked(history) == checked(history, with_cache=False)


def test_a_full_disk_is_no_cache(history: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = checked(history, with_cache=False)

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    assert checked(history) == expected
    assert not list(kept.iterdir())


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def test_a_pickle_that_calls_anything_but_a_plain_class_is_refused() -> None:
    with pytest.raises(pickle.UnpicklingError, match="no plain class"):
        packing.unpack(pickle.dumps(Evil()))
    with pytest.raises(pickle.UnpicklingError, match="no plain class"):
        packing.unpack(b"cmigcompat.findings\nhashlib\n.")


def test_what_is_kept_is_found_again(kept: Path) -> None:
    opened = cache.open_cache()
    assert opened is not None
    keys = [cache.digest(bytes([number])) for number in range(200)]
    for key in keys:
        opened.keep_lowered(key, b"packed " + key)
    opened.flush()
    again = cache.open_cache()
    assert again is not None
    assert [again.lowered(key) for key in keys] == [b"packed " + key for key in keys]


def test_two_runs_at_once_keep_what_both_found(kept: Path) -> None:
    one, other = cache.open_cache(), cache.open_cache()
    assert one is not None
    assert other is not None
    first, second = bytes(16), bytes([0] * 15 + [1])
    one.keep_lowered(first, b"one")
    other.keep_lowered(second, b"other")
    one.flush()
    other.flush()
    again = cache.open_cache()
    assert again is not None
    assert (again.lowered(first), again.lowered(second)) == (b"one", b"other")


def test_with_a_full_cache_no_parser_is_loaded(history: Path, kept: Path) -> None:
    code = (
        "import sys; from migcompat import run as running; running._WORTH_A_CACHE = 1;"
        f" running.run(running.Request(({str(history)!r},))); sys.exit('sqlglot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 1
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_where_nothing_is_new_no_means_to_judge_are_loaded(history: Path, kept: Path) -> None:
    code = (
        "import sys; from migcompat import run as running; running._WORTH_A_CACHE = 1;"
        f" print(len(running.run(running.Request(({str(history)!r},))).findings));"
        " print(sorted({'migcompat.engine', 'migcompat.rules', 'migcompat.lowering', 'migcompat.schema'} & set(sys.modules)))"
    )
    said = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.splitlines() for _ in range(2)]
    assert said[0][0] == said[1][0] != "0"
    assert said[0][1] != said[1][1] == "[]"


def git(directory: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *who, *arguments], cwd=directory, check=True, capture_output=True)


def test_a_deploy_goes_on_from_what_was_deployed(history: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(history.parent)
    git(history, "init", "--quiet")
    git(history, "add", ".")
    git(history, "commit", "--quiet", "-m", "deployed")
    (history / "9_drop.sql").write_text("DROP TABLE t1;\n")
    without = run(Request(("migrations",), since="HEAD", cache=False))
    assert {"drop-table"} <= {finding.rule for finding in without.findings}
    first = run(Request(("migrations",), since="HEAD"))
    assert any(file.name.startswith("deployed-") for file in kept.iterdir())
    assert first == without
    assert run(Request(("migrations",), since="HEAD")) == without
