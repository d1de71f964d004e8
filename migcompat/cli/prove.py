"""`migcompat prove`."""

from __future__ import annotations

import os
import sys

import click


@click.command("prove")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--since", metavar="REV", help="Prove what came since this branch, tag or commit as one deploy; `auto` finds the base.")
@click.option("--server", metavar="URL", help="Use scratch databases of this PostgreSQL server instead of an embedded one.")
@click.option(
    "--queries", multiple=True, type=click.Path(), metavar="PATH", help="SQL of the running code, a file or a directory; repeatable."
)
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
@click.option(
    "--timeout", type=click.FloatRange(min=1), default=1800, show_default=True, metavar="SECONDS", help="Limit of all work on the server."
)
@click.option(
    "--statement-timeout",
    type=click.FloatRange(min=0.1),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Limit of one statement of a migration.",
)
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
    report = prove(request, _progress)
    _clear()
    deliver(report, wanted, context(color), os.environ, out=sys.stdout, err=sys.stderr)
    raise click.exceptions.Exit(1 if report.failed else 0)


def _progress(text: str) -> None:
    """One line that is written over, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text[:100]}")
        sys.stderr.flush()


def _clear() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
