"""Real git repositories for the tests that need one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

CI_VARIABLES = (
    "GITHUB_",
    "CI_",
    "GIT_",
    "PRE_COMMIT_",
    "BITBUCKET_",
    "BUILDKITE_",
    "SYSTEM_PULL",
    "BUILD_SOURCE",
    "CHANGE_TARGET",
    "DRONE_",
)


class Repository:
    """A git repository in a directory of the test."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def at(self, path: str) -> Repository:
        """The repository at another path, which counts from this one's top."""
        return Repository((self.top / path).resolve())

    def create(self, path: str) -> Repository:
        """A new repository at another path."""
        made = self.at(path)
        made.top.mkdir(parents=True, exist_ok=True)
        made.git("init", "--quiet", "--initial-branch=main")
        return made

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.top, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, files: dict[str, str] | None = None) -> str:
        """Commits files and whatever else changed; gives the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def _plain_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No CI service's variables, no settings of whoever runs the tests."""
    for name in os.environ:
        if name.startswith(CI_VARIABLES):
            monkeypatch.delenv(name)
    settings = tmp_path / "gitconfig"
    settings.write_text('[user]\nname = Ann\nemail = ann@example.org\n[protocol "file"]\nallow = always\n[commit]\ngpgSign = false\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """An empty repository that is the working directory."""
    made = Repository(tmp_path).create("work")
    monkeypatch.chdir(made.top)
    return made
