"""Reading a migration: its encoding, and the parts of it that go forward."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migcompat.errors import CheckError
from migcompat.findings import Place, Span
from migcompat.migrations import content as contents
from migcompat.migrations.model import Migration
from migcompat.migrations.source import read


def migration(tmp_path: Path, content: bytes, name: str = "1_a.sql", layout: str = "auto") -> Migration:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Migration(str(path), str(tmp_path), name, (0, 1), layout=layout)


def forward(tmp_path: Path, text: str, name: str = "1_a.sql", layout: str = "auto") -> str:
    read_source = read(migration(tmp_path, text.encode(), name, layout))
    assert read_source.text == text
    return "|".join(text[span.start : span.end] for span in read_source.forward)


SECTIONS = {
    "goose": ("-- +goose Up\nUP;\n", "-- +goose Down\nDOWN;\n"),
    "goose without a blank": ("--+goose up\nUP;\n", "--+goose down\nDOWN;\n"),
    "goose statements": ("-- +goose Up\n-- +goose StatementBegin\nUP;\n-- +goose StatementEnd\n", "-- +goose Down\nDOWN;\n"),
    "goose without transaction": ("-- +goose NO TRANSACTION\n-- +goose Up\nUP;\n", "-- +goose Down\nDOWN;\n"),
    "dbmate": ("-- migrate:up\nUP;\n", "-- migrate:down\nDOWN;\n"),
    "dbmate with options": ("-- migrate:up transaction:false\nUP;\n", "-- migrate:down transaction:false\nDOWN;\n"),
    "sql-migrate": ("-- +migrate Up\nUP;\n", "-- +migrate Down\nDOWN;\n"),
    "tern": ("UP;\n", "---- create above / drop below ----\nDOWN;\n"),
    "node-pg-migrate": ("-- Up Migration\nUP;\n", "-- Down Migration\nDOWN;\n"),
    "mybatis": ("-- // a comment\nUP;\n", "-- //@UNDO\nDOWN;\n"),
    "CRLF": ("-- +goose Up\r\nUP;\r\n", "-- +goose Down\r\nDOWN;\r\n"),
    "indented": ("  -- +goose Up\nUP;\n", "\t-- +goose Down\nDOWN;\n"),
    "a comment above the marker": ("-- compat: breaking (reason: …)\n-- migrate:up\nUP;\n", "-- migrate:down\nDOWN;\n"),
    "a string that says Down": ("-- +goose Up\nINSERT INTO t VALUES ('\n-- +goose Down\n');\n", "-- +goose Down\nDOWN;\n"),
    "a line that mentions Down": ("-- +goose Up\nSELECT 'Download report'; -- +goose Down\n", "-- +goose Down\nDOWN;\n"),
    "an escape string": ("-- +goose Up\nSELECT E'it\\'s\n-- +goose Down\n';\n", "-- +goose Down\nDOWN;\n"),
    "a dollar quote": ("-- +goose Up\nDO $x$\n-- +goose Down\n$x$;\n", "-- +goose Down\nDOWN;\n"),
    "a comment": ("-- +goose Up\n/* /* nested */\n-- +goose Down\n*/\n", "-- +goose Down\nDOWN;\n"),
    "a quoted name": ('-- +goose Up\nCREATE TABLE "x\n-- +goose Down\n" ();\n', "-- +goose Down\nDOWN;\n"),
    "an apostrophe in a comment": ("-- +goose Up\n-- don't\nUP;\n", "-- +goose Down\nDOWN;\n"),
    "parameters are no dollar quotes": ("-- +goose Up\nPREPARE p AS SELECT $1, $2;\n", "-- +goose Down\nDOWN;\n"),
}


@pytest.mark.parametrize(("up", "down"), SECTIONS.values(), ids=SECTIONS.keys())
def test_what_stands_below_the_down_marker_does_not_go_forward(up: str, down: str, tmp_path: Path) -> None:
    assert forward(tmp_path, up + down) == up


def test_up_after_down(tmp_path: Path) -> None:
    assert forward(tmp_path, "-- +goose Down\nDOWN;\n-- +goose Up\nUP;\n") == "-- +goose Up\nUP;\n"


def test_up_between_downs(tmp_path: Path) -> None:
    text = "-- +goose Up\nA;\n-- +goose Down\nB;\n-- +goose Up\nC;\n"
    assert forward(tmp_path, text) == "-- +goose Up\nA;\n|-- +goose Up\nC;\n"


WHOLE = {
    "no marker": "UP;\n-- Down with it\nUP;\n",
    "a down marker alone is no marker": "UP;\n-- migrate:down\nUP;\n",
    "a heading that says down": "-- Down Migration notes\nUP;\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE.keys())
def test_all_of_it_goes_forward(text: str, tmp_path: Path) -> None:
    assert forward(tmp_path, text) == text


@pytest.mark.parametrize("name", ["1_a.up.sql", "1_a/up.sql", "1_a/migration.sql", "V1__a.sql"])
def test_a_marker_hides_nothing_where_the_tool_runs_the_whole_file(name: str, tmp_path: Path) -> None:
    text = "-- +goose Up\nUP;\n-- +goose Down\nDROP TABLE users;\n"
    assert forward(tmp_path, text, name) == text


def test_only_the_markers_of_the_configured_tool_count(tmp_path: Path) -> None:
    text = "-- migrate:up\nUP;\n-- migrate:down\nDROP TABLE users;\n"
    assert forward(tmp_path, text, layout="dbmate") == "-- migrate:up\nUP;\n"
    assert forward(tmp_path, text, layout="sqlx") == text
    assert forward(tmp_path, text, layout="goose") == text


def test_each_changeset_of_liquibase_is_a_part(tmp_path: Path) -> None:
    head = "--liquibase formatted sql\n\n"
    first = "--changeset ann:1\nCREATE TABLE a (id int)\n--rollback DROP TABLE a\n"
    mysql = "--changeset ann:2 dbms:mysql,h2\nDROP TABLE a;\n"
    both = '--changeset ann:3 dbms:"postgresql, h2" splitStatements:false\nSELECT 1\n'
    others = "--changeset ann:4 dbms:!postgresql\nDROP TABLE a;\n"
    off = "--changeset ann:5 ignore:true\nDROP TABLE a;\n"
    assert forward(tmp_path, head + first + mysql + both + others + off) == "|".join([head, first, both])


def test_the_down_file_in_an_archive_of_atlas_does_not_go_forward(tmp_path: Path) -> None:
    up = "-- atlas:txtar\n\n-- checks.sql --\nSELECT 1;\n\n-- migration.sql --\nUP;\n\n"
    assert forward(tmp_path, up + "-- down.sql --\nDOWN;\n") == up


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    read_source = read(migration(tmp_path, b"\xef\xbb\xbfSELECT 1;"))
    assert read_source.text == "SELECT 1;"
    assert read_source.place(Span(0, 6)) == Place(read_source.path, 1, 1, 1, 7)


def test_places_count_characters_from_one(tmp_path: Path) -> None:
    read_source = read(migration(tmp_path, "-- é\r\nSELECT 'ü'\n".encode()))
    start = read_source.text.index("'ü'")
    assert read_source.place(Span(start, start + 3)) == Place(read_source.path, 2, 8, 2, 11)
    end = len(read_source.text)
    assert read_source.place(Span(end, end)) == Place(read_source.path, 3, 1, 3, 1)


BAD = {
    "UTF-16 from PowerShell": (b"\xff\xfeS\0E\0", "is UTF-16, as PowerShell's > writes it: save it as UTF-8"),
    "UTF-16, big-endian": (b"\xfe\xff\0S\0E", "is UTF-16"),
    "UTF-16 without a mark": ("SELECT 1;\n".encode("utf-16-le"), "has a NUL byte in line 1: it looks like UTF-16"),
    "Latin-1": ("SELECT 1;\nSELECT 'é';".encode("latin-1"), r"is not UTF-8 \(byte 0xe9 in line 2\): save it as UTF-8"),
    "NUL": (b"SELECT 1;\n\n\0" + b" " * 20, "has a NUL byte in line 3: PostgreSQL refuses such text"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD.keys())
def test_what_is_not_utf8_text_is_an_error(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=message):
        read(migration(tmp_path, content))


def test_a_file_beyond_the_bound_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "LARGEST", 1024 * 1024)
    with pytest.raises(CheckError, match=r"1_a\.sql is larger than 1 MiB: move its data out of the migration"):
        read(migration(tmp_path, b" " * (1024 * 1024 + 1)))


def test_a_file_that_went_away_is_an_error(tmp_path: Path) -> None:
    gone = migration(tmp_path, b"")
    Path(gone.path).unlink()
    with pytest.raises(CheckError, match=r"cannot read .*1_a\.sql: No such file or directory"):
        read(gone)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_fifo_is_an_error_and_does_not_hang(tmp_path: Path) -> None:
    pipe = migration(tmp_path, b"")
    Path(pipe.path).unlink()
    os.mkfifo(pipe.path)
    with pytest.raises(CheckError, match=r"1_a\.sql is not a regular file"):
        read(pipe)
