"""Asks git about commits, trees and files. It only reads; nothing here fetches or changes anything."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence

from migcompat.errors import CheckError
from migcompat.frozen import frozen

_LOCAL = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
"""Set in hooks, and wrong as soon as git runs in another directory: it finds the repository by itself."""

INDEX = ""
"""Stands for the index where a tree is asked for."""


@frozen
class Repository:
    """A git repository with a work tree."""

    top: str
    """The real path of its work tree."""
    shallow: bool
    superproject: str
    """The real path of the work tree that holds it as a submodule; empty where none does."""

    def commit(self, revision: str) -> str | None:
        """The full name of a commit that is there."""
        done = run(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return done.stdout.decode("ascii").strip() if done.returncode == 0 else None

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits."""
        done = run(self.top, "merge-base", one, other)
        return done.stdout.decode("ascii").strip() if done.returncode == 0 else None

    def parents(self, commit: str) -> list[str]:
        """A commit's parents as it names them: a shallow clone may lack them."""
        header = self.output("cat-file", "commit", commit).split("\n\n", 1)[0]
        return [line.removeprefix("parent ") for line in header.split("\n") if line.startswith("parent ")]

    def empty_tree(self) -> str:
        """The name of a tree with nothing in it."""
        return run(self.top, "hash-object", "-t", "tree", "--stdin").stdout.decode("ascii").strip()

    def files(self, tree: str, directory: str) -> dict[str, str]:
        """The files below a directory of a commit, or of the index: path from the top to blob."""
        where = [f":(literal){directory}"] if directory else []
        if tree == INDEX:
            listed = self.output("ls-files", "--stage", "--full-name", "-z", "--", *where)
            entries = [(meta.split(" "), path) for meta, _, path in (line.partition("\t") for line in listed.split("\0") if line)]
            return {path: blob for (mode, blob, _), path in entries if mode != "160000"}
        listed = self.output("ls-tree", "-r", "--full-tree", "-z", tree, "--", *([directory] if directory else []))
        lines = [(meta.split(" "), path) for meta, _, path in (line.partition("\t") for line in listed.split("\0") if line)]
        return {path: blob for (_, kind, blob), path in lines if kind == "blob"}

    def submodule_commit(self, commit: str, path: str) -> str | None:
        """The commit that a submodule is at in a commit."""
        listed = self.output("ls-tree", "--full-tree", "-z", commit, "--", path).rstrip("\0")
        meta, _, _ = listed.partition("\t")
        return meta.split(" ")[2] if meta.startswith("160000 ") else None

    def changed(self, base: str, head: str | None, directory: str) -> set[str]:
        """Paths with another content than at the base: in the work tree (None), the index, or a commit."""
        against = [base] if head is None else ["--cached", base] if head == INDEX else [base, head]
        where = [f":(top,literal){directory}"] if directory else []
        options = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-filter=MT", "--ignore-submodules")
        return set(filter(None, self.output("diff", *options, *against, "--", *where).split("\0")))

    def contents(self, blobs: Sequence[str]) -> dict[str, bytes]:
        """The contents of blobs."""
        if not blobs:
            return {}
        done = run(self.top, "cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs).encode("ascii"))
        contents: dict[str, bytes] = {}
        at = 0
        for blob in blobs:
            end = done.stdout.find(b"\n", at)
            header = done.stdout[at:end].split()
            if len(header) != 3:
                raise CheckError(f"git cannot read {blob}: {_message(done.stderr) or 'the object is missing'}")
            size = int(header[2])
            contents[blob] = done.stdout[end + 1 : end + 1 + size]
            at = end + size + 2
        return contents

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of some paths, from the working directory, that git leaves out of the repository."""
        asked = {relative(path, self.top): path for path in paths}
        done = run(self.top, "check-ignore", "-z", "--stdin", stdin=b"".join(os.fsencode(path) + b"\0" for path in asked))
        return frozenset(asked[path] for path in os.fsdecode(done.stdout).split("\0") if path)

    def output(self, *arguments: str) -> str:
        """What git prints; its failure is an error."""
        done = run(self.top, *arguments)
        if done.returncode:
            raise CheckError(f"git {arguments[0]} failed: {_message(done.stderr) or f'exit code {done.returncode}'}")
        return os.fsdecode(done.stdout)


def repository_of(directory: str) -> Repository:
    """The repository whose work tree a directory lies in; the directory itself need not be there any more."""
    there = os.path.realpath(directory)
    while not os.path.isdir(there):
        there = os.path.dirname(there)
    done = run(there, "rev-parse", "--is-inside-work-tree", "--show-cdup", "--is-shallow-repository", "--show-superproject-working-tree")
    if done.returncode:
        raise CheckError(_why_not(directory, there, _message(done.stderr)))
    inside, up, shallow, *superproject = os.fsdecode(done.stdout).split("\n")
    if inside != "true":
        raise CheckError(f"{directory} is in a bare repository: a comparison needs a work tree")
    above = os.path.realpath(superproject[0]) if superproject and superproject[0] else ""
    return Repository(os.path.realpath(os.path.join(there, up)), shallow == "true", above)


def run(directory: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs git so that neither the language nor the user's settings change what it prints."""
    settings = ("-c", "core.quotePath=false", "-c", "core.fsmonitor=false")
    try:
        return subprocess.run(
            ["git", "--no-pager", *settings, *arguments], cwd=directory, env=_environment(), input=stdin, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise CheckError("git is not installed, or not on the PATH") from error


def relative(path: str, top: str) -> str:
    """A path below the top of a work tree, as git names it; empty for the top itself."""
    below = os.path.relpath(os.path.realpath(path), top).replace(os.sep, "/")
    return "" if below == "." else below


def _environment() -> Mapping[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    index = environment.get("GIT_INDEX_FILE")
    if index:
        environment["GIT_INDEX_FILE"] = os.path.abspath(index)
    return {**environment, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def _why_not(directory: str, there: str, message: str) -> str:
    if "dubious ownership" in message:
        return f"git does not trust {there}, which belongs to another user: git config --global --add safe.directory {there}"
    if "not a git repository" in message:
        return f"{directory} is not in a git repository: a comparison needs one"
    return f"git cannot read {directory}: {message}"


def _message(stderr: bytes) -> str:
    lines: Iterable[str] = stderr.decode("utf-8", "replace").strip().split("\n")
    return next((line.removeprefix("fatal: ").removeprefix("error: ") for line in lines), "")
