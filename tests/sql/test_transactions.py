"""What a ROLLBACK takes back, whether a migration tool runs a file in a transaction of its own or not."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from migcompat.checking import check_text
from migcompat.sql.splitter import split

SCHEMA = "CREATE TEMPORARY TABLE t (a int, b int, c int)"
LASTING = SCHEMA.replace("TEMPORARY ", "")

SCRIPTS = [
    ("BEGIN; ALTER TABLE t DROP a; ROLLBACK", ""),
    ("START TRANSACTION; ALTER TABLE t DROP a; ABORT WORK", ""),
    ("BEGIN; ALTER TABLE t DROP a; COMMIT", "a"),
    ("BEGIN; ALTER TABLE t DROP a; ROLLBACK; ALTER TABLE t DROP b", "b"),
    ("ALTER TABLE t DROP a; BEGIN; ALTER TABLE t DROP b; ROLLBACK", "a"),
    ("BEGIN; ALTER TABLE t DROP a; COMMIT; BEGIN; ALTER TABLE t DROP b; ROLLBACK", "a"),
    ("BEGIN; ALTER TABLE t DROP a; BEGIN; ALTER TABLE t DROP b; ROLLBACK", ""),
    ("BEGIN; ALTER TABLE t DROP a; ROLLBACK AND CHAIN; ALTER TABLE t DROP b; ROLLBACK; ALTER TABLE t DROP c", "c"),
    ("BEGIN; ALTER TABLE t DROP a; SAVEPOINT s; ALTER TABLE t DROP b; ROLLBACK TO SAVEPOINT s; ALTER TABLE t DROP c; COMMIT", "ac"),
    ("BEGIN; SAVEPOINT s; ALTER TABLE t DROP a; RELEASE SAVEPOINT s; COMMIT", "a"),
    ("BEGIN; SAVEPOINT s; ALTER TABLE t DROP a; SAVEPOINT r; ALTER TABLE t DROP b; ROLLBACK TO s; COMMIT", ""),
]
"""Each with the columns that it drops."""

PREPARED = [
    ("BEGIN; ALTER TABLE t DROP a; PREPARE TRANSACTION 'p'; COMMIT PREPARED 'p'", "a"),
    ("BEGIN; ALTER TABLE t DROP a; PREPARE TRANSACTION 'p'; ROLLBACK PREPARED 'p'", ""),
    (
        """BEGIN; ALTER TABLE t DROP a; PREPARE TRANSACTION 'p'; BEGIN; ALTER TABLE t DROP b; PREPARE TRANSACTION 'q'; ALTER TABLE t DROP c;
        ROLLBACK PREPARED 'p'; ROLLBACK PREPARED 'q'""",
        "c",
    ),
]
"""The same; servers take them only if they are told to keep prepared transactions."""

BRANCHES = [
    ("\\if false\nALTER TABLE t DROP a;\n\\elif on\nALTER TABLE t DROP b;\n\\else\nALTER TABLE t DROP c;\n\\endif", "b"),
    ("\\if TR\nALTER TABLE t DROP a;\n\\if 0\nALTER TABLE t DROP b;\n\\endif\n\\endif\nALTER TABLE t DROP c;", "ac"),
    ("\\if no\n\\if :x\nALTER TABLE t DROP a;\n\\q\n\\endif\n\\endif\nALTER TABLE t DROP b;", "b"),
    ("\\if o\nALTER TABLE t DROP a;\n\\endif\n\\if\nALTER TABLE t DROP b;\n\\endif", ""),
    ("ALTER TABLE t DROP a;\n\\q\nALTER TABLE t DROP b;", "a"),
    ("BEGIN; ALTER TABLE t DROP a;\n\\if 1\nROLLBACK;\n\\else\nCOMMIT;\n\\endif\n", ""),
    ("\\if :verbose\n\\echo hello\n\\endif\nALTER TABLE t DROP a;", "a"),
]
"""The same, by what psql leaves out."""

UNCLEAR = [
    ("a transaction of the tool's may end here", "ALTER TABLE t DROP a; ROLLBACK", "ROLLBACK"),
    ("it may be committed later", "BEGIN; ALTER TABLE t DROP a; PREPARE TRANSACTION 'p'", "PREPARE TRANSACTION 'p'"),
    (
        "psql chooses one of two ends",
        "BEGIN; ALTER TABLE t DROP a;\n\\if :dry_run\nROLLBACK;\n\\else\nCOMMIT;\n\\endif\nROLLBACK;",
        "\\if :dry_run",
    ),
    ("psql may run one of two branches", "\\if :x\n\\else\nALTER TABLE t DROP a;\n\\endif", "\\if :x"),
    ("psql may end before", "\\if :{?skip}\n\\q\n\\endif\nALTER TABLE t DROP a;", "\\q"),
]


@pytest.fixture
def connection(server: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SCHEMA)
        yield connection


def lost(schema: str, script: str) -> str:
    return "".join(sorted(finding.object[-1] for finding in check_text(schema, script) if finding.rule == "drop-column"))


def lost_on(connection: psycopg.Connection) -> str:
    left = connection.execute("SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped")
    return "".join(sorted({"a", "b", "c"} - {name for (name,) in left.fetchall()}))


@pytest.mark.parametrize(("script", "columns"), SCRIPTS, ids=[script for script, _ in SCRIPTS])
def test_what_is_rolled_back_never_happened(script: str, columns: str) -> None:
    assert lost(LASTING, script) == columns


@pytest.mark.parametrize(("script", "columns"), SCRIPTS, ids=[script for script, _ in SCRIPTS])
def test_the_server_says_so_statement_by_statement(connection: psycopg.Connection, script: str, columns: str) -> None:
    for statement in split(script).statements:
        connection.execute(statement.text)
    assert lost_on(connection) == columns


@pytest.mark.parametrize(("script", "columns"), SCRIPTS, ids=[script for script, _ in SCRIPTS])
def test_a_transaction_around_the_file_takes_back_no_less(connection: psycopg.Connection, script: str, columns: str) -> None:
    connection.execute("BEGIN")
    for statement in split(script).statements:
        connection.execute(statement.text)
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.execute("COMMIT")
    assert set(lost_on(connection)) <= set(columns)


@pytest.mark.parametrize(("script", "columns"), [*PREPARED, *BRANCHES], ids=[script for script, _ in (*PREPARED, *BRANCHES)])
def test_what_is_not_run_or_not_committed_never_happened(script: str, columns: str) -> None:
    assert lost(LASTING, script) == columns
    assert not any(finding.rule == "unparsed-statement" for finding in check_text(LASTING, script))


@pytest.mark.parametrize(("script", "doubted"), [(script, doubted) for _, script, doubted in UNCLEAR], ids=[why for why, _, _ in UNCLEAR])
def test_where_the_file_does_not_say_it_all_counts_and_that_is_said(script: str, doubted: str) -> None:
    assert lost(LASTING, script) == "a"
    assert [finding.object for finding in check_text(LASTING, script) if finding.rule == "unparsed-statement"] == [doubted]


def test_a_savepoint_that_is_not_there_takes_nothing_back() -> None:
    assert lost(LASTING, "BEGIN; ALTER TABLE t DROP a; ROLLBACK TO s; COMMIT") == "a"
