"""The command line: click only; each command imports its work when it runs."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module

import click

from migcompat import __version__
from migcompat.errors import CheckError

COULD_NOT_CHECK = 2
_COMMANDS = {
    "check": "Judge migrations: can the prior generation run on the schema they leave behind?",
    "explain": "Say what a rule means, or what a migration does to running code.",
    "rules": "List the rules.",
    "rollback-guide": "Say what to do when a deploy has gone wrong.",
    "prove": "Run the verdict on a real PostgreSQL.",
    "fix-forward": "Draft the migration that gives the prior generation its contract back.",
    "overrides": "List every override of the history, and what it lets through.",
    "signoff": "Record a reviewer's signature under a migration's overrides.",
    "schema": "Print the schema as migcompat sees it.",
}


class Commands(click.Group):
    """Finds a command's module by its name, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"migcompat.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="migcompat")
def cli() -> None:
    """Proves that a service can be rolled back: the prior generation of its code keeps working on the new schema.

    Exit code 0: nothing breaks, or all of it is overridden. 1: something does. 2: it could not be checked.
    """


def main() -> None:
    """Runs the command line. Whatever cannot be checked, a crash included, exits with 2, never with 1."""
    gc.set_threshold(100_000, 20, 50)  # few things here hold one another in circles: looking for some all the time takes a tenth of it
    try:
        _stand_somewhere()
        code = cli.main(prog_name="migcompat", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        _say_or_not(error.show)
        code = COULD_NOT_CHECK
    except CheckError as error:
        _say(str(error))
        code = COULD_NOT_CHECK
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        code = COULD_NOT_CHECK
    except (BrokenPipeError, SystemExit):  # whoever read us has gone; click would exit with 1 then
        _print_nothing_more()
        code = COULD_NOT_CHECK
    except OSError as error:
        if os.environ.get("MIGCOMPAT_DEBUG"):
            raise
        _print_nothing_more()
        _say(f"cannot go on: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        code = COULD_NOT_CHECK
    except Exception as error:
        if os.environ.get("MIGCOMPAT_DEBUG"):
            raise
        _say(f"internal error ({type(error).__name__}: {error}); please report it with the migration (MIGCOMPAT_DEBUG=1 shows where)")
        code = COULD_NOT_CHECK
    sys.exit(code if isinstance(code, int) else 0)


def _print_nothing_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _stand_somewhere() -> None:
    if sys.stdout is None:
        raise CheckError("standard output is closed: there is nowhere to report to")
    try:
        os.getcwd()  # noqa: PTH109 - pathlib would have to be imported
    except OSError as error:
        raise CheckError(f"the working directory is gone: {error.strerror}") from error


def _say(message: str) -> None:
    from migcompat.reports.escaping import visible

    _say_or_not(lambda: click.echo(f"migcompat: {visible(message)}", err=True))


def _say_or_not(say: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):  # the exit code must tell
        say()
