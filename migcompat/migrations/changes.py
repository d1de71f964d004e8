"""Compares a history with the one before: what is new in it, and what happened to what was there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from migcompat.errors import CheckError
from migcompat.frozen import frozen
from migcompat.migrations.changesets import new_changesets, only_grew
from migcompat.migrations.content import decode
from migcompat.migrations.events import Event, Extent, Happening, duplicates, event, extent_of, overtaken, renamed
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.naming import is_repeatable
from migcompat.migrations.source import source_of
from migcompat.migrations.states import State


@frozen
class Changes:
    """The difference between two states of a history."""

    new: Mapping[str, bytes | None]
    """Names of what runs when the deploy goes live; with its content where only a part of the file does."""
    replaced: Mapping[str, bytes]
    """Names of what was deployed and is edited or gone since, with its content as it was deployed."""
    events: tuple[Event, ...]


@frozen
class _Rewrite:
    """A migration that was there, and what became of it."""

    old: Migration
    new: Migration
    before: Source
    after: Source

    @property
    def extent(self) -> Extent:
        return extent_of(self.before, self.after)


def changes_between(then: State, now: State, changed: Collection[str], placeholders: Mapping[str, str]) -> Changes:
    """What happened from one state to the other; `changed` are the names of files whose content is another."""
    old, present = then.by_name(), now.by_name()
    edited = [name for name in present if name in changed and name in old]
    gone = [migration for name, migration in old.items() if name not in present]
    added = [migration for name, migration in present.items() if name not in old]
    before = _as_deployed(then, [*(old[name] for name in edited), *gone], placeholders)
    after = _sources(now, [*(present[name] for name in edited), *(added if gone else ())], placeholders)
    edits = [_Rewrite(old[name], present[name], before[old[name]], after[present[name]]) for name in edited]
    pairs = renamed({migration: before[migration] for migration in gone}, {migration: after[migration] for migration in added if gone})
    renames = [_Rewrite(was, new, before[was], after[new]) for new, was in pairs.items()]
    fresh = {migration.name for migration in added if migration not in pairs}
    events = (
        *_edited(edits),
        *(event(Happening.DELETED, migration, before[migration]) for migration in gone if migration not in pairs.values()),
        *(event(Happening.RENAMED, rename.new, rename.after, rename.old.path, rename.extent) for rename in renames),
        *_out_of_order(now, fresh, placeholders),
    )
    rewritten = [rename.new.name for rename in renames if rename.extent is Extent.STATEMENTS]
    new = {**dict.fromkeys((*fresh, *rewritten)), **_running_again(edits)}
    return Changes(new, {migration.name: source.as_written.encode() for migration, source in before.items()}, events)


def _edited(edits: Iterable[_Rewrite]) -> Iterator[Event]:
    """Edits of what may not be edited: not a repeatable one, and not a Liquibase file that only grew."""
    for edit in edits:
        may_change = is_repeatable(edit.new.name) or only_grew(edit.before.as_written, edit.after.as_written)
        if not may_change and edit.extent is not Extent.NOTHING:
            yield event(Happening.EDITED, edit.new, edit.after, extent=edit.extent)


def _running_again(edits: Iterable[_Rewrite]) -> dict[str, bytes | None]:
    """Edited files that run once more: repeatable ones, and the new changesets of Liquibase."""
    again: dict[str, bytes | None] = {}
    for edit in edits:
        news = new_changesets(edit.before.as_written, edit.after.as_written)
        if news:
            again[edit.new.name] = news.encode()
        elif is_repeatable(edit.new.name) and edit.extent is Extent.STATEMENTS:
            again[edit.new.name] = None
    return again


def _out_of_order(now: State, fresh: Collection[str], placeholders: Mapping[str, str]) -> list[Event]:
    present = [migration for migration in now.history.migrations if not is_repeatable(migration.name)]
    found = [
        *((Happening.OVERTAKEN, migration, other) for migration, other in overtaken(present, fresh)),
        *((Happening.DUPLICATE, migration, other) for migration, other in duplicates(present, fresh)),
    ]
    sources = _sources(now, [migration for _, migration, _ in found], placeholders)
    return [event(happening, migration, sources[migration], other.path) for happening, migration, other in found]


def _sources(state: State, migrations: Sequence[Migration], placeholders: Mapping[str, str]) -> dict[Migration, Source]:
    return {migration: source_of(migration, content, placeholders) for migration, content in state.read(migrations).items()}


def _as_deployed(state: State, migrations: Sequence[Migration], placeholders: Mapping[str, str]) -> dict[Migration, Source]:
    return {
        migration: source_of(migration, _readable(migration.path, content), placeholders)
        for migration, content in state.read(migrations).items()
    }


def _readable(path: str, content: bytes) -> bytes:
    """What was deployed may be no UTF-8: that it was, and is mended now, must not be an error."""
    try:
        decode(path, content)
    except CheckError:
        return content.decode("latin-1").replace("\0", "").encode()
    return content
