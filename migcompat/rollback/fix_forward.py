"""Drafts the migration that gives the prior generation its contract back, and checks it as any other migration is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from migcompat.checking import Judged
from migcompat.config import load_config_for
from migcompat.errors import CheckError
from migcompat.findings import UNDECIDED, Breaks, Finding, Severity
from migcompat.frozen import frozen, replace
from migcompat.listing import NAMES
from migcompat.migrations.deploy import deploys_since
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import History
from migcompat.migrations.layouts import LAYOUTS
from migcompat.migrations.listed import JOURNAL, PLAN
from migcompat.migrations.lookup import history_of
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.naming import is_repeatable, may_hold_sections, slug_of, version_of
from migcompat.migrations.source import source_of
from migcompat.migrations.tree import join
from migcompat.rollback.draft import Draft, Outcome, head, script
from migcompat.rollback.files import File, companions_of, files_of, tool_of
from migcompat.rollback.numbering import next_name
from migcompat.rollback.restoring import restored
from migcompat.settings import Settings
from migcompat.timeline import Judgement, Timeline, judge, of_deploy, of_history


@frozen
class FixForward:
    """A draft, where it belongs, and what is left to do by hand."""

    draft: Draft
    files: tuple[File, ...]
    """Paths from the working directory; the migration first. None where there is nothing that SQL could give back."""
    timeline: Timeline
    """The history as it runs with the draft behind it."""
    start: int
    """Where in it the prior generation stands: the position of the last migration that it has seen."""
    numbered: bool = True
    """Whether the name has a version; else somebody must find one."""
    todo: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """Whether the prior generation still meets something that it cannot cope with."""
        outcome = self.draft.outcome
        return bool(outcome.remaining or outcome.later or self.draft.not_understood)

    @property
    def text(self) -> str:
        """The migration; where no SQL helps, what is to be said about it."""
        return self.files[0].text if self.files else f"{head(self.draft)}\n"

    @property
    def summary(self) -> tuple[str, ...]:
        """What to know in a line or two."""
        outcome = self.draft.outcome
        meets = [*self.draft.not_understood, *(f for f in (*outcome.remaining, *outcome.later) if f.breaks is not Breaks.DATA)]
        if meets:
            named = list(dict.fromkeys(f"{finding.rule} of {finding.object}" for finding in meets))
            more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
            verdict = f"the code before still meets: {', '.join(named[:_SHOWN])}{more}"
        elif self.breaks:
            verdict = "with this migration the code before runs again, without the data that its head names"
        else:
            verdict = "with this migration the code before runs again" if self.files else "nothing to give back: the code before runs"
        return (verdict, *self.todo)


_SHOWN = 5
"""What still breaks is named so often in a line."""


@dataclass(frozen=True)
class _Deploy:
    """What is to be mended: the migrations after `start` are what the prior generation has not seen."""

    history: History
    timeline: Timeline
    start: int
    migration: Migration | None
    """The one whose breaks are mended; None: all of them."""
    label: str

    def concerns(self, finding: Finding) -> bool:
        """Whether a break is to be mended: later changes may hide one of the migration's own and show it again at another place."""
        if self.migration is None or finding.place.file == self.migration.path:
            return True
        return (finding.rule, finding.object) in self.alone

    @cached_property
    def alone(self) -> frozenset[tuple[str, str]]:
        """What the migration breaks by itself."""
        position = self.timeline.migrations.index(self.migration) if self.migration is not None else 0
        return frozenset((finding.rule, finding.object) for finding in _errors(self.timeline, position - 1, position))


Judging = Callable[[Timeline, int, int], Judgement]


def by_text(timeline: Timeline, start: int, end: int) -> Judgement:
    """What the texts tell of a deploy."""
    return judge(timeline, start, end, Settings())


def fix_forward(file: str | None, since: str | None, now: datetime, judging: Judging = by_text) -> list[FixForward]:
    """A draft for each history: for one migration and all that came after it, or for what came since a revision."""
    if file is None and since is None:
        raise CheckError("name the migration to mend, or the prior generation with --since REV")
    return [_fix_forward(deploy, now, judging) for deploy in _deploys(file, since)]


def write(found: FixForward) -> list[str]:
    """Creates the files, and no file in place of another; returns their paths."""
    if not found.numbered:
        raise CheckError("the migrations here have no version to count on from: print the draft, and give the file its name yourself")
    for file in found.files:
        if Path(file.name).exists():
            raise CheckError(f"{file.name} is there already: nothing was written")
    for file in found.files:
        path = Path(file.name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(file.text)
        except OSError as error:
            raise CheckError(f"cannot write {file.name}: {error.strerror}") from error
    return [file.name for file in found.files]


def _deploys(file: str | None, since: str | None) -> list[_Deploy]:
    paths = (file,) if file is not None else ()
    config = load_config_for(paths, NAMES)
    if since is None:
        assert file is not None
        history, (position,) = history_of(paths, discover(paths, config))
        return [_Deploy(history, of_history(history), position - 1, history.migrations[position], history.migrations[position].name)]
    if file is None:
        deploys = deploys_since((), config, since)
        return [_Deploy(d.history, of_deploy(d), of_deploy(d).first_judged - 1, None, f"what came since {since}") for d in deploys]
    history, (position,) = history_of(paths, discover(paths, config))
    deploy = deploys_since((history.root,), config, since)[0]
    timeline = of_deploy(deploy)
    wanted = Path(history.migrations[position].path).resolve()
    mended = next((m for m in timeline.migrations if m.judged and Path(m.path).resolve() == wanted), None)
    if mended is None:
        raise CheckError(f"{file} did not come since {since}")
    return [_Deploy(deploy.history, timeline, timeline.first_judged - 1, mended, mended.name)]


def _fix_forward(deploy: _Deploy, now: datetime, judging: Judging) -> FixForward:
    timeline, last = deploy.timeline, len(deploy.timeline.migrations) - 1
    judgement = judging(timeline, deploy.start, last)
    broken = [pair for pair in judgement.judged if pair[0].severity is Severity.ERROR and deploy.concerns(pair[0])]
    mendable = [pair for pair in broken if not pair[0].relaxable and pair[0].rule not in UNDECIDED]
    others = [verdict for pair in judgement.judged if pair not in mendable and (verdict := pair[1]) is not None]
    draft = Draft(
        deploy.label,
        tuple(restored(judgement.check.catalog, [verdict for _, verdict in mendable if verdict is not None], others)),
        tuple(finding for finding, _ in broken if finding.relaxable),
        tuple(finding for finding, _ in broken if finding.rule in UNDECIDED),
    )
    if not draft.statements:
        errors = [f for f, _ in judgement.judged if f.severity is Severity.ERROR and not f.relaxable and f.breaks is not Breaks.DATA]
        later = tuple(f for f in errors if not deploy.concerns(f))
        outcome = Outcome(tuple(finding for finding, _ in mendable), later=later)
        return FixForward(replace(draft, outcome=outcome), (), timeline, deploy.start)
    name, numbered = _name(deploy, now)
    written = _writer(deploy, name)
    draft = replace(draft, outcome=_outcome(deploy, _with_draft(deploy, name, written(draft)), mendable, judging))
    files, todo = written(draft), tuple(_todo(deploy.history))
    placed = tuple(replace(file, name=join(deploy.history.root, file.name)) for file in files)
    return FixForward(draft, placed, _with_draft(deploy, name, files), deploy.start, numbered, todo)


def _name(deploy: _Deploy, now: datetime) -> tuple[str, bool]:
    """The next migration's name below the root, and whether it has a version."""
    mended = deploy.migration.slug if deploy.migration is not None else ""
    words = "_".join(part for part in ("fix_forward", "".join(c if c.isalnum() else "_" for c in mended).strip("_")) if part)
    if PLAN in deploy.history.lists:
        return f"deploy/{words}.sql", True
    newest = _newest(deploy.timeline)
    name = next_name(newest.name, words, now) if newest is not None else None
    return (name, True) if name is not None else (f"{words}.sql", False)


def _newest(timeline: Timeline) -> Migration | None:
    """The last migration that has a version."""
    return next((m for m in reversed(timeline.migrations) if not is_repeatable(m.name)), None)


def _writer(deploy: _Deploy, name: str) -> Callable[[Draft], tuple[File, ...]]:
    """Puts a draft into the files of the layout that the newest migration has."""
    newest = _newest(deploy.timeline)
    if newest is None:
        return lambda draft: files_of(name, script(draft, slug_of(name)), "", ())
    tools = LAYOUTS[newest.layout].sections if may_hold_sections(newest.name) else ()
    tool = tool_of(deploy.timeline.read(newest).as_written, tools) if tools else ""
    companions = companions_of(name, newest.name, lambda other: Path(join(deploy.history.root, other)).exists())
    return lambda draft: files_of(name, script(draft, slug_of(name)), tool, companions)


def _with_draft(deploy: _Deploy, name: str, files: Sequence[File]) -> Timeline:
    """The history with the draft as its last migration."""
    root, timeline = deploy.history.root, deploy.timeline
    added = Migration(join(root, name), root, name, version_of(name), layout=timeline.migrations[-1].layout)
    source = source_of(added, files[0].text.encode("utf-8", "surrogateescape"))

    def read(migration: Migration) -> Source:
        return source if migration == added else timeline.read(migration)

    return replace(timeline, migrations=(*timeline.migrations, added), read=read)


def _outcome(deploy: _Deploy, drafted: Timeline, mended: Sequence[Judged], judging: Judging) -> Outcome:
    """The deploy with the draft behind it, judged against the schema before; and the draft alone, against the schema as it is now."""
    end = len(drafted.migrations) - 1
    path = drafted.migrations[end].path
    mending = {finding.object for finding, _ in mended}
    errors = [f for f in _errors_of(judging(drafted, deploy.start, end)) if not f.relaxable]
    own = [f for f in errors if deploy.concerns(f) or f.place.file == path or f.object in mending]
    return Outcome(
        tuple(f for f in own if f.rule not in UNDECIDED or f.place.file == path),
        tuple(_errors(drafted, end - 1, end)),
        tuple(f for f in errors if f not in own and f.breaks is not Breaks.DATA),
    )


def _errors(timeline: Timeline, start: int, end: int) -> list[Finding]:
    return _errors_of(by_text(timeline, start, end))


def _errors_of(judgement: Judgement) -> list[Finding]:
    return [finding for finding, _ in judgement.judged if finding.severity is Severity.ERROR]


def _todo(history: History) -> list[str]:
    """What the tool of these migrations wants besides the file."""
    found = []
    if PLAN in history.lists:
        found.append(f"add it to {PLAN}: sqitch add")
    if JOURNAL in history.lists:
        found.append(f"add it to {JOURNAL}, or the tool does not run it")
    if "atlas.sum" in history.lists:
        found.append("renew atlas.sum: atlas migrate hash")
    return found
