"""Walks a directory: linear, in one order on every system, and with an answer to links, FIFOs and closed doors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from migcompat.errors import CheckError

NEVER_ENTERED = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
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
        below = pending.pop()
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
                        if _is_new(entry.path, real_root, followed):
                            directories.append(entry.name)
                    elif entry.name.lower().endswith(".sql") and not entry.is_file() and not entry.is_symlink():
                        raise CheckError(f"{join(root, below + entry.name)} is not a regular file")
                    else:
                        files.append(entry.name)
        except OSError as error:
            raise CheckError(f"cannot read {error.filename or join(root, below)}: {error.strerror}") from error
        files.sort()
        directories.sort()
        pending.extend(f"{below}{name}/" for name in reversed(directories))
        yield Directory(below, tuple(files), tuple(directories))


def _is_new(link: str, real_root: str, followed: set[str]) -> bool:
    target = os.path.realpath(link)
    inside = target == real_root or target.startswith(real_root + os.sep)
    if inside and os.path.realpath(os.path.dirname(link)).startswith(target):
        raise CheckError(f"{link} is a symbolic link to a directory that contains it")
    if inside or target in followed:
        return False
    if real_root.startswith(target.rstrip(os.sep) + os.sep):
        raise CheckError(f"{link} is a symbolic link to a directory that contains it")
    followed.add(target)
    return True
