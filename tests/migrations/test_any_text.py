"""What must hold for any text: nothing raises, nothing is lost, every offset lies in the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migcompat.findings import Span
from migcompat.migrations.lexemes import code_of
from migcompat.migrations.model import Migration
from migcompat.migrations.naming import slug_of, version_of
from migcompat.migrations.sections import forward_spans
from migcompat.migrations.source import source_of

PIECES = [
    "--",
    "/*",
    "*/",
    "'",
    "E'",
    "\\",
    '"',
    "$$",
    "$x$",
    "$1",
    "${a}",
    "${b}",
    "{{ a }}",
    "{{",
    "}}",
    ":a",
    "::a",
    ";",
    "\n",
    "\r\n",
    " ",
    "x",
]
MARKERS = ["-- +goose Up\n", "-- +goose Down\n", "-- migrate:up\n", "-- migrate:down\n", "---- create above / drop below ----\n"]
LIQUIBASE = ["--liquibase formatted sql\n", "--changeset a:1\n", "--changeset b:2 dbms:mysql\n"]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES + MARKERS + LIQUIBASE), st.text(max_size=3))).map("".join)
MIGRATION = Migration("1_a.sql", ".", "1_a.sql", (0, 1))


@given(TEXTS)
def test_forward_parts_are_ordered_and_lie_in_the_text(text: str) -> None:
    end = 0
    for span in forward_spans(text):
        assert end <= span.start <= span.end <= len(text)
        end = span.end


@given(TEXTS)
def test_without_a_down_marker_all_of_it_goes_forward(text: str) -> None:
    lower = text.lower()
    if not any(word in lower for word in ("down", "drop below", "@undo", "changeset")):
        assert "".join(text[span.start : span.end] for span in forward_spans(text)) == text


@given(TEXTS, st.dictionaries(st.sampled_from(["a", "b", "x"]), st.sampled_from(["", "v", "a\nb", "it's"])))
def test_places_lie_in_the_file(text: str, values: dict[str, str]) -> None:
    text = text.replace("\0", "").encode("utf-8", "replace").decode().removeprefix("\ufeff")
    source = source_of(MIGRATION, text.encode(), values)
    assert source.as_written == text
    lines = text.split("\n")
    before = (1, 1)
    for offset in range(len(source.text) + 1):
        place = source.place(Span(offset, offset))
        assert before <= (place.line, place.column)
        assert place.column <= len(lines[place.line - 1]) + 1
        before = (place.line, place.column)


@given(TEXTS, st.sampled_from([" ", "\n", "-- note\n", "/* note */"]))
def test_comments_in_front_change_no_code(text: str, comment: str) -> None:
    assert code_of(comment + text) == code_of(text)


@given(st.lists(st.text(st.sampled_from("0123456789VURB_.-/abé"), max_size=12), max_size=8))
def test_any_name_has_a_place_in_the_order(names: list[str]) -> None:
    assert len(sorted((version_of(f"{name}.sql"), name) for name in names)) == len(names)
    assert all(slug_of(f"{name}.sql") for name in names)
