"""The configuration: where it is found, what it may say, and what bad settings get."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

import migcompat
from migcompat.config import Config, Directory, load_config, load_config_for
from migcompat.config_keys import documented_keys, json_schema
from migcompat.errors import CheckError
from migcompat.rollback.names import PagesProject, RollbackNames

RULES = ("drop-column", "drop-table", "add-unique")


def load(tmp_path: Path, text: str) -> Config:
    (tmp_path / "migcompat.toml").write_text(text)
    return load_config(tmp_path, RULES)


def test_without_a_file_every_setting_has_its_default(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert load_config(tmp_path, RULES) == Config()


def test_it_is_found_upwards_from_a_migration(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.migcompat]\nlayout = "goose"\n')
    (tmp_path / "a/migrations").mkdir(parents=True)
    (tmp_path / "a/pyproject.toml").write_text("[project]\nname = 'a'\n")
    (tmp_path / "a/migrations/1_a.sql").write_text("")
    config = load_config(tmp_path / "a/migrations/1_a.sql", RULES)
    assert (config.layout, config.file) == ("goose", str((tmp_path / "pyproject.toml").resolve()))


def test_the_nearest_file_holds(tmp_path: Path) -> None:
    (tmp_path / "migcompat.toml").write_text('layout = "goose"\n')
    (tmp_path / "a").mkdir()
    (tmp_path / "a/migcompat.toml").write_text('layout = "tern"\n')
    assert load_config(tmp_path / "a", RULES).layout == "tern"


@pytest.mark.parametrize("kind", ["directory", "file of a worktree"])
def test_the_search_ends_at_the_top_of_the_repository(kind: str, tmp_path: Path) -> None:
    (tmp_path / "migcompat.toml").write_text('layout = "goose"\n')
    top = tmp_path / "repository"
    top.mkdir()
    if kind == "directory":
        (top / ".git").mkdir()
    else:
        (top / ".git").write_text("gitdir: elsewhere\n")
    assert load_config(top, RULES).layout == "auto"


def test_every_setting(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        """
        migrations = ["db/migrations", { path = "services/pay/sql", layout = "flyway", start-after = "V7__x", ignore = ["add-unique"] }]
        layout = "goose"
        start-after = "0042_orders"
        select = ["drop-column", "drop-table"]
        ignore = ["drop-table"]
        relax = ["widening-type", "unique-on-new-column"]
        signoff = "required"
        signoff-file = ".github/signoff.toml"
        search-path = ["app", "public"]
        [severity]
        add-unique = "warning"
        [placeholders]
        schema = "app"
        suffix = ""
        [rollback]
        production-branch = "live"
        main-branch = "trunk"
        remote = "upstream"
        deploy-docs = "docs/deploy.md"
        disaster-docs = "docs/dr.md"
        pages-workflow = "pages.yml"
        ops-channel = "#ops"
        generation-label = "gen-{sha}"
        pages-projects = { "shop." = ["web/**"] }
        links = { Dashboard = "https://example.org/d" }
        """,
    )
    assert config == Config(
        migrations=(
            Directory("db/migrations"),
            Directory("services/pay/sql", {"layout": "flyway", "start_after": "V7__x", "ignore": ("add-unique",)}),
        ),
        layout="goose",
        start_after="0042_orders",
        select=("drop-column", "drop-table"),
        ignore=("drop-table",),
        severity={"add-unique": "warning"},
        relax=("widening-type", "unique-on-new-column"),
        signoff="required",
        signoff_file=".github/signoff.toml",
        placeholders={"schema": "app", "suffix": ""},
        search_path=("app", "public"),
        rollback=RollbackNames(
            production_branch="live",
            main_branch="trunk",
            remote="upstream",
            deploy_docs="docs/deploy.md",
            disaster_docs="docs/dr.md",
            pages_workflow="pages.yml",
            pages_projects=(PagesProject("shop.", ("web/**",)),),
            ops_channel="#ops",
            generation_label="gen-{sha}",
            links=(("Dashboard", "https://example.org/d"),),
        ),
        file=str((tmp_path / "migcompat.toml").resolve()),
    )
    pay = config.of_directory(config.migrations[1])
    assert (pay.layout, pay.start_after, pay.ignore, pay.signoff) == ("flyway", "V7__x", ("add-unique",), "required")
    assert config.of_directory(config.migrations[0]) is config
    assert config.resolve("db") == str((tmp_path / "db").resolve())


BAD = {
    "a table of pyproject.toml": (
        "[[tool.migcompat.migrations]]\npath = 'db'",
        "`[tool.migcompat]` is for pyproject.toml; here its settings stand",
    ),
    "unknown key": ('layuot = "goose"', "unknown key `layuot`; did you mean `layout`?"),
    "underscore": ('start_after = "x"', "unknown key `start_after`; did you mean `start-after`?"),
    "unknown key of the guide": ('[rollback]\nmain = "x"', "`rollback` names an unknown key `main`; did you mean `main-branch`?"),
    "unknown value": ('layout = "gose"', "`layout` names an unknown value `gose`; did you mean `goose`?"),
    "unknown value, nothing near": ('signoff = "x"', "`signoff` names an unknown value `x`; known: reported, required"),
    "unknown rule": ('ignore = ["drop-colum"]', "`ignore` names an unknown rule `drop-colum`; did you mean `drop-column`?"),
    "rule of a severity": ('severity = { drop = "off" }', "`severity` names an unknown rule `drop`; did you mean `drop-column`?"),
    "unknown rule, nothing near": ('ignore = ["x"]', "`ignore` names an unknown rule `x`; `migcompat rules` lists them"),
    "severity": ('severity = { drop-table = "fatal" }', "`severity.drop-table` names an unknown value `fatal`"),
    "relaxation": ('relax = ["widening"]', "`relax` names an unknown value `widening`; did you mean `widening-type`?"),
    "no list": ('select = "drop-table"', "`select` must be a list"),
    "no string": ("layout = 1", "`layout` must be a string that is not empty"),
    "empty": ('start-after = " "', "`start-after` must be a string that is not empty"),
    "no table": ("placeholders = []", "`placeholders` must be a table"),
    "placeholder": ("placeholders = { a = 1 }", "`placeholders.a` must be a string"),
    "no directories": ('migrations = "db"', "`migrations` must be a list of directories"),
    "no path": ("migrations = [{ layout = 'goose' }]", "each table of `migrations` needs a `path`"),
    "what a directory cannot have": ("migrations = [{ path = 'db', rollback = {} }]", "`migrations` names an unknown key `rollback`"),
    "no guide": ("rollback = 1", "`rollback` must be a table"),
    "no TOML": ("layout = ", "is not valid TOML: "),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD.keys())
def test_bad_settings_are_an_error_in_one_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CheckError) as error:
        load(tmp_path, text)
    assert message in str(error.value)
    assert str(error.value).startswith(str(tmp_path.resolve() / "migcompat.toml"))
    assert "\n" not in str(error.value)


def test_a_table_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nmigcompat = 1\n")
    with pytest.raises(CheckError, match=r"`tool\.migcompat` must be a table"):
        load_config(tmp_path, RULES)


def test_two_places_for_settings_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.migcompat]\n")
    with pytest.raises(CheckError, match="both hold settings: keep one of them"):
        load(tmp_path, "")


def test_paths_with_different_configurations_are_an_error(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "migcompat.toml").write_text("")
    assert load_config_for([str(tmp_path / "a")], RULES).file == str((tmp_path / "a/migcompat.toml").resolve())
    with pytest.raises(CheckError, match="the paths given have different configurations"):
        load_config_for([str(tmp_path / "a"), str(tmp_path / "b")], RULES)


SCHEMA_FILE = Path(migcompat.__file__).parent / "config.schema.json"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_settings_that_cannot_be_read_are_not_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "migcompat.toml"
    file.symlink_to("gone")
    with pytest.raises(CheckError, match="No such file"):
        load_config(tmp_path, set())
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(CheckError, match="is not a regular file"):
        load_config(tmp_path, set())
    file.unlink()
    file.write_text(f"migrations = {'[' * 100_000}")
    with pytest.raises(CheckError, match="is not valid TOML"):
        load_config(tmp_path, set())


def test_the_default_of_a_table_is_a_table() -> None:
    documented = {key.name: key for key in documented_keys()}
    assert documented["rollback.links"].default == "{}"
    assert all(key.default.startswith("{") for key in documented.values() if key.type.startswith("table"))


def test_the_schema_for_editors_is_the_one_in_the_package() -> None:
    assert json.loads(SCHEMA_FILE.read_text()) == json_schema(), "regenerate it: python -m migcompat.config_keys"


def test_the_schema_is_valid_and_agrees_with_the_reader() -> None:
    Draft7Validator.check_schema(json_schema())
    valid = Draft7Validator(json_schema())
    assert valid.is_valid({"migrations": ["db", {"path": "x", "layout": "goose"}], "severity": {"drop-table": "off"}, "rollback": {}})
    for settings in ({"layout": "gose"}, {"layuot": "goose"}, {"migrations": [{}]}, {"severity": {"drop-table": "fatal"}}, {"select": "x"}):
        assert not valid.is_valid(settings)


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {key.name: key for key in documented_keys()}
    fields = {name.replace("_", "-") for name in Config.__slots__} - {"file", "rollback"}
    names = {"rollback." + name.replace("_", "-") for name in RollbackNames.__slots__}
    assert documented.keys() == fields | names
    assert documented["layout"].default == '"auto"'
    assert documented["search-path"].default == '["public"]'
    assert documented["rollback.production-branch"].default == '"production"'
    assert all(key.meaning and key.type for key in documented.values())
