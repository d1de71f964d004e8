"""Where reports go: formats and files of one run, colour, and what GitHub Actions is told."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from migcompat.errors import CheckError
from migcompat.findings import Breaks, Finding, Report, Severity, Summary
from migcompat.frozen import replace
from migcompat.reports import RENDERERS, github, markdown, output, verdict
from migcompat.reports.model import ANSI, Context
from migcompat.reports.output import Destination, colour, deliver, destinations, directory_below_top


def test_a_format_goes_to_standard_output_or_to_its_file() -> None:
    assert destinations(["full", "sarif=out/a=b.sarif", "markdown=-x.md"]) == (
        Destination("full"),
        Destination("sarif", "out/a=b.sarif"),
        Destination("markdown", "-x.md"),
    )
    assert destinations(["json=-"]) == (Destination("json"),)
    assert destinations([]) == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["jsn"], "unknown format 'jsn': did you mean json?"),
        (["xyz"], "unknown format 'xyz': the formats are full, concise, github, markdown, json, sarif, gitlab, junit"),
        (["json="], "no file given for format json: write --format json=FILE, or --format json for standard output"),
        (["full", "json"], "two formats for standard output: full and json; give one a file, as in --format json=FILE"),
        (["sarif=a", "json=a"], "two formats for a: sarif and json"),
    ],
)
def test_a_bad_format_value_says_what_to_write(values: Sequence[str], message: str) -> None:
    with pytest.raises(CheckError) as raised:
        destinations(values)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "expected"),
    [
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "", "FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {}, False, False),
    ],
)
def test_colour_is_decided_by_flag_then_environment_then_terminal(
    choice: str, environment: dict[str, str], terminal: bool, expected: bool
) -> None:
    assert colour(choice, environment, terminal) is expected


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_the_working_directory_is_placed_in_the_repository(variable: str, tmp_path: Path) -> None:
    inside = tmp_path / "services" / "shop"
    inside.mkdir(parents=True)
    assert directory_below_top({variable: str(tmp_path)}, str(inside)) == "services/shop"
    assert directory_below_top({variable: str(tmp_path)}, str(tmp_path)) == ""
    assert directory_below_top({variable: str(inside)}, str(tmp_path)) == ""
    assert directory_below_top({}, str(inside)) == ""


def run(report: Report, values: Sequence[str], environment: dict[str, str], context: Context | None = None) -> tuple[str, str]:
    """What a run prints on standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    deliver(report, destinations(values), context or Context(), environment, out=out, err=err)
    return out.getvalue(), err.getvalue()


def test_without_a_wish_the_full_report_is_printed(webshop: Report) -> None:
    assert run(webshop, [], {}) == (RENDERERS["full"](webshop, Context()), "")


def test_several_formats_come_from_one_run_and_files_have_no_colour(webshop: Report, tmp_path: Path) -> None:
    sarif, text = tmp_path / "a.sarif", tmp_path / "a.txt"
    out, err = run(webshop, ["concise", f"sarif={sarif}", f"full={text}"], {}, Context(palette=ANSI))
    assert (out, err) == (RENDERERS["concise"](webshop, Context()), "")
    assert sarif.read_text(encoding="utf-8") == RENDERERS["sarif"](webshop, Context())
    assert text.read_text(encoding="utf-8") == RENDERERS["full"](webshop, Context())


def test_only_files_leave_standard_output_empty(webshop: Report, tmp_path: Path) -> None:
    assert run(webshop, [f"json={tmp_path / 'a.json'}"], {}) == ("", "")


def test_a_file_that_cannot_be_written_is_an_error_after_the_report_was_printed(webshop: Report, tmp_path: Path) -> None:
    out = io.StringIO()
    with pytest.raises(CheckError, match=r"^cannot write .*/missing/a\.json: No such file or directory$"):
        deliver(webshop, destinations(["full", f"json={tmp_path}/missing/a.json"]), Context(), {}, out=out, err=out)
    assert "Breaks the prior generation" in out.getvalue()


def test_an_impossible_file_name_is_an_error_too(webshop: Report) -> None:
    with pytest.raises(CheckError, match=r"^cannot write a\\x00b: "):
        run(webshop, ["json=a\0b"], {})


def test_a_terminal_that_lacks_a_character_gets_it_written_out(webshop: Report) -> None:
    raw = io.BytesIO()
    terminal = io.TextIOWrapper(raw, encoding="ascii")
    deliver(webshop, (), Context(), {}, out=terminal, err=io.StringIO())
    assert b"public.customers.\\u5c3a\\u5bf8" in raw.getvalue()


def test_a_report_of_many_pieces_is_printed_whole(webshop: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_AT_ONCE", 7)
    out = io.StringIO()
    deliver(webshop, destinations(["json"]), Context(), {}, out=out, err=out)
    assert out.getvalue() == RENDERERS["json"](webshop, Context())


@pytest.mark.parametrize("name", RENDERERS)
def test_of_too_many_findings_the_worst_are_listed_and_all_are_counted(
    name: str, finding: Finding, report_of: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict, "_MOST_LISTED", 2)
    mild = replace(finding, severity=Severity.WARNING)
    unread, another = replace(finding, breaks=Breaks.NOTHING), replace(finding, breaks=Breaks.NOTHING, object="public.t.another")
    report = report_of(mild, unread, another, finding)
    out = io.StringIO()
    deliver(report, destinations([name]), Context(), {}, out=out, err=out)
    shown = verdict.listed(report)
    assert out.getvalue() == RENDERERS[name](shown, Context())
    assert shown.findings == (unread, finding)
    assert shown.notices == ("2 more findings are left out: a report lists 2",)
    assert (shown.summary, verdict.verdict(shown), verdict.headline(shown)) == (
        report.summary, verdict.verdict(report), verdict.headline(report),
    )  # fmt: skip
    assert verdict.listed(report_of(mild, finding)) == report_of(mild, finding)


@pytest.fixture
def actions(tmp_path: Path) -> dict[str, str]:
    """The environment of a step."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }


def test_under_actions_annotations_summary_and_outputs_come_by_themselves(webshop: Report, actions: dict[str, str]) -> None:
    Path(actions["GITHUB_STEP_SUMMARY"]).write_text("before\n", encoding="utf-8")
    Path(actions["GITHUB_OUTPUT"]).write_text("a=b\n", encoding="utf-8")
    assert run(webshop, [], actions) == (RENDERERS["github"](webshop, Context()), "")
    assert Path(actions["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8") == "before\n" + markdown.render(webshop, Context())
    assert Path(actions["GITHUB_OUTPUT"]).read_text(encoding="utf-8") == "a=b\nerrors=4\noverridden=1\nverdict=breaks\n"


@pytest.mark.parametrize("wish", ["full", "concise"])
def test_under_actions_text_for_people_is_never_read_as_commands(wish: str, hostile: Report, actions: dict[str, str]) -> None:
    out, err = run(hostile, [wish], actions)
    assert out == github.without_commands(RENDERERS[wish](hostile, Context())) + github.commands(hostile, Context())
    assert err == ""


def test_under_actions_json_on_standard_output_stays_json(webshop: Report, actions: dict[str, str]) -> None:
    out, err = run(webshop, ["json"], actions)
    assert len(json.loads(out)["findings"]) == 6
    assert err == github.commands(webshop, Context())


def test_under_actions_a_summary_asked_for_is_written_once(clean: Report, actions: dict[str, str]) -> None:
    run(clean, [f"markdown={actions['GITHUB_STEP_SUMMARY']}"], actions)
    assert Path(actions["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8") == markdown.render(clean, Context())


def test_under_actions_a_step_summary_never_grows_past_what_github_keeps(finding: Finding, actions: dict[str, str]) -> None:
    many = Report((finding,) * 5000, Summary(errors=5000))
    said = [run(many, [], actions)[1] for _ in range(3)]
    assert Path(actions["GITHUB_STEP_SUMMARY"]).stat().st_size < 1 << 20
    assert said == ["", *["migcompat: no room is left in the step summary: the log has the whole report\n"] * 2]


def test_under_actions_what_cannot_be_told_changes_no_verdict(clean: Report, actions: dict[str, str], tmp_path: Path) -> None:
    out, err = run(clean, [], {**actions, "GITHUB_STEP_SUMMARY": str(tmp_path / "missing" / "summary")})
    assert "Compatible with the prior generation" in out
    assert err == f"migcompat: cannot write {tmp_path}/missing/summary: No such file or directory\n"
