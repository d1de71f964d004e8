"""The name of the migration that comes next, in the style of those that are there."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from migcompat.frozen import frozen
from migcompat.migrations.naming import DIRECTORY_FILES, own_name

_DASHED = re.compile(r"(?P<version>\d{4}-\d\d-\d\d-\d{6})(?P<tail>-\d{4})?(?P<after>[_.\- ]+)(?P<slug>.*)")
_FLYWAY = re.compile(r"(?P<letter>V)(?P<version>\d+(?:[._]\d+)*)(?P<after>__)(?P<slug>.*)")
_VERSION = re.compile(r"(?P<letter>[Vv]?)(?P<version>\d+(?:\.\d+)*)(?P<after>[_.\- ]+|$)(?P<slug>.*)")
_SUFFIX = re.compile(r"(?P<suffix>(?:[._-](?:up|do))?\.sql)$", re.IGNORECASE)
_STAMPS = {
    14: ("%Y%m%d%H%M%S", timedelta(seconds=1)),
    12: ("%Y%m%d%H%M", timedelta(minutes=1)),
    8: ("%Y%m%d", timedelta(days=1)),
}
"""Versions that are points in time, by their length, and the least that parts two of them."""
_DASHES = "%Y-%m-%d-%H%M%S"


@frozen
class Name:
    """A migration's name, taken apart."""

    directory: str
    """With its slash; what the migrations lie in."""
    letter: str
    version: str
    tail: str
    after: str
    slug: str
    suffix: str
    """`.up.sql`, or `/up.sql` where each migration is a directory of its own."""

    def __str__(self) -> str:
        return f"{self.directory}{self.letter}{self.version}{self.tail}{self.after}{self.slug}{self.suffix}"


def name_of(migration: str) -> Name | None:
    """The parts of a name below the root; None where it has no version to count on from."""
    directory, slash, base = migration.rpartition("/")
    stem = own_name(migration)
    if slash and base.lower() in DIRECTORY_FILES:
        above, _, _ = directory.rpartition("/")
        suffix = f"/{base}"
        directory = above
    else:
        found = _SUFFIX.search(stem)
        suffix = found["suffix"] if found else ""
        stem = stem[: len(stem) - len(suffix)]
    parts = _DASHED.fullmatch(stem) or _FLYWAY.fullmatch(stem) or _VERSION.fullmatch(stem)
    if parts is None:
        return None
    groups = parts.groupdict()
    letter, tail, after = groups.get("letter") or "", groups.get("tail") or "", groups["after"] or "_"
    return Name(f"{directory}/" if directory else "", letter, groups["version"], tail, after, groups["slug"], suffix)


def next_name(newest: str, words: str, now: datetime) -> str | None:
    """The name after `newest`, with `words` (joined by `_`) in the style that it has; None where it has no version."""
    name = name_of(newest)
    if name is None:
        return None
    slug = words.replace("_", "-") if "-" in name.slug and "_" not in name.slug else words
    return str(Name(name.directory, name.letter, next_version(name.version, now), name.tail, name.after, slug, name.suffix))


def next_version(version: str, now: datetime) -> str:
    """A time moves to now, or past the newest where that lies ahead; a number goes up by one and keeps its width."""
    if "-" in version:
        return _later(version, _DASHES, now, timedelta(seconds=1))
    head, dot, last = _last_part(version)
    if head:
        return f"{head}{dot}{str(int(last) + 1).zfill(len(last))}"
    style, step = _STAMPS.get(len(version), ("", timedelta()))
    if style and _time(version, style) is not None:
        return _later(version, style, now, step)
    if len(version) in (10, 13) and version[0] == "1":  # seconds or milliseconds since 1970
        return str(max(int(now.timestamp() * 10 ** (len(version) - 10)), int(version) + 1))
    return str(int(version) + 1).zfill(len(version))


def _last_part(version: str) -> tuple[str, str, str]:
    """`1_2` is `1`, `_`, `2`."""
    found = re.fullmatch(r"(.+)([._])(\d+)", version)
    return (found[1], found[2], found[3]) if found else ("", "", version)


def _later(version: str, style: str, now: datetime, step: timedelta) -> str:
    newest = _time(version, style)
    stamp = now.astimezone(timezone.utc).strftime(style)
    return stamp if newest is None or stamp > version else (newest + step).strftime(style)


def _time(version: str, style: str) -> datetime | None:
    try:
        found = datetime.strptime(version, style).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None
