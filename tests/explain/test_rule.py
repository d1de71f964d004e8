"""A rule explained: everything a developer needs to act on it, on one screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from pytest_snapshot.plugin import Snapshot

from migcompat.explain import markdown, rule, text
from migcompat.explain.example import example_steps
from migcompat.findings import Breaks, Severity
from migcompat.overrides import read_overrides
from migcompat.rules.base import DeployStep, Example, Rule
from migcompat.rules.every import BY_NAME, RULES
from migcompat.sql.scripts import script_of, sql_text
from migcompat.sql.splitter import split


class EatCake(Rule):
    """The cake is gone, so whoever asks for a slice with `SELECT slice` gets none.

    Silent for a cake that was baked in the same deploy.
    """

    name = "eat-cake"
    summary = "A cake is eaten"
    breaks = Breaks.READS
    sqlstate = "42703"
    adr = True
    example = Example(
        schema="CREATE TABLE cake (id int); INSERT INTO cake VALUES (1)",
        migration="ALTER TABLE cake DROP COLUMN slice",
        session="SET ROLE guest",
        statement="SELECT slice FROM cake",
        compatible=(),
    )
    rollback = "The code before it finds no cake."


class BakeCake(Rule):
    """Readers meet a cake."""

    name = "bake-cake"
    summary = "A cake appears"
    severity = Severity.WARNING
    breaks = Breaks.READS
    opt_in = True
    example = Example("CREATE TABLE cake (id int)", "INSERT INTO cake VALUES (1)", "SELECT 1", (), answer="SELECT count(*) FROM cake")
    rollback = "Nothing to do."


STEPS = (DeployStep("Ask for no slice"), DeployStep("Eat it", ("-- count first", "ALTER TABLE cake DROP COLUMN slice")))


@pytest.fixture(autouse=True)
def _snapshots(snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"


def test_text_says_what_breaks_what_fails_the_way_round_and_the_price(snapshot: Snapshot) -> None:
    snapshot.assert_match(text.render(rule.blocks(EatCake(), STEPS)), "rule.txt")


def test_a_warning_shows_the_answer_that_changes_and_asks_for_no_override(snapshot: Snapshot) -> None:
    snapshot.assert_match(text.render(rule.blocks(BakeCake(), ())), "rule_warning.txt")


def test_markdown_holds_the_same(snapshot: Snapshot) -> None:
    snapshot.assert_match(markdown.render(rule.blocks(EatCake(), STEPS)), "rule.md")


def test_json_holds_the_same() -> None:
    data = json.loads(json.dumps(rule.data(EatCake(), STEPS)))
    assert data["version"] == 1
    assert (data["rule"], data["severity"], data["breaks"], data["sqlstate"], data["adr"]) == (
        "eat-cake", "error", "reads", "42703", "ADR-053 D5",
    )  # fmt: skip
    assert data["example"]["schema"] == "CREATE TABLE cake (id int);\nINSERT INTO cake VALUES (1);"
    assert data["steps"] == [
        {"title": "Ask for no slice", "sql": []},
        {"title": "Eat it", "sql": ["-- count first", "ALTER TABLE cake DROP COLUMN slice"]},
    ]
    assert data["rollback"] == "The code before it finds no cake."


def test_a_rule_without_an_example_is_explained_by_its_prose() -> None:
    class Bare(Rule):
        """Only words."""

        name = "bare"
        summary = "Nothing to run"

    assert text.render(rule.blocks(Bare(), example_steps(Bare()))) == "bare: Nothing to run\n  severity  error\n\n  Only words.\n"
    assert rule.data(Bare(), ())["example"] is None


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.name)
def test_every_rule_fits_a_screen_of_100_columns(one: Rule) -> None:
    shown = text.render(rule.blocks(one, example_steps(one)))
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 60
    assert all(line.isprintable() and line == line.rstrip() for line in lines)


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.name)
def test_every_rule_is_well_formed_markdown(one: Rule) -> None:
    tokens = MarkdownIt().parse(markdown.render(rule.blocks(one, example_steps(one))))
    fences = [token.content for token in tokens if token.type == "fence"]
    shown = rule.data(one, example_steps(one))["example"]
    assert [token.tag for token in tokens if token.type == "heading_open"][:1] == ["h1"]
    assert shown is None or shown["statement"] + "\n" in fences


@pytest.mark.parametrize("one", [one for one in RULES if one.rollback and one.severity is Severity.ERROR], ids=lambda one: one.name)
def test_the_override_shown_is_one_that_only_lacks_its_reason(one: Rule) -> None:
    shown = text.render(rule.blocks(one, ()))
    form = next((line.strip() for line in shown.splitlines() if "-- compat:" in line), None)
    if form is None:
        pytest.skip("no override can cover it")
    overrides, malformed = read_overrides(split(form.replace("why running code survives it", "unused since v41")).comments, BY_NAME)
    assert [override.rules for override in overrides] == [(one.name,)]
    assert malformed == []


def test_the_compatible_way_of_a_rule_is_told_for_the_tables_of_its_example() -> None:
    steps = example_steps(BY_NAME["drop-column"])
    assert "ALTER TABLE users DROP COLUMN nickname" in steps[-1].sql
    assert steps[0].sql == ()


@pytest.mark.parametrize("one", [one for one in RULES if one.example is not None], ids=lambda one: one.name)
def test_every_rule_with_an_example_has_a_compatible_way(one: Rule) -> None:
    assert example_steps(one)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("SELECT 1", "SELECT 1;"),
        ("SELECT 1; SELECT ';'", "SELECT 1;\nSELECT ';';"),
        ("\n    CREATE TABLE t (\n        id int\n    );\n", "CREATE TABLE t (\n    id int\n);"),
        ("-- nothing to run", "-- nothing to run"),
        ("SELECT 1 -- one", "SELECT 1; -- one"),
        ("", ""),
    ],
)
def test_sql_is_shown_one_statement_a_line_each_with_its_semicolon(written: str, shown: str) -> None:
    assert sql_text(written) == shown


def test_a_script_ends_each_statement_and_leaves_comments_alone() -> None:
    assert script_of(["-- first", "SELECT 1", "SELECT 2;"]) == "-- first\nSELECT 1;\nSELECT 2;"


def test_sql_and_names_cannot_act_on_a_terminal_or_in_markdown() -> None:
    class Hostile(Rule):
        name = "hostile"
        summary = "A \x1b[2J `name` <script> @team"
        example = Example("SELECT '\x1b[2J'", "SELECT '```\n# not a heading'", "SELECT 1", ())

    assert "\x1b" not in text.render(rule.blocks(Hostile(), ()))
    shown = markdown.render(rule.blocks(Hostile(), ()))
    tokens = MarkdownIt().parse(shown)
    assert "\x1b" not in shown
    assert "<script>" not in shown
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]
