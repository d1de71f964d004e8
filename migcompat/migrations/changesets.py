"""Liquibase's formatted SQL grows: a file that was deployed gets new changesets, and those alone come with the deploy."""

from __future__ import annotations

import re

from migcompat.migrations.lexemes import code_of
from migcompat.migrations.sections import changesets

_RUNS_AGAIN = re.compile(r"\brun(?:OnChange|Always):\s*[\"']?true", re.IGNORECASE)
_NOT_LINE_END = re.compile(r"[^\r\n]")


def only_grew(before: str, after: str) -> bool:
    """Whether every changeset that was there says the same, or may change, so that all that is new is whole changesets."""
    old, new = _by_identity(before), _by_identity(after)
    return bool(old) and all(identity in new and (new[identity] == code or _may_change(identity, after)) for identity, code in old.items())


def new_changesets(before: str, after: str) -> str:
    """The text with every changeset blanked that does not run again, so that offsets stay; empty where none runs."""
    old, new = _by_identity(before), _by_identity(after)
    running = {
        identity for identity, code in new.items() if identity not in old or (code != old[identity] and _may_change(identity, after))
    }
    pieces = [
        after[span.start : span.end] if not attributes or _identity(attributes) in running else _blank(after[span.start : span.end])
        for attributes, span in changesets(after)
    ]
    return "".join(pieces) if old and running else ""


def _by_identity(text: str) -> dict[str, tuple[str, ...]]:
    return {_identity(attributes): code_of(text[span.start : span.end]) for attributes, span in changesets(text) if attributes}


def _identity(attributes: str) -> str:
    """`ann:1`, without what follows it."""
    return attributes.split(" ", 1)[0]


def _may_change(identity: str, text: str) -> bool:
    """Whether a changeset runs again whenever it changes."""
    return any(_RUNS_AGAIN.search(attributes) for attributes, _ in changesets(text) if _identity(attributes) == identity)


def _blank(piece: str) -> str:
    return _NOT_LINE_END.sub(" ", piece)
