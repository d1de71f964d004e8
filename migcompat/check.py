"""From migrations to a report: lowering, the engine, overrides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from migcompat.config import Config
from migcompat.engine import Lowered, Step, Verdict, judge, replay
from migcompat.findings import Breaks, Finding, Place, Related, Report, Severity, Span, Summary
from migcompat.lowering.statements import lower as lower_statement
from migcompat.migrations.model import Migration, Source
from migcompat.overrides import FORM, cover, read_overrides
from migcompat.rules import BY_NAME
from migcompat.rules.base import ADR
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Origin
from migcompat.sql.splitter import Comment, split

Read = Callable[[Migration], Source]
Judged = tuple[Finding, Verdict | None]
"""A finding and its verdict; what is wrong with an override has none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides which findings count."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    severity: dict[str, str] | None = None
    relax: frozenset[str] = frozenset()
    overrides: bool = True

    def admits(self, rule: str) -> bool:
        if rule in self.ignore:
            return False
        if self.select:
            return rule in self.select
        return not (rule in BY_NAME and BY_NAME[rule].opt_in)

    def severity_of(self, rule: str, given: Severity) -> Severity | None:
        """What the configuration makes of a severity; None: off."""
        wanted = (self.severity or {}).get(rule)
        if wanted == "off":
            return None
        return Severity(wanted) if wanted is not None else given


def settings_of(config: Config, *, select: Sequence[str] = (), ignore: Sequence[str] = (), overrides: bool = True) -> Settings:
    """The settings of a configuration, with what the command line adds."""
    return Settings(
        frozenset(select or config.select), frozenset(ignore) | frozenset(config.ignore), dict(config.severity), frozenset(config.relax), overrides
    )


def lowered(source: Source) -> Lowered:
    """A migration's text as steps with offsets of the file."""
    steps: list[Step] = []
    count = 0
    for part in source.forward:
        for statement in split(source.text, part).statements:
            count += 1
            at = statement.span.start
            for change in lower_statement(statement):
                steps.append(Step(change, Span(at + change.span.start, at + change.span.end), at))
    return Lowered(tuple(steps), count)


def comments(source: Source) -> list[Comment]:
    """The comments of what goes forward."""
    return [comment for part in source.forward for comment in split(source.text, part).comments]


class Check:
    """One run over one history."""

    def __init__(self, read: Read, settings: Settings, search_path: tuple[str, ...] = ("public",), *, known: bool = False) -> None:
        self.read, self.settings = read, settings
        self.catalog = Catalog(search_path)
        self.catalog.known = known
        self.statements = self.migrations = 0
        self._sources: dict[str, Source] = {}
        self._migrations: dict[str, Migration] = {}

    def context(self, migrations: Iterable[Migration]) -> None:
        """What is deployed already."""
        replay(self.catalog, (self._noted(m) for m in migrations), lambda m: lowered(self.read(m)))

    def _noted(self, migration: Migration) -> Migration:
        self._migrations[migration.path] = migration
        return migration

    def deploy(self, migrations: Sequence[Migration]) -> Iterator[Finding]:
        """Judges migrations that go live together."""
        return (finding for finding, _ in self.judged(migrations))

    def judged(self, migrations: Sequence[Migration]) -> Iterator[Judged]:
        """The findings, each with the verdict that it was made of."""
        sources = {m.path: self.read(m) for m in migrations}
        self._sources |= sources

        def lower(migration: Migration) -> Lowered:
            found = lowered(sources[migration.path])
            self.statements += found.statements
            return found

        verdicts: dict[str, list[Verdict]] = {m.path: [] for m in migrations}
        for verdict in judge(self.catalog, [self._noted(m) for m in migrations], lower):
            verdicts[verdict.migration.path].append(verdict)
        for migration in migrations:
            self.migrations += 1
            yield from self._of_migration(migration, sources[migration.path], verdicts[migration.path])

    def _of_migration(self, migration: Migration, source: Source, verdicts: list[Verdict]) -> Iterator[Judged]:
        judged = [(f, v) for v in verdicts if (f := self._finding(v, source)) is not None]
        judged.sort(key=lambda pair: (pair[0].place.line, pair[0].place.column, pair[0].rule, pair[0].object))
        if not self.settings.overrides:
            yield from judged
            return
        overrides, malformed = read_overrides(comments(source), BY_NAME.keys())
        marked, unused = cover([f for f, _ in judged], overrides)
        yield from zip(marked, (v for _, v in judged), strict=True)
        findings = []
        for problem in malformed:
            findings.append(self._declared("malformed-override", migration, source.place(problem.span), problem.problem, f"write `{FORM}`"))
        for override in unused:
            names = f" of {', '.join(override.rules)}" if override.rules else ""
            findings.append(
                self._declared(
                    "unused-override", migration, source.place(override.span), f"this override covers nothing: the migration has no break{names}", "remove it"
                )
            )
        yield from ((f, None) for f in findings if self.settings.admits(f.rule))

    def _declared(self, rule: str, migration: Migration, place: Place, message: str, help_: str) -> Finding:
        severity = self.settings.severity_of(rule, BY_NAME[rule].severity)
        return Finding(rule, severity or Severity.NOTE, Breaks.NOTHING, place, migration.name, message, help_, migration=migration.slug)

    def _finding(self, verdict: Verdict, source: Source) -> Finding | None:
        found = verdict.found
        severity = self.settings.severity_of(found.rule, found.severity)
        if severity is None or not self.settings.admits(found.rule) or (found.relaxable and found.relaxable in self.settings.relax):
            return None
        related = tuple(Related(place, text) for origin, text in found.related if (place := self._place(origin)) is not None)
        return Finding(
            found.rule, severity, found.breaks, source.place(verdict.span), found.object, found.message, found.help, found.sqlstate,
            ADR if BY_NAME[found.rule].adr else None, found.statement, related, verdict.migration.slug,
        )  # fmt: skip

    def _place(self, origin: Origin) -> Place | None:
        source = self._sources.get(origin.path)
        if source is None:
            migration = self._migrations.get(origin.path)
            if migration is None:
                return None
            source = self._sources[origin.path] = self.read(migration)
        return source.place(origin.span)

    def texts(self, findings: Iterable[Finding]) -> dict[str, str]:
        """The files that findings point into, for code frames."""
        wanted = {f.place.file for f in findings} | {r.place.file for f in findings for r in f.related}
        return {path: source.as_written for path, source in self._sources.items() if path in wanted}


def report_of(checks: Sequence[Check], findings: Sequence[Finding], scope: str, notices: Sequence[str]) -> Report:
    """Counts what was found, and puts it together."""
    texts: dict[str, str] = {}
    for check in checks:
        texts |= check.texts(findings)
    active = [f for f in findings if not f.overridden]
    summary = Summary(
        sum(c.migrations for c in checks), sum(c.statements for c in checks),
        sum(f.severity is Severity.ERROR for f in active), sum(f.severity is Severity.WARNING for f in active),
        sum(f.severity is Severity.NOTE for f in active), sum(f.overridden for f in findings),
        sum(f.rule in ("unparsed-statement", "dynamic-sql") for f in findings),
    )  # fmt: skip
    return Report(tuple(findings), summary, texts, scope, tuple(notices))


def check_text(schema: str, migration: str, settings: Settings | None = None) -> list[Finding]:
    """Judges `migration` as one deploy on what `schema` has built; both are SQL text."""
    return [finding for finding, _ in judged_text(schema, migration, settings)]


def judged_text(schema: str, migration: str, settings: Settings | None = None) -> list[Judged]:
    """The same, each finding with its verdict."""
    texts = {"schema.sql": schema, "migration.sql": migration}
    migrations = [Migration(name, "", name, (), name.removesuffix(".sql")) for name in texts]

    def read(which: Migration) -> Source:
        text = texts[which.path]
        return Source(which.path, text, (Span(0, len(text)),))

    check = Check(read, settings or Settings())
    if schema.strip():
        check.context(migrations[:1])
    return list(check.judged(migrations[1:]))
