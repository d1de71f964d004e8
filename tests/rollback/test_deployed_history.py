"""What git says about the deploys since the prior generation."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migcompat.errors import CheckError
from migcompat.rollback.history import changed_projects, history_since, only_pages, projects_of, revert_lines
from migcompat.rollback.names import PagesProject, RollbackNames
from migcompat.rollback.shell import command_lines

if TYPE_CHECKING:
    from conftest import Repository

NAMES = RollbackNames()


def test_commits_come_newest_first_with_their_paths(repository: Repository) -> None:
    first = repository.commit("Retry", src__api="2")
    empty = repository.commit("Nothing")
    last = repository.write("Odd names", {"src/a b.py": "", "src/é\n.py": "", "src/\x01.py": ""})
    repository.deploy()
    history = history_since("v1", NAMES, repository.path)
    assert [(commit.short, commit.subject) for commit in history.commits] == [(last, "Odd names"), (empty, "Nothing"), (first, "Retry")]
    assert [set(commit.paths) for commit in history.commits] == [{"src/a b.py", "src/é\n.py", "src/\x01.py"}, set(), {"src/api"}]
    assert set(history.paths) == {"src/a b.py", "src/é\n.py", "src/\x01.py", "src/api"}


def test_a_merge_stands_for_what_it_brought_in(repository: Repository) -> None:
    repository.git("switch", "--quiet", "-c", "feature")
    repository.commit("One", src__one="1")
    repository.commit("Two", src__two="2")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge feature", "feature")
    (commit,) = history_since("v1", NAMES, repository.path).commits
    assert (commit.subject, commit.merge, commit.paths) == ("Merge feature", True, ("src/one", "src/two"))


def test_the_users_git_settings_change_nothing(repository: Repository) -> None:
    repository.write("Umlaut", {"src/ü.py": "1"})
    for key, value in {
        "log.showSignature": "true",
        "core.quotePath": "true",
        "log.diffMerges": "off",
        "diff.external": "false",
        "color.ui": "always",
    }.items():
        repository.git("config", key, value)
    assert history_since("v1", NAMES, repository.path).paths == ("src/ü.py",)


def test_deployed_is_what_production_points_to_not_what_is_checked_out(repository: Repository) -> None:
    deployed = repository.commit("Deployed", src__api="2")
    repository.deploy()
    repository.commit("Not yet", src__api="3")
    history = history_since("v1", NAMES, repository.path)
    assert (history.head, history.head_short, len(history.commits), history.notices) == ("origin/production", deployed, 1, ())


def test_a_local_production_branch_serves_when_the_remote_is_unknown(repository: Repository) -> None:
    repository.commit("Deployed", src__api="2")
    repository.git("branch", "live")
    assert history_since("v1", RollbackNames(production_branch="live"), repository.path).head == "live"


def test_without_a_newer_production_branch_it_looks_at_head_and_says_so(repository: Repository) -> None:
    repository.commit("Not deployed", src__api="2")
    history = history_since("v1", NAMES, repository.path)
    assert history.head == "HEAD"
    assert "looks at HEAD" in history.notices[0]


def test_nothing_may_have_been_deployed_since(repository: Repository) -> None:
    history = history_since("HEAD", NAMES, repository.path)
    assert (history.commits, history.paths) == ((), ())


def test_what_a_hook_sets_names_no_other_repository(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit("Deployed", src__api="2")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert [commit.subject for commit in history_since("v1", NAMES, repository.path).commits] == ["Deployed"]


def test_a_prior_generation_from_beside_the_main_line_is_noted(repository: Repository) -> None:
    repository.git("switch", "--quiet", "-c", "feature")
    repository.commit("Side", src__side="1")
    repository.git("tag", "side")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge", "feature")
    repository.deploy()
    assert "side came in by a merge" in history_since("side", NAMES, repository.path).notices[0]


@pytest.mark.parametrize("revision", ["v9", "--output=/tmp/x", "HEAD:src", "v1 v1"])
def test_an_unknown_revision_says_how_to_fetch(repository: Repository, revision: str) -> None:
    with pytest.raises(CheckError, match=re.escape(f"revision {revision} is not known here; fetch it with: git fetch --tags origin")):
        history_since(revision, NAMES, repository.path)


def test_a_shallow_clone_is_told_to_deepen(repository: Repository, tmp_path: Path) -> None:
    repository.commit("Later", src__api="2")
    repository.deploy()
    subprocess.run(["git", "clone", "--quiet", "--depth=1", (tmp_path / "origin.git").as_uri(), tmp_path / "shallow"], check=True)
    with pytest.raises(CheckError, match="git fetch --tags --unshallow origin"):
        history_since("v1", NAMES, tmp_path / "shallow")


def test_a_revision_from_another_line_is_no_prior_generation(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--orphan", "other")
    repository.commit("Other", a="1")
    repository.git("tag", "elsewhere")
    repository.git("switch", "--quiet", "main")
    with pytest.raises(CheckError, match="elsewhere is not part of the history of HEAD"):
        history_since("elsewhere", NAMES, repository.path)


def test_outside_a_repository_is_an_answer_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(CheckError, match="is not in a git repository"):
        history_since("v1", NAMES, tmp_path)


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CheckError, match="git is not installed"):
        history_since("v1", NAMES, tmp_path)


@pytest.mark.parametrize(
    ("pattern", "path", "hit"),
    [
        ("docs/**", "docs/a/b.md", True),
        ("docs/**", "src/docs/a.md", False),
        ("docs/**", "docs", False),
        ("docs", "docs/a/b.md", True),
        ("docs/", "docs/a.md", True),
        ("docs", "docs2/a.md", False),
        ("web/*.css", "web/a.css", True),
        ("web/*.css", "web/deep/a.css", False),
        ("**/site/**", "site/a", True),
        ("**/site/**", "x/y/site/a", True),
        ("a?.txt", "ab.txt", True),
        ("a?.txt", "a/.txt", False),
        ("a.b", "axb", False),
        ("docs/**", "docs/line\nfeed", True),
    ],
)
def test_path_patterns(pattern: str, path: str, hit: bool) -> None:
    assert bool(projects_of(path, RollbackNames(pages_projects=(PagesProject("x", (pattern,)),)))) is hit


def test_only_pages_means_all_of_at_least_one_path() -> None:
    assert only_pages(["docs/a.md", "apps/ops/b.ts"], NAMES)
    assert not only_pages(["docs/a.md", "src/api.py"], NAMES)
    assert not only_pages([], NAMES)
    assert [project.name for project in changed_projects(["docs/a.md", "apps/ops/b.ts"], NAMES)] == ["ops.", "docs."]


def run_as_printed(repository: Repository, directory: Path, commands: tuple[tuple[str, ...], ...]) -> None:
    script = "\n".join(line for command in commands for line in command_lines(command, indent="    ", width=100))
    subprocess.run(["bash", "-eu", "-c", script], cwd=directory, check=True, capture_output=True)


def test_the_printed_revert_gives_the_prior_code_back_and_keeps_migrations(repository: Repository) -> None:
    repository.write("Bad", {"src/api.py": "bad\n", "migrations/002 add [x].sql": "ALTER TABLE users ADD x int;\n"})
    repository.git("switch", "--quiet", "-c", "feature")
    repository.write("Worse", {"src/new.py": "worse\n"})
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge feature", "feature")
    history = history_since("v1", NAMES, repository.path / "src")
    keep = [history.from_top("../migrations/002 add [x].sql")]
    run_as_printed(repository, repository.path / "src", revert_lines(history, history.commits, keep))
    assert repository.git("diff", "--name-only", "v1", "HEAD") == "migrations/002 add [x].sql"
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("log", "-1", "--format=%s") == f"Revert {history.commits[0].short}, {history.commits[1].short}"


def test_the_printed_revert_without_migrations_makes_one_commit_each(repository: Repository) -> None:
    repository.write("Bad", {"src/api.py": "bad\n"})
    repository.write("Worse", {"src/api.py": "worse\n"})
    history = history_since("v1", NAMES, repository.path)
    run_as_printed(repository, repository.path, revert_lines(history, history.commits, []))
    assert repository.git("diff", "--name-only", "v1", "HEAD") == ""
    assert repository.git("rev-list", "--count", "v1..HEAD") == "4"
    assert revert_lines(history, (), []) == ()


def test_a_long_command_continues_on_the_next_line() -> None:
    lines = command_lines(("git", "revert", *(f"{number:07x}" for number in range(40))), indent="  ", width=60)
    assert len(lines) > 1
    assert all(len(line) <= 60 for line in lines)
    printed = subprocess.run(["bash", "-c", "\n".join(lines).replace("git", "echo", 1)], check=True, capture_output=True, text=True).stdout
    assert len(printed.split()) == 41


@pytest.mark.parametrize("word", ["plain", "a b", "$(touch x)", "`x`", "it's", "\x1b[31m", "\u202egnp", "a\nb", "back\\slash\x07'", "é"])
def test_any_word_reaches_the_command_as_it_is(word: str) -> None:
    (line,) = command_lines(("printf", "%s", word), indent="", width=1000)
    assert line.isprintable()
    assert subprocess.run(["bash", "-c", line], check=True, capture_output=True).stdout.decode() == word
