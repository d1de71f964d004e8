"""`explain FILE`: one migration judged, with everything that there is to say of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from migcompat.changes import SetSearchPath
from migcompat.checking import Judged, lowered, report_of
from migcompat.config import load_config_for
from migcompat.engine import Lowered, replay
from migcompat.engine import judge as judge_steps
from migcompat.errors import CheckError
from migcompat.explain.migration import Advice, Explained
from migcompat.findings import Place
from migcompat.frozen import frozen, replace
from migcompat.migrations.deploy import deploys_since
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import History
from migcompat.migrations.roots import as_given
from migcompat.reports.verdict import worst_first
from migcompat.rollback.restoring import restoration_of
from migcompat.rules.every import BY_NAME
from migcompat.schema.difference import Difference, differences
from migcompat.settings import settings_of
from migcompat.sql.splitter import Statement, split
from migcompat.timeline import Timeline, judge, of_deploy, of_history, schema_after, schema_between

_WITH_LINE = re.compile(r"(.+):(\d+)")


@frozen
class Subject:
    """What is to be explained."""

    file: str
    line: int | None = None


def subject_of(text: str) -> Subject:
    """`FILE` or `FILE:LINE`; a file that is called so wins."""
    found = _WITH_LINE.fullmatch(text)
    if found is None or Path(text).exists():
        return Subject(text)
    return Subject(found[1], int(found[2]))


def review(subject: Subject, since: str | None = None) -> Explained:
    """Judges a migration as its own deploy, or as a part of what came since a revision; a line narrows it to one statement."""
    config = load_config_for((subject.file,), BY_NAME)
    history, position = _found(subject.file, discover((subject.file,), config))
    if since is None:
        timeline, start, end = of_history(history), position - 1, position
        number = f"the {position} migrations" if position > 1 else "the one"
        before = f"on the schema of {number} before it" if position else "the first of its history"
        scope = f"as a deploy of its own, {before}"
    else:
        deploy = deploys_since((history.root,), config, since)[0]
        timeline = of_deploy(deploy)
        position = _position_since(history.migrations[position].path, timeline, since)
        start, end = timeline.first_judged - 1, len(timeline.migrations) - 1
        scope = f"as a part of one deploy with {end - start - 1} others: what came since {deploy.base.label}"
    judgement = judge(timeline, start, end, settings_of(config))
    path = timeline.migrations[position].path
    own = [pair for pair in judgement.judged if pair[0].place.file == path]
    advice = tuple(advised(own))
    if subject.line is not None:
        statement = _statement_at(timeline, position, subject.line)
        place = timeline.read(timeline.migrations[position]).place(statement.span)
        advice = tuple(one for one in advice if place.line <= one.finding.place.line <= place.end_line)
        changed = _changed_by(timeline, position, statement)
    else:
        changed = differences(schema_between(timeline, position - 1, position))
    report = report_of([judgement.check], [one.finding for one in advice], scope, history.notices)
    report = replace(report, summary=replace(report.summary, migrations=1))
    return Explained(f"{path}:{subject.line}" if subject.line is not None else path, report, changed, advice)


def advised(judged: Sequence[Judged]) -> list[Advice]:
    """Each finding with what its rule advises, the worst first. To be called while the catalog holds both sides of the deploy."""
    found = []
    for finding, verdict in judged:
        if verdict is None or verdict.pair is None:
            found.append(Advice(finding))
            continue
        rule = BY_NAME[finding.rule]
        steps = rule.steps(verdict.pair, verdict.found)
        found.append(Advice(finding, steps, restoration_of(verdict.found, verdict.pair), rule.rollback))
    order = {id(finding): number for number, finding in enumerate(worst_first([one.finding for one in found]))}
    return sorted(found, key=lambda one: order[id(one.finding)])


def _found(file: str, histories: Sequence[History]) -> tuple[History, int]:
    """The history that a file stands in, and its position; a directory that is one migration means that migration."""
    path = as_given(file)
    for history in histories:
        for position, migration in enumerate(history.migrations):
            if migration.path == path:
                return history, position
        judged = [position for position, migration in enumerate(history.migrations) if migration.judged]
        if len(judged) == 1 and Path(path).is_dir():
            return history, judged[0]
    why = next((left.why.value for history in histories for left in history.left_aside if left.path == path), "")
    if why:
        raise CheckError(f"{path} is left aside: {why}")
    raise CheckError(f"{path} is a directory: name one migration in it" if Path(path).is_dir() else f"{path} is no migration")


def _position_since(path: str, timeline: Timeline, since: str) -> int:
    for position, migration in enumerate(timeline.migrations):
        if Path(migration.path).resolve() == Path(path).resolve() and position >= timeline.first_judged:
            return position
    raise CheckError(f"{path} did not come since {since}")


def _statement_at(timeline: Timeline, position: int, line: int) -> Statement:
    """The statement that a line is in; of several, the first that starts there or reaches there."""
    source = timeline.read(timeline.migrations[position])
    statements = [statement for part in source.forward for statement in split(source.text, part).statements]
    places = [(source.place(statement.span), statement) for statement in statements]
    for place, statement in places:
        if place.line <= line <= place.end_line:
            return statement
    after: Place | None = next((place for place, _ in places if place.line > line), None)
    hint = f"; the next one starts in line {after.line}" if after is not None else ""
    raise CheckError(f"line {line} of {source.path} holds no statement that goes forward{hint}")


def _changed_by(timeline: Timeline, position: int, statement: Statement) -> tuple[Difference, ...]:
    """What one statement changes, after those before it in its file."""
    migration = timeline.migrations[position]
    catalog = schema_after(timeline, position - 1)
    steps = lowered(timeline.read(migration)).steps
    at = statement.span.start
    before = tuple(step for step in steps if step.offset < at)
    paths = tuple(step for step in before if isinstance(step.change, SetSearchPath))
    own = (*paths, *(step for step in steps if step.offset == at))
    replay(catalog, (migration,), lambda _: Lowered(before, 0))
    for _ in judge_steps(catalog, (migration,), lambda _: Lowered(own, 1)):
        pass
    return differences(catalog)
