"""The code frame: what stands under what, for any text and any span."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcompat.findings import Finding, Place, Report
from migcompat.frozen import replace
from migcompat.reports import full
from migcompat.reports.frame import Lines, Pen, frame
from migcompat.reports.model import ANSI, Context

PEN = Pen("^", lambda shown: shown)


def drawn(text: str, place: tuple[int, int, int, int], room: int = 60) -> list[str]:
    return [f"{number:>3} | {row}".rstrip() for number, row in frame(Lines(text), Place("f", *place), room, PEN)]


def columns(text: str) -> int:
    """Columns of a terminal, counted the slow way."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize(
    ("line", "column", "end_column", "expected"),
    [
        pytest.param("DROP TABLE users;", 12, 17, ["  1 | DROP TABLE users;", "    |            ^^^^^"], id="a name"),
        pytest.param("\tDROP\tx;", 7, 8, ["  1 |     DROP    x;", "    |             ^"], id="tabs take four columns"),
        pytest.param("尺寸 x", 4, 5, ["  1 | 尺寸 x", "    |      ^"], id="wide characters take two columns"),
        pytest.param("x 尺寸", 3, 5, ["  1 | x 尺寸", "    |   ^^^^"], id="and so do their carets"),
        pytest.param("e\u0301e\u0301 x", 6, 7, ["  1 | e\u0301e\u0301 x", "    |    ^"], id="combining characters take none"),
        pytest.param("a\x1bb", 3, 4, ["  1 | a\\x1bb", "    |      ^"], id="a control character is written out"),
        pytest.param("a\u202eb", 2, 3, ["  1 | a\\u202eb", "    |  ^^^^^^"], id="so is a bidirectional control"),
        pytest.param("a\ud800b", 3, 4, ["  1 | a\\ud800b", "    |        ^"], id="and a lone surrogate"),
        pytest.param("abc", 2, 2, ["  1 | abc", "    |  ^"], id="an empty span has a caret"),
        pytest.param("abc", 4, 4, ["  1 | abc", "    |    ^"], id="at the end of the line too"),
        pytest.param("abc", 99, 120, ["  1 | abc", "    |    ^"], id="a column past the line is its end"),
        pytest.param("", 1, 1, ["  1 |", "    | ^"], id="an empty line"),
    ],
)
def test_carets_stand_under_the_span(line: str, column: int, end_column: int, expected: list[str]) -> None:
    assert drawn(line, (1, column, 1, end_column)) == expected


def test_the_end_of_a_line_may_be_crlf() -> None:
    assert drawn("a\r\nDROP x\r\nb", (2, 6, 2, 7)) == ["  2 | DROP x", "    |      ^"]


def test_a_long_line_is_cut_around_its_span() -> None:
    line = "SELECT " + "a, " * 40 + "HERE" + ", b" * 40
    assert drawn(line, (1, 128, 1, 132), room=40) == [
        "  1 | …, a, a, a, a, a, HERE, b, b, b, b, b, …",
        "    |                   ^^^^",
    ]


def test_a_span_longer_than_the_line_has_room_for_shows_its_start() -> None:
    assert drawn("x" * 100, (1, 11, 1, 91), room=30) == [
        "  1 | …" + "x" * 28 + "…",
        "    |  " + "^" * 28,
    ]


def test_a_span_of_several_lines_is_bracketed() -> None:
    text = "ALTER TABLE t\n  ADD CONSTRAINT c\n  UNIQUE (a);\n"
    assert drawn(text, (1, 1, 3, 13)) == [
        "  1 | / ALTER TABLE t",
        "  2 | |   ADD CONSTRAINT c",
        "  3 | |   UNIQUE (a);",
        "    | |____________^",
    ]


def test_a_bracket_can_start_within_a_line() -> None:
    assert drawn("SET x = 1; DROP TABLE a,\n  b;", (1, 12, 2, 4)) == [
        "  1 |   SET x = 1; DROP TABLE a,",
        "    |  ____________^",
        "  2 | |   b;",
        "    | |___^",
    ]


def test_the_middle_of_a_long_span_is_left_out() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 21))
    assert drawn(text, (2, 1, 19, 8)) == [
        "  2 | / line 2",
        "  3 | | line 3",
        "  4 | | line 4",
        "... | |",
        " 18 | | line 18",
        " 19 | | line 19",
        "    | |_______^",
    ]


def test_a_span_that_ends_with_its_line_break_stays_on_its_line() -> None:
    assert drawn("DROP x;\ny", (1, 1, 2, 1)) == ["  1 | DROP x;", "    | ^^^^^^^"]


TEXT = st.text(st.one_of(st.sampled_from("ab \t\n\r尺e\u0301\x1b\u202e\ud800\U0001f600"), st.characters()), max_size=60)
NUMBER = st.integers(-3, 70)


@given(text=TEXT, numbers=st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), room=st.integers(20, 50))
def test_no_text_and_no_span_breaks_a_frame(text: str, numbers: tuple[int, int, int, int], room: int) -> None:
    rows = list(frame(Lines(text), Place("f", *numbers), room, PEN))
    assert any("^" in row for _, row in rows)
    assert all(columns(row) <= room for _, row in rows)
    assert not {char for _, row in rows for char in row if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")}


@given(
    before=st.text(st.sampled_from("ab\t尺e\u0301\x1b\u202e"), max_size=80),
    marked=st.text(st.sampled_from("xy尺"), min_size=1, max_size=8),
    after=st.text(st.sampled_from("ab\t尺e\u0301\x1b"), max_size=80),
)
def test_the_carets_always_mark_the_spans_own_characters(before: str, marked: str, after: str) -> None:
    row, carets = (
        shown for _, shown in frame(Lines(before + marked + after), Place("f", 1, len(before) + 1, 1, len(before + marked) + 1), 40, PEN)
    )
    start = columns(carets) - carets.count("^")
    at = [(columns(row[:index]), char) for index, char in enumerate(row)]
    assert "".join(char for column, char in at if start <= column < start + carets.count("^") and columns(char)) == marked


def test_colour_changes_no_character(webshop: Report) -> None:
    plain = full.render(webshop, Context())
    coloured = full.render(webshop, Context(palette=ANSI))
    stripped = coloured
    for code in (ANSI.error, ANSI.warning, ANSI.note, ANSI.overridden, ANSI.strong, ANSI.quiet, "\x1b[0m"):
        stripped = stripped.replace(code, "")
    assert coloured != plain
    assert stripped == plain


def test_a_finding_without_a_line_or_without_text_has_no_frame(finding: Finding, report_of: Callable[..., Report]) -> None:
    gone = replace(finding, place=Place("migrations/0003_gone.sql", 0, 0, 0, 0), related=())
    unread = replace(finding, place=Place("migrations/0004_unread.sql", 7, 2, 7, 3), related=())
    text = full.render(report_of(gone, unread), Context())
    assert "--> migrations/0003_gone.sql\n" in text
    assert "--> migrations/0004_unread.sql:7:2\n" in text
    assert "^" not in text
