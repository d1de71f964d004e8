"""`migcompat rules`."""

from __future__ import annotations

import click


@click.command("rules")
def command() -> None:
    """List the rules: name, severity, what the prior generation gets, and what happens."""
    from migcompat.listing import LISTING, NAMES

    width = max(map(len, NAMES))
    for name, severity, breaks, sqlstate, policy, summary in LISTING:
        click.echo(f"{name:<{width}}  {severity:<7}  {breaks:<7}  {sqlstate or '-':<5}  {policy:<10}  {summary}")
