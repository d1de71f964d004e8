"""Whole reports over the fixture histories, as a user reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

TOP = Path(__file__).resolve().parents[2]
HISTORIES = ("chat", "clinic", "ledger", "ticketing", "webshop")


def check(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "migcompat", "check", *arguments]
    return subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("form", ["full", "concise", "github", "json"])
@pytest.mark.parametrize("history", HISTORIES)
def test_report(history: str, form: str, clean_environment: dict[str, str], snapshot: Snapshot) -> None:
    shown = check(clean_environment, f"fixtures/{history}", "--format", form)
    assert (shown.returncode, shown.stderr) == (1, "")
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots" / "check"
    snapshot.assert_match(shown.stdout, f"{history}.{form}.txt")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no/such/path"], "no/such/path does not exist"),
        (["docs"], "no migration in docs"),
        (["fixtures/webshop", "--format", "xml"], "unknown format 'xml'"),
        (["fixtures/webshop", "--select", "drop-colum"], "did you mean `drop-column`?"),
        (["fixtures/webshop", "--since", "no-such-branch"], "no-such-branch"),
    ],
)
def test_what_cannot_be_checked_is_exit_2_and_one_clear_line(arguments: list[str], says: str, clean_environment: dict[str, str]) -> None:
    shown = check(clean_environment, *arguments)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert says in shown.stderr
    assert shown.stderr.count("\n") == 1


def test_one_file_is_judged_on_all_before_it(clean_environment: dict[str, str]) -> None:
    shown = check(clean_environment, "fixtures/webshop/0010_drop_customer_full_name.sql", "--format", "concise", "--no-overrides")
    assert shown.returncode == 1
    assert "drop-column: column full_name of public.customers is dropped" in shown.stdout
    assert "1 of 12 migrations" in shown.stdout
