"""What is shipped, and that the words around the code are true."""

from __future__ import annotations

import re
import subprocess
import sys
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement

import migcompat

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    directory = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)], cwd=PROJECT, check=True, capture_output=True
    )
    [path] = directory.iterdir()
    return ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: ZipFile) -> Message:
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(wheel.read(name).decode())


def commands(document: str) -> list[str]:
    """The shell commands that a document shows, in order."""
    text = (PROJECT / document).read_text(encoding="utf-8")
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def test_wheel_holds_the_package_and_nothing_else(wheel: ZipFile) -> None:
    tops = {PurePosixPath(name).parts[0] for name in wheel.namelist()}
    assert tops == {"migcompat", f"migcompat-{migcompat.__version__}.dist-info"}
    assert "migcompat/py.typed" in wheel.namelist()


def test_wheel_holds_every_file_of_the_package(wheel: ZipFile) -> None:
    files = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "migcompat").rglob("*") if path.is_file()}
    assert {name for name in files if "__pycache__" not in name} <= set(wheel.namelist())


def test_metadata(metadata: Message) -> None:
    assert metadata["Version"] == migcompat.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Requires-Python"] == ">=3.10"


def test_users_install_sqlglot_and_click_only(metadata: Message) -> None:
    required = [Requirement(line) for line in metadata.get_all("Requires-Dist") or []]
    plain = {r.name: str(r.marker or "") for r in required if "extra" not in str(r.marker)}
    assert plain == {"click": "", "sqlglot": "", "tomli": 'python_version < "3.11"'}


def test_python_versions_are_said_once_and_the_same_everywhere() -> None:
    said = [line.rpartition(" ")[2] for line in PYPROJECT["project"]["classifiers"] if re.fullmatch(r".*Python :: 3\.\d+", line)]
    matrix = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]["tests"]["strategy"]["matrix"]
    assert tuple(said) == tuple(matrix["python"]) == PYTHONS
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py310"


def test_extra_for_an_old_pip_is_what_the_dependency_groups_say() -> None:
    groups = PYPROJECT["dependency-groups"]
    extras = PYPROJECT["project"]["optional-dependencies"]
    assert {*extras["test"], *extras["prove"]} - {"migcompat[prove]"} == {*groups["test"], *groups["lint"]}


def test_readme_begins_with_the_two_commands() -> None:
    check, test = commands("README.md")[:2]
    assert check.endswith("migcompat check fixtures/webshop")
    assert test.endswith("pytest -n 2")


def test_ci_runs_the_tests_as_the_readme_does() -> None:
    lines = (PROJECT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    steps = commands("README.md")[1].split(" && ")
    assert [line for line in lines if line in steps] == steps


def test_contributing_and_readme_agree_on_the_test_command() -> None:
    assert commands("CONTRIBUTING.md")[0] == commands("README.md")[1]


def test_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == migcompat.__version__


@pytest.mark.parametrize("document", ["docs/pre-commit.md", "docs/github.md", "docs/gitlab.md"])
def test_versions_in_the_docs_are_this_one(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    named = re.findall(r"migcompat(?:@v|==)(\S+)|rev: v(\S+)", text)
    assert {version for pair in named for version in pair if version} == {migcompat.__version__}


@pytest.mark.parametrize("document", sorted(PROJECT.glob("*.md")) + sorted(PROJECT.glob("docs/**/*.md")), ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_grants_nothing_it_does_not_say(workflow: Path) -> None:
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert content["permissions"] == {}
    assert all("permissions" in job for job in content["jobs"].values())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_of_others_are_pinned_by_hash(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [use for use, note in used if use != "./" and not (re.search(r"@[0-9a-f]{40}$", use) and re.match(r" # v\d", note))] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_is_pasted_into_a_script(workflow: Path) -> None:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    assert [step["run"] for job in jobs.values() for step in job["steps"] if "${{" in step.get("run", "")] == []


def test_issue_template_asks_for_the_migration_and_the_verdict() -> None:
    form = yaml.safe_load((PROJECT / ".github/ISSUE_TEMPLATE/wrong-verdict.yml").read_text(encoding="utf-8"))
    required = {field["id"] for field in form["body"] if field.get("validations", {}).get("required")}
    assert {"migration", "verdict"} <= required
