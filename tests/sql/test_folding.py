"""Long SQL is folded for the screen, and means the same when it is copied from there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcompat.sql.folding import folded
from migcompat.sql.lexer import tokens


def test_a_long_line_goes_on_further_in() -> None:
    assert list(folded("INSERT INTO t (a, b) VALUES (1, 2)", 20)) == ["INSERT INTO t (a, b)", "  VALUES (1, 2)"]


def test_a_short_line_stays() -> None:
    assert list(folded("SELECT 1;\n\n  SELECT 2;", 20)) == ["SELECT 1;", "", "  SELECT 2;"]


@pytest.mark.parametrize("quoted", ["'a  b c  d e f'", '"a  b c  d e f"', "$$a  b c  d e f$$", "/* a  b c  d e f */"])
def test_strings_names_and_comments_stay_whole(quoted: str) -> None:
    assert quoted in "".join(folded(f"SELECT 1, 2, 3, {quoted}", 12))


def test_a_comment_goes_on_as_a_comment() -> None:
    assert list(folded("-- one two three\nSELECT 1", 9)) == ["-- one", "--   two", "--   three", "SELECT 1"]


def test_what_looks_like_a_comment_in_a_string_stays() -> None:
    assert list(folded("SELECT '\n-- one two three\n'", 9)) == ["SELECT '", "-- one two three", "'"]


@given(
    st.lists(st.sampled_from(["SELECT", "a", "'x  y'", ",", "(", ")", "$$ $ $$", '"A b"', "1", "\n", "  ", "-- c  d\n", "/* x */"])),
    st.integers(1, 30),
)
def test_folding_changes_no_token(pieces: list[str], width: int) -> None:
    sql = " ".join(pieces)
    again = "\n".join(folded(sql, width))
    assert [token[:2] for token in tokens(again)] == [token[:2] for token in tokens(sql)]
