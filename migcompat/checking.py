"""From migrations to a report: lowering, the engine, overrides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from migcompat.changes import Change, CreateQueryTable, CreateTable, EndTransaction, Opaque, SetSearchPath
from migcompat.engine import Lowered, Step, Verdict, beyond, judge, replay
from migcompat.findings import Breaks, Finding, Place, Related, Report, Severity, Span, summed
from migcompat.frozen import frozen, replace
from migcompat.listing import LISTING, NAMES
from migcompat.lowering.statements import lower as lower_statement
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.source import read
from migcompat.overrides import FORM, Override, cover, means_one, read_overrides
from migcompat.rules.asked import Asked
from migcompat.rules.base import ADR
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Origin
from migcompat.settings import Settings
from migcompat.signoff import Signed
from migcompat.sql.branches import Branches
from migcompat.sql.splitter import Comment, Statement, read_statements
from migcompat.sql.transactions import CONTROL, Transaction

Read = Callable[[Migration], Source]
Load = Callable[[Migration], tuple[Source, Lowered]]
"""A migration's text, and what it does. Asked for in the order of the history."""

Decide = Callable[[Sequence[Migration], Sequence[Verdict]], Sequence[Verdict]]
"""Puts something in the place of verdicts that the text alone could not reach."""


@frozen
class Declared:
    """An override as it stands in a migration, and what it lets through."""

    migration: Migration
    override: Override
    place: Place
    overridden: tuple[Finding, ...]
    """What this and the migration's other overrides cover."""

    @property
    def covers(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.overridden if self.override.covers(finding.rule))


_SEVERITY = {name: Severity(severity) for name, severity, *_ in LISTING}
_BY_ADR = frozenset(name for name, *_, adr, _ in LISTING if adr)
_MOST_CHANGES = 100_000
"""Of one migration: each may take 10 kB and a millisecond until all is said."""
_MOST_HELD = 1_000_000
"""Characters of texts that are held for findings that point into earlier migrations; others are read again."""
_MOST_NAMED = 20
"""Breaks in one message."""
Judged = tuple[Finding, Verdict | None]
"""A finding and its verdict; what is wrong with an override has none."""


def lowered(source: Source) -> Lowered:
    """A migration's text as steps with offsets of the file."""
    steps: list[Step] = []
    comments: list[Comment] = []
    count = 0
    for part in source.forward:
        transaction, branches = Transaction(), Branches()
        until_commit = False
        undecided: dict[Span, Step] = {}
        for statement in read_statements(source.text, part, comments):
            count += 1
            run = branches.run(statement)
            if run is False or len(steps) > _MOST_CHANGES:  # what follows is read for its comments alone
                continue
            if until_commit and statement.word in ("commit", "end"):
                steps.append(Step(EndTransaction(Span(0, len(statement.text))), statement.span, statement.span.start))
                until_commit = False
            before = len(steps)
            if run:
                del steps[transaction.taken_back(statement, before)]
                steps += [_doubted(statement, transaction.doubt)] if transaction.doubt else []
            elif statement.word in CONTROL:
                transaction.forget(before)
            at = statement.span.start
            for change in lower_statement(statement):
                until_commit = until_commit or _is_until_commit(change)
                steps.append(Step(change, Span(at + change.span.start, at + change.span.end), at))
            if run is None and branches.undecided is not None and (len(steps) > before or statement.word in CONTROL):
                undecided[branches.undecided.span] = _doubted(branches.undecided, _BY_PSQL)
        steps += [*undecided.values(), *(_doubted(statement, why) for statement, why in transaction.left())]
    if len(steps) > _MOST_CHANGES:
        steps[_MOST_CHANGES:] = [_beyond(steps[_MOST_CHANGES], source.text)]
    return Lowered(tuple(steps), count, tuple(comments) if any(means_one(comment.text) for comment in comments) else ())


_BY_PSQL = "whether psql runs what follows is decided while it runs; it is judged as if it did"


def _is_until_commit(change: Change) -> bool:
    """Whether it holds for the transaction alone."""
    if isinstance(change, SetSearchPath):
        return change.local
    return isinstance(change, (CreateTable, CreateQueryTable)) and change.until_commit


def _doubted(statement: Statement, why: str) -> Step:
    """A statement of which the text does not tell what it does."""
    return Step(Opaque(Span(0, len(statement.text)), why, statement.text), statement.span, statement.span.start)


def _beyond(step: Step, text: str) -> Step:
    """Stands for this step and all that follow it."""
    reason = f"more than {_MOST_CHANGES:,} changes in one migration"
    return replace(step, change=beyond(step.change, reason, text[step.offset : step.span.end]))


class Check:
    """One run over one history."""

    def __init__(self, read: Read, settings: Settings, search_path: tuple[str, ...] = ("public",), *, known: bool = False) -> None:
        self.read, self.settings = read, settings
        self._signed = Signed(settings.signatures) if settings.signatures is not None else None
        self._asked = Asked([name for name in NAMES if settings.admits(name)])
        self.load: Load = self._read_and_lower
        self.decide: Decide = lambda _, verdicts: verdicts
        self.catalog = Catalog(search_path)
        self.catalog.known = known
        self.statements = self.migrations = 0
        self.declared: list[Declared] = []
        self._sources: dict[str, Source] = {}
        self._held = 0
        self._migrations: dict[str, Migration] = {}

    def resume(self, catalog: Catalog, passed: Sequence[Migration], migrations: int, statements: int) -> None:
        """Goes on where an earlier run came to: the schema after the migrations that it passed, and its counts."""
        self.catalog, self.migrations, self.statements = catalog, migrations, statements
        self._migrations |= {m.path: m for m in passed}

    def context(self, migrations: Iterable[Migration]) -> bool:
        """What is deployed already. Returns whether all of it was understood."""
        return replay(self.catalog, (self._noted(m) for m in migrations), lambda m: self.load(m)[1])

    def _read_and_lower(self, migration: Migration) -> tuple[Source, Lowered]:
        source = self.read(migration)
        return source, lowered(source)

    def _noted(self, migration: Migration) -> Migration:
        self._migrations[migration.path] = migration
        return migration

    def deploy(self, migrations: Sequence[Migration]) -> Iterator[Finding]:
        """Judges migrations that go live together."""
        return (finding for finding, _ in self.judged(migrations))

    def judged(self, migrations: Sequence[Migration]) -> Iterator[Judged]:
        """The findings, each with the verdict that it was made of."""
        loaded = {m.path: self.load(m) for m in migrations}
        self.statements += sum(found.statements for _, found in loaded.values())
        verdicts: dict[str, list[Verdict]] = {m.path: [] for m in migrations}
        found_here = judge(self.catalog, [self._noted(m) for m in migrations], lambda m: loaded[m.path][1], self._asked)
        for verdict in self.decide(migrations, list(found_here)):
            verdicts[verdict.migration.path].append(verdict)
        for migration in migrations:
            self.migrations += 1
            source, found = loaded[migration.path]
            self._hold(source)
            for judged in self._of_migration(migration, source, found, verdicts[migration.path]):
                self._sources[migration.path] = source
                yield judged

    def _hold(self, source: Source) -> None:
        self._held += len(source.text)
        if self._held <= _MOST_HELD:
            self._sources[source.path] = source

    def _of_migration(self, migration: Migration, source: Source, done: Lowered, verdicts: list[Verdict]) -> Iterator[Judged]:
        told: dict[Finding, Verdict] = {}
        for verdict in verdicts:  # a loop comes to the same statement again and again
            if (finding := self._finding(verdict, source)) is not None:
                told.setdefault(finding, verdict)
        judged = sorted(told.items(), key=lambda pair: (pair[0].place.line, pair[0].place.column, pair[0].rule, pair[0].object))
        if not self.settings.overrides:
            yield from judged
            return
        overrides, malformed = read_overrides(done.comments, NAMES)
        covered, unused = cover([f for f, _ in judged], overrides)
        overridden = tuple(f for f in covered if f.overridden)
        self.declared += [Declared(migration, o, source.place(o.span), overridden) for o in overrides]
        waiting = [f for f in overridden if self._signed is not None and not self._signed.reviewers(f)]
        unsigned = {id(f) for f in waiting}
        marked = [replace(f, overridden=False, reason=None) if id(f) in unsigned else f for f in covered]
        yield from zip(marked, (v for _, v in judged), strict=True)
        findings = [*self._unsigned(migration, source, overrides, waiting), *self._lapsed(migration, source, overrides, overridden)]
        findings += (
            self._declared("malformed-override", migration, source.place(problem.span), problem.problem, f"write `{FORM}`")
            for problem in malformed
        )
        for override in unused:
            names = f" of {', '.join(override.rules)}" if override.rules else ""
            findings.append(
                self._declared(
                    "unused-override",
                    migration,
                    source.place(override.span),
                    f"this override covers nothing: the migration has no break{names}",
                    "remove it",
                )
            )
        yield from ((f, None) for f in findings if self.settings.admits(f.rule))

    def _unsigned(
        self, migration: Migration, source: Source, overrides: Sequence[Override], waiting: Sequence[Finding]
    ) -> Iterator[Finding]:
        """Overrides of what nobody has signed."""
        by_rule: dict[str, list[Finding]] = {}
        for finding in waiting:
            by_rule.setdefault(finding.rule, []).append(finding)
        how = f"a reviewer runs `migcompat signoff {migration.path} --by NAME` and commits the sign-off file"
        for override in overrides:
            left = [found for rule, found in by_rule.items() if override.covers(rule)]
            named = [f"{f.rule} of {f.object}" for f in islice(chain(*left), _MOST_NAMED)]
            more = sum(map(len, left)) - len(named)
            what = ", ".join(named) + (f" and {more:,} more" if more else "")
            if named:
                message = f"no reviewer has signed this override of {what}"
                yield self._declared("unsigned-override", migration, source.place(override.span), message, how)

    def _lapsed(
        self, migration: Migration, source: Source, overrides: Sequence[Override], overridden: Sequence[Finding]
    ) -> Iterator[Finding]:
        """Signatures under what breaks no more."""
        for line in self._signed.lapsed(migration.slug, overridden) if self._signed is not None else ():
            place = source.place(overrides[0].span if overrides else Span(0, len(source.text.split("\n", 1)[0])))
            yield self._declared(
                "stale-signoff", migration, place, f"a signature is for what breaks no more: {line}", "remove it from the sign-off file"
            )

    def _declared(self, rule: str, migration: Migration, place: Place, message: str, help_: str) -> Finding:
        severity = self.settings.severity_of(rule, _SEVERITY[rule])
        return Finding(rule, severity or Severity.NOTE, Breaks.NOTHING, place, migration.name, message, help_, migration=migration.slug)

    def _finding(self, verdict: Verdict, source: Source) -> Finding | None:
        found = verdict.found
        severity = self.settings.severity_of(found.rule, found.severity)
        if severity is None or not self.settings.admits(found.rule) or (found.relaxable and found.relaxable in self.settings.relax):
            return None
        span = (
            found.at.span
            if found.at is not None and found.at.path == source.path and _within(found.at.span, verdict.span)
            else verdict.span
        )
        related = tuple(Related(place, text) for origin, text in found.related if (place := self._place(origin)) is not None)
        return Finding(
            found.rule, severity, found.breaks, source.place(span), found.object, found.message, found.help, found.sqlstate,
            ADR if found.rule in _BY_ADR else None, found.statement, related, verdict.migration.slug, relaxable=found.relaxable,
        )  # fmt: skip

    def _place(self, origin: Origin) -> Place | None:
        source = self._source(origin.path)
        return source.place(origin.span) if source is not None else None

    def _source(self, path: str) -> Source | None:
        if path not in self._sources and path in self._migrations:
            self._sources[path] = self.read(self._migrations[path])
        return self._sources.get(path)

    def texts(self, findings: Iterable[Finding]) -> dict[str, str]:
        """The files that findings point into, for code frames."""
        wanted = {f.place.file for f in findings} | {r.place.file for f in findings for r in f.related}
        found = ((path, self._source(path)) for path in wanted)
        return {path: source.as_written for path, source in found if source is not None}


def check_of(history: History, settings: Settings, read_: Read | None = None) -> Check:
    """A check over one history; `read_` where its migrations are not what their files say now."""
    own = history.settings
    return Check(
        read_ or (lambda m: read(m, own.placeholders)), settings.of(history), own.search_path, known=len(history.migrations) > 1
    )  # fmt: skip


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start < inner.end <= outer.end


def report_of(checks: Sequence[Check], findings: Sequence[Finding], scope: str, notices: Sequence[str]) -> Report:
    """Counts what was found, and puts it together."""
    texts: dict[str, str] = {}
    for check in checks:
        texts |= check.texts(findings)
    summary = summed(findings, sum(c.migrations for c in checks), sum(c.statements for c in checks))
    return Report(tuple(findings), summary, texts, scope, tuple(notices))


def check_text(schema: str, migration: str, settings: Settings | None = None) -> list[Finding]:
    """Judges `migration` as one deploy on what `schema` has built; both are SQL text."""
    return [finding for finding, _ in judged_text(schema, migration, settings)]


def judged_text(schema: str, migration: str, settings: Settings | None = None) -> list[Judged]:
    """The same, each finding with its verdict."""
    texts = {"schema.sql": schema, "migration.sql": migration}
    migrations = [Migration(name, "", name, ()) for name in texts]

    def read(which: Migration) -> Source:
        text = texts[which.path]
        return Source(which.path, text, (Span(0, len(text)),))

    check = Check(read, settings or Settings())
    if schema.strip():
        check.context(migrations[:1])
    return list(check.judged(migrations[1:]))
