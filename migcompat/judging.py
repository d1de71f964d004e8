"""One deploy of one history, judged: what broke, and the schema on both sides of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from migcompat.check import Check, Judged, Settings
from migcompat.migrations.model import Migration, Source


@dataclass(frozen=True, slots=True)
class Judgement:
    """A deploy's findings; the check still holds the schema before and after."""

    check: Check
    judged: tuple[Judged, ...]
    migrations: tuple[Migration, ...]


def judge_deploy(
    before: Sequence[Migration],
    deploy: Sequence[Migration],
    read: Callable[[Migration], Source],
    settings: Settings,
    search_path: tuple[str, ...] = ("public",),
) -> Judgement:
    """Judges `deploy` as one, against the schema that `before` has built."""
    # one migration alone is a part of a history: what it does not create may exist all the same
    check = Check(read, settings, search_path, known=len(before) + len(deploy) > 1)
    check.context(before)
    return Judgement(check, tuple(check.judged(deploy)), tuple(deploy))
