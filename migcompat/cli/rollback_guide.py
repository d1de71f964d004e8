"""`migcompat rollback-guide`."""

from __future__ import annotations

import click

from migcompat.cli.printing import printed
from migcompat.errors import CheckError
from migcompat.rollback.guide import FailureClass


@click.command("rollback-guide")
@click.argument("failure", metavar="[CLASS]", required=False)
@click.option("--class", "failure_too", metavar="CLASS", help="The same as the argument.")
@click.option("--since", metavar="REV", help="Fill the guide in for what was deployed since this commit or tag: the prior generation.")
@click.option("--migration", metavar="FILE", help="Tell only what this migration breaks; without --since, for the deploy that brought it.")
def command(failure: str | None, failure_too: str | None, since: str | None, migration: str | None) -> None:
    """Say what to do when a deploy has gone wrong. Prints commands, runs none.

    \b
    CLASS is one of
      behavior   the API or the workers misbehave; the schema is fine
      pages      only a frontend or docs site is bad
      migration  a migration that was applied is itself the problem
      disaster   the database is corrupted, or a region is down
    """
    from migcompat.config import load_config_for
    from migcompat.listing import NAMES

    chosen = _chosen(failure, failure_too)
    config = load_config_for((), NAMES)
    if since is None and migration is None:
        from migcompat.rollback.render import chooser_text, class_text

        printed(class_text(chosen, config.rollback) if chosen else chooser_text(config.rollback))
        return
    from migcompat.rollback.deployed import deployed_since, deployed_with, telling_of
    from migcompat.rollback.since import since_text

    named = migration or ""
    deploy = deployed_since(since, config, named) if since is not None else deployed_with(named, config)
    printed(since_text(telling_of(deploy, named) if named else deploy, chosen))


def _chosen(argument: str | None, option: str | None) -> FailureClass | None:
    if argument is not None and option is not None and argument != option:
        raise CheckError(f"two failure classes are named, {argument} and {option}: name one")
    name = argument if argument is not None else option
    if name is None:
        return None
    try:
        return FailureClass(name.lower())
    except ValueError:
        from migcompat.config_keys import unknown_name

        raise CheckError(unknown_name("failure class", name, [one.value for one in FailureClass])) from None
