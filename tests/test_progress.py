"""How far a long run is, on a terminal only."""

from __future__ import annotations

import io

import pytest

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
