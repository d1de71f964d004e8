"""`migcompat explain RULE`, as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_snapshot.plugin import Snapshot

from migcompat.rules.every import RULES

if TYPE_CHECKING:
    from conftest import Run

WITHOUT_THE_PARSER = """
import sys
from migcompat import cli
code = 0
for arguments in {runs}:
    sys.argv = ["migcompat", *arguments]
    try:
        cli.main()
    except SystemExit as stop:
        code = code or stop.code
sys.exit(code or "sqlglot" in sys.modules)
"""


def test_a_rule_on_one_screen(migcompat: Callable[..., Run], snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(str(migcompat("explain", "drop-column")), "explain_rule.txt")


def test_the_other_formats(migcompat: Callable[..., Run]) -> None:
    assert migcompat("explain", "drop-column", "--format", "markdown").out.startswith("# drop-column: A column is dropped\n")
    assert json.loads(migcompat("explain", "drop-column", "--format", "json").out)["sqlstate"] == "42703"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("drop-colum", "`drop-colum` is not a rule: did you mean `drop-column`?"),
        ("DROP-COLUMN", "`DROP-COLUMN` is not a rule: did you mean `drop-column`?"),
        ("zzz", "`zzz` is not a rule; `migcompat rules` lists them"),
    ],
)
def test_an_unknown_rule_gets_the_nearest_one(migcompat: Callable[..., Run], name: str, says: str) -> None:
    run = migcompat("explain", name)
    assert (run.code, run.out, run.err) == (2, "", f"migcompat: {says}\n")


def test_no_rule_waits_for_the_parser() -> None:
    code = WITHOUT_THE_PARSER.format(runs=[["rules"], *(["explain", rule.name] for rule in RULES)])
    assert subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL).returncode == 0
