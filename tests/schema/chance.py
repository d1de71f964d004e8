"""How many random histories a test tries, and which."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

HISTORIES = int(os.environ.get("MIGCOMPAT_HISTORIES", "0"))

Test = Callable[..., None]


def random_histories(count: int) -> Callable[[Test], Test]:
    """The test gets so many seeds, the same on every machine; as many as MIGCOMPAT_HISTORIES says, other ones each time, if it is set."""

    def decorated(test: Test) -> Test:
        chosen: Any = settings(
            max_examples=HISTORIES or count,
            derandomize=not HISTORIES,
            database=None,
            deadline=None,
            phases=(Phase.generate,),  # a smaller seed is no simpler history: those that fail are shortened
            suppress_health_check=[HealthCheck.too_slow],
        )
        return chosen(given(seed=st.integers(0, 2**64))(test))

    return decorated


def shortened(statements: Sequence[str], fails: Callable[[list[str]], object]) -> list[str]:
    """A failing history without what it can fail without."""
    kept = list(statements)
    for position in reversed(range(len(kept))):
        fewer = kept[:position] + kept[position + 1 :]
        if fails(fewer):
            kept = fewer
    return kept
