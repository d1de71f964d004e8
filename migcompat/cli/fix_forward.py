"""`migcompat fix-forward`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import click

from migcompat.cli.printing import printed
from migcompat.cli.server_options import clear, progress, server_options
from migcompat.reports.escaping import visible

if TYPE_CHECKING:
    from migcompat.proof.mending import Mending
    from migcompat.rollback.fix_forward import FixForward


@click.command("fix-forward")
@click.argument("file", metavar="[FILE]", required=False)
@click.option("--since", metavar="REV", help="Mend all that came since this commit or tag: the prior generation.")
@click.option("--write", is_flag=True, help="Create the migration; without it, the draft is only printed.")
@click.option("--prove", is_flag=True, help="Run the draft on a real PostgreSQL (needs migcompat[prove]); what follows is for that.")
@server_options
def command(
    file: str | None,
    since: str | None,
    write: bool,
    prove: bool,
    server: str | None,
    queries: tuple[str, ...],
    timeout: float,
    statement_timeout: float,
) -> None:
    """Draft the migration that gives the prior generation its contract back.

    FILE is the migration that broke it. The draft says what it cannot give back; it is checked before it is shown. With --prove it also
    runs on a server behind the deploy: what the prior code did before the deploy is done again.
    Exit code 0: with it the prior code runs as before. 1: something that it names still breaks, or data is gone.
    """
    from migcompat.rollback import fix_forward

    now = datetime.now(timezone.utc)
    if prove:
        found, proven = _proven(file, since, now, server, queries, timeout, statement_timeout)
    elif server or queries:
        raise click.UsageError("--server and --queries are for --prove")
    else:
        found = fix_forward.fix_forward(file, since, now)
        proven = [None] * len(found)
    for one, mending in zip(found, proven, strict=True):
        refused = mending is not None and mending.rejected
        if write and one.files and not refused:
            for path in fix_forward.write(one):
                _say(f"created {path}")
        elif one.files or one.breaks:
            printed(one.text)
        for line in _lines(one, mending):
            _say(line)
        if one.files and not write:
            _say(f"nothing is written yet: --write creates {' and '.join(created.name for created in one.files)}")
        if write and refused:
            _say("nothing is written: the draft does not run")
    broken = any(_breaks(one, mending) for one, mending in zip(found, proven, strict=True))
    raise click.exceptions.Exit(1 if broken else 0)


def _proven(
    file: str | None, since: str | None, now: datetime, server: str | None, queries: Sequence[str], timeout: float, statement_timeout: float
) -> tuple[list[FixForward], list[Mending | None]]:
    """The drafts, and what a server says of them; where the texts do not say what a deploy does, it has a say in the drafts as well."""
    from migcompat.proof.limits import Limits
    from migcompat.proof.mending import judging_on, prove_draft
    from migcompat.proof.queries import read_queries
    from migcompat.proof.server import open_server
    from migcompat.rollback.fix_forward import fix_forward

    statements, _ = read_queries(queries)
    with open_server(server, Limits(statement_seconds=statement_timeout, total_seconds=timeout)) as running:
        found = fix_forward(file, since, now, judging_on(running))
        proven = [prove_draft(running, one.timeline, one.start, bool(one.files), statements, progress) for one in found]
    clear()
    return found, [*proven]


def _lines(one: FixForward, mending: Mending | None) -> Iterator[str]:
    """What to know of a draft, in the order in which it matters."""
    if mending is None:
        yield from one.summary
        return
    from migcompat.proof.mending import told

    yield from told(mending, one.timeline.read(one.timeline.migrations[-1]) if one.files else None)
    yield from one.summary


def _breaks(one: FixForward, mending: Mending | None) -> bool:
    if mending is None:
        return one.breaks
    outcome = one.draft.outcome
    return mending.breaks or bool(outcome.remaining or outcome.later)


def _say(message: str) -> None:
    click.echo(f"migcompat: {visible(message)}", err=True)
