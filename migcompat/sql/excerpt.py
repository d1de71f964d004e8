"""SQL in a message: on one line, and no longer than it may be."""

from __future__ import annotations


def excerpt(text: str, most: int) -> str:
    """The text with its blanks folded, cut to so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
