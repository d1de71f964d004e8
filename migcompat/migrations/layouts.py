"""The tools whose migrations are understood, by name."""

from __future__ import annotations

from collections.abc import Mapping

from migcompat.frozen import frozen
from migcompat.migrations.sections import ALL_TOOLS


@frozen
class Layout:
    """What a tool's name settles when the configuration gives it."""

    files: str
    """How its migrations look, for the documentation."""
    sections: tuple[str, ...] = ()
    """Whose section markers count inside its files."""
    undo: bool = True
    """Whether `U1__x.sql` takes `V1__x.sql` back; to refinery it is a migration out of sequence."""


LAYOUTS: Mapping[str, Layout] = {
    "auto": Layout("told from the files", ALL_TOOLS),
    "plain": Layout("`42_name.sql`, all of it goes forward"),
    "atlas": Layout("`20240131120000_name.sql` beside `atlas.sum`", ("atlas",)),
    "dbmate": Layout("`20240131120000_name.sql` with `-- migrate:up` and `-- migrate:down`", ("dbmate",)),
    "diesel": Layout("`2024-01-31-120000_name/up.sql`"),
    "drizzle": Layout("`0042_name.sql` in the order of `meta/_journal.json`, or `20240131120000_name/migration.sql`"),
    "flyway": Layout("`V1_2__name.sql`, `R__name.sql`"),
    "golang-migrate": Layout("`42_name.up.sql`"),
    "goose": Layout("`00042_name.sql` with `-- +goose Up` and `-- +goose Down`", ("goose",)),
    "graphile-migrate": Layout("`committed/000042.sql`, `current.sql`"),
    "hasura": Layout("`default/1700000000000_name/up.sql`"),
    "liquibase": Layout("`*.sql` with `--liquibase formatted sql`", ("liquibase",)),
    "mybatis": Layout("`20240131120000_name.sql` with `-- //@UNDO`", ("mybatis",)),
    "node-pg-migrate": Layout("`1700000000000_name.sql` with `-- Up Migration` and `-- Down Migration`", ("node-pg-migrate",)),
    "pop": Layout("`20240131120000_name.up.sql`, or `20240131120000_name.postgres.up.sql` in its place"),
    "postgrator": Layout("`42.do.name.sql`"),
    "prisma": Layout("`20240131120000_name/migration.sql`"),
    "refinery": Layout("`V1__name.sql`, `U1__name.sql`", undo=False),
    "sql-migrate": Layout("`42-name.sql` with `-- +migrate Up` and `-- +migrate Down`", ("sql-migrate",)),
    "sqitch": Layout("`deploy/name.sql` in the order of `sqitch.plan`"),
    "sqlx": Layout("`20240131120000_name.sql`, `20240131120000_name.up.sql`"),
    "supabase": Layout("`20240131120000_name.sql`"),
    "tern": Layout("`042_name.sql` with `---- create above / drop below ----`", ("tern",)),
}
