"""Folding long lines of SQL without changing what they say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import pairwise

from migcompat.sql.lexer import Token, tokens


def folded(sql: str, width: int) -> Iterator[str]:
    """The lines of a script; a long one goes on, further in, on the next. It is broken between tokens only, a comment between words."""
    found = tokens(sql)
    gaps = list(_gaps(sql, found))
    start = 0
    for line in sql.split("\n"):
        end = start + len(line)
        if len(line) <= width:
            yield line
        elif line.lstrip().startswith("--") and not any(token.start <= end and token.end > start for token in found):
            yield from textwrap.wrap(line, width, subsequent_indent="--   ", break_long_words=False, break_on_hyphens=False)
        else:
            yield from _broken(line, [(low - start, high - start) for low, high in gaps if start < low and high < end], width)
        start = end + 1


def _broken(line: str, gaps: Sequence[tuple[int, int]], width: int) -> Iterator[str]:
    margin = " " * (len(line) - len(line.lstrip(" ")) + 2)
    begin, indent = 0, ""
    for (low, high), (further, _) in zip(gaps, [*gaps[1:], (len(line), len(line))], strict=False):
        if low > begin and len(indent) + further - begin > width:
            yield indent + line[begin:low]
            begin, indent = high, margin
    yield indent + line[begin:]


def _gaps(sql: str, found: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Blanks on one line between two tokens; a gap with a comment in it is none."""
    for before, after in pairwise(found):
        blank = sql[before.end : after.start]
        if blank.isspace() and "\n" not in blank:
            yield before.end, after.start
