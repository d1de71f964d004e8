"""SQL as it is shown: one statement after the other, each with its semicolon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from inspect import cleandoc

from migcompat.explain.blocks import Block, Item, Sql
from migcompat.rules.base import DeployStep
from migcompat.sql.splitter import split


def sql_text(text: str) -> str:
    """A script; statements that were written on one line stand on lines of their own."""
    text = cleandoc(text).strip()
    script = split(text)
    if "\n" not in text and not script.comments:
        return "\n".join(terminated(statement.text) for statement in script.statements)
    return terminated(text)


def terminated(statement: str) -> str:
    """A statement with its semicolon; a comment stays as it is."""
    script = split(statement)
    if not script.statements or statement.endswith(";"):
        return statement
    ends_in_comment = any(comment.text.startswith("--") and comment.span.end == len(statement) for comment in script.comments)
    return f"{statement}\n;" if ends_in_comment else f"{statement};"


def script_of(statements: Iterable[str]) -> str:
    """Statements as one text."""
    return "\n".join(terminated(cleandoc(statement).strip()) for statement in statements)


def step_blocks(steps: Sequence[DeployStep]) -> Iterator[Block]:
    """Deploys, numbered; one without SQL brings code only."""
    for number, step in enumerate(steps, 1):
        yield Item(f"{number}.", step.title)
        if step.sql:
            yield Sql(script_of(step.sql))
