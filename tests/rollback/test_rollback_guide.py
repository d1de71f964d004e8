"""The runbook, fact by fact."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from migcompat.rollback.guide import FailureClass
from migcompat.rollback.names import PagesProject, RollbackNames
from migcompat.rollback.render import chooser_text, class_text

BEHAVIOR, PAGES, MIGRATION, DISASTER = FailureClass
ALL = tuple(FailureClass)
TEAM = RollbackNames(
    production_branch="live",
    main_branch="trunk",
    remote="upstream",
    deploy_docs="docs/ship.md",
    disaster_docs="docs/dr.md",
    pages_workflow="sites.yml",
    pages_projects=(PagesProject("shop", ("shop/**",)),),
    ops_channel="#incidents",
    links=(("On call", "+49 30 000000"),),
)

FACTS = [
    # the model
    ("rollback is forward-fix: a new commit that reverts the change", ALL, "by deploying a new commit that reverts the change"),
    ("production is fast-forward-only", ALL, "production is fast-forward-only"),
    ("its ruleset blocks force-push", ALL, "its ruleset blocks force-push"),
    ("it cannot be moved backward, by ADR-109 D5", ALL, "it cannot move backward (ADR-109 D5)"),
    ("cutover is generation-stamped", ALL, "Every deploy is stamped with its generation"),
    ("no blue/green CNAME flip", ALL, "No blue/green CNAME flip"),
    ("no legacy-generation drain", ALL, "no legacy generation to drain"),
    ("a container deploy is a new generation of one container", ALL, "A container deploy ships a new generation: one container"),
    ("it claims its generation's outbox rows", ALL, "claims the outbox rows stamped with its own generation"),
    ("the prior generation's rows age out unclaimed", ALL, "The prior generation's rows age out unclaimed"),
    ("there is no reaper to run", ALL, "there is no reaper to run"),
    ("a Pages deploy ships one static or Function deployment", ALL, "ships the static files and Functions of one frontend or docs project"),
    ("it leaves the API and workers generation alone", ALL, "the API/workers generation is not touched"),
    ("migrations are forward-only, by ADR-032 D4", ALL, "Migrations only go forward (ADR-032 D4)"),
    ("expand/contract keeps the prior code working", ALL, "the prior generation's code keeps working on the new schema"),
    # communication
    ("tell SHA, generation, class in the ops channel", ALL, "the ops channel: the deploy's SHA, the generation, the failure class"),
    ("mark or annotate the GitHub Release if there is one", ALL, "If a GitHub Release was made for the deploy: mark it or annotate it"),
    ("capture the doctrine gap afterwards", ALL, "When it is over: write down what the deploy doctrine did not cover"),
    # behavior
    ("when: wrong or worse answers on a sound schema", [BEHAVIOR], "gives wrong answers or got worse, and no migration is to blame"),
    ("1: revert on main", [BEHAVIOR], "1. Revert the commit, or commits, that caused it on main"),
    ("1: git revert", [BEHAVIOR, PAGES], "git revert --no-edit SHA"),
    ("2: fast-forward production and push", [BEHAVIOR, PAGES], "2. Fast-forward production to the revert and push"),
    ("2: the push", [BEHAVIOR, PAGES], "git push origin main:production"),
    ("2: redeploys per deployment.md", [BEHAVIOR], "redeploys (deployment.md)"),
    ("3: the reverted code is the prior generation's", [BEHAVIOR], "The reverted code is the prior generation's code"),
    ("3: safe by the expand/contract guarantee", [BEHAVIOR], "runs safely on the schema that is already migrated"),
    ("3: the guarantee has a name", [BEHAVIOR], "the expand/contract guarantee"),
    # pages
    ("when: only app., ops. or docs.", [PAGES], "affects only app., ops. or docs.;"),
    ("1: revert the frontend or docs commit on main", [PAGES], "1. Revert the frontend or docs commit that caused it on main"),
    ("2: the workflow redeploys the project", [PAGES], "deploy-pages.yml then redeploys the affected Pages project"),
    ("3: live and no revert ready: Cloudflare's rollback", [PAGES], "not ready yet, use the deployment rollback of Cloudflare Pages"),
    ("3: and still land it in git", [PAGES], "Then still land the revert or the fix in git"),
    # migration
    ("when: the migration itself", [MIGRATION], "a migration that was applied is itself the problem"),
    ("1: no rollback of the schema", [MIGRATION], "1. Do not roll the schema back. Migrations only go forward (ADR-032 D4)"),
    ("2: prior code can run: revert the code", [MIGRATION], "2. If the prior code can run on the new schema"),
    ("2: that is, expand/contract held", [MIGRATION], "expand/contract held), revert the code and deploy it, exactly as in 'behavior'"),
    ("3: otherwise fix forward", [MIGRATION], "3. Otherwise fix forward: write one more migration"),
    ("3: for example nullable until the backfill", [MIGRATION], "a NOT NULL column nullable again until the backfill is complete"),
    ("3: shipped with the corrected code", [MIGRATION], "ship it together with the corrected code"),
    ("corner: a change leaves prior code working", [MIGRATION], "A schema change must leave the prior generation working (ADR-109 D5)"),
    ("corner: the lint rejects at PR time, by ADR-053 D5", [MIGRATION], "migration-compat lint (ADR-053 D5) rejects in the pull request"),
    ("corner: required column", [MIGRATION], "ADD COLUMN ... NOT NULL without a default"),
    ("corner: drops", [MIGRATION], "DROP COLUMN, DROP TABLE"),
    ("corner: type", [MIGRATION], "ALTER COLUMN ... TYPE"),
    ("corner: unique on an existing table", [MIGRATION], "ADD ... UNIQUE on an existing table"),
    ("corner: the override", [MIGRATION], "'-- compat: breaking (reason: ...)'"),
    ("corner: with a reviewer's signoff", [MIGRATION], "signed off by a reviewer"),
    ("corner: explicit opt-in keeps rollback simple", [MIGRATION], "The one way past it is opting in"),
    # disaster
    ("when: database corrupted or region down", [DISASTER], "the database is corrupted, or a region is down"),
    ("declare DR", [DISASTER], "1. Declare disaster recovery (DR) and follow disaster-recovery.md"),
    ("PITR or managed backup", [DISASTER], "point-in-time recovery (PITR) or the restore of a managed backup"),
]  # fmt: skip


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("classes", "words"), [fact[1:] for fact in FACTS], ids=[fact[0] for fact in FACTS])
def test_every_fact_of_the_runbook_is_told(classes: list[FailureClass], words: str) -> None:
    for failure in classes:
        assert words in one_line(class_text(failure, RollbackNames()))


@pytest.mark.parametrize("failure", FailureClass)
def test_a_class_is_one_plain_screen(failure: FailureClass) -> None:
    lines = class_text(failure, RollbackNames()).splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100
    assert all(line.isascii() and line.isprintable() and line == line.rstrip() for line in lines)


def test_steps_come_before_background() -> None:
    for failure in FailureClass:
        text = class_text(failure, RollbackNames())
        assert text.index("\nDO\n") < text.index("\nDO NOT\n") < text.index("\nTELL\n") < text.index("\nHOW IT WORKS\n")


def test_without_a_class_four_questions_lead_to_one() -> None:
    text = chooser_text(RollbackNames())
    order = [text.index(f"\n       migcompat rollback-guide {failure.value}\n") for failure in (DISASTER, MIGRATION, PAGES, BEHAVIOR)]
    assert order == sorted(order)
    assert len(text.splitlines()) <= 45
    assert max(map(len, text.splitlines())) <= 100


def test_without_a_class_the_model_and_whom_to_tell_are_there() -> None:
    text = one_line(chooser_text(RollbackNames()))
    assert [words for _, classes, words in FACTS if classes is ALL and words not in text] == []


@pytest.mark.parametrize("failure", [None, *FailureClass], ids=lambda failure: failure.value if failure else "choose")
def test_screens(failure: FailureClass | None, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    names = RollbackNames()
    text = class_text(failure, names) if failure else chooser_text(names)
    snapshot.assert_match(text, f"{failure.value if failure else 'choose'}.txt")


@pytest.mark.parametrize(
    "default", ["production", "origin", "deployment.md", "deploy-pages.yml", "disaster-recovery.md", "docs.", "the ops channel"]
)
def test_the_teams_names_take_the_place_of_the_defaults(default: str) -> None:
    texts = [chooser_text(TEAM), *(class_text(failure, TEAM) for failure in FailureClass)]
    assert [text for text in texts if default in text] == []


def test_the_teams_names_are_in_the_commands_and_the_links_below() -> None:
    text = class_text(BEHAVIOR, TEAM)
    assert "\n       git pull --ff-only upstream trunk\n" in text
    assert "\n       git push upstream trunk:live\n" in text
    assert text.endswith("\nLINKS\n  - On call: +49 30 000000\n")


def test_names_cannot_smuggle_commands_or_escapes_in() -> None:
    text = class_text(BEHAVIOR, RollbackNames(main_branch="main; rm -rf ~", production_branch="p\x1b[2J"))
    assert "       git switch 'main; rm -rf ~'\n" in text
    assert "\x1b" not in text
    assert r"$'main; rm -rf ~:p\x1b[2J'" in text


def test_the_guide_does_not_load_the_parser() -> None:
    code = "import sys, migcompat.rollback.render, migcompat.rollback.since; sys.exit('sqlglot' in sys.modules or 'click' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
