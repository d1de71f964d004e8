"""`migcompat prove`."""

from __future__ import annotations

import os
import sys

import click

from migcompat.cli.server_options import clear, progress, server_options


@click.command("prove")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--since", metavar="REV", help="Prove what came since this branch, tag or commit as one deploy; `auto` finds the base.")
@server_options
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="F[=FILE]",
    help="full, concise, github, markdown, json, sarif, gitlab, junit; repeatable.",
)
@click.option("--select", multiple=True, metavar="RULE", help="Report only these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not report these rules.")
@click.option("--no-overrides", is_flag=True, help="Report what overrides would cover, too.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour the text formats.")
def command(
    paths: tuple[str, ...],
    since: str | None,
    server: str | None,
    queries: tuple[str, ...],
    formats: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    no_overrides: bool,
    color: str,
    timeout: float,
    statement_timeout: float,
) -> None:
    """Run the verdict on a real PostgreSQL: what worked before a deploy must work after it.

    Replays the migrations in a scratch database, lets the prior generation read, write and call all that the schema offers, applies
    each deploy and lets it do the same again. Needs migcompat[prove]. PATH is a migration or a directory of them.
    """
    from migcompat.cli.check import names
    from migcompat.cli.style import context
    from migcompat.proof.limits import Limits
    from migcompat.proof.run import ProveRequest, prove
    from migcompat.reports.output import deliver, destinations

    wanted = destinations(formats)
    limits = Limits(statement_seconds=statement_timeout, total_seconds=timeout)
    request = ProveRequest(paths, since, server, queries, names(select), names(ignore), not no_overrides, limits)
    report = prove(request, progress)
    clear()
    deliver(report, wanted, context(color), os.environ, out=sys.stdout, err=sys.stderr)
    raise click.exceptions.Exit(1 if report.failed else 0)
