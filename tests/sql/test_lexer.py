"""Tokens, as PostgreSQL's own scanner cuts them."""

from __future__ import annotations

import pytest

from migcompat.sql.lexer import Kind, tokens


def values(text: str) -> list[str]:
    return [token.value for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT Foo", ["select", "foo"]),
        ("ÄÖÜ", ["ÄÖÜ"]),  # only ASCII letters are folded in a UTF-8 database
        ('"Foo" "a""b"', ["Foo", 'a"b']),
        ('U&"d\\0061t\\+000061"', ["data"]),
        ("U&\"d!0061ta\" UESCAPE '!'", ["data"]),
        ("'a''b' E'a\\n\\x41\\u00e9' U&'\\00e9' B'01' X'ff'", ["a'b", "a\nAé", "é", "01", "ff"]),
        ("$$a'b$$ $x$a$$b$x$", ["a'b", "a$$b"]),
        ("f($1,$2)", ["f", "(", "$1", ",", "$2", ")"]),
        ("1.5e-3 .5 1..2 0xff 1_000", ["1.5e-3", ".5", "1", "..", "2", "0xff", "1_000"]),
        ("a::int b:=1 c=>2 d<>e", ["a", "::", "int", "b", ":=", "1", "c", "=>", "2", "d", "<>", "e"]),
        ("a->>'b' @> c", ["a", "->>", "b", "@>", "c"]),
        ("a--b\nc/*d/*e*/*/f", ["a", "c", "f"]),
        ("a$b$ c", ["a$b$", "c"]),
        ("x" * 70, ["x" * 63]),
        ('"' + "ü" * 40 + '"', ["ü" * 31]),
    ],
)
def test_values(text: str, expected: list[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize("text", ["'a", '"a', "$$a", "/* a", "E'a\\'"])
def test_what_never_ends_is_broken(text: str) -> None:
    assert tokens(text)[-1].kind is Kind.BROKEN


def test_offsets_are_those_of_the_text() -> None:
    text = "  ALTER  /* x */ TABLE \"T\" ADD 'é';"
    assert [text[t.start : t.end] for t in tokens(text)] == ["ALTER", "TABLE", '"T"', "ADD", "'é'", ";"]
