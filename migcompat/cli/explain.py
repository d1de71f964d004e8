"""`migcompat explain`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from migcompat.cli.printing import printed
from migcompat.errors import CheckError

if TYPE_CHECKING:
    from migcompat.explain.blocks import Block


@click.command("explain")
@click.argument("subject", metavar="RULE | FILE[:LINE]")
@click.option("--since", metavar="REV", help="Judge the file as a part of what came since this branch, tag or commit.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
def command(subject: str, since: str | None, form: str) -> None:
    """Say what a rule means, or what a migration does to running code.

    \b
    RULE         a rule's name (`migcompat rules` lists them)
    FILE[:LINE]  a migration, or only the statement in that line of it
    """
    from migcompat.listing import NAMES

    if subject in NAMES:
        printed(_rule(subject, form))
    elif _is_file(subject):
        printed(_migration(subject, since, form))
    else:
        from migcompat.overrides import unknown_rule

        raise CheckError(unknown_rule(subject, NAMES))


def _is_file(subject: str) -> bool:
    """Whether a path is meant, be it there or not."""
    return ".sql" in subject.lower() or "/" in subject or os.sep in subject or os.path.lexists(subject)


def _rule(name: str, form: str) -> str:
    """The explanation; its compatible way is judged once, then kept."""
    from migcompat.cache import open_cache

    cache = open_cache()
    kept = cache.read(f"explained-{name}-{form}") if cache is not None else None
    if kept is not None:
        return kept.decode()
    text = _explained(name, form)
    if cache is not None:
        cache.write(f"explained-{name}-{form}", text.encode())
    return text


def _explained(name: str, form: str) -> str:
    from migcompat.explain import rule
    from migcompat.explain.example import example_steps
    from migcompat.rules.every import BY_NAME

    found = BY_NAME[name]
    steps = example_steps(found)
    return _rendered(form, lambda: rule.blocks(found, steps), lambda: rule.data(found, steps))


def _migration(subject: str, since: str | None, form: str) -> str:
    from migcompat.explain import migration
    from migcompat.review import review, subject_of

    explained = review(subject_of(subject), since)
    return _rendered(form, lambda: migration.blocks(explained), lambda: migration.data(explained))


def _rendered(form: str, blocks: Callable[[], Iterable[Block]], data: Callable[[], object]) -> str:
    from migcompat.explain import markdown, text
    from migcompat.reports.escaping import json_text

    if form == "json":
        return json_text(data()) + "\n"
    return markdown.render(blocks()) if form == "markdown" else text.render(blocks())
