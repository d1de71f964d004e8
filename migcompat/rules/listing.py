"""Prints `migcompat/listing.py`: `python -m migcompat.rules.listing > migcompat/listing.py` after a rule came, went or changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

from migcompat.rules.base import Rule
from migcompat.rules.every import RULES

HEAD = '''"""What is said of the rules where none is loaded: a list of them, and which to ask. Made by migcompat.rules.listing."""

from __future__ import annotations

LISTING = (
'''
JUDGED = ("relation", "partition", "type", "function", "object")
JUDGING = "What each of them judges, what it looks at of a relation, and whether another object's change may undo what it finds."


def source() -> str:
    """The text of the module."""
    opt_in = json.dumps([rule.name for rule in RULES if rule.opt_in])
    return (
        HEAD + "".join(_lines()) + ")\n" + "NAMES = tuple(name for name, *_ in LISTING)\n" + f"OPT_IN = frozenset({opt_in})\n"
        + "JUDGING = (\n" + "".join(_judging()) + f')\n"""{JUDGING}"""\n'
    )  # fmt: skip


def _lines() -> Iterator[str]:
    for rule in RULES:
        facts = (rule.name, rule.severity.value, rule.breaks.value, rule.sqlstate or "", "ADR-053 D5" if rule.adr else "", rule.summary)
        yield _line(*map(_quoted, facts))


def _judging() -> Iterator[str]:
    for rule in RULES:
        judges = [judged for judged in JUDGED if getattr(type(rule), judged) is not getattr(Rule, judged)]
        if judges:
            yield _line(_quoted(rule.name), _tuple(judges), _tuple(rule.looks_at), str(rule.looks_beyond))


def _line(*items: str) -> str:
    line = f"    ({', '.join(items)}),"
    return line + ("  # noqa: E501" if len(line) > 140 else "") + "\n"


def _tuple(items: Sequence[str]) -> str:
    return f"({', '.join(map(_quoted, items))}{',' * (len(items) == 1)})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(source())
