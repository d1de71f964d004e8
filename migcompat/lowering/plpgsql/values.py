"""What is known of a PL/pgSQL value before the code runs: text with the parts that only the server knows left open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from migcompat.frozen import frozen

LONGEST = 100_000
"""Characters: a text that grows beyond them is no longer followed."""
_MOST_PIECES = 200


@frozen
class Unknown:
    """A part that only the server knows, as written."""

    source: str


@frozen
class Text:
    """A scalar, in pieces; constant where no piece is Unknown."""

    pieces: tuple[str | Unknown, ...]

    @property
    def constant(self) -> str | None:
        """Its value; None where a part is unknown."""
        if not self.pieces:
            return ""
        only = self.pieces[0]
        return only if len(self.pieces) == 1 and isinstance(only, str) else None

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Unknown))


@frozen
class Array:
    items: tuple[Text | None, ...]


@frozen
class Record:
    """A row variable; one of a single field may be used as a scalar."""

    fields: tuple[tuple[str, Text | Array | None], ...]


Value = Text | Array | Record | None
"""None: NULL."""
Environment = Mapping[str, Value]


def unknown(source: str) -> Text:
    """A scalar of which nothing is known."""
    return Text((Unknown(source),))


def text(value: str) -> Text:
    return Text((value,) if value else ())


def join(parts: Iterable[Text]) -> Text:
    """Texts one after the other."""
    pieces: list[str | Unknown] = []
    constant: list[str] = []
    length = 0
    for part in parts:
        for piece in part.pieces:
            if isinstance(piece, str):
                length += len(piece)
                constant.append(piece)
            else:
                if constant:
                    pieces.append("".join(constant))
                    constant = []
                pieces.append(piece)
            if length > LONGEST or len(pieces) > _MOST_PIECES:
                return unknown("a text that grows too long")
    if constant:
        pieces.append("".join(constant))
    return Text(tuple(pieces))


def common(values: Sequence[Value], name: str) -> Value:
    """What a variable is known to hold where it may be any of these: the text that they all begin with."""
    first = values[0]
    if all(value is first or value == first for value in values):
        return first
    texts = [value for value in values if isinstance(value, Text)]
    if len(texts) < len(values):
        return unknown(name)
    heads = [list(value.pieces) for value in texts]
    shared: list[str | Unknown] = [column[0] for column in takewhile(lambda column: len(set(column)) == 1, zip(*heads, strict=False))]
    following = [head[len(shared)] if len(head) > len(shared) else "" for head in heads]
    if all(isinstance(piece, str) for piece in following):
        shared.append(_common_prefix([str(piece) for piece in following]))
    return join([Text(tuple(piece for piece in shared if piece)), unknown(name)])


def _common_prefix(texts: list[str]) -> str:
    low, high = min(texts), max(texts)
    return low[: next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))]
