"""Every format, rendered whole: for a deploy with one of everything, for a clean one, and for names that mean harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from migcompat.findings import Breaks, Report
from migcompat.frozen import replace
from migcompat.reports import RENDERERS
from migcompat.reports.model import Context

ENDINGS = {"markdown": "md", "json": "json", "sarif": "json", "gitlab": "json", "junit": "xml"}


@pytest.mark.parametrize("case", ["webshop", "clean", "hostile"])
def test_every_format_reads_as_before(case: str, context: Context, snapshot: Snapshot, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(case)
    rendered = {}
    for name, render in RENDERERS.items():
        text = render(report, context)
        if name == "sarif":
            text = json.dumps(json.loads(text), indent=1) + "\n"
        rendered[f"{name}_report.{ENDINGS.get(name, 'txt')}"] = text
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match_dir(rendered, case)


@pytest.mark.parametrize("name", RENDERERS)
def test_a_format_prints_no_control_character_whatever_the_names_are(name: str, hostile: Report, context: Context) -> None:
    text = RENDERERS[name](hostile, context)
    assert not {char for char in text if not char.isprintable()} - {"\n"}
    text.encode()


@pytest.mark.parametrize("name", RENDERERS)
def test_an_overridden_finding_is_shown_with_its_reason(name: str, webshop: Report, context: Context) -> None:
    text = RENDERERS[name](webshop, context)
    assert "overrid" in text.lower() or "suppressions" in text
    assert "unread since v41, drained 2026-10-02" in text


@pytest.mark.parametrize("name", [name for name in RENDERERS if name not in ("gitlab", "github")])
def test_a_clean_report_says_what_was_looked_at(name: str, clean: Report, context: Context) -> None:
    text = RENDERERS[name](clean, context)
    if name == "json":
        assert json.loads(text)["summary"] == {
            "migrations": 3,
            "statements": 11,
            "errors": 0,
            "warnings": 0,
            "notes": 0,
            "overridden": 0,
            "not_judged": 0,
        }
    else:
        assert "3 migrations, 11 statements (3 migrations since 1a2b3c4)" in text


def test_the_full_report_says_where_more_is_told_of_what_breaks(webshop: Report, clean: Report, context: Context) -> None:
    more = "migcompat explain "
    assert RENDERERS["full"](webshop, context).splitlines()[-1].endswith(f"{more}{next(f.rule for f in webshop.findings if f.counts)}")
    nothing = tuple(replace(finding, breaks=Breaks.NOTHING) for finding in webshop.findings)
    assert more not in RENDERERS["full"](replace(webshop, findings=nothing), context)
    assert more not in RENDERERS["full"](clean, context)
