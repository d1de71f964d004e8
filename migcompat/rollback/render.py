"""Guides as plain text of at most 100 columns."""

from __future__ import annotations

from migcompat.reports.layout import WIDTH, item, items, join, wrap
from migcompat.rollback.classes import communication, guide_for, model, questions
from migcompat.rollback.guide import FailureClass, Guide, Step
from migcompat.rollback.names import RollbackNames
from migcompat.rollback.shell import command_lines


def chooser_text(names: RollbackNames) -> str:
    """`rollback-guide` without a class: four questions that lead to one."""
    lines = ["ROLLBACK: which kind of failure is it?", "", "Ask from the top. The first yes decides; run the command beside it.", ""]
    for number, (question, failure) in enumerate(questions(names), 1):
        lines += [*item(f"{number}.", question), f"       migcompat rollback-guide {failure.value}", ""]
    lines += wrap(
        "Not sure whether a migration is to blame? Take 'migration': it starts by finding out. A guide only prints, it runs nothing.", ""
    )
    return join(lines, _rest(names))


def class_text(failure: FailureClass, names: RollbackNames) -> str:
    """`rollback-guide CLASS`: one screen."""
    return guide_text(guide_for(failure, names), names)


def guide_text(guide: Guide, names: RollbackNames) -> str:
    """A whole guide, the steps first."""
    lines = [*wrap(f"{guide.failure.value.upper()}: {guide.title}", ""), "", *wrap(guide.use_when, "  ", "  When: "), ""]
    return join(lines, steps_lines(guide), _background(guide), _rest(names))


def steps_lines(guide: Guide) -> list[str]:
    """The numbered steps and what not to do."""
    lines = [*([*wrap(guide.warning, ""), ""] if guide.warning else []), "DO"]
    for number, step in enumerate(guide.steps, 1):
        lines += _step(number, step)
    return [*lines, "", "DO NOT", *items(guide.never)]


def tell_lines(names: RollbackNames) -> list[str]:
    """What to tell whom."""
    return ["TELL", *items(communication(names))]


def link_lines(names: RollbackNames) -> list[str]:
    """The team's own links, if it has any."""
    if not names.links:
        return []
    return ["LINKS", *(line for what, where in names.links for line in item("-", f"{what}: {where}"))]


def _rest(names: RollbackNames) -> list[str]:
    links = link_lines(names)
    return [*tell_lines(names), "", "HOW IT WORKS", *items(model(names)), *([""] if links else []), *links]


def _background(guide: Guide) -> list[str]:
    return ["CAN PRIOR CODE BREAK ON THE NEW SCHEMA?", *items(guide.why)] if guide.why else []


def _step(number: int, step: Step) -> list[str]:
    lines = item(f"{number}.", step.does)
    for command in step.commands:
        lines += command_lines(command, indent=" " * 7, width=WIDTH)
    return lines + (wrap(step.then, " " * 5) if step.then else [])
