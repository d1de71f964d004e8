"""Lists that decide the order in place of the file names: Drizzle's journal and sqitch's plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from migcompat.errors import CheckError
from migcompat.frozen import frozen

JOURNAL = "meta/_journal.json"
PLAN = "sqitch.plan"

_CHANGE = re.compile(r"\s*(?P<kind>[@%#+-]?)\s*(?P<name>[^\s\[#@]+)")


@frozen
class Listing:
    """The order that a list gives."""

    file: str
    positions: Mapping[str, int]
    """Name below the root to position."""
    closed: bool
    """Whether a directory holds nothing else: what is not listed comes last. Else it keeps its place among the names."""


def read_listing(files: Iterable[str], read: Callable[[str], bytes]) -> Listing | None:
    """The list of a root, if it has one. `files` are the root's own names, `read` gives a file below it."""
    names = set(files)
    if PLAN in names:
        return Listing(PLAN, _plan(read(PLAN).decode("utf-8", "replace")), closed=True)
    if JOURNAL in names:
        return Listing(JOURNAL, _journal(read(JOURNAL)), closed=False)
    return None


def arranged(names: Sequence[str], order: Listing) -> list[str]:
    """Names, given in their natural order, in the order of the list."""
    ranks: dict[str, int] = {}
    last, end = -1, max(order.positions.values(), default=0) + 1
    for name in names:
        if name in order.positions:
            last = order.positions[name]
        ranks[name] = order.positions.get(name, end if order.closed else last)
    return sorted(names, key=lambda name: (ranks[name], name not in order.positions))


def superseded(names: Sequence[str], order: Listing) -> frozenset[str]:
    """Of names in their natural order: those that a journal passes over, as later ones are in it. Drizzle never runs them."""
    last = max((index for index, name in enumerate(names) if name in order.positions), default=-1)
    return frozenset(name for name in names[: last + 1] if name not in order.positions and not order.closed)


def listing_notices(names: Iterable[str], order: Listing) -> list[str]:
    """What the list and the files disagree about."""
    there = set(names)
    extra = sorted(there - order.positions.keys())
    missing = sorted(name for name in order.positions.keys() - there if "@" not in name)
    return [f"{name} is not in {order.file}: it is read all the same" for name in extra] + [
        f"{order.file} lists {name}, which does not exist" for name in missing
    ]


def _journal(content: bytes) -> dict[str, int]:
    import json

    try:
        entries = json.loads(content)["entries"]
        return {f"{entry['tag']}.sql": index for index, entry in enumerate(entries)}
    except (ValueError, KeyError, TypeError) as error:
        raise CheckError(f"{JOURNAL} cannot be read: it is not the journal that Drizzle writes") from error


def _plan(text: str) -> dict[str, int]:
    """Deploy scripts in order. A change that was reworked is listed again: its older script carries a tag from in between."""
    positions: dict[str, int] = {}
    tags: list[tuple[int, str]] = []
    for index, line in enumerate(text.splitlines()):
        match = _CHANGE.match(line)
        if match is None or match["kind"] in ("%", "#", "-"):
            continue
        if match["kind"] == "@":
            tags.append((index, line.split("@", 1)[1].split()[0]))
        elif match["name"]:
            script = f"deploy/{match['name']}.sql"
            older = positions.get(script, index)
            positions |= {f"deploy/{match['name']}@{tag}.sql": older for at, tag in tags if older < at}
            positions[script] = index
    return positions
