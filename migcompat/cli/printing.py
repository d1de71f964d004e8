"""Printing text that may hold anything: names that are no text, controls, characters that the terminal's encoding lacks."""

from __future__ import annotations

import re
import sys

from migcompat.reports.escaping import visible


def printed(text: str) -> None:
    """Writes to standard output; what could act on a terminal, or what its encoding cannot say, is written out."""
    shown = "".join(part if part in ("\n", "\t") else visible(part) for part in re.split(r"([\n\t])", text))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(shown.encode(encoding, "backslashreplace").decode(encoding))
