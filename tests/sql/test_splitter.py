"""Cutting a file into statements and comments, as psql would."""

from __future__ import annotations

import random
import re

import pytest

from migcompat.findings import Span
from migcompat.sql import splitter
from migcompat.sql.splitter import split


def statements(text: str) -> list[str]:
    return [statement.text for statement in split(text).statements]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t", []),
        (";;;", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\nSELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';';SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 'it''s;';SELECT 2", ["SELECT 'it''s;'", "SELECT 2"]),
        ("SELECT '\\';SELECT 2", ["SELECT '\\'", "SELECT 2"]),
        ("SELECT E'\\';';SELECT 2", ["SELECT E'\\';'", "SELECT 2"]),
        ("SELECT 'a', $1, E'x''\\';', 'b';SELECT 2", ["SELECT 'a', $1, E'x''\\';', 'b'", "SELECT 2"]),
        ("SELECT U&'\\0061;';SELECT 2", ["SELECT U&'\\0061;'", "SELECT 2"]),
        ('SELECT ";" AS "a;""b";SELECT 2', ['SELECT ";" AS "a;""b"', "SELECT 2"]),
        ("SELECT $$;$$;SELECT 2", ["SELECT $$;$$", "SELECT 2"]),
        ("SELECT $a$;$$;$b$;$a$;SELECT 2", ["SELECT $a$;$$;$b$;$a$", "SELECT 2"]),
        ("SELECT f($1,$2);SELECT g($1,$2)", ["SELECT f($1,$2)", "SELECT g($1,$2)"]),
        ("SELECT a$b$c;SELECT a$b$c", ["SELECT a$b$c", "SELECT a$b$c"]),
        ("-- a;b\nSELECT 1", ["SELECT 1"]),
        ("SELECT 1 -- a;b\n, 2;SELECT 3", ["SELECT 1 -- a;b\n, 2", "SELECT 3"]),
        ("/* a; /* b; */ c; */ SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT '--';SELECT 2", ["SELECT '--'", "SELECT 2"]),
        ("SELECT '/*';SELECT '*/'", ["SELECT '/*'", "SELECT '*/'"]),
        ("SELECT 1;\r\nSELECT 2;\r\n", ["SELECT 1", "SELECT 2"]),
        ("COPY t (a) FROM stdin;\n1;2\n'\n\\.\nSELECT 2;", ["COPY t (a) FROM stdin", "SELECT 2"]),
        ("COPY t FROM '/x';SELECT 2", ["COPY t FROM '/x'", "SELECT 2"]),
        ("\\set x 1;2\nSELECT 1;", ["\\set x 1;2", "SELECT 1"]),
        ("SELECT 1 \\gexec\nSELECT 2;", ["SELECT 1", "\\gexec", "SELECT 2"]),
        ("SELECT 1\\;DROP TABLE t;", ["SELECT 1", "DROP TABLE t"]),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; SELECT 2",
            ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END", "SELECT 2"],
        ),
        (
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
            ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
        ),
        ("SELECT (1; SELECT 2", ["SELECT (1", "SELECT 2"]),
        ("BEGIN; END; SELECT 1", ["BEGIN", "END", "SELECT 1"]),
    ],
)
def test_statements(text: str, expected: list[str]) -> None:
    assert statements(text) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT 'a; SELECT 2", "quoted string"),
        ('SELECT "a', "quoted identifier"),
        ("SELECT $$a", "dollar-quoted string"),
        ("SELECT 1 /* a", "comment"),
    ],
)
def test_what_never_ends_is_said(text: str, what: str) -> None:
    [statement] = split(text).statements
    assert statement.unterminated == what


def test_spans_are_those_of_the_file() -> None:
    text = "-- first\n  SELECT 'ü';\n\n/* second */ DROP TABLE t -- third"
    script = split(text)
    assert [text[s.span.start : s.span.end] for s in script.statements] == [s.text for s in script.statements]
    assert [text[c.span.start : c.span.end] for c in script.comments] == ["-- first", "/* second */", "-- third"]


def test_a_part_of_a_file_keeps_the_offsets_of_the_file() -> None:
    text = "SELECT 1; SELECT 2; SELECT 3;"
    [statement] = split(text, Span(9, 19)).statements
    assert statement.span == Span(10, 18)


@pytest.mark.parametrize(("text", "word"), [("  select 1", "select"), ("(SELECT 1)", "select"), ("\\i a.sql", "\\i"), ("42", "")])
def test_the_first_word_decides_who_reads_a_statement(text: str, word: str) -> None:
    assert split(text).statements[0].word == word


def test_many_semicolons_in_one_body_take_linear_time() -> None:
    body = "SELECT 1; " * 20_000
    assert len(statements(f"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC {body} END; SELECT 2")) == 2


PIECES = (
    *(
        "'",
        "''",
        '"',
        "$$",
        "$a$",
        ";",
        "; ",
        "-",
        "/",
        "--x\n",
        "/*",
        "*/",
        "\\",
        "\\'",
        "e'",
        "E'x'",
        "u&'",
        "(",
        ")",
        " ",
        "\n",
        "x",
        "é",
    ),
    *("INSERT INTO t VALUES (1)", "UPDATE t SET a='b'", "SELECT a$b", "COPY t FROM stdin;\n", "1\n\\.\n", "CREATE ", "BEGIN", "END", "DO"),
)


def test_a_statement_read_at_once_is_the_one_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = random.Random(7)
    texts = ["".join(choice.choices(PIECES, k=choice.randint(1, 12))) for _ in range(5000)]
    at_once = [split(text) for text in texts]
    for shortcut in ("_ORDINARY", "_PIECES"):
        monkeypatch.setattr(splitter, shortcut, re.compile(r"(?!)"))
    assert at_once == [split(text) for text in texts]
