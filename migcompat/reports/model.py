"""What a format needs beside the report itself: the rules' prose, the style of a terminal, where paths start."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from migcompat.findings import Severity
from migcompat.frozen import frozen


@frozen
class RuleDoc:
    """What a reader may want to know of a rule, whichever finding it made."""

    name: str
    summary: str
    explanation: str
    help: str
    severity: Severity
    adr: str | None = None
    loses_data: bool = False
    """No later migration gives back what the form takes away."""


@frozen
class Palette:
    """The escape sequence that starts each style; an empty one leaves the text plain."""

    error: str = ""
    warning: str = ""
    note: str = ""
    overridden: str = ""
    strong: str = ""
    quiet: str = ""

    def paint(self, style: str, text: str) -> str:
        return f"{style}{text}\x1b[0m" if style else text

    def of(self, severity: Severity) -> str:
        return {Severity.ERROR: self.error, Severity.WARNING: self.warning, Severity.NOTE: self.note}[severity]


PLAIN = Palette()
ANSI = Palette(
    error="\x1b[1;31m",
    warning="\x1b[1;33m",
    note="\x1b[1;36m",
    overridden="\x1b[1;35m",
    strong="\x1b[1m",
    quiet="\x1b[94m",
)


@frozen
class Context:
    """Everything a renderer may use that a check did not find out. Each format reads what it needs of it."""

    rules: Callable[[], Mapping[str, RuleDoc]] = dict
    """What some formats say of the rules; loading these takes longer than the others need."""
    version: str = "0"
    palette: Palette = PLAIN
    width: int = 120
    """Columns that a code line may take before it is cut around its span."""
    directory: str = ""
    """The working directory below the top of the repository: services want paths from there."""

    def from_top(self, file: str) -> str:
        """The path of a file as the hosting service knows it: from the top of the repository, without `./`."""
        return posixpath.normpath(posixpath.join(self.directory, file))
