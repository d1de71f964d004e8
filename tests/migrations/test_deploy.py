"""The deploy from git: what came since the base, as it was deployed and as it will be, and what happened to the rest."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.findings import Place
from migcompat.migrations.deploy import Deploy, deploys_between, deploys_since, deploys_staged
from migcompat.migrations.events import Extent, Happening

if TYPE_CHECKING:
    from conftest import Repository

A = {"m/1_users.sql": "CREATE TABLE users (id int);\n"}
B = {"m/2_orders.sql": "CREATE TABLE orders (id int);\n"}
C = {"m/3_carts.sql": "CREATE TABLE carts (id int);\n"}


def since(revision: str = "main", *paths: str, config: Config | None = None) -> Deploy:
    [deploy] = deploys_since(paths or ("m",), config or Config(), revision)
    return deploy


def names(deploy: Deploy) -> list[str]:
    return [migration.name for migration in deploy.history.migrations]


def judged(deploy: Deploy) -> list[str]:
    return [migration.name for migration in deploy.history.migrations if migration.judged]


def happened(deploy: Deploy) -> list[tuple[Happening, str, str]]:
    return [(event.happening, event.migration.path, event.other) for event in deploy.events]


@pytest.fixture
def branch(repository: Repository) -> Repository:
    """A branch off main, on which two migrations are deployed."""
    repository.commit(A | B)
    repository.git("switch", "--quiet", "-c", "work")
    return repository


def test_what_came_since_the_merge_base_is_one_deploy(branch: Repository) -> None:
    branch.commit(C)
    branch.commit({"m/4_d.sql": ""})
    branch.git("switch", "--quiet", "main")
    branch.commit({"m/3_other.sql": ""})
    branch.git("switch", "--quiet", "work")
    deploy = since()
    assert names(deploy) == ["1_users.sql", "2_orders.sql", "3_carts.sql", "4_d.sql"]
    assert judged(deploy) == ["3_carts.sql", "4_d.sql"]
    assert deploy.events == ()
    assert deploy.scope == f"2 of 4 migrations, since {branch.git('rev-parse', '--short', 'main~1')} (merge base with main)"


def test_what_is_not_committed_yet_counts(branch: Repository) -> None:
    branch.write(C)
    assert judged(since()) == ["3_carts.sql"]


def test_nothing_new_is_no_error(branch: Repository) -> None:
    assert judged(since()) == []
    assert since().scope.startswith("0 of 2 migrations, since ")


def test_a_directory_without_migration_is_an_error(branch: Repository) -> None:
    (branch.top / "empty").mkdir()
    with pytest.raises(CheckError, match=r"no migration in empty: it holds no \.sql file"):
        since("main", "empty")


def test_only_the_files_named_are_judged(branch: Repository) -> None:
    branch.commit(C | {"m/4_d.sql": "", "m/1_users.sql": "CREATE TABLE changed ();\n"})
    deploy = since("main", "m/4_d.sql", "m/2_orders.sql")
    assert names(deploy) == ["1_users.sql", "2_orders.sql", "3_carts.sql", "4_d.sql"]
    assert judged(deploy) == ["4_d.sql"]
    assert deploy.events == ()


def test_a_baseline_excuses_nothing_that_is_new(branch: Repository) -> None:
    branch.commit({"m/1_late.sql": "", **C})
    assert judged(since(config=Config(start_after="3_carts"))) == ["1_late.sql", "3_carts.sql"]


def test_an_edit_is_an_event_and_the_deployed_text_stays_the_context(branch: Repository) -> None:
    branch.commit({"m/1_users.sql": "CREATE TABLE users (id bigint);\n"})
    deploy = since()
    [event] = deploy.events
    assert (event.happening, event.migration.path, event.extent) == (Happening.EDITED, "m/1_users.sql", Extent.STATEMENTS)
    assert event.place == Place("m/1_users.sql", 1, 1, 1, 32)
    assert event.text == "CREATE TABLE users (id bigint);\n"
    assert judged(deploy) == []
    assert deploy.read(deploy.history.migrations[0]).text == "CREATE TABLE users (id int);\n"


@pytest.mark.parametrize(
    ("text", "extent"),
    [
        ("-- the users\nCREATE TABLE users (id int);\n", Extent.COMMENTS),
        ("CREATE TABLE users (\r\n    id int /* key */\r\n);", Extent.COMMENTS),
        ("CREATE TABLE users (id int);\n-- compat: breaking (reason: x)\n", Extent.COMMENTS),
        ("\ufeffCREATE TABLE users (id int);\n", None),
        ("CREATE TABLE users (id int); SELECT ' -- ';\n", Extent.STATEMENTS),
        ("", Extent.STATEMENTS),
    ],
)
def test_an_edit_of_comments_is_told_apart(text: str, extent: Extent | None, branch: Repository) -> None:
    branch.commit({"m/1_users.sql": text})
    assert [event.extent for event in since().events] == ([extent] if extent else [])


def test_an_edit_of_the_down_part_is_told_apart(repository: Repository) -> None:
    repository.commit({"m/1_a.sql": "-- migrate:up\nUP;\n-- migrate:down\nDOWN;\n"})
    repository.write({"m/1_a.sql": "-- migrate:up\nUP;\n-- migrate:down\nOTHER;\n"})
    assert [event.extent for event in since("HEAD").events] == [Extent.BACKWARD]


def test_an_event_is_shown_at_the_first_line_that_says_something(branch: Repository) -> None:
    branch.commit({"m/1_users.sql": "\n \nCREATE TABLE users (id bigint);\n"})
    [event] = since().events
    assert event.place == Place("m/1_users.sql", 3, 1, 3, 32)


def test_a_deleted_migration_is_shown_as_it_was_and_stays_deployed(branch: Repository) -> None:
    branch.git("rm", "--quiet", "m/1_users.sql")
    branch.commit()
    deploy = since()
    [event] = deploy.events
    assert (event.happening, event.migration.path) == (Happening.DELETED, "m/1_users.sql")
    assert (event.text, event.place) == ("CREATE TABLE users (id int);\n", Place("m/1_users.sql", 1, 1, 1, 29))
    assert names(deploy) == ["1_users.sql", "2_orders.sql"]
    assert deploy.read(deploy.history.migrations[0]).text == "CREATE TABLE users (id int);\n"


def test_a_renumbered_migration_is_renamed_and_not_judged_again(branch: Repository) -> None:
    branch.git("mv", "m/2_orders.sql", "m/3_orders.sql")
    branch.commit()
    deploy = since()
    assert happened(deploy) == [(Happening.RENAMED, "m/3_orders.sql", "m/2_orders.sql")]
    assert deploy.events[0].extent is Extent.NOTHING
    assert judged(deploy) == []
    assert names(deploy) == ["1_users.sql", "2_orders.sql"]


def test_a_rename_that_git_does_not_know_yet(branch: Repository) -> None:
    (branch.top / "m/2_orders.sql").rename(branch.top / "m/7_purchases.sql")
    assert happened(since()) == [(Happening.RENAMED, "m/7_purchases.sql", "m/2_orders.sql")]


def test_a_renamed_migration_with_other_statements_is_judged(branch: Repository) -> None:
    branch.git("mv", "m/2_orders.sql", "m/3_orders.sql")
    branch.commit({"m/3_orders.sql": "DROP TABLE users;\n"})
    deploy = since()
    assert happened(deploy) == [(Happening.RENAMED, "m/3_orders.sql", "m/2_orders.sql")]
    assert deploy.events[0].extent is Extent.STATEMENTS
    assert judged(deploy) == ["3_orders.sql"]


def test_a_renumbering_within_the_branch_is_no_event(branch: Repository) -> None:
    branch.commit(C)
    branch.git("mv", "m/3_carts.sql", "m/4_carts.sql")
    branch.commit({"m/4_carts.sql": "CREATE TABLE carts (id bigint);\n"})
    deploy = since()
    assert (judged(deploy), deploy.events) == (["4_carts.sql"], ())


def test_a_lower_version_than_what_is_deployed_is_overtaken(branch: Repository) -> None:
    branch.commit({"m/1_a_new.sql": "", "m/0_first.sql": "-- first\n"})
    deploy = since()
    assert happened(deploy) == [
        (Happening.OVERTAKEN, "m/0_first.sql", "m/2_orders.sql"),
        (Happening.OVERTAKEN, "m/1_a_new.sql", "m/2_orders.sql"),
        (Happening.DUPLICATE, "m/1_a_new.sql", "m/1_users.sql"),
    ]
    assert names(deploy) == ["1_users.sql", "2_orders.sql", "0_first.sql", "1_a_new.sql"], "it runs after what is deployed"


def test_the_version_of_another_is_a_duplicate(branch: Repository) -> None:
    branch.commit({"m/2_z.sql": "", "m/3_a.sql": "", "m/003_b.sql": ""})
    assert happened(since()) == [
        (Happening.DUPLICATE, "m/2_z.sql", "m/2_orders.sql"),
        (Happening.DUPLICATE, "m/003_b.sql", "m/3_a.sql"),
    ]


IN_ORDER = {
    "numbers": (["9_a.sql"], ["10_b.sql"]),
    "other series": (["state/0018.sql"], ["pool/0014.sql"]),
    "version directories": (["oss/2/01_a.up.sql", "base/7/01_x.up.sql"], ["oss/15/01_b.up.sql"]),
    "hasura's databases": (["default/1700_a/up.sql"], ["other/1600_b/up.sql"]),
    "prisma compares letters": (["20230101000000_a/migration.sql"], ["20241231_b/migration.sql"]),
    "prisma with one timestamp": (["20230101_a/migration.sql"], ["20230101_b/migration.sql"]),
    "flyway": (["V1_9__a.sql", "R__views.sql"], ["V1_10__b.sql"]),
    "a repeatable": (["V2__a.sql"], ["R__b.sql"]),
    "no version": (["2_a.sql"], ["a.sql"]),
}


@pytest.mark.parametrize(("deployed", "new"), IN_ORDER.values(), ids=IN_ORDER.keys())
def test_new_ones_in_order(deployed: list[str], new: list[str], repository: Repository) -> None:
    repository.commit({f"m/{name}": f"-- {name}\n" for name in deployed})
    repository.write({f"m/{name}": f"-- {name}\n" for name in new})
    deploy = since("HEAD")
    assert (judged(deploy), deploy.events) == (new, ())


OUT_OF_ORDER = {
    "version directories": (["oss/15/01_a.up.sql"], "oss/2/01_b.up.sql"),
    "prisma": (["20230101000000_a/migration.sql"], "20221231_b/migration.sql"),
    "flyway in directories": (["old/V3__a.sql"], "new/V2__b.sql"),
    "dates": (["2024-01-31-120000_a/up.sql"], "2024-01-30-120000_b/up.sql"),
}


@pytest.mark.parametrize(("deployed", "new"), OUT_OF_ORDER.values(), ids=OUT_OF_ORDER.keys())
def test_new_ones_out_of_order(deployed: list[str], new: str, repository: Repository) -> None:
    repository.commit({f"m/{name}": f"-- {name}\n" for name in deployed})
    repository.write({f"m/{new}": "-- new\n"})
    assert happened(since("HEAD")) == [(Happening.OVERTAKEN, f"m/{new}", f"m/{deployed[-1]}")]


def test_a_change_of_the_journal_can_overtake(repository: Repository) -> None:
    def journal(*tags: str) -> str:
        return json.dumps({"entries": [{"tag": tag} for tag in tags]})

    repository.commit({"m/0000_a.sql": "-- a\n", "m/0001_b.sql": "-- b\n", "m/meta/_journal.json": journal("0000_a", "0001_b")})
    repository.write({"m/0002_c.sql": "-- c\n", "m/meta/_journal.json": journal("0000_a", "0002_c", "0001_b")})
    assert happened(since("HEAD")) == [(Happening.OVERTAKEN, "m/0002_c.sql", "m/0001_b.sql")]


def test_a_repeatable_runs_again_when_its_statements_change(repository: Repository) -> None:
    repository.commit({"m/V1__a.sql": "", "m/R__b.sql": "CREATE OR REPLACE VIEW b AS SELECT 1;\n", "m/R__c.sql": "SELECT 1;\n"})
    repository.write({"m/R__b.sql": "CREATE OR REPLACE VIEW b AS SELECT 2;\n", "m/R__c.sql": "-- c\nSELECT 1;\n"})
    deploy = since("HEAD")
    assert names(deploy) == ["V1__a.sql", "R__b.sql", "R__c.sql", "R__b.sql"]
    assert (judged(deploy), deploy.events) == (["R__b.sql"], ())
    before, after = deploy.history.migrations[1], deploy.history.migrations[3]
    assert deploy.read(before).text == "CREATE OR REPLACE VIEW b AS SELECT 1;\n"
    assert deploy.read(after).text == "CREATE OR REPLACE VIEW b AS SELECT 2;\n"


def test_a_liquibase_file_may_grow(repository: Repository) -> None:
    head = "--liquibase formatted sql\n"
    first, second = "--changeset ann:1\nCREATE TABLE a ();\n", "--changeset ann:2\nDROP TABLE a;\n"
    repository.commit({"m/a.sql": head + first})
    repository.write({"m/a.sql": head + first + second})
    deploy = since("HEAD")
    assert (names(deploy), judged(deploy), deploy.events) == (["a.sql", "a.sql"], ["a.sql"], ())
    source = deploy.read(deploy.history.migrations[1])
    assert source.text.split() == (head + second).split()
    assert source.place(source.forward[-1]).line == 4


def test_a_changed_changeset_is_an_edit(repository: Repository) -> None:
    repository.commit({"m/a.sql": "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a ();\n"})
    repository.write({"m/a.sql": "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE b ();\n--changeset ann:2\nDROP TABLE a;\n"})
    deploy = since("HEAD")
    assert happened(deploy) == [(Happening.EDITED, "m/a.sql", "")]
    assert judged(deploy) == ["a.sql"]


def test_a_changeset_that_runs_on_change_may_change(repository: Repository) -> None:
    head = "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a ();\n--changeset ann:2 runOnChange:true\n"
    repository.commit({"m/a.sql": head + "CREATE OR REPLACE VIEW v AS SELECT 1;\n"})
    repository.write({"m/a.sql": head + "CREATE OR REPLACE VIEW v AS SELECT 2;\n"})
    deploy = since("HEAD")
    assert (judged(deploy), deploy.events) == (["a.sql"], ())
    assert "TABLE" not in deploy.read(deploy.history.migrations[1]).text


def test_a_root_that_moved_was_there(branch: Repository) -> None:
    (branch.top / "db").mkdir()
    branch.git("mv", "m", "db/migrations")
    branch.commit({"db/migrations/3_carts.sql": "CREATE TABLE carts ();\n"})
    deploy = since("main", "db/migrations")
    assert names(deploy) == ["1_users.sql", "2_orders.sql", "3_carts.sql"]
    assert (judged(deploy), deploy.events) == (["3_carts.sql"], ())
    assert deploy.history.notices == ("2 migrations of db/migrations were moved there from m",)


def test_a_copy_of_a_file_that_is_still_there_was_not_deployed(repository: Repository) -> None:
    repository.commit({"samples/1_drop.sql": "DROP TABLE users;\n"})
    repository.commit({"m/1_drop.sql": "DROP TABLE users;\n"})
    assert judged(since("HEAD~1")) == ["1_drop.sql"]


def test_several_roots_are_several_deploys(repository: Repository) -> None:
    repository.commit({"a/migrations/1_a.sql": "", "b/migrations/1_b.sql": "-- b\n"})
    repository.write({"b/migrations/2_c.sql": "-- c\n"})
    first, second = deploys_since(["."], Config(), "HEAD")
    assert (first.history.root, judged(first)) == ("a/migrations", [])
    assert (second.history.root, judged(second)) == ("b/migrations", ["2_c.sql"])


def test_a_root_that_is_gone_is_seen(repository: Repository) -> None:
    repository.commit({"a/migrations/1_a.sql": "-- a\n", "b/migrations/1_b.sql": "-- b\n"})
    repository.git("rm", "--quiet", "-r", "b")
    first, second = deploys_since(["."], Config(), "HEAD")
    assert first.events == ()
    assert happened(second) == [(Happening.DELETED, "b/migrations/1_b.sql", "")]


def test_a_usual_directory_that_is_gone_is_seen(repository: Repository) -> None:
    repository.commit({"migrations/1_a.sql": "-- a\n", "db/migrations/1_b.sql": "-- b\n"})
    repository.git("rm", "--quiet", "-r", "db")
    first, second = deploys_since([], Config(), "HEAD")
    assert first.events == ()
    assert happened(second) == [(Happening.DELETED, "db/migrations/1_b.sql", "")]


THREE = {f"app/migrations/{number}_a.sql": f"-- {number}\n" for number in (1, 2, 3)}
"""Found although nothing names them, as nothing else can be meant."""


def test_a_directory_that_was_found_at_the_base_and_is_gone_is_seen(repository: Repository) -> None:
    repository.commit(THREE)
    repository.git("rm", "--quiet", "-r", "app")
    repository.write({"migrations/1_x.sql": ""})
    new, old = deploys_since([], Config(), "HEAD")
    assert judged(new) == ["1_x.sql"]
    assert [path for _, path, _ in happened(old)] == list(THREE)


def test_a_directory_that_was_found_at_the_base_does_not_fall_out_of_the_check(repository: Repository) -> None:
    repository.commit(THREE)
    assert deploys_since([], Config(), "HEAD")[0].history.notices == (
        "nothing names a directory of migrations: app/migrations is taken, the only one found",
    )
    repository.write({"migrations/1_x.sql": "", "app/migrations/4_d.sql": ""})
    with pytest.raises(CheckError, match=r"app/migrations, found at \w+ \(.*\), is not looked at beside migrations: set `migrations`"):
        deploys_since([], Config(), "HEAD")


@pytest.mark.parametrize(("here", "there"), [("app/migrations", "core/migrations"), ("migrations", "db/migrations")])
def test_what_moves_from_one_found_directory_to_another_is_not_deleted(repository: Repository, here: str, there: str) -> None:
    repository.commit({f"{here}/{number}_a.sql": "-- the same\n" if number < 4 else "" for number in range(1, 5)})
    repository.git("rm", "--quiet", f"{here}/4_a.sql")
    Path(there).parent.mkdir(exist_ok=True)
    repository.git("mv", here, there)
    new, old = deploys_since([], Config(), "HEAD")
    assert (names(new), judged(new)) == (["1_a.sql", "2_a.sql", "3_a.sql"], [])
    assert [path for _, path, _ in happened(old)] == [f"{here}/4_a.sql"]


def test_a_directory_whose_migrations_are_all_gone_is_seen(branch: Repository) -> None:
    branch.commit({"m/README": ""})
    branch.git("rm", "--quiet", "m/1_users.sql", "m/2_orders.sql")
    assert [path for _, path, _ in happened(since())] == ["m/1_users.sql", "m/2_orders.sql"]


def test_odd_names(repository: Repository) -> None:
    odd = ["0005_é space.sql", '0006_"quote".sql', "0007_tab\there.sql", "0008_[a]*?.sql", "0009_:(top)x.sql", "0010_-dash.sql"]
    repository.commit({f"m ä/{name}": f"-- {name}\n" for name in odd[:3]})
    repository.write({f"m ä/{name}": f"-- {name}\n" for name in odd[3:]} | {"m ä/0005_é space.sql": "SELECT 1;\n"})
    deploy = since("HEAD", "m ä")
    assert names(deploy) == odd
    assert judged(deploy) == odd[3:]
    assert happened(deploy) == [(Happening.EDITED, "m ä/0005_é space.sql", "")]


@pytest.mark.skipif(os.name == "nt", reason="names are bytes there")
def test_a_name_that_is_no_utf8(repository: Repository) -> None:
    name = os.fsdecode(b"m/1_\xff.sql")
    repository.commit({name: "SELECT 1;\n"})
    repository.write({name: "SELECT 2;\n"})
    assert happened(since("HEAD")) == [(Happening.EDITED, name, "")]


def test_from_a_directory_below_the_top(branch: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    branch.commit(C | {"m/1_users.sql": "SELECT 1;\n", "app/x": ""})
    monkeypatch.chdir(branch.top / "app")
    deploy = since("main", "../m")
    assert [migration.path for migration in deploy.history.migrations if migration.judged] == ["../m/3_carts.sql"]
    assert happened(deploy) == [(Happening.EDITED, "../m/1_users.sql", "")]
    monkeypatch.chdir(branch.top / "m")
    assert happened(since("main", ".")) == [(Happening.EDITED, "1_users.sql", "")]


def test_through_a_link(branch: Repository) -> None:
    branch.commit(C)
    (branch.top / "link").symlink_to("m", target_is_directory=True)
    assert [migration.path for migration in since("main", "link").history.migrations if migration.judged] == ["m/3_carts.sql"]


def test_in_a_worktree(branch: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    branch.git("worktree", "add", "--quiet", "../second", "-b", "other")
    second = branch.at("../second")
    second.commit(C)
    monkeypatch.chdir(second.top)
    assert judged(since()) == ["3_carts.sql"]


def test_with_a_detached_head(branch: Repository) -> None:
    branch.commit(C)
    branch.git("checkout", "--quiet", "--detach")
    assert judged(since()) == ["3_carts.sql"]


def test_in_a_submodule(repository: Repository) -> None:
    library = repository.create("../library")
    library.commit(A)
    repository.git("submodule", "--quiet", "add", "../library", "lib")
    repository.commit()
    inside = repository.at("lib")
    inside.commit(B)
    repository.commit()
    deploy = since("HEAD~1", "lib/m")
    assert (names(deploy), judged(deploy)) == (["1_users.sql", "2_orders.sql"], ["2_orders.sql"])
    os.chdir(inside.top)
    assert judged(since("HEAD~1")) == ["2_orders.sql"]


def test_a_submodule_that_is_new(repository: Repository) -> None:
    repository.commit({"x": ""})
    library = repository.create("../library")
    library.commit(A)
    repository.git("submodule", "--quiet", "add", "../library", "lib")
    repository.commit()
    assert judged(since("HEAD~1", "lib/m")) == ["1_users.sql"]


def test_a_submodule_whose_old_commit_is_missing_is_an_error(repository: Repository) -> None:
    library = repository.create("../library")
    library.commit(A)
    repository.git("submodule", "--quiet", "add", "../library", "lib")
    repository.commit()
    missing = "1" * 40
    repository.git("update-index", "--cacheinfo", f"160000,{missing},lib")
    repository.git("commit", "--quiet", "-m", "x")
    with pytest.raises(CheckError, match=rf"commit 1111111111 of submodule lib .* fetch it with: git -C lib fetch origin {missing}"):
        since("HEAD", "lib/m")


def test_what_is_staged(branch: Repository) -> None:
    branch.write(C | {"m/1_users.sql": "SELECT 1;\n"})
    branch.git("add", "m/3_carts.sql")
    branch.write({"m/3_carts.sql": "-- not staged\n", "m/4_d.sql": "-- not staged\n"})
    [deploy] = deploys_staged(["m"], Config())
    assert (judged(deploy), deploy.events) == (["3_carts.sql"], ())
    assert deploy.read(deploy.history.migrations[-1]).text == C["m/3_carts.sql"]
    assert deploy.scope.endswith("(HEAD)")


def test_a_staged_deletion_and_an_edit(branch: Repository) -> None:
    branch.git("rm", "--quiet", "m/1_users.sql")
    branch.write({"m/2_orders.sql": "SELECT 1;\n"})
    branch.git("add", "--all")
    [deploy] = deploys_staged(["m"], Config())
    assert happened(deploy) == [(Happening.EDITED, "m/2_orders.sql", ""), (Happening.DELETED, "m/1_users.sql", "")]


def test_the_index_of_a_partial_commit(branch: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(branch.top / ".git/index", branch.top / ".git/next-index")
    branch.write(C)
    branch.git("add", "m/3_carts.sql")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    [deploy] = deploys_staged(["m"], Config())
    assert judged(deploy) == []


def test_the_variables_of_a_hook_do_not_mislead(branch: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    branch.commit(C | {"app/x": ""})
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    monkeypatch.chdir(branch.top / "app")
    assert judged(since("main", "../m")) == ["3_carts.sql"]


def test_the_first_commit_of_all(repository: Repository) -> None:
    repository.write(A)
    repository.git("add", "--all")
    [deploy] = deploys_staged(["m"], Config())
    assert (judged(deploy), deploy.scope) == (["1_users.sql"], "1 of 1 migrations, since the empty repository")


def test_a_range_of_commits_whatever_is_checked_out(branch: Repository) -> None:
    branch.commit(C)
    branch.commit({"m/1_users.sql": "SELECT 1;\n"})
    branch.git("switch", "--quiet", "main")
    branch.commit({"m/9_z.sql": ""})
    [deploy] = deploys_between(["m"], Config(), "main", "work")
    assert judged(deploy) == ["3_carts.sql"]
    assert happened(deploy) == [(Happening.EDITED, "m/1_users.sql", "")]
    assert deploy.read(deploy.history.migrations[-1]).text == C["m/3_carts.sql"]


def test_a_file_that_was_no_utf8_may_be_mended(repository: Repository) -> None:
    (repository.top / "m").mkdir()
    (repository.top / "m/1_a.sql").write_bytes("-- é\nSELECT 1;\n".encode("latin-1"))
    repository.commit()
    repository.write({"m/1_a.sql": "-- é\nSELECT 1;\n"})
    assert since("HEAD").events == ()
    repository.write({"m/1_a.sql": "-- e\nSELECT 1;\n"})
    assert [event.extent for event in since("HEAD").events] == [Extent.COMMENTS]


def test_placeholders_are_filled_in(repository: Repository) -> None:
    repository.commit({"m/1_a.sql": "CREATE TABLE ${s}.a ();\n"})
    repository.write({"m/1_a.sql": "SELECT 1;\n"})
    deploy = since("HEAD", config=Config(placeholders={"s": "app"}))
    assert deploy.read(deploy.history.migrations[0]).text == "CREATE TABLE app.a ();\n"


def test_outside_of_a_repository_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/1_a.sql").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(CheckError, match="m is not in a git repository: a comparison needs one"):
        since()


def test_a_bare_repository_is_an_error(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.git("init", "--quiet", "--bare", "here.git")
    repository.write({"here.git/m/1_a.sql": ""})
    monkeypatch.chdir(repository.top / "here.git")
    with pytest.raises(CheckError, match="m is in a bare repository: a comparison needs a work tree"):
        since()


def test_without_git_is_an_error(branch: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CheckError, match="git is not installed, or not on the PATH"):
        since()
