"""What a migration changes in the contract, part by part, and why it breaks nothing where it breaks nothing."""

from __future__ import annotations

import pytest

from migcompat.explain.blocks import Change, Section
from migcompat.explain.contract import change_blocks
from migcompat.explain.reasons import reason
from migcompat.findings import Span
from migcompat.migrations.model import Migration, Source
from migcompat.schema.difference import Difference, differences
from migcompat.settings import Settings
from migcompat.timeline import Timeline, judge

SCHEMA = """
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, nick text, age int DEFAULT 1, tags text[], CONSTRAINT grown CHECK (age > 17));
CREATE INDEX users_nick ON users (nick);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE VIEW people AS SELECT id, nick FROM users;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE TYPE size AS (width int, height int);
CREATE SEQUENCE numbers;
GRANT SELECT ON users TO reader;
"""


def timeline(migration: str, schema: str = SCHEMA) -> Timeline:
    texts = {"1.sql": schema, "2.sql": migration}
    migrations = tuple(Migration(name, "", name, ()) for name in texts)
    return Timeline(migrations, lambda m: Source(m.path, texts[m.path], (Span(0, len(texts[m.path])),)))


def changed(migration: str, schema: str = SCHEMA) -> tuple[Difference, ...]:
    return differences(judge(timeline(migration, schema), 0, 1, Settings()).check.catalog)


@pytest.mark.parametrize(
    ("migration", "expected"),
    [
        ("ALTER TABLE users ADD COLUMN phone text", ("public.users.phone", "column", "", "phone text")),
        ("ALTER TABLE users DROP COLUMN tags", ("public.users.tags", "column", "tags text[]", "")),
        ("ALTER TABLE users RENAME nick TO handle", ("public.users.nick", "column", "nick text", "handle text")),
        ("ALTER TABLE users ALTER email DROP NOT NULL", ("public.users.email", "column", "email text NOT NULL", "email text")),
        ("ALTER TABLE users RENAME TO people2", ("public.users", "table", None, None)),
        ("CREATE TABLE t (a int)", ("public.t", "table", "", "CREATE TABLE t (\n    a integer\n)")),
        ("DROP INDEX users_nick", ("public.users.users_nick", "index", "CREATE INDEX users_nick ON users (nick)", "")),
        ("ALTER TYPE mood ADD VALUE 'so so'", ("public.mood.so so", "label", "", "'so so'")),
        ("ALTER TYPE mood RENAME VALUE 'bad' TO 'sad'", ("public.mood.bad", "label", "'bad'", "'sad'")),
        ("CREATE DOMAIN d AS text NOT NULL", ("public.d", "domain", "", "CREATE DOMAIN d AS text NOT NULL")),
        ("DROP FUNCTION f", ("public.f(integer)", "function", "FUNCTION f(a integer) RETURNS integer", "")),
        ("REVOKE SELECT ON users FROM reader", ("public.users", "privilege", "SELECT to reader", "")),
        ("ALTER TABLE users ENABLE ROW LEVEL SECURITY", ("public.users", "row security", "off", "on")),
        ("CREATE SCHEMA shop", ("shop", "schema", "", "shop")),
        ("TRUNCATE users", ("public.users", "rows", "kept", "gone")),
        ("CREATE OR REPLACE VIEW people AS SELECT id, nick FROM users WHERE age > 1",
         ("public.people", "query", "SELECT id, nick FROM users", "SELECT id, nick FROM users WHERE age > 1")),
        ("ALTER TABLE users DROP CONSTRAINT grown", ("public.users.grown", "constraint", "CONSTRAINT grown CHECK (age > 17)", "")),
        ("CREATE TRIGGER keep BEFORE INSERT ON users EXECUTE FUNCTION kept()", ("public.users.keep", "trigger", None, None)),
        ("CREATE RULE quiet AS ON DELETE TO users DO ALSO NOTHING", ("public.users.quiet", "rule", "", "rule quiet on delete: NOTHING")),
        ("CREATE POLICY own ON users USING (true)", ("public.users.own", "policy", None, None)),
        ("ALTER TABLE users OWNER TO clerk", ("public.users", "owner", "", "clerk")),
        ("ALTER SEQUENCE numbers INCREMENT 5", ("public.numbers", "sequence numbers", "", "increment 5")),
        ("DROP TYPE size", ("public.size", "type", "CREATE TYPE size AS (width integer, height integer)", "")),
        ("ALTER TYPE size DROP ATTRIBUTE width", ("public.size.width", "attribute", "width integer", "")),
        ("CREATE EXTENSION citext", ("citext", "extension", "", "citext")),
    ],
)  # fmt: skip
def test_each_part_is_shown_before_and_after(migration: str, expected: tuple[str, str, str | None, str | None]) -> None:
    (difference,) = changed(migration)
    assert (difference.object, difference.kind) == expected[:2]
    if expected[2] is not None:
        assert (difference.before, difference.after) == expected[2:]


@pytest.mark.parametrize(
    "migration",
    [
        "INSERT INTO users VALUES (1, 'a')",
        "COMMENT ON TABLE users IS 'people'",
        "CREATE TEMP TABLE t (a int)",
        "ALTER TABLE users ADD COLUMN phone text; ALTER TABLE users DROP COLUMN phone",
        "ALTER TABLE users ALTER email DROP NOT NULL; ALTER TABLE users ALTER email SET NOT NULL",
        "DROP INDEX users_nick; CREATE INDEX users_nick ON users (nick)",
        "DROP VIEW people; CREATE VIEW people AS SELECT id, nick FROM users",
    ],
)
def test_what_is_the_same_at_the_end_is_no_difference(migration: str) -> None:
    assert changed(migration) == ()


def test_a_sequence_that_comes_with_its_column_is_not_listed() -> None:
    assert [difference.object for difference in changed("CREATE TABLE t (id bigserial)")] == ["public.t"]


@pytest.mark.parametrize(
    ("migration", "why"),
    [
        ("CREATE TABLE t (a int)", "it is new: nobody relied on it"),
        ("CREATE VIEW v AS SELECT id FROM users", "it is new: nobody relied on it"),
        ("CREATE TYPE t AS ENUM ('a')", "it is new: nobody relied on it"),
        ("CREATE SCHEMA shop", "it is new: nobody relied on it"),
        ("ALTER TABLE users ADD COLUMN phone text", "an INSERT that leaves it out leaves it NULL"),
        ("ALTER TABLE users ADD COLUMN vip bool NOT NULL DEFAULT false", "an INSERT that leaves it out gets its default"),
        ("ALTER TABLE users ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY", "an INSERT that leaves it out gets its default"),
        ("ALTER TABLE users ADD COLUMN low text GENERATED ALWAYS AS (lower(email)) STORED",
         "PostgreSQL computes it: an INSERT that leaves it out works as before"),
        ("CREATE OR REPLACE VIEW people AS SELECT id, nick, age FROM users",
         "whoever reads the view by column names reads what they did before"),
        ("CREATE INDEX ON users (age)", "it makes statements faster or slower, and rejects none"),
        ("DROP INDEX users_nick", "statements work without it, if more slowly"),
        ("ALTER TABLE users ALTER nick SET DEFAULT ''", "an INSERT that leaves it out gets its default"),
        ("GRANT INSERT ON users TO reader", "nobody loses a right"),
        ("CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS 'SELECT a'", "no call that worked before means it now"),
        ("CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a + 1'",
         "calls find it by the same name and arguments; what its body does now is for the reviewer"),
        ("ALTER TABLE users DROP CONSTRAINT grown; ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 10)",
         "it rejects nothing that was accepted before"),
    ],
)  # fmt: skip
def test_why_a_change_breaks_nothing(migration: str, why: str) -> None:
    assert reason(changed(migration)[0]) == why


@pytest.mark.parametrize(
    ("migration", "meaning"),
    [
        ("ALTER TABLE users DROP COLUMN age", "BREAKS reads: drop-column, see [1]"),
        ("ALTER TABLE users RENAME nick TO handle", "BREAKS reads: rename-column, see [1]"),
        ("ALTER TABLE users ENABLE ROW LEVEL SECURITY", "BREAKS access: enable-row-security, see [1]"),
        ("ALTER TYPE mood ADD VALUE 'so so'", "may break reads: add-enum-value, see [1]"),
        ("REVOKE SELECT ON users FROM reader", "BREAKS access: revoke-privilege, see [1]"),
        ("CREATE UNIQUE INDEX once ON users (nick)", "BREAKS writes: add-unique, see [1]"),
        ("DROP TABLE users CASCADE", "BREAKS reads: drop-table, see [1]"),
        ("CREATE FUNCTION f(a int, b int DEFAULT 0) RETURNS int LANGUAGE sql AS 'SELECT a'", "BREAKS calls: ambiguous-function, see [1]"),
        ("CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1'", "may break calls: hide-name, see [1]"),
    ],
)
def test_a_change_that_breaks_points_to_its_finding(migration: str, meaning: str) -> None:
    judgement = judge(timeline(migration), 0, 1, Settings())
    findings = [finding for finding, _ in judgement.judged]
    found = list(change_blocks(differences(judgement.check.catalog), findings))
    assert isinstance(found[0], Section)
    assert isinstance(found[1], Change)
    assert found[1].meaning == meaning


def test_a_whole_table_is_shown_by_its_columns() -> None:
    blocks = list(change_blocks(changed("CREATE TABLE t (a int, b text)"), ()))
    assert blocks[1] == Change("", "table public.t (a, b)", "fine: it is new: nobody relied on it")
