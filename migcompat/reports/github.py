"""`github`: annotations as workflow commands, after the full report with command processing stopped.

The runner reads commands from a log line in two forms: `::name …::` at its start, and `##[name …]` anywhere in it. SQL is
printed only where neither is read: between `stop-commands` and its token, or escaped inside a command of our own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from migcompat.findings import Breaks, Finding, Place, Report, Severity
from migcompat.reports import full
from migcompat.reports.escaping import visible, visible_lines
from migcompat.reports.model import Context
from migcompat.reports.verdict import counted, effect, effect_label, override_reason, proof_text, worst_first

PER_LEVEL = 10
"""The runner keeps this many annotations of each level for a step and drops the rest without a word."""
MESSAGE_LIMIT = 4096
"""The runner cuts a message here; UTF-16 units, counted after escaping to be sure."""
_TITLE_LIMIT = 255
_LEVELS = ("error", "warning", "notice")


def render(report: Report, context: Context) -> str:
    """The full report for the log, then the annotations."""
    return without_commands(full.render(report, context)) + commands(report, context)


def without_commands(text: str) -> str:
    """Text that the runner prints and does not obey. No text can hold its own hash, so none can end the stop early."""
    token = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    body = text if text.endswith("\n") else text + "\n"
    return f"::stop-commands::{token}\n{body}::{token}::\n"


def commands(report: Report, context: Context) -> str:
    """At most ten of each level, worst first; findings that start on one line share one."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, finding in enumerate(worst_first(report.findings)):
        place = finding.place
        groups.setdefault((place.file, place.line) if place.line > 0 else (number,), []).append(finding)
    levels: dict[str, list[list[Finding]]] = {level: [] for level in _LEVELS}
    for group in groups.values():
        levels[_level(group[0])].append(group)
    lines: list[str] = []
    for level, members in levels.items():
        beyond = sum(len(group) for group in members[PER_LEVEL:])
        for number, group in enumerate(members[:PER_LEVEL], 1):
            more = ""
            if beyond and number == PER_LEVEL:
                more = f"\n\n{counted(beyond, 'more finding')} without an annotation: see the step summary or the log"
            lines.append(_command(level, group, more, context))
    return "".join(line + "\n" for line in lines)


def _level(finding: Finding) -> str:
    """What an override lets through is a warning: it fails nothing, and a reviewer must meet it."""
    if finding.overridden:
        return "warning"
    return {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}[finding.severity]


def _command(level: str, group: Sequence[Finding], more: str, context: Context) -> str:
    properties = [f"file={_property(context.from_top(group[0].place.file))}"]
    properties += _range([finding.place for finding in group])
    properties.append(f"title={_property(_title(group))}")
    leads = [""] if len(group) == 1 else [f"{finding.severity.value}[{visible(finding.rule)}]: " for finding in group]
    message = "\n\n".join("\n".join(_message(finding, lead)) for finding, lead in zip(group, leads, strict=True))
    return f"::{level} {','.join(properties)}::{_data(message, more)}"


def _range(places: Sequence[Place]) -> Iterator[str]:
    """Columns are only valid within one line: with a line range, the runner drops them."""
    line = places[0].line
    if line < 1:
        return
    last = max(max(place.end_line, line) for place in places)
    yield f"line={line}"
    yield f"endLine={last}"
    if last == line:
        column = max(min(place.column for place in places), 1)
        yield f"col={column}"
        yield f"endColumn={max(column, *(place.end_column for place in places))}"


def _title(group: Sequence[Finding]) -> str:
    if len(group) > 1:
        rules = dict.fromkeys(finding.rule for finding in group)
        return f"{len(group)} findings: {', '.join(rules)}"[:_TITLE_LIMIT]
    finding = group[0]
    title = f"{finding.rule}: {finding.object}" if finding.object else finding.rule
    return (f"overridden {title}" if finding.overridden else title)[:_TITLE_LIMIT]


def _message(finding: Finding, lead: str) -> Iterator[str]:
    yield lead + visible(finding.message)
    if finding.overridden:
        yield f"overridden: {override_reason(finding)}"
    if finding.breaks is not Breaks.NOTHING:
        yield f"{effect_label(finding)}: {effect(finding)}"
        yield from visible_lines(finding.statement or "")
    yield from proof_text(finding)
    if finding.help:
        yield from (f"help: {line}" if number == 0 else line for number, line in enumerate(visible_lines(finding.help)))


def _data(message: str, more: str) -> str:
    """Escaped as the runner undoes it (percent sign first), cut before an escape rather than within one."""
    tail = _escaped(more)
    body = _escaped(message)
    room = MESSAGE_LIMIT - _units(tail)
    if _units(body) > room:
        cut = body[: room - 1]
        while _units(cut) > room - 1:
            cut = cut[: room - 1 - _units(cut)]
        body = re.sub("%[0-9A-F]?$", "", cut) + "…"
    return body + tail


def _property(text: str) -> str:
    return _escaped(visible(text)).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    text = text.replace("##[", "# #[")
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
