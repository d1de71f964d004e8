"""`migcompat fix-forward`."""

from __future__ import annotations

from datetime import datetime, timezone

import click

from migcompat.cli.printing import printed
from migcompat.reports.escaping import visible


@click.command("fix-forward")
@click.argument("file", metavar="[FILE]", required=False)
@click.option("--since", metavar="REV", help="Mend all that came since this commit or tag: the prior generation.")
@click.option("--write", is_flag=True, help="Create the migration; without it, the draft is only printed.")
def command(file: str | None, since: str | None, write: bool) -> None:
    """Draft the migration that gives the prior generation its contract back.

    FILE is the migration that broke it. The draft says what it cannot give back; it is checked before it is shown.
    Exit code 0: with it the prior code runs. 1: something that it names still breaks.
    """
    from migcompat.rollback import fix_forward

    found = fix_forward.fix_forward(file, since, datetime.now(timezone.utc))
    for one in found:
        if write and one.files:
            for path in fix_forward.write(one):
                _say(f"created {path}")
        elif one.files or one.breaks:
            printed(one.text)
        for line in one.summary:
            _say(line)
        if one.files and not write:
            _say(f"nothing is written yet: --write creates {' and '.join(created.name for created in one.files)}")
    raise click.exceptions.Exit(1 if any(one.breaks for one in found) else 0)


def _say(message: str) -> None:
    click.echo(f"migcompat: {visible(message)}", err=True)
