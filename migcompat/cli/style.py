"""How this run's text looks."""

from __future__ import annotations

import os
import sys

from migcompat import __version__
from migcompat.reports.model import ANSI, PLAIN, Context, RuleDoc
from migcompat.reports.output import colour, directory_below_top


def context(choice: str) -> Context:
    """Colour, width, and the rules' prose."""
    palette = ANSI if colour(choice, os.environ, sys.stdout.isatty()) else PLAIN
    return Context(rule_docs, __version__, palette, _width(), directory_below_top(os.environ, "."))


def _width() -> int:
    if not sys.stdout.isatty():
        return 120
    import shutil

    return shutil.get_terminal_size((120, 40)).columns


def rule_docs() -> dict[str, RuleDoc]:
    """What the formats say of each rule."""
    from inspect import cleandoc

    from migcompat.findings import Breaks
    from migcompat.rules.base import ADR
    from migcompat.rules.every import RULES

    return {
        rule.name: RuleDoc(
            rule.name, rule.summary, cleandoc(type(rule).__doc__ or ""), rule.rollback, rule.severity, ADR if rule.adr else None,
            rule.breaks is Breaks.DATA or rule.name in ("drop-column", "drop-table"),
        )
        for rule in RULES
    }  # fmt: skip
