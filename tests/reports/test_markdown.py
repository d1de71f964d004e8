"""The summary a reviewer decides from: what it says, and that names stay names in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from migcompat.findings import Breaks, Finding, Place, Report, Severity, Summary
from migcompat.frozen import replace
from migcompat.reports import markdown
from migcompat.reports.model import Context

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(text: str) -> Iterator[Token]:
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "`",
                "``",
                "```",
                "*",
                "_",
                "**",
                "[a](b)",
                "![a](b)",
                "<b>",
                "</details>",
                "<!--",
                "&lt;",
                "|",
                "\n",
                "\n\n",
                "# ",
                "- ",
                "1. ",
                "> ",
                "    ",
                "@user",
                "@org/team",
                "#12",
                "GH-1",
                "http://a.b",
                "www.a.b",
                ":smile:",
                "$x$",
                "~~",
                "\\",
                "---",
                "===",
                "a",
                " ",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=10,
).map("".join)


def active(text: str) -> list[str]:
    """What GitHub would act on in a plain word."""
    return re.findall(r"@\w|#\d|\bGH-\d|://|\bwww\.|:[\w+-]+:|\$", text)


@given(text=NASTY)
def test_prose_is_read_as_words_only(text: str) -> None:
    read = list(tokens("x " + markdown.prose(text)))
    spans = re.compile(r"</?span>")
    assert {token.type for token in read} - {"paragraph_open", "paragraph_close", "inline", "text", "html_inline"} == set()
    assert all(spans.fullmatch(token.content) for token in read if token.type == "html_inline")
    assert not [token.content for token in read if token.type == "text" and token.content != "$" and active(token.content)]


@given(text=NASTY)
def test_prose_at_the_start_of_a_line_starts_no_block(text: str) -> None:
    assert {token.type for token in READER.parse(markdown.prose(text))} <= {"paragraph_open", "paragraph_close", "inline"}


@given(text=NASTY)
def test_a_name_is_one_code_span(text: str) -> None:
    [_, inline, _] = READER.parse(f"x {markdown.code(text)} y")
    assert [child.type for child in inline.children or ()] == ["text", "code_inline", "text"]


@given(sql=NASTY)
def test_a_statement_is_one_fenced_block(sql: str) -> None:
    read = READER.parse("\n".join([*markdown.fenced(sql), "", "end"]))
    assert [token.type for token in read] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@given(name=NASTY.filter(str.strip), sql=NASTY.filter(str.strip), overridden=st.booleans())
def test_a_whole_report_keeps_its_outline(name: str, sql: str, overridden: bool) -> None:
    plain = Finding("r", Severity.ERROR, Breaks.READS, Place("f", 1, 1, 1, 2), "o", "m", "h", "42703", "A", "SELECT 1", reason="why")
    nasty = replace(plain, object=name, message=name, help=name, statement=sql, reason=name, adr=name, place=Place(name, 1, 1, 1, 2))

    def outline(finding: Finding, scope: str) -> list[tuple[str, str]]:
        report = Report((replace(finding, overridden=overridden),), Summary(errors=1, migrations=1), {}, scope, notices=(scope,))
        return [(token.type, token.tag) for token in READER.parse(markdown.render(report, Context()))]

    assert outline(nasty, name) == outline(plain, "s")


def test_a_reviewer_sees_the_verdict_then_the_rollback_then_the_overrides(webshop: Report, context: Context) -> None:
    text = markdown.render(webshop, context)
    order = [
        "# ❌ migcompat: Breaks the prior generation",
        "## If this deploy is rolled back",
        "**Reverting the code is not enough.**",
        "**Data is lost for good**, and only a backup has it: `public.customers.nickname`",
        "## Overridden: a reviewer signs for this",
        "- **Reason given:** unread since v41, drained 2026-10-02",
        "## What breaks for the prior generation",
        "INSERT INTO customers (email)",
        "## Also to put right",
        "## Warnings",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_an_override_alone_still_says_what_rollback_meets(finding: Finding, report_of: Callable[..., Report], context: Context) -> None:
    text = markdown.render(report_of(replace(finding, overridden=True, reason="drained")), context)
    assert "# 🔓 migcompat: Breaks the prior generation, and every break is overridden" in text
    assert "**Reverting the code is not enough.**" in text


def test_a_compatible_deploy_can_be_reverted(clean: Report, context: Context) -> None:
    assert "Revert the code. The prior generation keeps working on the new schema" in markdown.render(clean, context)


def test_what_could_not_be_judged_is_no_promise(finding: Finding, report_of: Callable[..., Report], context: Context) -> None:
    text = markdown.render(report_of(replace(finding, rule="dynamic-sql", breaks=Breaks.NOTHING)), context)
    assert "Not proven compatible" in text
    assert "**Unknown.**" in text


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_summary_stays_below_its_limit_and_says_what_was_cut(size: int, finding: Finding, context: Context) -> None:
    long = replace(finding, message="尺" * size, help="$" * size, statement="\x1b" * size, object="`" * size)
    report = Report((long,) * 5000, Summary(errors=5000), {}, scope="$" * size, notices=("@" * size,) * 50)
    text = markdown.render(report, context)
    assert len(text.encode()) < markdown.LIMIT
    shown = text.count("### ")
    assert 0 < shown < 5000
    assert f"**{5000 - shown} more findings cut here**" in text


def test_the_worst_survive_a_cut(finding: Finding, context: Context) -> None:
    notes = tuple(replace(finding, severity=Severity.NOTE, statement="x" * 900) for _ in range(2000))
    text = markdown.render(Report((*notes, replace(finding, object="public.t.last")), Summary(), {}), context)
    assert "`public.t.last`" in text
