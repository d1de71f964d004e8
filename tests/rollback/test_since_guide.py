"""`rollback-guide --since`: the answer for the deploy at hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_snapshot.plugin import Snapshot

from migcompat.findings import Breaks, Finding, Place, Report, Severity, Summary
from migcompat.rollback.guide import FailureClass
from migcompat.rollback.history import history_since
from migcompat.rollback.names import RollbackNames
from migcompat.rollback.since import since_text
from migcompat.rollback.situation import PriorCode, Situation, likely_class, message, open_classes, situation

if TYPE_CHECKING:
    from conftest import Repository

NAMES = RollbackNames(generation_label="gen-{sha}")
DROP = "migrations/002_drop.sql"


def finding(rule: str = "drop-column", severity: Severity = Severity.ERROR, breaks: Breaks = Breaks.READS, **more: object) -> Finding:
    message = "column public.users.nick is dropped while the prior code may still read it"
    return Finding(rule, severity, breaks, Place(DROP, 1, 1, 1, 9), "public.users.nick", message, "", "42703", **more)  # type: ignore[arg-type]


def deployed(repository: Repository, *findings: Finding, migrations: tuple[str, ...] = ()) -> Situation:
    repository.deploy()
    return situation(history_since("v1", NAMES, repository.path), NAMES, migrations, Report(findings, Summary()))


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        ((), PriorCode.RUNS),
        ((finding(),), PriorCode.BREAKS),
        ((finding(overridden=True, reason="unread"),), PriorCode.BREAKS),
        ((finding("add-enum-value", Severity.WARNING),), PriorCode.DEPENDS),
        ((finding("new-column-in-star", Severity.NOTE),), PriorCode.RUNS),
        ((finding("dynamic-sql", breaks=Breaks.NOTHING),), PriorCode.UNKNOWN),
        ((finding("unparsed-statement", breaks=Breaks.NOTHING), finding()), PriorCode.BREAKS),
        ((finding("unused-override", Severity.WARNING, Breaks.NOTHING),), PriorCode.RUNS),
    ],
)
def test_whether_the_prior_code_can_run(repository: Repository, found: tuple[Finding, ...], answer: PriorCode) -> None:
    repository.write("Drop", {DROP: "ALTER TABLE users DROP COLUMN nick;\n"})
    assert deployed(repository, *found, migrations=(DROP,)).prior_code is answer


@pytest.mark.parametrize(
    ("files", "found", "answers", "likely"),
    [
        ({"docs/a.md": "2"}, (), ["no", "yes", "no", "ask"], FailureClass.PAGES),
        ({"src/api.py": "2"}, (), ["yes", "no", "no", "ask"], FailureClass.BEHAVIOR),
        ({"src/api.py": "2", "docs/a.md": "2"}, (), ["yes", "yes", "no", "ask"], FailureClass.BEHAVIOR),
        ({"src/api.py": "2", DROP: "x"}, (), ["yes", "no", "yes", "ask"], FailureClass.BEHAVIOR),
        ({"src/api.py": "2", DROP: "x"}, (finding(),), ["yes", "no", "yes", "ask"], FailureClass.MIGRATION),
        ({DROP: "x"}, (), ["no", "no", "yes", "ask"], FailureClass.MIGRATION),
    ],
)
def test_which_classes_are_open_and_where_to_begin(
    repository: Repository, files: dict[str, str | None], found: tuple[Finding, ...], answers: list[str], likely: FailureClass
) -> None:
    repository.write("Change", files)
    deploy = deployed(repository, *found, migrations=tuple(file for file in files if file == DROP))
    assert [openness.answer for openness in open_classes(deploy)] == answers
    assert likely_class(deploy) is likely


def test_the_message_can_be_posted_as_it_is(repository: Repository) -> None:
    short = repository.commit("Change", src__api="2")
    deploy = deployed(repository)
    assert message(deploy, FailureClass.BEHAVIOR) == (
        "Production rollback has begun",
        f"Deploy SHA: {repository.git('rev-parse', 'HEAD')}",
        f"Generation: gen-{short}",
        "Failure class: behavior",
        f"Prior generation: gen-{repository.git('rev-parse', '--short', 'v1')} (v1)",
        "Prior code runs on the current schema: yes",
    )


def test_a_revert_onto_a_schema_that_the_prior_code_cannot_use_is_stopped_first(repository: Repository) -> None:
    repository.write("Drop", {DROP: "x", "src/api.py": "2"})
    text = since_text(deployed(repository, finding(), migrations=(DROP,)), FailureClass.BEHAVIOR)
    assert text.index("STOP: the prior code cannot run") < text.index("git revert")
    assert "runs safely" not in text


def test_only_commits_of_the_right_kind_are_offered(repository: Repository) -> None:
    docs = repository.write("Docs", {"docs/a.md": "2"})
    code = repository.write("Code", {"src/api.py": "2"})
    repository.write("Schema", {DROP: "x"})
    deploy = deployed(repository, migrations=(DROP,))
    assert f"git revert --no-edit {docs}\n" in since_text(deploy, FailureClass.PAGES)
    assert f"git revert --no-edit {code}\n" in since_text(deploy, FailureClass.BEHAVIOR)
    assert f"git revert --no-edit {code}\n" in since_text(deploy, FailureClass.MIGRATION)
    assert "git revert" not in since_text(deploy, FailureClass.DISASTER)


def test_a_class_that_nothing_belongs_to_offers_no_revert(repository: Repository) -> None:
    repository.write("Code", {"src/api.py": "2"})
    text = since_text(deployed(repository), FailureClass.PAGES)
    assert "git revert" not in text
    assert "nothing to revert" in text


def test_many_commits_stay_one_screen(repository: Repository) -> None:
    for number in range(30):
        repository.commit(f"Change {number}", src__api=str(number))
    text = since_text(deployed(repository))
    assert "and 18 older" in text
    assert len(text.splitlines()) <= 65
    assert max(map(len, text.splitlines())) <= 100


def test_nothing_from_the_repository_can_act_on_the_terminal(repository: Repository) -> None:
    repository.write("Clear \x1b[2J screen", {"src/\x1b[2J.py": "1", "migrations/\x1b]0;x\x07.sql": "x"})
    text = since_text(deployed(repository, migrations=("migrations/\x1b]0;x\x07.sql",)))
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("failure", FailureClass)
def test_whole_guides(repository: Repository, failure: FailureClass, snapshot: Snapshot) -> None:
    repository.write("Retry the outbox", {"src/api.py": "2"})
    repository.write("Drop the nickname", {DROP: "ALTER TABLE users DROP COLUMN nick;\n", "src/names.py": "1"})
    repository.write("Reword the start page", {"docs/index.md": "2"})
    broken = () if failure is FailureClass.BEHAVIOR else (finding(overridden=True, reason="unread since v40"),)
    text = since_text(deployed(repository, *broken, migrations=(DROP,)), failure)
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(
        re.sub(r"\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b", lambda match: "c" * len(match[0]), text), f"since-{failure.value}.txt"
    )
