"""The algorithm: replay the history, compare each deploy's schema before and after, place each break where it became true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from migcompat.changes import CallFunction, Change, Dynamic, Opaque
from migcompat.findings import Span
from migcompat.migrations.model import Migration, Source
from migcompat.rules.base import Break, Deploy, Pair
from migcompat.rules.judge import Judge, Subject
from migcompat.schema.apply import apply
from migcompat.schema.catalog import Catalog

_MAX_CALLS = 8
"""How deep calls of routines that hold DDL are followed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a migration, with what it spans in the file."""

    change: Change
    span: Span
    offset: int = 0
    """Where its statement starts: the change's own spans count from there."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A migration read into steps; `statements` counts what was looked at."""

    steps: tuple[Step, ...]
    statements: int


Lower = Callable[[Migration], Lowered]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A break, and the migration and span that made it true."""

    found: Break
    migration: Migration
    span: Span
    pair: Pair | None = None
    """What it was found in; None for a statement that was not understood."""


def replay(catalog: Catalog, migrations: Iterable[Migration], lower: Lower) -> None:
    """Applies deployed migrations: they build the schema, nothing is judged."""
    for migration in migrations:
        catalog.begin()
        catalog.open(migration.path)
        for step in lower(migration).steps:
            catalog.offset = step.offset
            for _ in perform(catalog, step.change):
                pass
        catalog.known = True


def judge(catalog: Catalog, deploy: Sequence[Migration], lower: Lower) -> Iterator[Verdict]:
    """Replays one deploy change by change; yields the breaks that hold at its end, each at the change that made it true."""
    catalog.begin()
    judging = Judge(Deploy(catalog))
    held: dict[Subject, dict[tuple[str, str], Verdict]] = {}
    for migration in deploy:
        catalog.open(migration.path)
        for step in lower(migration).steps:
            catalog.offset = step.offset
            for change in perform(catalog, step.change):
                if isinstance(change, (Opaque, Dynamic)):
                    yield Verdict(judging.undecided(change), migration, step.span)
                for subject, pair, breaks in judging.after_change():
                    before = held.get(subject, {})
                    held[subject] = {
                        key: replace(before[key], found=found, pair=pair) if key in before else Verdict(found, migration, step.span, pair)
                        for key, found in (((b.rule, b.object), b) for b in breaks)
                    }
    catalog.known = True
    for verdicts in held.values():
        yield from verdicts.values()


def perform(catalog: Catalog, change: Change, depth: int = 0) -> Iterator[Change]:
    """Applies a change, a call's effects included; yields after each one that was applied."""
    if isinstance(change, CallFunction):
        for function in catalog.overloads(change.name):
            for effect in function.effects if depth < _MAX_CALLS else ():
                yield from perform(catalog, replace(effect, span=change.span), depth + 1)
        return
    apply(catalog, change)
    yield change
