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

UNCLEAR = [
    ("a transaction of the tool's may end here", "ALTER TABLE t DROP a; ROLLBACK"),
    ("what is prepared may be committed later", "BEGIN; ALTER TABLE t DROP a; PREPARE TRANSACTION 'p'; ROLLBACK PREPARED 'p'"),
    ("psql chooses one of two ends", "BEGIN; ALTER TABLE t DROP a;\n\\if :dry_run\nROLLBACK;\n\\else\nCOMMIT;\n\\endif\n"),
    ("there is no such savepoint", "BEGIN; ALTER TABLE t DROP a; ROLLBACK TO s; COMMIT"),
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


@pytest.mark.parametrize("script", [script for _, script in UNCLEAR], ids=[why for why, _ in UNCLEAR])
def test_where_the_file_does_not_say_it_all_counts(script: str) -> None:
    assert lost(LASTING, script) == "a"
