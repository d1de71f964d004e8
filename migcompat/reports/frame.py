"""A code frame: the lines of a place with carets under its exact span, as wide as a terminal shows them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from migcompat.findings import Place
from migcompat.frozen import frozen
from migcompat.reports.escaping import visible

_TAB = 4
_SHOWN_AT_ONCE = 6
"""A span of more lines is shown by its first and last ones."""


class Lines:
    """The line table of one file: built once, whatever number of findings point into it."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def __len__(self) -> int:
        return len(self._starts)

    def bounds(self, line: int) -> tuple[int, int]:
        """The offsets of a line's text, its end-of-line characters left out."""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        return start, end - 1 if end > start and self.text[end - 1] == "\r" else end

    def offset(self, line: int, column: int) -> int:
        start, end = self.bounds(line)
        return min(max(start + column - 1, start), end)

    def line_of(self, offset: int) -> int:
        return bisect_right(self._starts, offset)


@frozen
class View:
    """One line as it is printed, and which of its columns are marked."""

    text: str
    before: int
    marked: int


@frozen
class Pen:
    """What a span is underlined with."""

    mark: str
    paint: Callable[[str], str]


def frame(lines: Lines, place: Place, room: int, pen: Pen) -> Iterator[tuple[str, str]]:
    """The frame's rows as (line number or nothing, text of at most `room` columns). A place outside the text moves into it."""
    first = min(max(place.line, 1), len(lines))
    start = lines.offset(first, place.column)
    last = min(max(place.end_line, first), len(lines))
    end = max(lines.offset(last, place.end_column), start)
    if last > first and end == lines.bounds(last)[0]:  # the span ends with the line break before
        last -= 1
        end = max(lines.bounds(last)[1], start)
    if first == last:
        yield from _one_line(lines, first, (start, end), room, pen)
    else:
        yield from _many_lines(lines, (first, last), (start, end), room, pen)


def _one_line(lines: Lines, line: int, span: tuple[int, int], room: int, pen: Pen) -> Iterator[tuple[str, str]]:
    view = line_view(lines.text, lines.bounds(line), span, room)
    yield str(line), view.text
    yield "", " " * view.before + pen.paint(pen.mark * max(view.marked, 1))


def _many_lines(lines: Lines, numbers: tuple[int, int], span: tuple[int, int], room: int, pen: Pen) -> Iterator[tuple[str, str]]:
    """A bar runs from the first marked character down to the last one."""
    (first, last), (start, end) = numbers, span
    head = line_view(lines.text, lines.bounds(first), (start, start), room - 2)
    if head.text[: head.before].strip():
        yield str(first), f"  {head.text}"
        yield "", " " + pen.paint("_" * (head.before + 1) + pen.mark)
    else:
        yield str(first), pen.paint("/") + f" {head.text}"
    for line in _between(first, last):
        if not line:
            yield "...", pen.paint("|")
            continue
        low, high = lines.bounds(line)
        yield str(line), f"{pen.paint('|')} {line_view(lines.text, (low, high), (low, low), room - 2).text}".rstrip()
    tail = line_view(lines.text, lines.bounds(last), (max(end - 1, lines.bounds(last)[0]), end), room - 2)
    yield str(last), f"{pen.paint('|')} {tail.text}"
    yield "", pen.paint("|" + "_" * (tail.before + max(tail.marked, 1)) + pen.mark)


def _between(first: int, last: int) -> Iterable[int]:
    """The lines after the first and before the last one; 0 stands for those left out."""
    if last - first < _SHOWN_AT_ONCE:
        return range(first + 1, last)
    return (first + 1, first + 2, 0, last - 1)


def line_view(text: str, bounds: tuple[int, int], span: tuple[int, int], room: int) -> View:
    """A line's characters around a span, at most `room` columns of them: the span first, then what stands about it."""
    low, high = bounds
    start = min(max(span[0], low), high)
    end = min(max(span[1], start), high)
    room -= 2  # an ellipsis at either end
    if high - low <= room and (line := text[low:high]).isascii() and line.isprintable():
        return View(line, start - low, end - start)
    marked, right, used = _take(text, start, end, 1, room)
    before, left, width = _take(text, start - 1, low - 1, -1, (room - used) // 2)
    after, right, behind = _take(text, right, high, 1, room - used - width)
    more, left, further = _take(text, left, low - 1, -1, room - used - width - behind)
    shown = "".join([*reversed(more), *reversed(before), *marked, *after])
    cut_left, cut_right = left >= low, right < high
    return View(
        ("…" if cut_left else "") + shown + ("…" if cut_right else ""),
        (1 if cut_left else 0) + further + width,
        used,
    )


def _take(text: str, at: int, stop: int, step: int, room: int) -> tuple[list[str], int, int]:
    """Characters from `at` towards `stop` while they fit: as shown, where it stopped, the columns they take."""
    shown = []
    used = 0
    while at != stop:
        glyphs, width = _cell(text[at])
        if used + width > room:
            break
        shown.append(glyphs)
        used += width
        at += step
    return shown, at, used


def _cell(char: str) -> tuple[str, int]:
    """A character as a terminal is given it, and the columns it takes there (Unicode Standard Annex 11)."""
    if " " <= char <= "~":
        return char, 1
    if char == "\t":
        return " " * _TAB, _TAB
    shown = visible(char)
    if shown != char:
        return shown, len(shown)
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return char, 0
    return char, 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
