"""What a deploy is compared with: a revision, or what the CI service's variables say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from migcompat.errors import CheckError
from migcompat.migrations.base import find_base, range_base
from migcompat.migrations.git import repository_of

if TYPE_CHECKING:
    from conftest import Repository


class Story:
    """A main branch that moved on, a pull request, and the merge of the two that CI checks out; cloned from an origin."""

    def __init__(self, repository: Repository) -> None:
        origin = repository.create("../origin")
        self.fork = origin.commit({"a": ""})
        origin.git("switch", "--quiet", "-c", "change")
        self.change = origin.commit({"c": ""})
        origin.git("switch", "--quiet", "main")
        self.main = origin.commit({"b": ""})
        origin.git("switch", "--quiet", "--detach")
        origin.git("merge", "--quiet", "-m", "x", "change")
        self.merge = origin.git("rev-parse", "HEAD")
        origin.git("update-ref", "refs/pull/7/merge", self.merge)
        origin.git("switch", "--quiet", "main")
        self.origin = origin
        repository.git("remote", "add", "origin", f"file://{origin.top}")
        self.clone = repository

    def check_out(self, ref: str, *options: str) -> None:
        self.clone.git("fetch", "--quiet", *options, "origin", f"+{ref}:refs/remotes/origin/fetched")
        self.clone.git("checkout", "--quiet", "--detach", "refs/remotes/origin/fetched")


@pytest.fixture
def story(repository: Repository) -> Story:
    return Story(repository)


def base(since: str, environment: dict[str, str] | None = None) -> str:
    return find_base(since, repository_of("."), environment or {}).commit


def label(since: str, environment: dict[str, str] | None = None) -> str:
    return find_base(since, repository_of("."), environment or {}).label


def event(story: Story, payload: object) -> str:
    path = story.clone.top.parent / "event.json"
    path.write_text(json.dumps(payload))
    return str(path)


def actions(name: str, **variables: str) -> dict[str, str]:
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, **{f"GITHUB_{key.upper()}": value for key, value in variables.items()}}


def test_a_revision_means_the_merge_base_with_it(story: Story) -> None:
    story.clone.git("fetch", "--quiet", "origin")
    story.check_out("change")
    assert base("origin/main") == story.fork
    assert label("origin/main") == f"{story.fork[:7]} (merge base with origin/main)"
    assert base(story.fork) == story.fork
    assert label(story.fork) == f"{story.fork[:7]} ({story.fork[:10]})"


def test_a_branch_that_only_the_remote_has(story: Story) -> None:
    story.clone.git("fetch", "--quiet", "origin")
    story.check_out("change")
    assert label("main") == f"{story.fork[:7]} (merge base with origin/main)"


def test_a_tag(story: Story) -> None:
    story.check_out("change")
    story.clone.git("tag", "-a", "v1", story.fork, "-m", "x")
    assert base("v1") == story.fork


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "a..b"])
def test_an_unknown_revision_is_an_error(revision: str, story: Story) -> None:
    story.check_out("change")
    with pytest.raises(CheckError, match=r"revision .* is not known here"):
        base(revision)


def test_the_error_says_how_to_fetch(story: Story) -> None:
    story.check_out("change", "--depth=1")
    with pytest.raises(CheckError) as error:
        base("main")
    command = str(error.value).partition("fetch it with: ")[2]
    assert command == "git fetch --unshallow origin main:refs/remotes/origin/main"
    story.clone.git(*command.split()[1:])
    assert base("main") == story.fork


def test_the_error_for_a_commit_says_how_to_fetch(story: Story) -> None:
    story.check_out("change", "--depth=1")
    with pytest.raises(CheckError, match=f"fetch it with: git fetch --unshallow origin {story.fork}$"):
        base(story.fork)


def test_what_is_counted_from_a_commit_has_no_name_to_fetch(story: Story) -> None:
    story.check_out("change", "--depth=1")
    with pytest.raises(
        CheckError, match=r"revision HEAD~1 is not known here: it is a shallow clone; deepen it with: git fetch --unshallow origin$"
    ):
        base("HEAD~1")
    story.clone.git("fetch", "--unshallow", "origin")
    with pytest.raises(CheckError, match=r"revision HEAD\^\^\^\^\^\^ is not known here$"):
        base("HEAD^^^^^^")


def test_a_shallow_clone_without_the_merge_base_is_an_error(story: Story) -> None:
    story.clone.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    story.check_out("change", "--depth=1")
    expected = "have no common ancestor here: it is a shallow clone; deepen it with: git fetch --unshallow origin$"
    with pytest.raises(CheckError, match=expected):
        base("main")
    with pytest.raises(CheckError, match=r"\(or set fetch-depth: 0 in actions/checkout\)"):
        base("main", actions("workflow_dispatch"))


def test_unrelated_histories_are_an_error(story: Story) -> None:
    story.check_out("change")
    story.clone.git("checkout", "--quiet", "--orphan", "new")
    story.clone.commit({"z": ""})
    with pytest.raises(CheckError, match="have no common ancestor here: the two histories are unrelated"):
        base(story.change)


def test_nothing_committed_is_an_error(repository: Repository) -> None:
    with pytest.raises(CheckError, match=r"nothing is committed in .* yet"):
        base("main")


def test_pull_request_on_its_merge(story: Story) -> None:
    story.check_out("refs/pull/7/merge", "--depth=2")
    environment = actions("pull_request", ref="refs/pull/7/merge", sha=story.merge, base_ref="main")
    assert base("auto", environment) == story.main
    assert label("auto", environment) == f"{story.main[:7]} (what this pull request is merged into)"


def test_pull_request_on_its_merge_with_too_little_history(story: Story) -> None:
    story.check_out("refs/pull/7/merge", "--depth=1")
    environment = actions("pull_request", ref="refs/pull/7/merge", sha=story.merge, base_ref="main")
    with pytest.raises(CheckError, match=rf"the base of this pull request, {story.main[:10]}, .*: set fetch-depth: 2 in actions/checkout"):
        base("auto", environment)


def test_pull_request_on_its_merge_that_is_none(story: Story) -> None:
    story.check_out("change")
    with pytest.raises(CheckError, match="but it is no merge commit"):
        base("auto", actions("pull_request", ref="refs/pull/7/merge", sha=story.change, base_ref="main"))


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target", "pull_request_review"])
def test_pull_request_with_its_head_checked_out(name: str, story: Story) -> None:
    story.clone.git("fetch", "--quiet", "origin")
    story.check_out("change")
    assert base("auto", actions(name, ref="refs/pull/7/merge", sha=story.merge, base_ref="main")) == story.fork


def test_pull_request_with_its_head_checked_out_and_nothing_else(story: Story) -> None:
    story.check_out("change", "--depth=1")
    with pytest.raises(CheckError, match=r"git fetch --unshallow origin main:refs/remotes/origin/main \(or set fetch-depth: 0"):
        base("auto", actions("pull_request", ref="refs/pull/7/merge", sha=story.merge, base_ref="main"))


def test_merge_group(story: Story) -> None:
    story.check_out("refs/pull/7/merge", "--depth=2")
    environment = actions("merge_group", base_ref="", event_path=event(story, {"merge_group": {"base_sha": story.main}}))
    assert base("auto", environment) == story.main


def test_push(story: Story) -> None:
    story.clone.git("fetch", "--quiet", "origin")
    story.check_out("main")
    environment = actions("push", ref_name="main", event_path=event(story, {"before": story.fork}))
    assert base("auto", environment) == story.fork


def test_push_of_a_new_branch(story: Story) -> None:
    story.clone.git("fetch", "--quiet", "origin")
    story.check_out("change")
    payload = {"before": "0" * 40, "repository": {"default_branch": "main"}}
    assert base("auto", actions("push", ref_name="change", event_path=event(story, payload))) == story.fork


def test_push_to_the_default_branch_with_too_little_history(story: Story) -> None:
    story.check_out("main", "--depth=1")
    payload = {"before": story.fork, "repository": {"default_branch": "main"}}
    with pytest.raises(CheckError, match=f"git fetch --unshallow origin {story.fork}"):
        base("auto", actions("push", ref_name="main", event_path=event(story, payload)))


def test_an_event_that_cannot_be_read_is_an_error(story: Story) -> None:
    story.check_out("main")
    with pytest.raises(CheckError, match="cannot read the event that GITHUB_EVENT_PATH names"):
        base("auto", actions("push", event_path="/nowhere"))


@pytest.mark.parametrize(
    "variables",
    [
        {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "fork"},
        {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
        {"CI_COMMIT_BEFORE_SHA": "fork"},
        {"CI_COMMIT_BEFORE_SHA": "0" * 40, "CI_DEFAULT_BRANCH": "origin/main"},
        {"BITBUCKET_PR_DESTINATION_BRANCH": "main"},
        {"BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main"},
        {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
        {"CHANGE_TARGET": "main"},
        {"DRONE_TARGET_BRANCH": "main"},
        {"CI_COMMIT_TARGET_BRANCH": "main"},
        {"PRE_COMMIT_FROM_REF": "origin/main", "PRE_COMMIT_TO_REF": "HEAD"},
        {},
    ],
    ids=lambda variables: next(iter(variables), "default branch"),
)
def test_other_services(variables: dict[str, str], story: Story) -> None:
    story.clone.git("fetch", "--quiet", "origin")
    story.check_out("change")
    assert base("auto", {name: story.fork if value == "fork" else value for name, value in variables.items()}) == story.fork


def test_gitlab_on_the_merged_result(story: Story) -> None:
    story.check_out("refs/pull/7/merge")
    environment = {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": story.main, "CI_MERGE_REQUEST_DIFF_BASE_SHA": story.fork}
    assert base("auto", environment) == story.main


def test_azure_on_the_merge(story: Story) -> None:
    story.check_out("refs/pull/7/merge", "--depth=2")
    environment = {"SYSTEM_PULLREQUEST_TARGETBRANCH": "main", "BUILD_SOURCEBRANCH": "refs/pull/7/merge"}
    assert base("auto", environment) == story.main


def test_the_remote_says_which_branch_is_the_default(story: Story) -> None:
    story.origin.git("branch", "-m", "main", "trunk")
    story.clone.git("fetch", "--quiet", "origin")
    story.clone.git("remote", "set-head", "origin", "trunk")
    story.check_out("change")
    assert label("auto") == f"{story.fork[:7]} (merge base with origin/trunk)"


@pytest.mark.parametrize("unset", ["", " "])
def test_a_variable_that_is_not_set_is_named_as_the_cause(story: Story, unset: str) -> None:
    story.check_out("change")
    with pytest.raises(CheckError, match="--since is empty: name a branch, tag or commit; if a variable should hold it, that is not set"):
        base(unset)


def test_no_default_branch_is_an_error(story: Story) -> None:
    story.check_out("change")
    with pytest.raises(CheckError, match="no default branch is known here; name one with --since"):
        base("auto")


def test_a_range_ends_at_a_commit_that_is_there(story: Story) -> None:
    story.check_out("change")
    assert range_base(story.fork, story.change, repository_of(".")).commit == story.fork
    with pytest.raises(CheckError, match="revision gone is not known here; fetch it with: git fetch origin gone"):
        range_base(story.fork, "gone", repository_of("."))
