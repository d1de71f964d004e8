"""A migration: a file, its place in the order, and the parts of it that run when the service goes forward."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from migcompat.findings import Place, Span
from migcompat.frozen import frozen
from migcompat.migrations.naming import Version, slug_of


@frozen
class Migration:
    """One migration file, not read yet."""

    path: str
    """As given on the command line, relative to the working directory, with forward slashes."""
    root: str
    """The directory whose migrations form one history."""
    name: str
    """The path below `root`: what identifies the migration within its history."""
    version: Version
    """Sorts migrations of one history: numbers compare as numbers."""
    judged: bool = True
    """False: deployed already, or not asked for; it only builds the schema that others are judged against."""
    layout: str = "auto"
    """The tool that runs it, where the configuration says so: it decides which section markers count."""

    @property
    def slug(self) -> str:
        """The name without its version number and suffix, so that a renumbering keeps it."""
        return slug_of(self.name)


@frozen
class Edit:
    """A word with a placeholder in it that was replaced."""

    span: Span
    """Where its replacement stands in the text."""
    written: Span
    """Where it stands in the file."""


class Source:
    """A migration's text and which spans of it go forward.

    Offsets are those of `text`: the decoded file (BOM removed) with its placeholders replaced. Places are those of the file.
    """

    __slots__ = ("_lines", "edits", "forward", "path", "placeholders", "text", "written")

    def __init__(
        self, path: str, text: str, forward: tuple[Span, ...],
        edits: tuple[Edit, ...] = (), written: str = "", placeholders: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """`written` is the file's own text where it differs; `placeholders` are those that have no value and are read as names."""
        self.path, self.text, self.forward, self.edits, self.written, self.placeholders = path, text, forward, edits, written, placeholders
        self._lines: Sequence[int] = ()

    @property
    def as_written(self) -> str:
        """The file's own text, for code frames."""
        return self.written if self.edits else self.text

    def place(self, span: Span) -> Place:
        """Lines and columns of a span, in the file. A span that touches a replacement covers the whole word."""
        line, column = self._at(self._in_file(span.start, at_end=False))
        end_line, end_column = self._at(self._in_file(max(span.start, span.end), at_end=True))
        return Place(self.path, line, column, end_line, end_column)

    def _in_file(self, offset: int, *, at_end: bool) -> int:
        index = bisect_right(self.edits, offset, key=lambda edit: edit.span.start) - 1
        if index < 0:
            return offset
        edit = self.edits[index]
        if offset >= edit.span.end and not (at_end and offset == edit.span.end):
            return edit.written.end + offset - edit.span.end
        if offset == edit.span.start and at_end and edit.span.start != edit.span.end:
            return edit.written.start
        return edit.written.end if at_end else edit.written.start

    def _at(self, offset: int) -> tuple[int, int]:
        if not self._lines:
            self._lines = array("Q", _line_starts(self.as_written))
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


def _line_starts(text: str) -> Iterator[int]:
    """Found one by one: a file may have millions of lines."""
    yield 0
    start = 0
    while start := text.find("\n", start) + 1:
        yield start
