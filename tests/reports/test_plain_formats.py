"""`concise`, `json`, `gitlab` and `junit`: the interfaces that other tools hold on to; and the words all formats share."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree as ET

import psycopg.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcompat.findings import Breaks, Finding, Place, Proof, Report, Severity, Summary
from migcompat.frozen import replace
from migcompat.reports import concise, gitlab, json_v1, junit
from migcompat.reports.escaping import visible
from migcompat.reports.model import Context
from migcompat.reports.sqlstates import CONDITIONS
from migcompat.reports.verdict import Verdict, headline, verdict

KEYS = [
    "rule", "severity", "adr", "breaks", "file", "line", "column", "end_line", "end_column", "object", "message", "help",
    "sqlstate", "fingerprint", "overridden", "reason",
]  # fmt: skip


def named(name: str) -> Report:
    finding = Finding(name, Severity.ERROR, Breaks.READS, Place(name, 1, 1, 1, 2), name, name, name, statement=name, reason=name)
    passing = (replace(finding, overridden=True), replace(finding, severity=Severity.WARNING))
    return Report((finding, *passing), Summary(errors=1), {name: name}, scope=name, notices=(name,))


def test_json_has_the_keys_of_version_1_in_their_order(webshop: Report, context: Context) -> None:
    document = json.loads(json_v1.render(webshop, context))
    assert document["version"] == 1
    assert list(document["summary"])[:6] == ["migrations", "statements", "errors", "warnings", "notes", "overridden"]
    assert all(list(finding)[: len(KEYS)] == KEYS for finding in document["findings"])


@given(name=st.text())
def test_json_gives_every_name_back(name: str) -> None:
    document = json.loads(json_v1.render(named(name), Context()))
    assert {document["findings"][0][key] for key in ("rule", "object", "message", "file", "reason")} == {name}


def test_json_on_a_log_is_no_command(report_of: Callable[..., Report], finding: Finding) -> None:
    text = json_v1.render(report_of(replace(finding, message="##[add-mask]a \\##[x]")), Context())
    assert "##[" not in text
    assert json.loads(text)["findings"][0]["message"] == "##[add-mask]a \\##[x]"


def test_concise_is_one_line_a_finding(hostile: Report, webshop: Report) -> None:
    assert concise.render(webshop, Context()).count("\n") == 6 + 1 + 1
    assert concise.render(hostile, Context()).count("\n") == 2 + 1 + 1
    assert concise.render(webshop, Context()).splitlines()[1] == (
        "migrations/0042_tidy_up.sql:4:34: error: add-required-column: column public.customers.country is added NOT NULL without a default"
    )


def test_gitlab_entries_have_unique_fingerprints_and_clean_paths(finding: Finding, report_of: Callable[..., Report]) -> None:
    moved = replace(finding, place=Place("./a/../b.sql", 0, 0, 0, 0))
    entries = json.loads(gitlab.render(report_of(finding, finding, moved), Context()))
    assert len({entry["fingerprint"] for entry in entries}) == 3
    assert entries[2]["location"] == {"path": "b.sql", "lines": {"begin": 1}}
    assert all(entry["description"].startswith("drop-column: ") for entry in entries), "GitLab shows no check_name"
    assert {entry["severity"] for entry in entries} <= {"info", "minor", "major", "critical", "blocker"}


def test_gitlab_gets_an_empty_list_for_a_clean_report(clean: Report) -> None:
    assert json.loads(gitlab.render(clean, Context())) == []


def test_junit_fails_one_case_for_each_finding_that_counts(webshop: Report) -> None:
    root = ET.fromstring(junit.render(webshop, Context()))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("6", "4", "1")
    assert len(root.findall(".//failure")) == 4
    assert [case.get("name") for case in root.findall(".//testcase[skipped]")] == ["drop-column: public.customers.nickname"]
    assert len(root.findall(".//testcase")) == 6


def test_junit_has_one_passing_case_for_a_clean_report(clean: Report) -> None:
    root = ET.fromstring(junit.render(clean, Context()))
    [case] = root.findall(".//testcase")
    assert list(case) == []
    assert case.get("name") == "Compatible with the prior generation: 3 migrations, 11 statements (3 migrations since 1a2b3c4)"


@given(name=st.text(st.one_of(st.sampled_from("<>&\"']\x00\x1b\n\ud800\ufffe"), st.characters())))
def test_junit_is_xml_whatever_the_names_are(name: str) -> None:
    root = ET.fromstring(junit.render(named(name), Context()).encode())
    assert [case.get("classname") for case in root.iter("testcase")] == [visible(Context().from_top(name))] * 3


@given(text=st.text(st.characters()))
def test_visible_text_is_one_line_without_anything_unseen(text: str) -> None:
    shown = visible(text)
    assert not {char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")}
    assert not {
        char for char in shown if unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, größe, 尺寸, שם", "plain, größe, 尺寸, שם"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\n\r\t\x00\x9b", "\\n\\r\\t\\x00\\x9b"),
        ("\udc80", "\\udc80"),
        ("us\u200ders", "us\\u200ders"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_has_no_glyph_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(("sqlstate", "condition"), CONDITIONS.items())
def test_a_code_has_the_name_that_postgresql_gives_it(sqlstate: str, condition: str) -> None:
    assert psycopg.errors.lookup(sqlstate).__name__.lower() == condition.replace("_", "")


def test_the_verdict_follows_from_the_findings(finding: Finding, report_of: Callable[..., Report], clean: Report) -> None:
    def judged(**changes: object) -> tuple[Verdict, str]:
        report = report_of(replace(finding, **changes))  # type: ignore[arg-type]
        return verdict(report), headline(report)

    assert judged() == (Verdict.BREAKS, "Breaks the prior generation")
    assert judged(breaks=Breaks.NOTHING) == (Verdict.BREAKS, "Not proven compatible with the prior generation")
    assert judged(overridden=True) == (Verdict.OVERRIDDEN, "Breaks the prior generation, and every break is overridden")
    assert judged(severity=Severity.NOTE) == (Verdict.COMPATIBLE, "Compatible with the prior generation")
    assert judged(severity=Severity.WARNING, overridden=True)[0] is Verdict.COMPATIBLE
    proven = judged(severity=Severity.WARNING, proof=Proof("SELECT f()", "P0001", "no"))
    assert proven == (Verdict.COMPATIBLE, "The server rejects what a warning tells of; whether the running code does such a thing decides")
    assert (verdict(clean), headline(clean)) == (Verdict.COMPATIBLE, "Compatible with the prior generation")
    assert headline(Report((), Summary())) == "No migration to judge"
    assert headline(Report((), Summary(migrations=1, warnings=1))).startswith("No break proven; the warnings depend")
