"""The text of a fix-forward migration: what it gives back, and in its head all that it cannot."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from migcompat.findings import Breaks, Finding
from migcompat.frozen import frozen
from migcompat.reports.escaping import visible
from migcompat.reports.layout import WIDTH
from migcompat.rollback.files import Script
from migcompat.rollback.ordering import in_order
from migcompat.rollback.restoring import Restored
from migcompat.rules.base import Break
from migcompat.sql.folding import folded
from migcompat.sql.scripts import terminated

_SHOWN = 5
"""Breaks of other migrations that are named."""


@frozen
class Outcome:
    """What the tool itself finds of a draft."""

    remaining: tuple[Finding, ...] = ()
    """What the prior generation still meets when the draft has run."""
    against_now: tuple[Finding, ...] = ()
    """What the generation that runs now meets in the draft."""
    later: tuple[Finding, ...] = ()
    """What the prior generation meets besides, by migrations that are not to be mended here."""


@frozen
class Draft:
    """What a draft is made of."""

    of: str
    """The migration, or the deploy, that it mends."""
    restored: tuple[Restored, ...]
    harmless: tuple[Finding, ...] = ()
    """Breaks by the letter of the policy, which the contract proves harmless: nothing is done about them."""
    not_understood: tuple[Finding, ...] = ()
    outcome: Outcome = Outcome()

    @property
    def statements(self) -> tuple[str, ...]:
        """The SQL that gives back what can be given back, in the order in which it runs."""
        ordered = in_order([one.restoration.sql for one in self.restored])
        return tuple("\n".join(folded(terminated(sql.strip()), WIDTH)) for sql in ordered)

    @property
    def unmended(self) -> tuple[Finding, ...]:
        """What remains and is not said already, where it is told what is lost."""
        told = {(one.found.rule, one.found.object) for one in self.restored if one.restoration.lost and not one.restoration.sql}
        lost = {one.found.object for one in self.restored if one.restoration.lost}
        remaining = [f for f in self.outcome.remaining if (f.rule, f.object) not in told]
        return tuple(f for f in remaining if not (f.breaks is Breaks.DATA and f.object in lost))


def script(draft: Draft, slug: str) -> Script:
    """The draft as it goes into files."""
    return Script(head(draft), draft.statements, slug)


def head(draft: Draft) -> str:
    """All that is to be said of a draft, as comments."""
    return "\n".join(_head(draft))


def _head(draft: Draft) -> Iterator[str]:
    if draft.statements:
        yield f"-- Gives back to the code before {visible(draft.of)} what that code relies on."
        yield "-- Drafted by migcompat: read it before you run it, and ship it with the corrected code."
    elif not (draft.restored or draft.harmless or draft.not_understood):
        yield f"-- {visible(draft.of)} itself takes nothing from the code before it that is missing now."
    else:
        yield f"-- No SQL gives back to the code before {visible(draft.of)} what that code relies on."
    yield from _listed("Mends", [_of(one.found) for one in draft.restored if one.restoration.sql])
    yield from _listed("Cannot give back", [_lost(one) for one in draft.restored if one.restoration.lost])
    yield from _listed("Could not be understood: look at it yourself", [f"{_at(f)}: {f.message}" for f in draft.not_understood])
    yield from _listed("Left as it is: a break by the letter of the policy only", [_told(f) for f in draft.harmless])
    yield from _listed("Still breaks the code before", [_told(f) for f in draft.unmended])
    yield from _listed("Later migrations break the code before as well; --since mends all of it", _later(draft.outcome.later))
    yield from _listed("Breaks the code that runs now, so its check asks for an override", [_told(f) for f in draft.outcome.against_now])


def _listed(title: str, entries: Sequence[str]) -> Iterator[str]:
    if not entries:
        return
    yield "--"
    yield f"-- {title}:"
    for entry in dict.fromkeys(entries):
        yield from textwrap.wrap(
            visible(entry), WIDTH, initial_indent="--   ", subsequent_indent="--     ", break_long_words=False, break_on_hyphens=False
        )


def _of(finding: Finding | Break) -> str:
    return f"{finding.rule} of {finding.object}"


def _lost(one: Restored) -> str:
    """What is lost, and of what unless that is said."""
    named = any(name and name in one.restoration.lost for name in (one.found.object, one.found.object.rpartition(".")[0]))
    return one.restoration.lost if named else f"{one.found.object}: {one.restoration.lost}"


def _later(findings: Sequence[Finding]) -> list[str]:
    entries = [f"{_of(finding)} ({finding.place.file})" for finding in findings]
    return entries if len(entries) <= _SHOWN else [*entries[:_SHOWN], f"and {len(entries) - _SHOWN} more"]


def _told(finding: Finding) -> str:
    return f"{_of(finding)}: {finding.message}"


def _at(finding: Finding) -> str:
    return f"{finding.place.file}:{finding.place.line}"
