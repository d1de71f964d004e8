"""Walks a directory: linear, in one order on every system, and with an answer to links, FIFOs and closed doors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from migcompat.errors import CheckError
from migcompat.frozen import frozen

NEVER_ENTERED = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__"})


@frozen
class Directory:
    """One directory below a root."""

    below: str
    """Its path below the root; empty for the root itself, else with a trailing slash."""
    files: tuple[str, ...]
    directories: tuple[str, ...]


def join(root: str, below: str) -> str:
    """A path for people: `.` and its slash are left out."""
    return below if root == "." else f"{root.rstrip('/')}/{below}"


def walk(root: str) -> Iterator[Directory]:
    """The root and every directory below it, parents first.

    A link to a directory is followed unless that would come round in a circle or read the same directory twice.
    """
    real_root = os.path.realpath(root)
    followed = {real_root}
    pending = [""]
    while pending:
        directory = _read(root, pending.pop(), real_root, followed)
        pending.extend(f"{directory.below}{name}/" for name in reversed(directory.directories))
        yield directory


def directories_of(names: Iterable[str]) -> list[Directory]:
    """The same for files that are only listed, by their names below the root."""
    files: dict[str, list[str]] = {"": []}
    directories: dict[str, list[str]] = {"": []}
    for name in sorted(names):
        below, slash, base = name.rpartition("/")
        below += slash
        if not NEVER_ENTERED.isdisjoint(below.split("/")):
            continue
        if below not in files:
            _enter(below, files, directories)
        files[below].append(base)
    return [Directory(below, tuple(files[below]), tuple(directories[below])) for below in sorted(files)]


def _enter(below: str, files: dict[str, list[str]], directories: dict[str, list[str]]) -> None:
    above = ""
    for part in below[:-1].split("/"):
        path = f"{above}{part}/"
        if path not in files:
            files[path], directories[path] = [], []
            directories[above].append(part)
        above = path


def _read(root: str, below: str, real_root: str, followed: set[str]) -> Directory:
    files: list[str] = []
    directories: list[str] = []
    try:
        with os.scandir(join(root, below) or ".") as entries:
            for entry in entries:
                if entry.name in NEVER_ENTERED:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    directories.append(entry.name)
                elif entry.is_symlink() and entry.is_dir():
                    if _leads_on(entry.path, real_root, followed):
                        directories.append(entry.name)
                else:
                    files.append(entry.name)
    except OSError as error:
        raise CheckError(f"cannot read {error.filename or join(root, below)}: {error.strerror}") from error
    return Directory(below, tuple(sorted(files)), tuple(sorted(directories)))


def _leads_on(link: str, real_root: str, followed: set[str]) -> bool:
    """Whether a link leads to a directory that is not read anyway."""
    target = os.path.realpath(link)
    if _contains(target, os.path.realpath(os.path.dirname(link))):
        raise CheckError(f"{link} is a symbolic link to a directory that contains it")
    if _contains(real_root, target) or target in followed:
        return False
    followed.add(target)
    return True


def _contains(directory: str, path: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
