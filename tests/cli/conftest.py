"""Whole runs of the command line, as a user types them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from migcompat import cli


@dataclass(frozen=True, slots=True)
class Run:
    """What one run left behind."""

    code: object
    out: str
    err: str

    def __str__(self) -> str:
        """All of it, for a snapshot."""
        return f"{self.out}{f'--- stderr{chr(10)}{self.err}' if self.err else ''}--- exit code {self.code}\n"


@pytest.fixture
def migcompat(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """`migcompat("explain", "drop-column")`."""

    def run(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["migcompat", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            cli.main()
        printed = capsys.readouterr()
        return Run(stop.value.code, printed.out, printed.err)

    return run
