"""A reviewer's signature under an override."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migcompat.errors import CheckError
from migcompat.signoff import Signature, add_signature, read_signatures

REASON = "-- compat: breaking (reason: nobody reads nick since v41)\n"


def migcompat(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    environment.pop("GITHUB_ACTIONS", None)
    return subprocess.run(
        [sys.executable, "-m", "migcompat", *arguments], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


def rules(directory: Path) -> list[tuple[str, bool]]:
    result = migcompat(directory, "check", "migrations", "--format", "json")
    return [(f["rule"], f["overridden"]) for f in json.loads(result.stdout)["findings"]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "migcompat.toml").write_text('signoff = "required"\n')
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0001_users.sql").write_text("CREATE TABLE users (id int PRIMARY KEY, nick text, mail text);")
    (tmp_path / "migrations/0002_drop_nick.sql").write_text(f"{REASON}ALTER TABLE users DROP COLUMN nick;")
    return tmp_path


def test_without_a_signature_an_override_does_not_count(project: Path) -> None:
    assert rules(project) == [("drop-column", False), ("unsigned-override", False)]


def test_a_signature_makes_it_count(project: Path) -> None:
    signed = migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ben", "--note", "asked the owners")
    assert signed.returncode == 0
    assert rules(project) == [("drop-column", True)]
    [signature] = read_signatures(project / "migcompat-signoff.toml")
    assert (signature.by, signature.note, signature.migration) == ("Ben", "asked the owners", "drop_nick")


def test_of_very_many_breaks_without_a_signature_the_first_are_named(project: Path) -> None:
    columns = [f"c{i}" for i in range(25)]
    (project / "migrations/0001_users.sql").write_text(f"CREATE TABLE users (id int, {', '.join(f'{c} text' for c in columns)});")
    dropped = ", ".join(f"DROP COLUMN {c}" for c in columns)
    (project / "migrations/0002_drop_nick.sql").write_text(f"{REASON}ALTER TABLE users {dropped};")
    assert "drop-column of public.users.c19 and 5 more" in migcompat(project, "check", "migrations", "--format", "concise").stdout
    migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ben")
    assert rules(project) == [("drop-column", True)] * 25


def test_it_survives_a_renumbering_and_a_rewording(project: Path) -> None:
    migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ben")
    (project / "migrations/0002_drop_nick.sql").unlink()
    (project / "migrations/0017_drop_nick.sql").write_text(f"-- moved\n\n{REASON}alter table users\n  drop nick;")
    assert rules(project) == [("drop-column", True)]


def test_it_lapses_when_what_breaks_changes(project: Path) -> None:
    migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ben")
    (project / "migrations/0002_drop_nick.sql").write_text(f"{REASON}ALTER TABLE users DROP COLUMN mail;")
    assert rules(project) == [("drop-column", False), ("unsigned-override", False), ("stale-signoff", False)]


def test_signing_twice_signs_nothing_more(project: Path) -> None:
    migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ben")
    again = migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ann")
    assert "no override without a signature" in again.stdout
    assert len(read_signatures(project / "migcompat-signoff.toml")) == 1


def test_a_migration_that_breaks_nothing_needs_no_signature(project: Path) -> None:
    assert "no override without a signature" in migcompat(project, "signoff", "migrations/0001_users.sql", "--by", "Ben").stdout
    assert migcompat(project, "signoff", "migrations/0009_none.sql", "--by", "Ben").returncode == 2


def test_the_list_of_overrides_shows_who_signed_and_what_is_stale(project: Path) -> None:
    migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ben")
    (project / "migrations/0003_nothing.sql").write_text(f"{REASON}ALTER TABLE users ADD COLUMN extra text;")
    shown = migcompat(project, "overrides", "migrations", "--format", "json")
    first, second = json.loads(shown.stdout)["overrides"]
    assert (first["signed_by"], first["stale"], first["lets_through"][0]["rule"]) == (["Ben"], False, "drop-column")
    assert (second["signed_by"], second["stale"], second["lets_through"]) == ([], True, [])


def test_the_list_of_overrides_shows_what_waits_for_a_signature(project: Path) -> None:
    migcompat(project, "signoff", "migrations/0002_drop_nick.sql", "--by", "Ben")
    (project / "migrations/0002_drop_nick.sql").write_text(f"{REASON}ALTER TABLE users DROP COLUMN nick, DROP COLUMN mail;")
    shown = migcompat(project, "overrides", "migrations").stdout
    assert "  lets through: drop-column public.users.nick\n  waits for a signature: drop-column public.users.mail\n" in shown


@pytest.mark.parametrize("text", ["[[signoff]]\nby = 'x'\n", "x = 1\n", "[[signoff]]\nmigration='a'\nbreaks='b'\nby='c'\n", "not toml"])
def test_a_file_of_another_form_is_an_error_of_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "signoff.toml"
    path.write_text(text)
    with pytest.raises(CheckError, match=r"signoff\.toml"):
        read_signatures(path)


def test_names_and_notes_of_any_text_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "signoff.toml"
    signature = Signature("drop_nick", ('abc drop-column public.t."c"',), 'Ünal "B" \\', "2026-11-23", "line\nbreak \x7f \x1b")
    add_signature(path, signature)
    add_signature(path, signature)
    assert read_signatures(path) == (signature, signature)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_sign_off_file_is_a_regular_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "signed.toml")
    with pytest.raises(CheckError, match="is not a regular file"):
        read_signatures(tmp_path / "signed.toml")
