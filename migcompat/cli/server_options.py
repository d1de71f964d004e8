"""What every command takes that runs SQL on a server, and the line in which it says how far it got."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


on_server = click.option("--server", metavar="URL", help="Use scratch databases of this PostgreSQL server instead of an embedded one.")


def server_options(command: Command) -> Command:
    """Which server, the code's own statements, and the limits."""
    for option in (
        click.option(
            "--statement-timeout",
            type=click.FloatRange(min=0.1),
            default=60,
            show_default=True,
            metavar="SECONDS",
            help="Limit of one statement of a migration.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=1),
            default=1800,
            show_default=True,
            metavar="SECONDS",
            help="Limit of all work on the server.",
        ),
        click.option(
            "--queries",
            multiple=True,
            type=click.Path(),
            metavar="PATH",
            help="SQL of the running code, a file or a directory; repeatable.",
        ),
        on_server,
    ):
        command = option(command)
    return command


def progress(text: str) -> None:
    """One line that is written over, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text[:100]}")
        sys.stderr.flush()


def clear() -> None:
    """That line is over."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
