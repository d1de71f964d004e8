"""Liquibase's formatted SQL grows: a file that was deployed gets new changesets, and those alone come with the deploy."""

from __future__ import annotations

import re

from migcompat.migrations.lexemes import code_of
from migcompat.migrations.sections import changesets

_NOT_LINE_END = re.compile(r"[^\r\n]")


def only_grew(before: str, after: str) -> bool:
    """Whether every changeset that was there says the same, so that all that is new is whole changesets."""
    old = {_identity(attributes): code_of(before[span.start : span.end]) for attributes, span in changesets(before)}
    new = {_identity(attributes): code_of(after[span.start : span.end]) for attributes, span in changesets(after)}
    return bool(old) and all(new.get(identity) == code for identity, code in old.items())


def new_changesets(before: str, after: str) -> str:
    """The text with every changeset blanked that was there before, so that offsets stay; empty where there is no new one."""
    known = {_identity(attributes) for attributes, _ in changesets(before)}
    pieces: list[str] = []
    news = False
    for attributes, span in changesets(after):
        piece = after[span.start : span.end]
        is_new = bool(attributes) and _identity(attributes) not in known
        news = news or is_new
        pieces.append(piece if is_new or not attributes else _NOT_LINE_END.sub(" ", piece))
    return "".join(pieces) if known and news else ""


def _identity(attributes: str) -> str:
    """`ann:1`, without what follows it."""
    return attributes.split(" ", 1)[0]
