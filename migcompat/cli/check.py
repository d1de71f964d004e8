"""`migcompat check`."""

from __future__ import annotations

import os
import sys

import click

from migcompat.cli.server_options import on_server


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--since", metavar="REV", help="Judge what came since this branch, tag or commit as one deploy; `auto` finds the base.")
@click.option("--staged", is_flag=True, help="Judge what the next commit adds, for a pre-commit hook over the history.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="F[=FILE]",
    help="full, concise, github, markdown, json, sarif, gitlab, junit; repeatable.",
)
@click.option(
    "--select", multiple=True, metavar="RULE", help="Report only these rules; `history` stands for those about the migrations' order."
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not report these rules.")
@click.option("--no-overrides", is_flag=True, help="Report what overrides would cover, too.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour the text formats.")
@click.option("--prove", is_flag=True, help="Decide on a real PostgreSQL what the text alone cannot (needs migcompat[prove]).")
@on_server
@click.option("--no-cache", is_flag=True, help="Read every file anew.")
def command(
    paths: tuple[str, ...],
    since: str | None,
    staged: bool,
    formats: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    no_overrides: bool,
    color: str,
    prove: bool,
    server: str | None,
    no_cache: bool,
) -> None:
    """Judge migrations: can the prior generation run on the schema they leave behind?

    PATH is a migration or a directory of them; by default the configured or usual directories.
    """
    from migcompat.reports.output import deliver, destinations
    from migcompat.run import Request, run

    if server and not prove:
        raise click.UsageError("--server is for --prove")
    wanted = destinations(formats)
    request = Request(paths, since, staged, names(select), names(ignore), not no_overrides, not no_cache)
    if prove:
        from migcompat.proof.undecided import run as prove_undecided

        report = prove_undecided(request, server)
    else:
        report = run(request, sys.stderr)
    from migcompat.cli.style import context

    deliver(report, wanted, context(color), os.environ, out=sys.stdout, err=sys.stderr)
    raise click.exceptions.Exit(1 if report.failed else 0)


def names(values: tuple[str, ...]) -> tuple[str, ...]:
    """Both `--select a --select b` and `--select a,b`."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())
