"""A migration: a file, its place in the order, and the parts of it that run when the service goes forward."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from migcompat.findings import Place, Span


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration file, not read yet."""

    path: str
    """As given on the command line, relative to the working directory, with forward slashes."""
    root: str
    """The directory whose migrations form one history."""
    name: str
    """The path below `root`: what identifies the migration within its history."""
    version: tuple[tuple[int, int | str], ...]
    """Sorts migrations of one history: numbers compare as numbers."""
    slug: str
    """The name without its version number and suffix, so that a renumbering keeps it."""
    judged: bool = True
    """False: deployed already, or not asked for; it only builds the schema that others are judged against."""
    layout: str = "auto"
    """The tool that runs it, where the configuration says so: it decides which section markers count."""


@dataclass(frozen=True, slots=True)
class Source:
    """A migration's text and which spans of it go forward. Offsets are those of the decoded file (BOM removed)."""

    path: str
    text: str
    forward: tuple[Span, ...]
    _lines: list[int] = field(default_factory=list, repr=False, compare=False)

    def place(self, span: Span) -> Place:
        """Lines and columns of a span."""
        line, column = self._at(span.start)
        end_line, end_column = self._at(max(span.start, span.end))
        return Place(self.path, line, column, end_line, end_column)

    def _at(self, offset: int) -> tuple[int, int]:
        if not self._lines:
            self._lines.append(0)
            self._lines.extend(accumulate(len(line) + 1 for line in self.text.split("\n")))
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1
