"""Judges what was deployed since the prior generation, for the rollback guide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from migcompat.checking import report_of
from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.findings import Report, Summary
from migcompat.frozen import replace
from migcompat.migrations.deploy import Deploy, deploys_between
from migcompat.migrations.detection import usual_directories
from migcompat.migrations.naming import names_of
from migcompat.migrations.roots import as_given, asked_about
from migcompat.rollback.history import History, before_file, history_since
from migcompat.rollback.situation import Situation, situation
from migcompat.settings import Settings
from migcompat.timeline import judge, of_deploy

_SHOWN = 3


def deployed_since(revision: str, config: Config, file: str = "") -> Situation:
    """What the deploys since a revision brought, and what their migrations do to that generation's code. `file` is a migration that may
    lie in a directory which neither the configuration nor its name tells of."""
    history = history_since(revision, config.rollback, Path())
    if not any(_is_sql(path) for path in history.paths):
        return situation(history, config.rollback, (), Report((), Summary()))
    deploys = deploys_between(_directories(file, config), config, revision, history.head_sha)
    migrations = [m.path for deploy in deploys for m in deploy.history.migrations if m.judged]
    history = replace(history, notices=(*history.notices, *_not_looked_at(history, deploys)))
    return situation(history, config.rollback, migrations, _report(deploys))


def deployed_with(file: str, config: Config) -> Situation:
    """The same, for the deploy that brought a migration."""
    return deployed_since(before_file(as_given(file), config.rollback, Path()), config, file)


def telling_of(deploy: Situation, file: str) -> Situation:
    """The deploy, with what breaks listed for one of its migrations only."""
    path = as_given(file)
    told = next((v.migration for v in deploy.verdicts if path == v.migration or path in names_of(v.migration)), None)
    if told is None:
        came = ", ".join(v.migration for v in deploy.verdicts[:_SHOWN]) or "none"
        raise CheckError(f"{path} is no migration that came since {deploy.history.prior}; these did: {came}")
    return replace(deploy, told=told)


def _directories(file: str, config: Config) -> Sequence[str]:
    """Where the migrations lie; none: in the configured or the usual directories."""
    if config.migrations or not Path(file).is_file():
        return ()
    (one,) = asked_about((as_given(file),), config)
    return () if one.root in usual_directories() else (one.root,)


def _report(deploys: Iterable[Deploy]) -> Report:
    """Every rule counts, whatever the configuration lets through: an override or an ignored rule does not make the prior code run."""
    timelines = [of_deploy(deploy) for deploy in deploys]
    judgements = [judge(timeline, timeline.first_judged - 1, len(timeline.migrations) - 1, Settings()) for timeline in timelines]
    findings = [finding for judgement in judgements for finding, _ in judgement.judged]
    return report_of([judgement.check for judgement in judgements], findings, "", ())


def _not_looked_at(history: History, deploys: Sequence[Deploy]) -> list[str]:
    """SQL of the deploy that is no migration of the histories judged: somebody must look at it."""
    known = {m.path for deploy in deploys for m in deploy.history.migrations}
    known |= {left.path for deploy in deploys for left in deploy.history.left_aside}
    seen = {history.from_top(path) for path in known}
    other = [path for path in history.paths if _is_sql(path) and path not in seen]
    if not other:
        return []
    more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
    return [f"not looked at, as it is in no migration directory known here: {', '.join(other[:_SHOWN])}{more}"]


def _is_sql(path: str) -> bool:
    return path.lower().endswith(".sql")
