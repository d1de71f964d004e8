"""A small repository of a service, with a remote, as it looks after a deploy."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Repository:
    """A git work tree whose `origin` is a bare repository beside it."""

    path: Path

    def git(self, *arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=self.path, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, subject: str, **files: str | None) -> str:
        """Commits files (`/` in a name is written `__`); None deletes one. Returns the short hash."""
        return self.write(subject, {name.replace("__", "/"): text for name, text in files.items()})

    def write(self, subject: str, files: dict[str, str | None]) -> str:
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "--short", "HEAD")

    def deploy(self) -> None:
        """Main is pushed, and production fast-forwarded to it."""
        self.git("push", "--quiet", "origin", "main", "main:production")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """One commit, tagged v1, deployed."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.org")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2026-11-01T12:00:00Z")
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", tmp_path / "origin.git"], check=True)
    work = Repository(tmp_path / "work")
    work.path.mkdir()
    work.git("init", "--quiet", "-b", "main")
    work.git("remote", "add", "origin", "../origin.git")
    work.write("Start", {"src/api.py": "1\n", "docs/index.md": "1\n", "migrations/001_users.sql": "CREATE TABLE users (id int);\n"})
    work.git("tag", "v1")
    work.deploy()
    return work
