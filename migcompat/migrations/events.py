"""What a change does to migrations that were there before it. History only goes forward (ADR-032 D4): each of these is a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum

from migcompat.findings import Place
from migcompat.frozen import frozen
from migcompat.migrations.lexemes import code_of
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.naming import NUMBERED, is_ordered_by_text, is_version_directory, number_of, own_name


class Happening(str, Enum):
    """What happened to a migration."""

    EDITED = "edited"
    DELETED = "deleted"
    RENAMED = "renamed"
    OVERTAKEN = "overtaken"
    """A new one sorts before one that was there: databases that ran the latter skip it, or run the two in another order."""
    DUPLICATE = "duplicate"
    """A new one has the version of another."""


class Extent(str, Enum):
    """How much of an edited or renamed migration is another."""

    STATEMENTS = "statements"
    BACKWARD = "the part that takes it back"
    COMMENTS = "comments and white space"
    NOTHING = "nothing"


@frozen
class Event:
    """One thing that happened to one migration."""

    happening: Happening
    migration: Migration
    """The new one; of a deleted one, the old."""
    place: Place
    """The whole of its first line that is not blank."""
    text: str
    """The file's text, for the code frame; of a deleted one, as it was."""
    other: str = ""
    """The path that it had before, of the newest migration that it comes before, or of the one with its version."""
    extent: Extent = Extent.STATEMENTS


def event(happening: Happening, migration: Migration, source: Source, other: str = "", extent: Extent = Extent.STATEMENTS) -> Event:
    """An event at the first line of a migration that says something."""
    lines = source.as_written.split("\n")
    number = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
    end = len(lines[number - 1].rstrip("\r")) + 1
    return Event(happening, migration, Place(migration.path, number, 1, number, end), source.as_written, other, extent)


def extent_of(before: Source, after: Source) -> Extent:
    """How much of a migration is another than before."""
    if _forward_code(before) != _forward_code(after):
        return Extent.STATEMENTS
    if code_of(before.text) != code_of(after.text):
        return Extent.BACKWARD
    return Extent.NOTHING if before.as_written == after.as_written else Extent.COMMENTS


def renamed(gone: Mapping[Migration, Source], added: Mapping[Migration, Source]) -> dict[Migration, Migration]:
    """New migration to the old one that it was: the text is the same, or else the name without its number."""
    by_text = {_forward_code(source): migration for migration, source in gone.items()}
    by_slug = {(_series(migration), migration.slug): migration for migration in gone}
    same_text = _paired({migration: by_text.get(_forward_code(source)) for migration, source in added.items()})
    taken = set(same_text.values())
    left = {migration: by_slug.get((_series(migration), migration.slug)) for migration in added if migration not in same_text}
    return same_text | _paired({migration: old for migration, old in left.items() if old not in taken})


def _paired(matches: Mapping[Migration, Migration | None]) -> dict[Migration, Migration]:
    """Each old migration with the first new one that matches it."""
    first: dict[Migration, Migration] = {}
    for migration, old in matches.items():
        if old is not None:
            first.setdefault(old, migration)
    return {migration: old for old, migration in first.items()}


def overtaken(present: Sequence[Migration], new: Collection[str]) -> Iterator[tuple[Migration, Migration]]:
    """Each new migration that sorts before one that was there, and the newest of those. `present` is in order."""
    pending = [migration for migration in present if migration.name in new and _is_ordered(migration)]
    wanted = {_series(migration) for migration in pending}
    newest: dict[str, tuple[int, Migration]] = {}
    for index in range(len(present) - 1, -1, -1):
        if len(newest) == len(wanted):
            break
        migration = present[index]
        if migration.name not in new and _is_ordered(migration):
            series = _series(migration)
            if series in wanted:
                newest.setdefault(series, (index, _last_by_text(migration, present, new)))
    rank = {migration.name: index for index, migration in enumerate(present) if migration.name in new}
    for migration in pending:
        index, other = newest.get(_series(migration), (-1, migration))
        by_text = is_ordered_by_text(migration.name)
        earlier = migration.name < other.name if by_text else rank[migration.name] < index
        if earlier and _numbered(migration) != _numbered(other):
            yield migration, other


def duplicates(present: Sequence[Migration], new: Collection[str]) -> Iterator[tuple[Migration, Migration]]:
    """Each new migration that has the version of another, and the first of those."""
    numbers = {_version(migration)[0] for migration in present if migration.name in new and _version(migration)}
    same: dict[tuple[str, tuple[int, ...]], list[Migration]] = {}
    for migration in present:
        may_share = migration.version[0] == NUMBERED or not numbers.isdisjoint(migration.version[2::2])
        if may_share and _version(migration) and not is_ordered_by_text(migration.name):
            same.setdefault(_numbered(migration), []).append(migration)
    for twins in same.values():
        there = next((twin for twin in twins if twin.name not in new), twins[0])
        for migration in twins:
            if migration.name in new and migration is not there:
                yield migration, there


def _last_by_text(migration: Migration, present: Sequence[Migration], new: Collection[str]) -> Migration:
    """Where the tool compares letters, the last one by letters beside a migration; else itself."""
    if not is_ordered_by_text(migration.name):
        return migration
    directory = _numbered(migration)[0]
    beside = (other for other in present if other.name.startswith(directory) and other.name not in new and is_ordered_by_text(other.name))
    return max(beside, key=lambda other: other.name, default=migration)


def _forward_code(source: Source) -> tuple[str, ...]:
    return tuple(token for span in source.forward for token in (*code_of(source.text[span.start : span.end]), ""))


def _is_ordered(migration: Migration) -> bool:
    """Whether it has a place of its own in the order: a number, or one in a list."""
    return bool(_version(migration)) or migration.version[0] == NUMBERED


def _version(migration: Migration) -> tuple[int, ...]:
    number = number_of(own_name(migration.name))
    while len(number) > 1 and number[-1] == 0:  # Flyway's 1.0 is its 1
        number = number[:-1]
    return number


def _numbered(migration: Migration) -> tuple[str, tuple[int, ...]]:
    """What no two migrations may share: the directory and the number in it."""
    return migration.name.rpartition(own_name(migration.name))[0], _version(migration)


def _series(migration: Migration) -> str:
    """The directories whose migrations are numbered together; those of one list or of Flyway are one series."""
    if migration.version[0] == NUMBERED:
        return ""
    directory = migration.name.rpartition(own_name(migration.name))[0]
    return "/".join(part for part in directory.split("/") if part and not is_version_directory(part))
