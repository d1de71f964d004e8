"""`migcompat rules`."""

from __future__ import annotations

import click


@click.command("rules")
def command() -> None:
    """List the rules: name, severity, what the prior generation gets, and what happens."""
    from migcompat.rules import RULES

    width = max(len(rule.name) for rule in RULES)
    for rule in RULES:
        marks = "ADR-053 D5" if rule.adr else ""
        click.echo(f"{rule.name:<{width}}  {rule.severity.value:<7}  {rule.breaks.value:<7}  {rule.sqlstate or '-':<5}  {marks:<10}  {rule.summary}")
