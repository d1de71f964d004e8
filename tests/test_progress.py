"""How far a long run is, on a terminal only."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import migcompat
from migcompat import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_run_counts_on_a_terminal_and_wipes_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SILENT", 0)
    monkeypatch.setattr(progress, "_EVERY", 0)
    terminal = Terminal()
    assert list(progress.shown(["a", "b"], terminal)) == ["a", "b"]
    assert terminal.getvalue() == "\r0 of 2 migrations\x1b[K\r1 of 2 migrations\x1b[K\r\x1b[K"


def test_a_short_run_says_nothing() -> None:
    terminal = Terminal()
    assert list(progress.shown(range(100), terminal)) == list(range(100))
    assert terminal.getvalue() == ""


def test_nothing_goes_into_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SILENT", 0)
    pipe = io.StringIO()
    assert list(progress.shown(["a"], pipe)) == ["a"]
    assert pipe.getvalue() == ""
    assert list(progress.shown(["a"], None)) == ["a"]


def test_a_library_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SILENT", 0)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    (tmp_path / "1_a.sql").write_text("CREATE TABLE a (id integer);\n")
    for _ in range(2):  # once it has been called, its name is still that of the function
        assert migcompat.check(str(tmp_path)).summary.migrations == 1
    assert terminal.getvalue() == ""
