"""What counts as an override, and what must never silence anything."""

from __future__ import annotations

import pytest

import migcompat
from migcompat import overrides
from migcompat.overrides import Malformed, Override, read_overrides
from migcompat.rules.every import BY_NAME
from migcompat.sql.splitter import split

SCHEMA = "CREATE TABLE t (id int PRIMARY KEY, a text, b text);"
DROP = "ALTER TABLE t DROP COLUMN a;"


def read(text: str) -> tuple[list[Override], list[Malformed]]:
    return read_overrides(split(text).comments, BY_NAME.keys())


def outcome(migration: str) -> set[tuple[str, bool]]:
    return {(f.rule, f.overridden) for f in migcompat.check_text(SCHEMA, migration) if f.severity is not migcompat.Severity.NOTE}


@pytest.mark.parametrize(
    ("comment", "reason", "rules"),
    [
        ("-- compat: breaking (reason: column unread since v41)", "column unread since v41", ()),
        ("--compat:breaking(reason:unread since v41)", "unread since v41", ()),
        ("-- Compat: breaking (reason: unread, see (1) and (2))", "unread, see (1) and (2)", ()),
        ("/* compat: breaking (reason: unread\n   since v41) */", "unread since v41", ()),
        ("-- compat: breaking[drop-column] (reason: unread since v41)", "unread since v41", ("drop-column",)),
        ("-- compat: breaking [drop-column, drop-unique] (reason: unread since v41)", "unread since v41", ("drop-column", "drop-unique")),
    ],
)
def test_an_override_is_read(comment: str, reason: str, rules: tuple[str, ...]) -> None:
    [override], malformed = read(comment)
    assert (override.reason, override.rules, malformed) == (reason, rules, [])


@pytest.mark.parametrize(
    "comment",
    [
        "-- compat: breaking",
        "-- compat: breaking ()",
        "-- compat: breaking (reason:)",
        "-- compat: breaking (reason:   )",
        "-- compat: breaking (reason: TODO)",
        "-- compat: breaking (reason: …)",
        "-- compat: breaking (reason: x)",
        "-- compat: breaking (because: nobody reads it)",
        "-- compat: breaking reason: nobody reads it",
        "-- compat: breaking (reason: nobody reads",
        "-- compat: breaking (reason: nobody reads it) trailing",
        "-- compat: breakng (reason: nobody reads it)",
        "-- compat: Breaking (reason: nobody reads it)",
        "-- compat: ignore (reason: nobody reads it)",
        "-- compat: breaking[drop-colum] (reason: nobody reads it)",
        "-- compat: breaking[] (reason: nobody reads it)",
        "-- compat: breaking[drop-column drop-unique] (reason: nobody reads it)",
        "-- compat breaking (reason: nobody reads it)",
        "-- migcompat: breaking (reason: nobody reads it)",
        "-- compatible: breaking (reason: nobody reads it)",
        "-- compta: breaking (reason: nobody reads it)",
        "-- compact: breaking[drop-column] (reason: nobody reads it)",
        "-- breaking (reason: nobody reads it)",
    ],
)
def test_what_is_no_override_suppresses_nothing_and_is_an_error(comment: str) -> None:
    assert outcome(f"{comment}\n{DROP}") == {("drop-column", False), ("malformed-override", False)}


@pytest.mark.parametrize(
    "comment",
    ["-- compatibility: we keep the old name", "-- breaking news", "-- the reason: none", "-- incompat: breaking for the reason above"],
)
def test_prose_is_no_override(comment: str) -> None:
    assert outcome(f"{comment}\n{DROP}") == {("drop-column", False)}


@pytest.mark.parametrize(
    "migration",
    [
        "INSERT INTO t VALUES (1, '-- compat: breaking (reason: nobody reads it)', 'x'); ALTER TABLE t DROP COLUMN a;",
        "DO $$ BEGIN -- compat: breaking (reason: nobody reads it)\n NULL; END $$; ALTER TABLE t DROP COLUMN a;",
    ],
)
def test_text_in_a_string_is_no_override(migration: str) -> None:
    assert outcome(migration) == {("drop-column", False)}


@pytest.mark.parametrize("where", ["{c}\n{d}", "{d}\n{c}", "ALTER TABLE t {c}\n DROP COLUMN a;", "{d} {c}"])
def test_it_covers_the_migration_wherever_it_stands(where: str) -> None:
    assert outcome(where.format(c="-- compat: breaking (reason: nobody reads it)", d=DROP)) == {("drop-column", True)}


def test_with_names_it_covers_only_those() -> None:
    both = f"-- compat: breaking[drop-column] (reason: nobody reads it)\n{DROP} ALTER TABLE t ADD c int NOT NULL;"
    assert outcome(both) == {("drop-column", True), ("add-required-column", False)}


def test_one_that_covers_nothing_is_reported() -> None:
    assert outcome("-- compat: breaking (reason: nobody reads it)\nALTER TABLE t ADD c int;") == {("unused-override", False)}
    named = f"-- compat: breaking[drop-table] (reason: nobody reads it)\n{DROP}"
    assert outcome(named) == {("drop-column", False), ("unused-override", False)}


def test_it_cannot_cover_what_is_wrong_with_overrides() -> None:
    assert outcome(f"-- compat: breaking\n-- compat: breaking (reason: nobody reads it)\n{DROP}") == {
        ("drop-column", True),
        ("malformed-override", False),
    }


def test_what_could_not_be_understood_can_be_overridden_by_name() -> None:
    assert outcome("-- compat: breaking[unparsed-statement] (reason: adds an index, read by hand)\nFROBNICATE t;") == {
        ("unparsed-statement", True)
    }


def test_a_migration_has_a_most_of_overrides_and_what_comes_after_them_covers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overrides, "_MOST", 2)
    few = "".join(f"-- compat: breaking[drop-column] (reason: unread since v4{i})\n" for i in range(2))
    assert outcome(f"{few}{DROP}") == {("drop-column", True)}
    last = "-- compat: breaking[drop-table] (reason: unread since v42)"
    assert outcome(f"{few}{DROP} DROP TABLE t;{last}") == {("drop-table", False), ("malformed-override", False), ("unused-override", False)}
    [beyond] = read(f"{few}{last}\n{last}")[1]
    assert "more than 2 overrides in one migration" in beyond.problem


def test_what_many_overrides_cover_is_asked_once_for_each_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    covers = Override.covers
    monkeypatch.setattr(Override, "covers", lambda self, rule: asked.append(rule) or covers(self, rule))
    migration = "".join(f"DROP TABLE t{i}; -- compat: breaking (reason: unread since v{i})\n" for i in range(100))
    assert outcome(migration) == {("drop-table", True)}
    assert len(asked) == 100
