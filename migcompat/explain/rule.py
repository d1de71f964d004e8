"""A rule explained: what breaks for whom, the statement that fails, the compatible way, and what an override costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Any

from migcompat.explain.blocks import Block, Heading, Paragraph, Sql, Title
from migcompat.explain.steps import step_blocks
from migcompat.findings import Breaks, Severity
from migcompat.overrides import FORM, NOT_COVERED
from migcompat.reports.sqlstates import answer
from migcompat.rules.base import ADR, DeployStep, Example, Rule
from migcompat.sql.scripts import sql_text

HIT = {
    Breaks.READS: "reads: SELECT, and any other statement that names it",
    Breaks.WRITES: "writes: INSERT, UPDATE, DELETE",
    Breaks.UPSERTS: "upserts: INSERT ... ON CONFLICT",
    Breaks.CALLS: "calls of functions and procedures",
    Breaks.ACCESS: "access: statements that need a privilege or pass a policy",
    Breaks.DATA: "data: what was stored is gone",
}


def explanation(rule: Rule) -> str:
    """The rule's own prose."""
    return cleandoc(type(rule).__doc__ or "")


def blocks(rule: Rule, steps: Sequence[DeployStep]) -> Iterator[Block]:
    """The rule for a reader: the facts, the prose, the proof, and the same change in compatible deploys."""
    yield Title(f"{rule.name}: {rule.summary}", tuple(_facts(rule)))
    for paragraph in explanation(rule).split("\n\n"):
        if paragraph.strip():
            yield Paragraph(" ".join(paragraph.split()))
    if rule.example is not None:
        yield from _failing(rule, rule.example)
        yield from _compatible(steps)
    yield from _override(rule)


def data(rule: Rule, steps: Sequence[DeployStep]) -> dict[str, Any]:
    """The same for other tools; version 1, only ever added to."""
    example = rule.example
    return {
        "version": 1,
        "rule": rule.name,
        "summary": rule.summary,
        "severity": rule.severity.value,
        "breaks": rule.breaks.value,
        "sqlstate": rule.sqlstate,
        "adr": ADR if rule.adr else None,
        "opt_in": rule.opt_in,
        "explanation": explanation(rule),
        "example": None if example is None else {
            "schema": sql_text(example.schema),
            "migration": sql_text(example.migration),
            "session": sql_text(example.session),
            "statement": sql_text(example.statement),
            "answer": sql_text(example.answer),
            "compatible": [sql_text(sql) for sql in example.compatible],
        },
        "steps": [{"title": step.title, "sql": list(step.sql)} for step in steps],
        "rollback": rule.rollback,
    }  # fmt: skip


def _facts(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "severity", f"{rule.severity.value}{f', breaking by {ADR}' if rule.adr else ''}"
    if rule.breaks is not Breaks.NOTHING:
        yield "breaks" if rule.severity is Severity.ERROR else "may break", HIT[rule.breaks]
    if rule.sqlstate:
        yield "SQLSTATE", answer(rule.sqlstate)
    if rule.opt_in:
        yield "default", f"off; check --select {rule.name}"


def _failing(rule: Rule, example: Example) -> Iterator[Block]:
    yield Heading("What fails" if not example.answer else "What changes")
    yield Paragraph("The schema that the prior generation was written for:")
    yield Sql(sql_text(example.schema))
    yield Paragraph("The migration:")
    yield Sql(sql_text(example.migration))
    if example.session:
        yield Paragraph("In the prior generation's session:")
        yield Sql(sql_text(example.session))
    if example.answer:
        yield Paragraph("The prior generation still runs this statement:")
        yield Sql(sql_text(example.statement))
        yield Paragraph("but this answers differently than before:")
        yield Sql(sql_text(example.answer))
        return
    code = f" with {answer(rule.sqlstate)}" if rule.sqlstate else ""
    yield Paragraph(f"The prior generation's statement that worked, and is now refused{code}:")
    yield Sql(sql_text(example.statement))


def _compatible(steps: Sequence[DeployStep]) -> Iterator[Block]:
    if steps:
        yield Heading("The compatible way")
        yield from step_blocks(steps)


def _override(rule: Rule) -> Iterator[Block]:
    if not rule.rollback:
        return
    if rule.severity is not Severity.ERROR or rule.name in NOT_COVERED:
        yield Heading("At rollback")
        yield Paragraph(rule.rollback)
        return
    yield Heading("If you override it")
    yield Paragraph(rule.rollback)
    yield Sql(FORM.replace("breaking", f"breaking[{rule.name}]"))
