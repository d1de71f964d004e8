"""The GitHub action: its own step, run as a runner would, over real git repositories."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from repository import Repository

PROJECT = Path(__file__).parent.parent
ACTION = yaml.safe_load((PROJECT / "action.yml").read_text(encoding="utf-8"))
[STEP] = ACTION["runs"]["steps"]
CUSTOMERS = "CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, fax text);\n"
DROP_FAX = "ALTER TABLE customers DROP COLUMN fax;\n"
DROP_EMAIL = "ALTER TABLE customers DROP COLUMN email;\n"
ADD_NAME = "ALTER TABLE customers ADD COLUMN name text;\n"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths of the runner's bash differ from those of Python on Windows")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step left behind."""

    status: int
    log: str
    outputs: dict[str, str]
    summary: str

    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(Path(self.outputs["json-file"]).read_text(encoding="utf-8"))
        return report


@dataclass(frozen=True, slots=True)
class Runner:
    """Enough of a runner for one composite step."""

    workspace: Path
    directory: Path
    environment: dict[str, str]

    def uses(self, event: str, payload: dict[str, Any], variables: dict[str, str], **inputs: str) -> Outcome:
        values = {name: given.get("default", "") for name, given in ACTION["inputs"].items()}
        values |= {name.replace("_", "-"): value for name, value in inputs.items()}
        files = {name: self.directory / name for name in ("GITHUB_EVENT_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        files["GITHUB_EVENT_PATH"].write_text(json.dumps(payload), encoding="utf-8")
        files["GITHUB_OUTPUT"].write_text("", encoding="utf-8")
        files["GITHUB_STEP_SUMMARY"].write_text("", encoding="utf-8")
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", STEP["run"]],
            cwd=self.workspace / filled(STEP["working-directory"], values),
            env={
                **self.environment,
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(PROJECT),
                "GITHUB_EVENT_NAME": event,
                "GITHUB_WORKSPACE": str(self.workspace),
                **{name: str(path) for name, path in files.items()},
                **variables,
                **{name: filled(value, values) for name, value in STEP["env"].items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        written = files["GITHUB_OUTPUT"].read_text(encoding="utf-8")
        outputs = dict(line.split("=", 1) for line in written.splitlines())
        return Outcome(ran.returncode, ran.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"))


def filled(value: str, inputs: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)


def obeyed(log: str) -> list[str]:
    """The workflow commands that a runner would carry out, in both of the forms it reads."""
    commands: list[str] = []
    stop = ""
    for line in log.splitlines():
        command = re.match(r"\s*::(.*)", line)
        if stop:
            stop = "" if line.strip() == f"::{stop}::" else stop
        elif command and command[1].startswith("stop-commands::"):
            stop = command[1].removeprefix("stop-commands::")
        elif command or "##[" in line:
            commands.append(line)
    return commands


@pytest.fixture(scope="module")
def environment(clean_environment: dict[str, str], offline: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One directory for the environment that the action makes: it is made once."""
    return clean_environment | offline | {"RUNNER_TEMP": str(tmp_path_factory.mktemp("runner"))}


@pytest.fixture
def origin(environment: dict[str, str], tmp_path: Path) -> Repository:
    """The service on its host: a main branch, on which an old migration broke something, and a pull request branch."""
    path = tmp_path / "origin"
    path.mkdir()
    repository = Repository(path, environment)
    repository.git("init", "--initial-branch", "main")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    repository.write("migrations/0001_customers.sql", CUSTOMERS)
    repository.git("commit", "--message", "First migration")
    repository.write("migrations/0002_drop_fax.sql", DROP_FAX)
    repository.git("commit", "--message", "An old sin")
    repository.git("switch", "--create", "feature")
    return repository


def checked_out(origin: Repository, tmp_path: Path, ref: str, depth: int) -> Runner:
    """What actions/checkout leaves: one ref, detached, so many commits deep."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    clone = Repository(workspace, origin.environment)
    clone.git("init")
    clone.git("remote", "add", "origin", origin.path.as_uri())
    clone.git("fetch", "--no-tags", f"--depth={depth}", "origin", f"+{ref}:refs/remotes/checked-out")
    clone.git("checkout", "--detach", "refs/remotes/checked-out")
    directory = tmp_path / "runner"
    directory.mkdir()
    return Runner(workspace, directory, origin.environment)


def pull_request(origin: Repository, tmp_path: Path, *, depth: int = 2, **inputs: str) -> Outcome:
    """The action on the merge of what `origin` has on its branch now."""
    origin.git("switch", "--detach", "main")
    origin.git("merge", "--no-ff", "--message", "Merge", "feature")
    origin.git("update-ref", "refs/pull/1/merge", "HEAD")
    runner = checked_out(origin, tmp_path, "refs/pull/1/merge", depth)
    payload = {"number": 1, "pull_request": {"base": {"ref": "main", "sha": origin.git("rev-parse", "main")}}}
    variables = {
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": "feature",
        "GITHUB_SHA": origin.git("rev-parse", "HEAD"),
    }
    return runner.uses("pull_request", payload, variables, **({"python": sys.executable} | inputs))


def commit(origin: Repository, name: str, text: str) -> None:
    origin.write(name, text)
    origin.git("commit", "--message", name)


def test_no_input_is_pasted_into_a_command() -> None:
    assert "${{" not in STEP["run"]
    assert set(STEP["env"]) == {f"INPUT_{name.upper()}" for name in ACTION["inputs"] if name != "working-directory"}


def test_every_output_comes_from_the_step() -> None:
    assert {name: given["value"] for name, given in ACTION["outputs"].items()} == {
        name: f"${{{{ steps.check.outputs.{name} }}}}" for name in ("verdict", "errors", "overridden", "json-file", "sarif-file")
    }


def test_compatible_pull_request_passes(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_name.sql", ADD_NAME)
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 0, outcome.log
    assert outcome.outputs["verdict"] == "compatible"
    assert outcome.outputs["errors"] == "0"
    assert outcome.report()["summary"]["migrations"] == 1
    assert obeyed(outcome.log) == []


def test_breaking_pull_request_fails_and_shows_it_everywhere(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_drop_email.sql", DROP_EMAIL)
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 1, outcome.log
    assert (outcome.outputs["verdict"], outcome.outputs["errors"], outcome.outputs["overridden"]) == ("breaks", "1", "0")
    [annotation] = obeyed(outcome.log)
    assert annotation.startswith("::error file=migrations/0003_drop_email.sql,line=1,")
    assert "public.customers.email" in outcome.summary
    assert [finding["object"] for finding in outcome.report()["findings"]] == ["public.customers.email"]
    sarif = json.loads(Path(outcome.outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["drop-column"]


def test_overridden_break_passes_and_is_shown(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_drop_email.sql", "-- compat: breaking (reason: email is unread since v41)\n" + DROP_EMAIL)
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 0, outcome.log
    assert (outcome.outputs["verdict"], outcome.outputs["overridden"]) == ("overridden", "1")
    assert "email is unread since v41" in outcome.summary
    assert len(obeyed(outcome.log)) == 1


def test_pull_request_without_migrations_passes(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "README.md", "A service\n")
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 0, outcome.log
    assert outcome.outputs["verdict"] == "compatible"


def test_pull_request_that_deletes_a_migration_fails(origin: Repository, tmp_path: Path) -> None:
    origin.git("rm", "migrations/0002_drop_fax.sql")
    origin.git("commit", "--message", "Nobody needs it")
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 1, outcome.log
    assert [finding["rule"] for finding in outcome.report()["findings"]] == ["deleted-migration"]


def test_main_has_moved_on(origin: Repository, tmp_path: Path) -> None:
    """What others merged meanwhile is part of the schema, not of the deploy."""
    commit(origin, "migrations/0004_name.sql", ADD_NAME)
    origin.git("switch", "main")
    commit(origin, "migrations/0003_drop_email.sql", DROP_EMAIL)
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 0, outcome.log


def test_merge_queue(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_drop_email.sql", DROP_EMAIL)
    ref = "refs/heads/gh-readonly-queue/main/pr-1"
    origin.git("update-ref", ref, "feature")
    runner = checked_out(origin, tmp_path, ref, 2)
    payload = {"merge_group": {"base_sha": origin.git("rev-parse", "main"), "base_ref": "refs/heads/main", "head_ref": ref}}
    outcome = runner.uses("merge_group", payload, {"GITHUB_REF": ref, "GITHUB_BASE_REF": ""}, python=sys.executable)
    assert outcome.status == 1, outcome.log
    assert outcome.outputs["errors"] == "1"


def test_push(origin: Repository, tmp_path: Path) -> None:
    before = origin.git("rev-parse", "main")
    commit(origin, "migrations/0003_name.sql", ADD_NAME)
    commit(origin, "migrations/0004_drop_email.sql", DROP_EMAIL)
    origin.git("branch", "--force", "main", "feature")
    runner = checked_out(origin, tmp_path, "refs/heads/main", 3)
    outcome = runner.uses("push", {"before": before}, {"GITHUB_REF": "refs/heads/main"}, python=sys.executable)
    assert outcome.status == 1, outcome.log
    assert outcome.report()["summary"]["migrations"] == 2


def test_too_shallow_a_checkout_is_not_checked_and_says_what_to_add(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_drop_email.sql", DROP_EMAIL)
    outcome = pull_request(origin, tmp_path, depth=1)
    assert outcome.status == 2, outcome.log
    assert outcome.outputs["verdict"] == "not-checked"
    assert "fetch-depth: 2" in outcome.log


def test_repository_without_migrations_is_not_checked(origin: Repository, tmp_path: Path) -> None:
    origin.git("switch", "main")
    origin.git("rm", "-r", "migrations")
    origin.git("commit", "--message", "Start again")
    origin.git("branch", "--force", "feature", "main")
    origin.git("switch", "feature")
    commit(origin, "README.md", "A service\n")
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 2, outcome.log
    assert outcome.outputs["verdict"] == "not-checked"


def test_every_migration_is_judged_when_nothing_is_deployed(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_name.sql", ADD_NAME)
    outcome = pull_request(origin, tmp_path, since="")
    assert outcome.status == 1, outcome.log
    assert outcome.report()["summary"]["migrations"] == 3


def test_rules_and_paths_come_one_a_line(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_drop_email.sql", DROP_EMAIL)
    outcome = pull_request(origin, tmp_path, paths="\r\n  \nmigrations\r\n", ignore="drop-column\n\ndrop-table\n")
    assert outcome.status == 0, outcome.log
    assert outcome.report()["findings"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("paths", "$(touch pwned)"),
        ("paths", "--help"),
        ("paths", "*"),
        ("since", "`touch pwned`"),
        ("since", "--output=pwned"),
        ("select", '"; touch pwned; "'),
        ("ignore", "' && touch pwned '"),
    ],
)
def test_inputs_are_values_not_commands(origin: Repository, tmp_path: Path, name: str, value: str) -> None:
    commit(origin, "migrations/0003_name.sql", ADD_NAME)
    outcome = pull_request(origin, tmp_path, **{name: value})
    assert outcome.status == 2, outcome.log
    assert outcome.outputs["verdict"] == "not-checked"
    assert list(tmp_path.rglob("pwned")) == []


def test_sql_gives_the_runner_no_orders(origin: Repository, tmp_path: Path) -> None:
    orders = "::error::fake", "##[add-mask]a", "::stop-commands::x", "%0A::warning::fake"
    text = "".join(f"{order} */ /* \n{order}\n" for order in orders)
    frame = 'ALTER TABLE customers/*\n::error::in the frame\n*/ DROP COLUMN email, ADD COLUMN "##[error]" int NOT NULL;\n'
    commit(origin, "migrations/0003_orders.sql", f"/* {text} */ {frame}")
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 1, outcome.log
    assert all(line.startswith("::error file=migrations/0003_orders.sql,") and "##[" not in line for line in obeyed(outcome.log))


def test_code_in_the_workspace_does_not_run(origin: Repository, tmp_path: Path) -> None:
    for name in ("pip.py", "venv.py", "migcompat.py", "click.py", "sitecustomize.py"):
        origin.write(name, "raise SystemExit('the workspace was imported')\n")
    commit(origin, "migrations/0003_name.sql", ADD_NAME)
    outcome = pull_request(origin, tmp_path)
    assert outcome.status == 0, outcome.log


def test_annotations_below_the_workspace_name_the_file_from_its_top(origin: Repository, tmp_path: Path) -> None:
    origin.git("switch", "main")
    commit(origin, "billing/migrations/0001_bills.sql", "CREATE TABLE bills (id bigint, note text);\n")
    origin.git("branch", "--force", "feature", "main")
    origin.git("switch", "feature")
    commit(origin, "billing/migrations/0002_drop.sql", "ALTER TABLE bills DROP COLUMN note;\n")
    outcome = pull_request(origin, tmp_path, working_directory="billing", paths="migrations")
    assert outcome.status == 1, outcome.log
    [annotation] = obeyed(outcome.log)
    assert "file=billing/migrations/0002_drop.sql," in annotation


def test_old_python_is_not_checked(origin: Repository, tmp_path: Path) -> None:
    commit(origin, "migrations/0003_name.sql", ADD_NAME)
    old = tmp_path / "python-of-old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    outcome = pull_request(origin, tmp_path, python=str(old))
    assert outcome.status == 2
    assert "Python 3.10 or newer is needed" in outcome.log
    assert outcome.outputs == {"verdict": "not-checked"}
