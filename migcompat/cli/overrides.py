"""`migcompat overrides`."""

from __future__ import annotations

import json

import click


@click.command("overrides")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(paths: tuple[str, ...], form: str) -> None:
    """List every override of the history: where, by whom and when, why, and what it lets through."""
    from migcompat.config import load_config_for
    from migcompat.listing import NAMES
    from migcompat.overridden import of_history
    from migcompat.reports.escaping import visible

    listed = of_history(paths, load_config_for(paths, NAMES))
    if form == "json":
        click.echo(json.dumps({"version": 1, "overrides": [entry.as_json() for entry in listed]}, indent=2))
        return
    for entry in listed:
        names = f"[{', '.join(entry.rules)}]" if entry.rules else ""
        click.echo(f"{visible(entry.file)}:{entry.line}: breaking{names}{'  (stale: it covers nothing)' if not entry.covers else ''}")
        click.echo(f"  reason: {visible(entry.reason)}")
        if entry.author:
            click.echo(f"  by:     {visible(entry.author)}, {entry.date} ({entry.commit})")
        if entry.signed_by:
            click.echo(f"  signed: {visible(', '.join(entry.signed_by))}")
        unsigned = frozenset(entry.unsigned)
        for covered in entry.covers:
            what = "waits for a signature" if covered in unsigned else "lets through"
            click.echo(f"  {what}: {covered.rule} {visible(covered.object)}")
    stale = sum(not entry.covers for entry in listed)
    click.echo(f"{len(listed)} override{'s' * (len(listed) != 1)}, {stale} stale")
