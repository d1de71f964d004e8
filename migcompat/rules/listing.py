"""Prints `migcompat/listing.py`: `python -m migcompat.rules.listing > migcompat/listing.py` after a rule came, went or changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from migcompat.rules import RULES

HEAD = '''"""The rules as `migcompat rules` lists them, so that a list of names loads none of them. Made by migcompat.rules.listing."""

from __future__ import annotations

LISTING = (
'''


def source() -> str:
    """The text of the module."""
    opt_in = json.dumps([rule.name for rule in RULES if rule.opt_in])
    return HEAD + "".join(_lines()) + ")\n" + "NAMES = tuple(name for name, *_ in LISTING)\n" + f"OPT_IN = frozenset({opt_in})\n"


def _lines() -> Iterator[str]:
    for rule in RULES:
        facts = (rule.name, rule.severity.value, rule.breaks.value, rule.sqlstate or "", "ADR-053 D5" if rule.adr else "", rule.summary)
        line = f"    ({', '.join(_quoted(fact) for fact in facts)}),"
        yield line + ("  # noqa: E501" if len(line) > 140 else "") + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(source())
