"""`rollback-guide --since REV` as text: the answer first, then the steps for this deploy, then the message to post."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Finding
from migcompat.reports.layout import item, items, join, wrap
from migcompat.reports.verdict import counted
from migcompat.rollback.classes import communication
from migcompat.rollback.guide import FailureClass
from migcompat.rollback.render import link_lines, steps_lines
from migcompat.rollback.situation import Situation, also, filled_guide, likely_class, message, open_classes


def since_text(deploy: Situation, failure: FailureClass | None = None) -> str:
    """The guide for a deploy; without a class, the one to begin with."""
    chosen = failure or likely_class(deploy)
    guide = filled_guide(deploy, chosen)
    return join(
        _headline(deploy),
        [f"CAN THE PRIOR CODE RUN ON THE SCHEMA AS IT IS NOW?  {deploy.prior_code.value.upper()}", *_schema(deploy)],
        ["WHAT CAN BE WRONG", *_classes(deploy)],
        [*wrap(f"{'' if failure else 'BEGIN WITH '}{chosen.value.upper()}: {guide.title}", "")],
        steps_lines(guide),
        [
            "TELL",
            *items(communication(deploy.names)),
            "",
            "  Ready to post:",
            *(line for text in message(deploy, chosen) for line in wrap(text, " " * 7)),
        ],
        link_lines(deploy.names),
    )


def _headline(deploy: Situation) -> list[str]:
    history = deploy.history
    return [
        *wrap(f"ROLLBACK to {also(history.prior, history.prior_short)}", ""),
        *wrap(
            f"Deployed since: {counted(len(history.commits), 'commit')}, {counted(len(history.paths), 'file')}, "
            f"{counted(len(deploy.verdicts), 'migration')}, up to {history.head_short} ({history.head})",
            "  ",
        ),
        *items(f"Note: {notice}" for notice in history.notices),
    ]


def _schema(deploy: Situation) -> Iterator[str]:
    if not deploy.verdicts:
        yield from item("-", "The deploy brought no migration: the schema is the one that the prior code was written for")
    for verdict in deploy.verdicts:
        yield from item("-", f"{verdict.migration}: {verdict.prior_code.value}")
        for finding in verdict.findings if deploy.told in ("", verdict.migration) else ():
            yield from wrap(_finding(finding), " " * 6)


def _finding(finding: Finding) -> str:
    code = f", SQLSTATE {finding.sqlstate}" if finding.sqlstate else ""
    let_through = f"; let through by an override: {finding.reason}" if finding.overridden else ""
    return f"line {finding.place.line}: {finding.message} ({finding.rule}{code}){let_through}"


def _classes(deploy: Situation) -> Iterator[str]:
    for openness in open_classes(deploy):
        yield from wrap(openness.because, " " * 18, f"  {openness.failure.value:<11}{openness.answer:<5}")
