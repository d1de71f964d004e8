"""The deploy at hand: which failure classes are open, whether the prior code can run, and the guide filled in with its own commands."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from migcompat.findings import UNDECIDED, Breaks, Finding, Report, Severity
from migcompat.frozen import frozen, replace
from migcompat.rollback.classes import guide_for, push_commands, refused, revert_commands, up_to_date
from migcompat.rollback.guide import Command, FailureClass, Fill, Guide, Step
from migcompat.rollback.history import Commit, History, changed_projects, only_pages, projects_of, revert_lines
from migcompat.rollback.names import PagesProject, RollbackNames


class PriorCode(str, Enum):
    """Whether the prior generation's code can run on the schema, from best to worst."""

    RUNS = "yes"
    DEPENDS = "look first"
    UNKNOWN = "cannot tell"
    BREAKS = "no"


_WORST_LAST = tuple(PriorCode)


@frozen
class Verdict:
    """What one migration does to the prior generation's code."""

    migration: str
    prior_code: PriorCode
    findings: tuple[Finding, ...] = ()


@frozen
class Openness:
    """Whether a failure class can be what went wrong, and why."""

    failure: FailureClass
    answer: str
    because: str


@frozen
class Situation:
    """All that is known about a deploy that may have to be rolled back."""

    history: History
    names: RollbackNames
    verdicts: tuple[Verdict, ...]
    told: str = ""
    """The one migration whose findings are listed; empty: those of all. The prior code meets all of the deploy either way."""

    @property
    def prior_code(self) -> PriorCode:
        """The worst over all migrations."""
        return max((verdict.prior_code for verdict in self.verdicts), key=_WORST_LAST.index, default=PriorCode.RUNS)

    @property
    def migrations(self) -> frozenset[str]:
        """The deploy's migrations, from the repository's top."""
        return frozenset(self.history.from_top(verdict.migration) for verdict in self.verdicts)

    @property
    def service_paths(self) -> tuple[str, ...]:
        """Changed files that are neither a migration nor part of a Pages project."""
        return tuple(path for path in self.history.paths if path not in self.migrations and not projects_of(path, self.names))


def situation(history: History, names: RollbackNames, migrations: Sequence[str], report: Report) -> Situation:
    """Joins what git knows with what the check of the deploy's migrations found. `migrations` are the files of the deploy."""
    by_file: dict[str, list[Finding]] = {file: [] for file in migrations}
    for finding in report.findings:
        by_file.setdefault(finding.place.file, []).append(finding)
    return Situation(history, names, tuple(_verdict(file, findings) for file, findings in by_file.items()))


def open_classes(deploy: Situation) -> tuple[Openness, ...]:
    """Every failure class, with what speaks for or against it."""
    projects = changed_projects(deploy.history.paths, deploy.names)
    service, migrations = len(deploy.service_paths), len(deploy.verdicts)
    return (
        Openness(FailureClass.BEHAVIOR, *_answer(service, f"{_count(service, 'file')} of the API or the workers changed")),
        Openness(FailureClass.PAGES, *_answer(len(projects), f"{_names(projects)} changed")),
        Openness(FailureClass.MIGRATION, *_answer(migrations, f"{_count(migrations, 'migration')} came with the deploy")),
        Openness(FailureClass.DISASTER, "ask", "open whatever was deployed, if the database is corrupted or a region is down"),
    )


def likely_class(deploy: Situation) -> FailureClass:
    """Where to begin: the schema decides first, since a revert onto a schema that the prior code cannot use makes things worse."""
    if deploy.prior_code is not PriorCode.RUNS:
        return FailureClass.MIGRATION
    if only_pages(deploy.history.paths, deploy.names):
        return FailureClass.PAGES
    return FailureClass.MIGRATION if deploy.verdicts and not deploy.service_paths else FailureClass.BEHAVIOR


def filled_guide(deploy: Situation, failure: FailureClass) -> Guide:
    """The guide of a class with this deploy's commits, projects and migrations."""
    commits = _candidates(deploy, failure)
    return guide_for(failure, deploy.names, _fill(deploy, failure, commits))


def message(deploy: Situation, failure: FailureClass) -> tuple[str, ...]:
    """Lines to post in the ops channel as they are."""
    history, names = deploy.history, deploy.names
    return (
        "Production rollback has begun",
        f"Deploy SHA: {history.head_sha}",
        f"Generation: {names.generation(history.head_short)}",
        f"Failure class: {failure.value}",
        f"Prior generation: {also(names.generation(history.prior_short), history.prior)}",
        f"Prior code runs on the current schema: {deploy.prior_code.value}",
    )


def also(name: str, other: str) -> str:
    """A revision and, in brackets, its other name where it has one."""
    return name if name == other else f"{name} ({other})"


def _verdict(file: str, findings: Sequence[Finding]) -> Verdict:
    telling = tuple(finding for finding in findings if _prior_code(finding) is not PriorCode.RUNS)
    return Verdict(file, max(map(_prior_code, telling), key=_WORST_LAST.index, default=PriorCode.RUNS), telling)


def _prior_code(finding: Finding) -> PriorCode:
    """An override lets a migration pass the check; it does not make the prior code run, so it counts for nothing here."""
    if finding.rule in UNDECIDED:
        return PriorCode.UNKNOWN
    if finding.breaks is Breaks.NOTHING or finding.severity is Severity.NOTE:
        return PriorCode.RUNS
    return PriorCode.BREAKS if finding.severity is Severity.ERROR and not finding.relaxable else PriorCode.DEPENDS


def _candidates(deploy: Situation, failure: FailureClass) -> tuple[Commit, ...]:
    """Commits that can have caused this kind of failure: any that changed a file of its kind."""

    def caused(path: str) -> bool:
        if path in deploy.migrations:
            return False
        return bool(projects_of(path, deploy.names)) == (failure is FailureClass.PAGES)

    return tuple(commit for commit in deploy.history.commits if any(map(caused, commit.paths)))


def _fill(deploy: Situation, failure: FailureClass, commits: tuple[Commit, ...]) -> Fill:
    touched = {path for commit in commits for path in commit.paths}
    projects = changed_projects(deploy.history.paths, deploy.names)
    fill = Fill(
        reverts=revert_lines(deploy.history, commits, sorted(touched & deploy.migrations)),
        commits=_listed(commits),
        warning=_warning(deploy, failure),
        schema=_schema(deploy),
        cannot_run=_cannot_run(deploy),
    )
    if projects:
        fill = replace(fill, projects=f"the Pages project {_names(projects)}")
    return replace(fill, can_run=_can_run(deploy, fill, commits))


def _warning(deploy: Situation, failure: FailureClass) -> str:
    if failure is not FailureClass.BEHAVIOR or deploy.prior_code is PriorCode.RUNS:
        return ""
    known = "cannot run" if deploy.prior_code is PriorCode.BREAKS else "may not run"
    return f"STOP: the prior code {known} on the schema as it is now (see above). Follow 'migration' before you revert."


def _schema(deploy: Situation) -> Step:
    if deploy.prior_code is PriorCode.RUNS:
        return Fill().schema
    return Step("Leave the schema as it is: migrations only go forward. What the prior code misses on it is named above.")


def _can_run(deploy: Situation, fill: Fill, commits: tuple[Commit, ...]) -> Step:
    if deploy.prior_code is PriorCode.BREAKS:
        return Step("The prior code cannot run on the new schema (see above): do not go back to it before the steps below are done.")
    if not commits:
        return Step(
            "The prior code can run on the new schema, and the deploy changed no code of the API or the workers: nothing to revert."
        )
    sure = "The prior code can run on the new schema: revert the code and deploy it."
    unsure = "If what is named above does not touch the prior code, it can run on the new schema: then revert the code and deploy it."
    return Step(
        sure if deploy.prior_code is PriorCode.RUNS else unsure,
        (*revert_commands(deploy.names, fill), *push_commands(deploy.names)),
        fill.commits,
    )


def _cannot_run(deploy: Situation) -> tuple[Step, ...]:
    if deploy.prior_code is PriorCode.RUNS:
        return (Step("The prior code needs no fix-forward migration. If the migration is wrong in another way, add one that mends it."),)
    fix = "Fix" if deploy.prior_code is PriorCode.BREAKS else "Otherwise fix"
    does = f"{fix} forward: one more migration that gives the prior code back what it needs, shipped with the corrected code."
    broken = [verdict.migration for verdict in deploy.verdicts if verdict.prior_code is PriorCode.BREAKS]
    if not broken:
        return (Step(f"{does} What it must hold depends on what is named above."),)
    names = deploy.names
    draft = (*up_to_date(names), _draft_command(deploy, broken))
    return (
        Step(f"{does} To draft it:", draft, "Read the draft: it says what it cannot give back."),
        Step(
            f"Commit it with the corrected code on {names.main_branch}, and push. The push redeploys ({names.deploy_docs}).",
            push_commands(names),
            refused(names),
        ),
    )


def _draft_command(deploy: Situation, broken: Sequence[str]) -> Command:
    """One draft for all that is broken."""
    if len(broken) > 1:
        return ("migcompat", "fix-forward", "--since", deploy.history.prior, "--write")
    return ("migcompat", "fix-forward", f"./{broken[0]}" if broken[0].startswith("-") else broken[0], "--write")


_SHOWN = 12
"""Commits that still fit on the screen."""


def _listed(commits: Sequence[Commit]) -> str:
    if not commits:
        return "No commit of this deploy changed such a file: nothing to revert."
    older = len(commits) - _SHOWN
    return "\n".join(
        (
            "That reverts:" if len(commits) == 1 else "Leave out those that are not to blame:",
            *(f"  {commit.short}  {commit.subject}" for commit in commits[:_SHOWN]),
            *((f"  and {older} older",) if older > 0 else ()),
        )
    )


def _answer(number: int, changed: str) -> tuple[str, str]:
    return ("yes", changed) if number else ("no", changed)


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _names(projects: Sequence[PagesProject]) -> str:
    return " and ".join(f"'{project.name}'" for project in projects) or "no Pages project"
