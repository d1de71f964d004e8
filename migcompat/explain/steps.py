"""The compatible way, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migcompat.explain.blocks import Block, Item, Sql
from migcompat.rules.base import DeployStep
from migcompat.sql.scripts import script_of


def step_blocks(steps: Sequence[DeployStep]) -> Iterator[Block]:
    """Deploys, numbered; one without SQL brings code only."""
    for number, step in enumerate(steps, 1):
        yield Item(f"{number}.", step.title)
        if step.sql:
            yield Sql(script_of(step.sql))
