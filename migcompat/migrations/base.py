"""Finds the commit that a deploy is compared with: what runs in production before it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from migcompat.errors import CheckError
from migcompat.frozen import frozen
from migcompat.migrations.git import Repository

AUTO = "auto"
NO_REVISION = "--since is empty: name a branch, tag or commit; if a variable should hold it, that is not set"

_COUNTED = re.compile(r"[~^:@{]")
"""`HEAD~2` and the like are counted from a commit: there is no such name to fetch."""
_MERGE_REF = re.compile(r"refs/pull/[^/]+/merge")
_TARGET_BRANCHES = (
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",  # GitLab
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",  # Azure Pipelines
    "CHANGE_TARGET",  # Jenkins
    "DRONE_TARGET_BRANCH",
    "CI_COMMIT_TARGET_BRANCH",  # Woodpecker
)
"""Variables in which a CI service names the branch that a change will be merged into."""

_USUAL_BRANCHES = ("origin/main", "origin/master", "main", "master")


@frozen
class Base:
    """What a deploy is compared with."""

    commit: str
    """A full commit name; the empty tree where nothing is committed yet."""
    label: str
    """In words: `1a2b3c4 (merge base with main)`."""


def find_base(since: str, repository: Repository, environment: Mapping[str, str] = os.environ) -> Base:
    """The base of `--since REV`: the merge base with it. `auto` asks the CI service's variables, then takes the default branch."""
    if not since.strip():
        raise CheckError(NO_REVISION)
    if since != AUTO:
        return _merge_base(since, repository, environment)
    return _automatic(repository, environment)


def head_base(repository: Repository) -> Base:
    """The base of what is staged: the last commit."""
    head = repository.commit("HEAD")
    if head is None:
        return Base(repository.empty_tree(), "the empty repository")
    return Base(head, f"{short(head)} (HEAD)")


def range_base(start: str, end: str, repository: Repository) -> Base:
    """The base of a range of commits, as pre-commit gives it: it compares with three dots."""
    if repository.commit(end) is None:
        raise CheckError(f"revision {end} is not known here; fetch it with: git fetch origin {end}")
    return _merge_base(start, repository, {}, end)


def pre_commit_range(environment: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """The commits between which pre-commit was asked to look, as before a push; None: it looks at what is staged."""
    start, end = environment.get("PRE_COMMIT_FROM_REF", ""), environment.get("PRE_COMMIT_TO_REF", "")
    return (start, end) if start.strip("0") and end else None


def _automatic(repository: Repository, environment: Mapping[str, str]) -> Base:
    between = pre_commit_range(environment)
    if between is not None:
        return range_base(*between, repository)
    if environment.get("GITHUB_ACTIONS") == "true":
        base = _github(repository, environment)
        if base:
            return base
    for commit in ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"):  # GitLab
        if environment.get(commit):
            return _merge_base(environment[commit], repository, environment)
    if environment.get("SYSTEM_PULLREQUEST_TARGETBRANCH") and _MERGE_REF.fullmatch(environment.get("BUILD_SOURCEBRANCH", "")):
        return _merge_parent(repository, "fetchDepth: 2 in the checkout step")
    for variable in _TARGET_BRANCHES:
        if environment.get(variable):
            return _merge_base(_remote_branch(environment[variable].removeprefix("refs/heads/")), repository, environment)
    before = environment.get("CI_COMMIT_BEFORE_SHA", "")  # GitLab, on a push
    if before.strip("0") and repository.commit(before):
        return _merge_base(before, repository, environment)
    return _default_branch(repository, environment)


def _github(repository: Repository, environment: Mapping[str, str]) -> Base | None:
    event = environment.get("GITHUB_EVENT_NAME", "")
    payload = _payload(environment)
    if event.startswith("pull_request"):
        merged = _MERGE_REF.fullmatch(environment.get("GITHUB_REF", "")) and repository.commit("HEAD") == environment.get("GITHUB_SHA")
        if merged and event != "pull_request_target":
            return _merge_parent(repository, "fetch-depth: 2 in actions/checkout")
        if environment.get("GITHUB_BASE_REF"):
            return _merge_base(_remote_branch(environment["GITHUB_BASE_REF"]), repository, environment)
    if event == "merge_group":
        base = _text(payload, "merge_group", "base_sha")
        if base:
            return _merge_base(base, repository, environment)
    if event == "push":
        before = _text(payload, "before")
        if before.strip("0") and repository.commit(before):
            return _merge_base(before, repository, environment)
        branch = _text(payload, "repository", "default_branch")
        if branch and branch != environment.get("GITHUB_REF_NAME"):
            return _merge_base(_remote_branch(branch), repository, environment)
        if before.strip("0"):
            raise _unknown(before, repository, environment)
    return None


def _merge_parent(repository: Repository, remedy: str) -> Base:
    """The first parent of the merge commit that CI checked out: exactly what the change will land on."""
    parents = repository.parents("HEAD")
    if len(parents) < 2:
        raise CheckError("HEAD should be the merge of this pull request into its target, but it is no merge commit")
    if repository.commit(parents[0]) is None:
        raise CheckError(f"the base of this pull request, {parents[0][:10]}, is not in this shallow clone: set {remedy}")
    return Base(parents[0], f"{short(parents[0])} (what this pull request is merged into)")


def _default_branch(repository: Repository, environment: Mapping[str, str]) -> Base:
    for name in (*_origin_head(repository), *filter(None, [environment.get("CI_DEFAULT_BRANCH", "")]), *_USUAL_BRANCHES):
        if repository.commit(name):
            return _merge_base(name, repository, environment)
    raise CheckError(
        "no default branch is known here; name one with --since, or fetch it with: git fetch origin && git remote set-head origin -a"
    )


def _origin_head(repository: Repository) -> Iterator[str]:
    if repository.commit("refs/remotes/origin/HEAD"):
        yield repository.output("rev-parse", "--abbrev-ref", "refs/remotes/origin/HEAD").strip()


def _merge_base(revision: str, repository: Repository, environment: Mapping[str, str], head: str = "HEAD") -> Base:
    name = revision
    commit = repository.commit(name)
    if commit is None and "/" not in revision:
        name = f"origin/{revision}"
        commit = repository.commit(f"refs/remotes/{name}")
    if commit is None:
        _require_commit(head, repository)
        raise _unknown(revision, repository, environment)
    base = commit if name == head else repository.merge_base(commit, head)
    if base is None:
        _require_commit(head, repository)
        why = _deepen(environment) if repository.shallow else "the two histories are unrelated"
        raise CheckError(f"{name} and {head} have no common ancestor here: {why}")
    said = name if len(name) < 40 else name[:10]
    return Base(base, f"{short(base)} ({said})" if base == commit else f"{short(base)} (merge base with {said})")


def _require_commit(head: str, repository: Repository) -> None:
    if repository.commit(head) is None:
        raise CheckError(f"nothing is committed in {repository.top} yet, so there is nothing to compare with")


def _unknown(revision: str, repository: Repository, environment: Mapping[str, str]) -> CheckError:
    unknown = f"revision {revision} is not known here"
    if _COUNTED.search(revision):
        return CheckError(f"{unknown}{f': {_deepen(environment)}' if repository.shallow else ''}")
    deeper = "--unshallow " if repository.shallow else ""
    branch = revision.removeprefix("origin/")
    what = revision if re.fullmatch(r"[0-9a-f]{40,64}", revision) else f"{branch}:refs/remotes/origin/{branch}"
    return CheckError(f"{unknown}; fetch it with: git fetch {deeper}origin {what}{_in_actions(environment)}")


def _deepen(environment: Mapping[str, str]) -> str:
    return f"it is a shallow clone; deepen it with: git fetch --unshallow origin{_in_actions(environment)}"


def short(commit: str) -> str:
    """A commit as people are shown it."""
    return commit[:7]


def _in_actions(environment: Mapping[str, str]) -> str:
    return " (or set fetch-depth: 0 in actions/checkout)" if environment.get("GITHUB_ACTIONS") == "true" else ""


def _remote_branch(branch: str) -> str:
    return f"origin/{branch}"


def _payload(environment: Mapping[str, str]) -> object:
    path = environment.get("GITHUB_EVENT_PATH", "")
    if not path:
        return {}
    try:
        return json.loads(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise CheckError(f"cannot read the event that GITHUB_EVENT_PATH names: {error}") from error


def _text(payload: object, *keys: str) -> str:
    for key in keys:
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload if isinstance(payload, str) else ""
