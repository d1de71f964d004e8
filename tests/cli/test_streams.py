"""Where nobody reads what is said, or it cannot be written, the exit code still tells: 2, for nothing was reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture
def compatible(tmp_path: Path) -> Path:
    (tmp_path / "1_a.sql").write_text("CREATE TABLE t (a integer);")
    return tmp_path


def shell(script: str, directory: Path) -> tuple[int, str]:
    """A script in which $@ is migcompat: its exit code, and what went to standard error."""
    command = [sys.executable, "-m", "migcompat"]
    done = subprocess.run(["/bin/sh", "-c", script, "sh", *command], cwd=directory, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_reader_that_leaves_is_no_break(compatible: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "migcompat", "check", "--format", "json", "."]
    try:
        done = subprocess.run(command, cwd=compatible, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (2, "")


@needs_full
@pytest.mark.parametrize("command", ["check .", "schema .", "rules", "explain drop-column", "--version"])
def test_a_full_disk_is_no_break(compatible: Path, command: str) -> None:
    assert shell(f'"$@" {command} >/dev/full', compatible) == (2, "migcompat: cannot go on: No space left on device\n")


def test_a_closed_standard_output_is_said(compatible: Path) -> None:
    assert shell('"$@" check . >&-', compatible) == (2, "migcompat: standard output is closed: there is nowhere to report to\n")


@pytest.mark.parametrize("to", ["2>&-", pytest.param("2>/dev/full", marks=needs_full)])
def test_where_an_error_cannot_be_said_the_exit_code_tells(compatible: Path, to: str) -> None:
    assert shell(f'"$@" check nowhere.sql {to}', compatible) == (2, "")
    assert shell(f'"$@" check . {to}', compatible) == (0, "")
