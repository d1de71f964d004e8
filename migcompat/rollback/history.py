"""What was deployed since the prior generation, as git tells it. Only reads; every command that changes anything is left to a person."""

from __future__ import annotations

import posixpath
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from migcompat.errors import CheckError
from migcompat.frozen import frozen
from migcompat.migrations import git
from migcompat.migrations.base import NO_REVISION
from migcompat.rollback.guide import Command
from migcompat.rollback.names import PagesProject, RollbackNames

_FIELD = "\x01"
_FORMAT = "%x00" + "%x01".join(("%H", "%h", "%P", "%s"))


@frozen
class Commit:
    """One commit of the main line; a merge stands for all it brought in."""

    sha: str
    short: str
    subject: str
    merge: bool
    paths: tuple[str, ...]
    """What it changed against its first parent, from the repository's top."""


@frozen
class History:
    """Everything between the prior generation and what is deployed now."""

    prior: str
    """The prior generation's revision, as it was named."""
    prior_short: str
    head: str
    """Where the deployed state was read: `origin/production`, or HEAD when no production branch is there."""
    head_sha: str
    head_short: str
    commits: tuple[Commit, ...]
    """Newest first."""
    paths: tuple[str, ...]
    """What differs between the two, from the repository's top."""
    prefix: str = ""
    """The working directory, from the repository's top: empty or with a slash at the end."""
    top: str = ""
    """The repository's top, relative to the working directory; empty when that is the place."""
    notices: tuple[str, ...] = ()

    def from_top(self, path: str) -> str:
        """A path relative to the working directory, as git names it."""
        return posixpath.normpath(self.prefix + path)


def history_since(revision: str, names: RollbackNames, directory: Path) -> History:
    """The deploys since `revision`: the commit, tag or branch that the prior generation was built from."""
    prior = _commit(revision, directory)
    if prior is None:
        raise CheckError(_unknown(revision, names, directory))
    head, head_sha = _deployed(prior, names, directory)
    if _git(directory, "merge-base", "--is-ancestor", prior, head_sha).returncode:
        raise CheckError(f"{revision} is not part of the history of {head}, so it cannot be the generation deployed before it")
    span = f"{prior}..{head_sha}"
    prefix = _lines(directory, "rev-parse", "--show-prefix")
    log = ("log", "--first-parent", "-m", "--name-only", "--no-renames", "--no-show-signature", "-z", f"--format={_FORMAT}", span, "--")
    diff = ("diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", prior, head_sha, "--")
    return History(
        prior=revision,
        prior_short=_lines(directory, "rev-parse", "--short", prior),
        head=head,
        head_sha=head_sha,
        head_short=_lines(directory, "rev-parse", "--short", head_sha),
        commits=tuple(_commits(_output(directory, *log))),
        paths=tuple(path for path in _output(directory, *diff).split("\0") if path),
        prefix=prefix,
        top="/".join([".."] * prefix.count("/")),
        notices=tuple(_notices(revision, prior, head, head_sha, directory)),
    )


def before_file(path: str, names: RollbackNames, directory: Path) -> str:
    """The last commit of the deployed line that did not have a file: the prior generation of the deploy that brought it."""
    for ref in (f"refs/remotes/{names.remote}/{names.production_branch}", f"refs/heads/{names.production_branch}", "HEAD"):
        if _commit(ref, directory) is None:
            continue
        came = _lines(
            directory, "log", "-1", "--first-parent", "-m", "--no-renames", "--diff-filter=A", "--format=%H", ref, "--", _literal(path)
        )
        if came and _commit(f"{came}^", directory) is None:
            raise CheckError(f"{path} came with the first commit: there is no generation before it")
        if came:
            return _lines(directory, "rev-parse", "--short", f"{came}^")
    raise CheckError(f"{path} is not committed, so no deploy can have brought it; to judge it: migcompat explain {path}")


def projects_of(path: str, names: RollbackNames) -> tuple[PagesProject, ...]:
    """The Pages projects that a path belongs to; none: it is the API's, the workers' or a migration."""
    return tuple(project for project in names.pages_projects if any(_pattern(text).fullmatch(path) for text in project.paths))


def changed_projects(paths: Sequence[str], names: RollbackNames) -> tuple[PagesProject, ...]:
    """The Pages projects that any of the paths belongs to."""
    hit = {project.name for path in paths for project in projects_of(path, names)}
    return tuple(project for project in names.pages_projects if project.name in hit)


def only_pages(paths: Sequence[str], names: RollbackNames) -> bool:
    """Whether nothing but frontends or docs changed. Nothing at all is not "only"."""
    return bool(paths) and all(projects_of(path, names) for path in paths)


def revert_lines(history: History, commits: Sequence[Commit], keep: Sequence[str]) -> tuple[Command, ...]:
    """Commands that revert the commits, newest first, and leave the files in `keep` (migrations that ran) as they are."""
    if not commits:
        return ()
    mainline = ("-m", "1") if any(commit.merge for commit in commits) else ()  # a plain commit takes it as well
    hashes = [commit.short for commit in commits]
    there: tuple[Command, ...] = (("cd", history.top),) if history.top and keep else ()
    if not keep:
        return (("git", "revert", "--no-edit", *mainline, *hashes),)
    return (
        *there,
        ("git", "revert", "--no-commit", *mainline, *hashes),
        ("git", "restore", "--source=HEAD", "--staged", "--worktree", "--", *(_literal(path) for path in keep)),
        ("git", "commit", "-m", f"Revert {', '.join(hashes[:3])}{' and more' if len(hashes) > 3 else ''}"),
    )


def _deployed(prior: str, names: RollbackNames, directory: Path) -> tuple[str, str]:
    """The production branch if it has moved on since the prior generation; else what is checked out."""
    production = names.production_branch
    for name, ref in (
        (f"{names.remote}/{production}", f"refs/remotes/{names.remote}/{production}"),
        (production, f"refs/heads/{production}"),
    ):
        sha = _commit(ref, directory)
        if sha and sha != prior and _git(directory, "merge-base", "--is-ancestor", prior, sha).returncode == 0:
            return name, sha
    head = _commit("HEAD", directory)
    if head is None:
        raise CheckError("nothing is committed in this repository yet")
    return "HEAD", head


def _notices(revision: str, prior: str, head: str, head_sha: str, directory: Path) -> Iterator[str]:
    if head == "HEAD":
        yield "no production branch with newer commits is known here, so this looks at HEAD: fetch first if that is not what was deployed"
    if prior != head_sha and prior not in _output(directory, "rev-list", "--first-parent", head_sha, "--").split("\n"):
        yield f"{revision} came in by a merge: read the list of commits before reverting all of it"


def _commits(log: str) -> Iterator[Commit]:
    """Reads `log -z --name-only`. An empty entry, which no path can be, stands before each commit's header; its paths follow, a line
    feed before the first."""
    entries = log.split("\0")
    starts = [number + 1 for number, entry in enumerate(entries[:-1]) if not entry]
    for start, end in zip(starts, [*starts[1:], len(entries) + 1], strict=False):
        sha, short, parents, subject = entries[start].split(_FIELD, 3)
        paths = [path.removeprefix("\n") if number == 0 else path for number, path in enumerate(entries[start + 1 : end - 1])]
        yield Commit(sha, short, subject, merge=" " in parents, paths=tuple(path for path in paths if path))


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """A path pattern: `*` and `?` stay within a directory, `**` does not, a directory's name means all below it."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text.strip("/"))
    wild = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts) + r"(?:/.*)?", re.DOTALL)


def _literal(path: str) -> str:
    """A path as git's commands take it: wildcards and a colon at the start would be read as a pattern."""
    return f":(literal){path}" if path.startswith(":") or set(path) & set("*?[\\") else path


def _unknown(revision: str, names: RollbackNames, directory: Path) -> str:
    if not revision.strip():
        return NO_REVISION
    shallow = _lines(directory, "rev-parse", "--is-shallow-repository") == "true"
    return f"revision {revision} is not known here; fetch it with: git fetch --tags {'--unshallow ' if shallow else ''}{names.remote}"


def _commit(revision: str, directory: Path) -> str | None:
    asked = _git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if asked.returncode == 128 and "not a git repository" in asked.stderr:
        raise CheckError(f"{directory} is not in a git repository: run this where the deploy's code is")
    return asked.stdout.strip() if asked.returncode == 0 else None


def _lines(directory: Path, *arguments: str) -> str:
    return _output(directory, *arguments).rstrip("\n")


def _output(directory: Path, *arguments: str) -> str:
    done = _git(directory, *arguments)
    if done.returncode:
        raise CheckError(f"git {arguments[0]} failed: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout


def _git(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = git.run(str(directory), "-c", "log.diffMerges=separate", *arguments)
    out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)
