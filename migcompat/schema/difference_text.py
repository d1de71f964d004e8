"""Differences as lines with `-` and `+`, or as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from migcompat.schema.difference import Difference


def difference_text(found: Sequence[Difference]) -> str:
    """One block for each object, what it was marked `-` and what it is marked `+`."""
    blocks = groupby(found, lambda difference: difference.subject)
    return "\n".join("\n".join((subject, *(line for one in group for line in marked_lines(one)))) + "\n" for subject, group in blocks)


def marked_lines(difference: Difference) -> Iterator[str]:
    """`- nick text`, `+ nick text NOT NULL`; of what is no SQL by itself its kind stands before it."""
    for mark, text in (("-", difference.before), ("+", difference.after)):
        if text:
            yield from (f"{mark} {line}" for line in labelled(difference.kind, text).split("\n"))


def labelled(kind: str, text: str) -> str:
    """A text that says what it is about."""
    return f"{kind}: {text}" if kind in _UNNAMED else text


_UNNAMED = frozenset(
    {"label", "owner", "partition", "privilege", "query", "row security", "rows", "schema", "extension", "sequence numbers"}
)


def difference_data(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """The same for other tools; null where there was or is nothing."""
    return [{"subject": d.subject, "object": d.object, "kind": d.kind, "before": d.before or None, "after": d.after or None} for d in found]
