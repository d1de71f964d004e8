"""Which files are migrations, in what order, in which history."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migcompat.config import Config, Directory
from migcompat.errors import CheckError
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import Aside, History

if TYPE_CHECKING:
    from conftest import Repository


@pytest.fixture(autouse=True)
def _working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("SELECT 1;\n")


def aside(history: History) -> dict[str, Aside]:
    return {left.path: left.why for left in history.left_aside}


def names(history: History) -> list[str]:
    return [migration.name for migration in history.migrations]


def judged(history: History) -> list[str]:
    return [migration.name for migration in history.migrations if migration.judged]


ORDERS = {
    "integers compare as numbers": ["1_a.sql", "2_b.sql", "10_c.sql"],
    "padded and un-padded mixed": ["001_a.sql", "2_b.sql", "0010_c.sql", "11_d.sql"],
    "timestamps": ["20230101000000_a.sql", "20231231235959_b.sql", "20240101000000_c.sql"],
    "dates with dashes among plain timestamps": ["00000000000000_setup/up.sql", "2019-02-26-002946_a/up.sql", "20200101000000_b/up.sql"],
    "a date without its zeros": ["2020-11-30-190800_a/up.sql", "2020-12-7-190800_b/up.sql", "2020-12-11-142000_c/up.sql"],
    "dates with a counter": ["2026-06-03-220228-0000_a/up.sql", "2026-06-03-220228-0001_b/up.sql"],
    "up suffixes": ["1_a.up.sql", "2_b_up.sql", "10_c.up.sql"],
    "prisma": ["20230101000000_init/migration.sql", "20240101000000_next/migration.sql"],
    "prisma compares letters": ["20230101000000_init/migration.sql", "20231231_next/migration.sql"],
    "flyway": ["V1__a.sql", "V1_1__b.sql", "V1.2__c.sql", "V1_10__d.sql", "V2__e.sql", "R__views.sql"],
    "flyway in directories": ["old/V1__a.sql", "V2__b.sql", "old/V3__c.sql"],
    "version directories": ["0/01_a.up.sql", "2/01_b.up.sql", "2/02_c.up.sql", "10/01_d.up.sql"],
    "flyway baseline without what it stands for": ["B2__all.sql", "V3__next.sql"],
    "refinery out of sequence": ["V1__a.sql", "U2__b.sql", "V3__c.sql"],
    "graphile-migrate": ["committed/000001.sql", "committed/000002-name.sql", "current.sql"],
    "nested version directories": ["oss/postgres/2/01_a.up.sql", "oss/postgres/15/01_b.up.sql"],
    "several databases": ["pool/0001.sql", "pool/0002.sql", "state/0001.sql"],
    "no version comes last": ["1_a.sql", "views.sql"],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_order(order: list[str]) -> None:
    write(*(f"migrations/{name}" for name in reversed(order)))
    [history] = discover(["migrations"], Config())
    assert names(history) == order


ASIDE = {
    "down suffix": ("1_a.up.sql", "1_a.down.sql", Aside.BACKWARD),
    "down suffix beside up": ("1_a_up.sql", "1_a_down.sql", Aside.BACKWARD),
    "down file of a directory": ("1_a/up.sql", "1_a/down.sql", Aside.BACKWARD),
    "undo of flyway": ("V1__a.sql", "U1__a.sql", Aside.BACKWARD),
    "postgrator": ("1.do.sql", "1.undo.sql", Aside.BACKWARD),
    "postgrator with names": ("0001.do.a.sql", "0001.undo.a.sql", Aside.BACKWARD),
    "for SQLite": ("1_a.up.sql", "1_a.sqlite3.up.sql", Aside.OTHER_DATABASE),
    "for MySQL alone": ("1_a.up.sql", "2_b.mysql.up.sql", Aside.OTHER_DATABASE),
    "for CockroachDB, outside of a transaction": ("1_a.up.sql", "1_a.cockroach.autocommit.up.sql", Aside.OTHER_DATABASE),
    "for all but PostgreSQL, outside of a transaction": ("1_a.postgres.autocommit.up.sql", "1_a.autocommit.up.sql", Aside.UNUSED),
    "for all but PostgreSQL, which needs no transaction": ("1_a.postgres.up.sql", "1_a.autocommit.up.sql", Aside.UNUSED),
    "for all but PostgreSQL": ("1_a.postgres.up.sql", "1_a.up.sql", Aside.UNUSED),
    "a directory for MySQL": ("postgresql/V1__a.sql", "mysql/V1__a.sql", Aside.OTHER_DATABASE),
    "rollback beside": ("1_a.sql", "1_a.rollback.sql", Aside.BACKWARD),
    "rollback directory": ("1_a.sql", "rollback/1_a.sql", Aside.BACKWARD),
    "up and down directories": ("up/1_a.sql", "down/1_a.sql", Aside.BACKWARD),
    "another file beside migration.sql": ("1_a/migration.sql", "1_a/backfill.sql", Aside.UNUSED),
    "schema": ("1_a.sql", "schema.sql", Aside.SNAPSHOT),
    "structure": ("1_a.sql", "structure.sql", Aside.SNAPSHOT),
    "dump": ("1_a.sql", "prod.dump.sql", Aside.SNAPSHOT),
    "snapshot": ("1_a.sql", "latest.snapshot.sql", Aside.SNAPSHOT),
    "the latest of all": ("0.26/00_a.sql", "LATEST.sql", Aside.SNAPSHOT),
    "a check of each migration": ("1_a.sql", "tests/1_a.sql", Aside.UNUSED),
    "a test of graphile-migrate": ("committed/000001.sql", "tests/a.test.sql", Aside.UNUSED),
    "a fixture of graphile-migrate": ("committed/000001-b.sql", "fixtures/functions/a.sql", Aside.UNUSED),
    "drizzle's meta": ("1_a.sql", "meta/0001_snapshot.sql", Aside.SNAPSHOT),
    "baseline of what is there": ("V1__a.sql", "B1__a.sql", Aside.SNAPSHOT),
    "seed": ("1_a.sql", "seed_users.sql", Aside.SEED),
    "seeds directory": ("1_a.sql", "seeds/01_users.sql", Aside.SEED),
    "migration in Go": ("1_a.sql", "2_b.go", Aside.NOT_SQL),
    "template": ("1_a.sql", "b.sql.j2", Aside.NOT_SQL),
}


@pytest.mark.parametrize(("migration", "other", "why"), ASIDE.values(), ids=ASIDE.keys())
def test_left_aside_and_named(migration: str, other: str, why: Aside) -> None:
    write(f"m/{migration}", f"m/{other}")
    [history] = discover(["m"], Config())
    assert names(history) == [migration]
    assert aside(history) == {f"m/{other}": why}


@pytest.mark.parametrize(
    "name",
    [
        "3_slow_down.sql",
        "3_fix_rollback.sql",
        "0004_schema.sql",
        "0005_seed_users.sql",
        "20240101_dump.sql",
        "U2__out_of_sequence.sql",
        "oracle/1_prices.sql",
        "3_from.oracle.sql",
    ],
)
def test_a_name_that_only_looks_like_something_else_is_a_migration(name: str) -> None:
    write("m/V1__a.sql", f"m/{name}")
    [history] = discover(["m"], Config())
    assert name in names(history)
    assert not history.left_aside


def test_a_named_file_is_judged_within_its_history() -> None:
    write("db/1_a/up.sql", "db/2_b/up.sql", "db/2_b/down.sql", "db/3_c/up.sql")
    [history] = discover(["db/2_b/up.sql"], Config())
    assert history.root == "db"
    assert names(history) == ["1_a/up.sql", "2_b/up.sql", "3_c/up.sql"]
    assert judged(history) == ["2_b/up.sql"]
    assert history.left_aside == ()


def test_several_files_of_one_root_make_one_history() -> None:
    write("m/1_a.sql", "m/2_b.sql", "m/3_c.sql")
    [history] = discover(["m/1_a.sql", "./m/3_c.sql"], Config())
    assert judged(history) == ["1_a.sql", "3_c.sql"]


def test_paths_are_relative_to_the_working_directory(tmp_path: Path) -> None:
    write("m/1_a.sql")
    [history] = discover([str(tmp_path / "m")], Config())
    assert history.migrations[0].path == "m/1_a.sql"


def test_a_directory_below_the_root_asks_about_itself() -> None:
    write("db/migrations/pool/1_a.sql", "db/migrations/state/1_b.sql")
    [history] = discover(["db/migrations/state"], Config(migrations=(Directory("db/migrations"),)))
    assert names(history) == ["pool/1_a.sql", "state/1_b.sql"]
    assert judged(history) == ["state/1_b.sql"]


def test_the_directory_of_one_migration_is_judged_within_its_history() -> None:
    write("m/1_a/up.sql", "m/2_b/up.sql")
    [history] = discover(["m/2_b"], Config())
    assert judged(history) == ["2_b/up.sql"]
    assert names(history) == ["1_a/up.sql", "2_b/up.sql"]


def test_version_directories_are_one_history_for_a_single_file() -> None:
    write("oss/postgres/2/01_a.up.sql", "oss/postgres/15/01_b.up.sql")
    [history] = discover(["oss/postgres/15/01_b.up.sql"], Config())
    assert (history.root, judged(history)) == ("oss/postgres", ["15/01_b.up.sql"])
    assert names(history) == ["2/01_a.up.sql", "15/01_b.up.sql"]


def test_each_migration_directory_below_a_directory_is_a_history() -> None:
    write(
        "a/migrations/1_a.sql",
        "b/db/migrations/1_b.sql",
        "b/db/queries/find.sql",
        "b/db/patches/7_c.sql",
        "node_modules/x/migrations/1_z.sql",
    )
    first, second, rest = discover(["."], Config())
    assert (first.root, names(first)) == ("a/migrations", ["1_a.sql"])
    assert (second.root, names(second)) == ("b/db/migrations", ["1_b.sql"])
    assert names(rest) == ["b/db/patches/7_c.sql"]
    assert aside(rest) == {"b/db/queries/find.sql": Aside.ELSEWHERE}


def test_without_paths_the_usual_directories_are_taken() -> None:
    write("db/migrations/1_a.sql", "migrations/versions/0a1b_x.py", "other/1_b.sql")
    histories = discover([], Config())
    assert [migration.path for history in histories for migration in history.migrations] == ["db/migrations/1_a.sql"]


def test_without_paths_the_configured_directories_are_taken(tmp_path: Path) -> None:
    write("db/migrations/1_a.sql", "services/pay/sql/1_b.sql")
    pay = Directory("services/pay/sql", {"layout": "flyway"})
    config = Config(migrations=(Directory("db/migrations"), pay), file=str(tmp_path / "migcompat.toml"))
    first, second = discover([], config)
    assert (first.root, first.settings.layout) == ("db/migrations", "auto")
    assert (second.root, second.settings.layout) == ("services/pay/sql", "flyway")
    assert second.migrations[0].layout == "flyway"


def test_a_configured_directory_that_is_missing_is_an_error(tmp_path: Path) -> None:
    config = Config(migrations=(Directory("nowhere"),), file=str(tmp_path / "migcompat.toml"))
    with pytest.raises(CheckError, match=r"nowhere is not a directory, but `migrations` in .*migcompat\.toml names it"):
        discover([], config)


def test_a_file_outside_of_the_configured_directories_is_left_aside() -> None:
    write("db/migrations/1_a.sql", "queries/find.sql")
    configured, outside = discover(["db/migrations/1_a.sql", "queries/find.sql"], Config(migrations=(Directory("db/migrations"),)))
    assert judged(configured) == ["1_a.sql"]
    assert aside(outside) == {"queries/find.sql": Aside.ELSEWHERE}


@pytest.mark.parametrize("start_after", ["0002_b.sql", "0002_b", "0002", "2"])
def test_what_was_deployed_before_the_adoption_is_context(start_after: str) -> None:
    write("m/0001_a.sql", "m/0002_b.sql", "m/0003_c.sql")
    [history] = discover(["m"], Config(start_after=start_after))
    assert names(history) == ["0001_a.sql", "0002_b.sql", "0003_c.sql"]
    assert judged(history) == ["0003_c.sql"]


def test_adoption_at_the_newest_migration_is_no_error() -> None:
    write("m/0001_a.sql")
    [history] = discover(["m"], Config(start_after="0001_a"))
    assert judged(history) == []


def test_an_unknown_baseline_is_an_error() -> None:
    write("m/0001_users.sql")
    with pytest.raises(CheckError, match=r"`start-after` names `0001_user`, which is no migration of m; did you mean `0001_users\.sql`\?"):
        discover(["m"], Config(start_after="0001_user"))


def test_drizzle_runs_in_the_order_of_its_journal() -> None:
    write("drizzle/0000_a.sql", "drizzle/0002_c.sql", "drizzle/0001_b.sql", "drizzle/0003_d.sql")
    tags = ["0000_a", "0002_c", "0001_b", "0009_gone"]
    journal = Path("drizzle/meta/_journal.json")
    journal.parent.mkdir()
    journal.write_text(json.dumps({"entries": [{"idx": index, "tag": tag} for index, tag in enumerate(tags)]}))
    [history] = discover(["drizzle"], Config())
    assert names(history) == ["0000_a.sql", "0002_c.sql", "0003_d.sql", "0001_b.sql"]
    assert history.notices == (
        "0003_d.sql is not in meta/_journal.json: it is read all the same",
        "meta/_journal.json lists 0009_gone.sql, which does not exist",
    )


def test_what_a_journal_passes_over_never_runs() -> None:
    write("drizzle/0000_a.sql", "drizzle/0001_b.sql", "drizzle/0001_c.sql")
    Path("drizzle/meta").mkdir()
    Path("drizzle/meta/_journal.json").write_text(json.dumps({"entries": [{"tag": "0000_a"}, {"tag": "0001_c"}]}))
    [history] = discover(["drizzle"], Config())
    assert names(history) == ["0000_a.sql", "0001_c.sql"]
    assert [(left.path, left.why) for left in history.left_aside] == [("drizzle/0001_b.sql", Aside.UNUSED)]


def test_a_broken_journal_is_an_error() -> None:
    write("drizzle/0000_a.sql")
    Path("drizzle/meta").mkdir()
    Path("drizzle/meta/_journal.json").write_text("[]")
    with pytest.raises(CheckError, match=r"_journal\.json cannot be read"):
        discover(["drizzle"], Config())


def test_sqitch_runs_in_the_order_of_its_plan() -> None:
    write("deploy/users.sql", "deploy/orders.sql", "deploy/orders@v1.sql", "deploy/later.sql", "revert/users.sql", "verify/users.sql")
    Path("sqitch.plan").write_text(
        "%syntax-version=1.0.0\n%project=shop\n\n"
        "users 2024-01-01T00:00:00Z Ann <ann@example.org> # first\n"
        "orders [users] 2024-01-02T00:00:00Z Ann <ann@example.org> # second\n"
        "@v0 2024-01-03T00:00:00Z Ann <ann@example.org> # not the one that the script is called after\n"
        "@v1 2024-01-03T00:00:00Z Ann <ann@example.org> # released\n\n"
        "orders [orders@v1] 2024-01-04T00:00:00Z Ann <ann@example.org> # reworked\n"
    )
    [history] = discover(["deploy/orders.sql"], Config())
    assert names(history) == ["deploy/users.sql", "deploy/orders@v1.sql", "deploy/orders.sql", "deploy/later.sql"]
    assert judged(history) == ["deploy/orders.sql"]
    [whole] = discover(["."], Config())
    assert aside(whole) == {"revert/users.sql": Aside.BACKWARD, "verify/users.sql": Aside.UNUSED}


def test_a_checkpoint_of_atlas_is_a_snapshot() -> None:
    write("m/1_a.sql", "m/2_b.sql", "m/atlas.sum")
    Path("m/2_b.sql").write_text("-- atlas:checkpoint\n\nCREATE TABLE a ();\n")
    [history] = discover(["m"], Config())
    assert names(history) == ["1_a.sql"]
    assert aside(history) == {"m/2_b.sql": Aside.SNAPSHOT}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("0042_drop_nick.sql", "drop_nick"),
        ("0042-drop-nick.up.sql", "drop-nick"),
        ("2024-01-02-120000_create/up.sql", "create"),
        ("20240102120000_create/migration.sql", "create"),
        ("V1_2__add_cart.sql", "add_cart"),
        ("V0001.Initial.up.sql", "Initial"),
        ("default/1639_init/up.sql", "init"),
        ("0188.up.sql", "0188"),
        ("0042.do.drop_nick.sql", "drop_nick"),
        ("deploy/users.sql", "users"),
    ],
)
def test_the_slug_survives_a_renumbering(name: str, slug: str) -> None:
    write(f"m/{name}")
    [history] = discover(["m"], Config())
    assert history.migrations[0].slug == slug


def test_a_directory_without_migration_is_an_error() -> None:
    write("a/1_a.sql")
    Path("empty").mkdir()
    with pytest.raises(CheckError, match=r"no migration in empty: it holds no \.sql file"):
        discover(["a", "empty"], Config())


def test_a_directory_with_nothing_but_a_snapshot_is_an_error() -> None:
    write("m/schema.sql")
    with pytest.raises(CheckError, match=r"no migration in m: m/schema\.sql is left aside \(snapshot of a schema\)"):
        discover(["m"], Config())


def test_a_down_file_by_itself_is_no_error_because_hooks_name_what_changed() -> None:
    write("m/1_a.up.sql", "m/1_a.down.sql")
    [history] = discover(["m/1_a.down.sql"], Config())
    assert judged(history) == []
    assert aside(history) == {"m/1_a.down.sql": Aside.BACKWARD}


def test_a_missing_path_is_an_error() -> None:
    with pytest.raises(CheckError, match="nowhere does not exist"):
        discover(["nowhere"], Config())


def test_a_file_that_is_not_sql_is_an_error() -> None:
    write("README.md")
    with pytest.raises(CheckError, match=r"README\.md is not an SQL file: name \.sql files or directories"):
        discover(["README.md"], Config())


def test_nothing_to_detect_is_an_error() -> None:
    with pytest.raises(CheckError, match=r"no migration directory found here: name one, or set `migrations` in migcompat\.toml"):
        discover([], Config())


def test_directories_that_may_be_meant_are_named() -> None:
    write("api/db/migrations/1_a.sql")
    write("pay/src/main/resources/db/migration/V1__a.sql")
    write("django/migrations/0001_initial.py")
    named = "in the usual places, but there is api/db/migrations, pay/src/main/resources/db/migration: name one"
    with pytest.raises(CheckError, match=named):
        discover([], Config())


def test_the_only_directory_that_can_be_meant_is_taken_and_said_to_be() -> None:
    write(*(f"services/api/migrations/{number}_a.sql" for number in (1, 2, 3)), "services/api/queries/users.sql")
    [history] = discover([], Config())
    assert (history.root, judged(history)) == ("services/api/migrations", ["1_a.sql", "2_a.sql", "3_a.sql"])
    assert history.notices == ("nothing names a directory of migrations: services/api/migrations is taken, the only one found",)


def test_a_directory_that_is_named_is_not_said_to_be_found() -> None:
    write(*(f"services/api/migrations/{number}_a.sql" for number in (1, 2, 3)))
    [history] = discover(["services/api/migrations"], Config())
    assert history.notices == ()


NOT_CERTAIN = {
    "another is called so": (["b/migrations/1_a.sql"], "a/migrations, b/migrations"),
    "another has versions": (["b/sql/V1__a.sql"], "a/migrations, b/sql"),
    "a directory for each migration": (["b/store/1_a/up.sql", "b/store/2_b/up.sql"], "a/migrations, b/store"),
    "versions lie beside": (["1_a.sql"], "a/migrations, ."),
    "one with more comes first": ([f"z/migrations/{number}_a.sql" for number in range(4)], "z/migrations, a/migrations"),
}


@pytest.mark.parametrize(("more", "named"), NOT_CERTAIN.values(), ids=NOT_CERTAIN)
def test_where_another_can_be_meant_none_is_taken(more: list[str], named: str) -> None:
    write("a/migrations/1_a.sql", "a/migrations/2_b.sql", "a/migrations/3_c.sql", *more)
    with pytest.raises(CheckError, match=f"in the usual places, but there is {re.escape(named)}: name one"):
        discover([], Config())


@pytest.mark.parametrize("directory", ["tests/migrations", "app/fixtures/migrations", "examples/shop/migrations"])
def test_migrations_of_tests_and_examples_are_not_taken(directory: str) -> None:
    write(*(f"{directory}/{number}_a.sql" for number in (1, 2, 3)))
    with pytest.raises(CheckError, match=f"there is {directory}: name one"):
        discover([], Config())


def test_too_few_files_are_not_taken() -> None:
    write("app/migrations/1_a.sql", "app/migrations/2_b.sql")
    with pytest.raises(CheckError, match="there is app/migrations: name one"):
        discover([], Config())


def test_directories_that_were_not_all_looked_at_may_hold_another(monkeypatch: pytest.MonkeyPatch) -> None:
    write(*(f"app/migrations/{number}_a.sql" for number in (1, 2, 3)))
    monkeypatch.setattr("migcompat.migrations.detection._MOST_LOOKED_AT", 3)
    with pytest.raises(CheckError, match="there is app/migrations: name one"):
        discover([], Config())


def test_copies_that_git_ignores_are_not_meant(repository: Repository) -> None:
    repository.write({".gitignore": "build/\n"})
    write(*(f"app/{where}/db/migration/V{number}__a.sql" for where in ("build", "src") for number in (1, 2, 3)))
    [history] = discover([], Config())
    assert history.root == "app/src/db/migration"


def test_a_link_to_a_directory_above_is_an_error() -> None:
    write("m/1_a.sql")
    Path("m/again").symlink_to("..", target_is_directory=True)
    with pytest.raises(CheckError, match="m/again is a symbolic link to a directory that contains it"):
        discover(["m"], Config())


def test_links_that_lead_to_each_other_end() -> None:
    write("m/1_a.sql", "n/2_b.sql")
    Path("m/n").symlink_to("../n", target_is_directory=True)
    Path("n/m").symlink_to("../m", target_is_directory=True)
    [history] = discover(["m"], Config())
    assert names(history) == ["1_a.sql", "n/2_b.sql"]


def test_a_link_to_another_directory_is_followed_once() -> None:
    write("m/1_a.sql", "shared/2_b.sql")
    Path("m/more").symlink_to("../shared", target_is_directory=True)
    Path("m/same").symlink_to("../shared", target_is_directory=True)
    [history] = discover(["m"], Config())
    assert names(history) == ["1_a.sql", "more/2_b.sql"]


def test_a_broken_link_is_an_error() -> None:
    Path("m.sql").symlink_to("nowhere.sql")
    with pytest.raises(CheckError, match=r"m\.sql is a broken symbolic link"):
        discover(["m.sql"], Config())


def test_an_unreadable_directory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    write("m/1_a.sql", "m/closed/2_b.sql")
    scandir = os.scandir

    def closed(path: str) -> object:
        if path.endswith("closed/"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(CheckError, match="cannot read m/closed/: Permission denied"):
        discover(["m"], Config())


def test_a_file_beside_the_working_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("beside/1_a.sql", "here/x")
    monkeypatch.chdir(tmp_path / "here")
    (history,) = discover(["../beside/1_a.sql"], Config())
    assert (history.root, names(history)) == ("../beside", ["1_a.sql"])
