"""`migcompat schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from migcompat.cli.printing import printed
from migcompat.errors import CheckError

if TYPE_CHECKING:
    from migcompat.migrations.history import History


@click.command("schema")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--at", metavar="MIGRATION", help="The schema after this migration: its path, its name or its number.")
@click.option("--diff", "span", nargs=2, metavar="A B", help="What changes in the contract between two migrations.")
@click.option("--format", "form", type=click.Choice(["sql", "json"]), default="sql", show_default=True)
def command(paths: tuple[str, ...], at: str | None, span: tuple[str, str] | None, form: str) -> None:
    """Print the schema as migcompat sees it: the sum of the migrations, nothing is read from a server.

    PATH is a directory of migrations, or a migration: then the schema after it.
    """
    from migcompat.config import load_config_for
    from migcompat.listing import NAMES
    from migcompat.migrations.discovery import discover

    if at is not None and span is not None:
        raise CheckError("--at and --diff exclude each other")
    histories = discover(paths, load_config_for(paths, NAMES))
    if span is not None:
        printed(_difference(histories, span, form))
    else:
        printed(_schemas(histories, at, form))


def _difference(histories: list[History], span: tuple[str, str], form: str) -> str:
    from migcompat.migrations.lookup import history_of
    from migcompat.reports.escaping import json_text
    from migcompat.schema.difference import differences
    from migcompat.schema.difference_text import difference_data, difference_text
    from migcompat.timeline import of_history, schema_between

    history, (start, end) = history_of(span, histories)
    if start > end:
        raise CheckError(f"{span[1]} comes before {span[0]}: write --diff {span[1]} {span[0]}")
    found = differences(schema_between(of_history(history), start, end))
    names = [history.migrations[position].name for position in (start, end)]
    if form == "json":
        return json_text({"version": 1, "from": names[0], "to": names[1], "differences": difference_data(found)}) + "\n"
    return difference_text(found) or f"nothing changes in the contract between {names[0]} and {names[1]}\n"


def _schemas(histories: list[History], at: str | None, form: str) -> str:
    from migcompat.migrations.lookup import history_of
    from migcompat.timeline import of_history

    if at is not None:
        history, (position,) = history_of((at,), histories)
        return _schema(history, position, form)
    return "\n".join(_schema(history, of_history(history).last_judged, form) for history in histories if history.migrations)


def _schema(history: History, position: int, form: str) -> str:
    from migcompat.reports.escaping import json_text
    from migcompat.schema.render import schema_data, schema_sql
    from migcompat.timeline import of_history, schema_after

    catalog = schema_after(of_history(history), position)
    migration = history.migrations[position].path
    if form == "json":
        return json_text({**schema_data(catalog), "after": migration, "migrations": position + 1}) + "\n"
    return f"-- the schema after {migration} ({position + 1} of {len(history.migrations)} migrations)\n\n{schema_sql(catalog)}"
