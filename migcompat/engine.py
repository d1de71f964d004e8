"""The algorithm: replay the history, compare each deploy's schema before and after, place each break where it became true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from migcompat.changes import CallFunction, Change, CreateFunction, Dynamic, Opaque
from migcompat.errors import Exceeded
from migcompat.findings import Span
from migcompat.frozen import frozen, replace
from migcompat.lowering.statements import lower as lower_statement
from migcompat.migrations.model import Migration
from migcompat.rules.asked import ALL, Asked
from migcompat.rules.base import Break
from migcompat.rules.judge import Judge, Subject
from migcompat.rules.pairs import Deploy, Pair
from migcompat.schema.apply import apply
from migcompat.schema.catalog import Catalog
from migcompat.sql.splitter import Comment

_MOST_CALLS = 1000
"""How many calls of routines that hold DDL one statement may lead to."""


@frozen
class Step:
    """One change of a migration, with what it spans in the file."""

    change: Change
    span: Span
    offset: int = 0
    """Where its statement starts: the change's own spans count from there."""


@frozen
class Lowered:
    """A migration read into steps; `statements` counts what was looked at."""

    steps: tuple[Step, ...]
    statements: int
    comments: tuple[Comment, ...] = ()
    """All of them where one may be an override, else none."""


Lower = Callable[[Migration], Lowered]


@frozen
class Verdict:
    """A break, and the migration and span that made it true."""

    found: Break
    migration: Migration
    span: Span
    pair: Pair | None = None
    """What it was found in; None for a statement that was not understood."""


Held = dict[Subject, dict[tuple[str, str], Verdict]]
"""What breaks so far, by what it is a break of."""


def replay(catalog: Catalog, migrations: Iterable[Migration], lower: Lower) -> bool:
    """Applies deployed migrations: they build the schema, nothing is judged. Returns whether all of them was understood."""
    understood = True
    for migration in migrations:
        catalog.begin()
        catalog.open(migration.path)
        for step in lower(migration).steps:
            catalog.offset = step.offset
            try:
                for change in perform(catalog, step.change):
                    understood = understood and not isinstance(change, (Opaque, Dynamic))
            except (Exceeded, RecursionError):
                understood = False
                break
        catalog.known = True
    catalog.rest()
    return understood


def judge(catalog: Catalog, deploy: Sequence[Migration], lower: Lower, asked: Asked = ALL) -> Iterator[Verdict]:
    """Replays one deploy change by change; yields the breaks that hold at its end, each at the change that made it true."""
    catalog.begin()
    judging = Judge(Deploy(catalog), asked)
    held: Held = {}
    last: tuple[Migration, Step] | None = None
    for migration in deploy:
        catalog.open(migration.path)
        for step in lower(migration).steps:
            catalog.offset = step.offset
            last = migration, step
            try:
                yield from _judge_step(judging, held, migration, step)
            except (Exceeded, RecursionError) as error:
                yield Verdict(judging.undecided(_beyond(error, step)), migration, step.span)
                break
    catalog.rest()
    if last is not None:
        migration, step = last
        try:
            for subject, pair, breaks in judging.postponed():
                now = [_told(Verdict(found, migration, step.span, pair), deploy) for found in breaks]
                held[subject] = _still(held.get(subject, {}), now)
        except (Exceeded, RecursionError) as error:
            yield Verdict(judging.undecided(_beyond(error, step)), migration, step.span)
    catalog.known = True
    for verdicts in held.values():
        yield from verdicts.values()


def _judge_step(judging: Judge, held: Held, migration: Migration, step: Step) -> Iterator[Verdict]:
    """What is not understood of one step; `held` gets what breaks after it."""
    for change in perform(judging.catalog, step.change):
        if isinstance(change, (Opaque, Dynamic)):
            yield Verdict(judging.undecided(change), migration, step.span)
        for subject, pair, breaks in judging.after_change():
            held[subject] = _still(held.get(subject, {}), [Verdict(found, migration, step.span, pair) for found in breaks])


def _beyond(error: Exceeded | RecursionError, step: Step) -> Opaque:
    reason = str(error) if isinstance(error, Exceeded) else "what it changes hangs together many hundred levels deep"
    return beyond(step.change, reason, str(getattr(step.change, "table", getattr(step.change, "name", ""))))


def beyond(change: Change, reason: str, said: str) -> Opaque:
    """Stands for a change that exceeds a bound: what follows it in its migration is left."""
    return Opaque(change.span, f"{reason}; nothing from here on is checked", said)


def _still(before: Mapping[tuple[str, str], Verdict], now: Iterable[Verdict]) -> dict[tuple[str, str], Verdict]:
    """What breaks now; what broke before stays where it began to."""
    found: dict[tuple[str, str], Verdict] = {}
    for verdict in now:
        key = verdict.found.rule, verdict.found.object
        found[key] = replace(before[key], found=verdict.found, pair=verdict.pair) if key in before else verdict
    return found


def _told(verdict: Verdict, deploy: Sequence[Migration]) -> Verdict:
    """Where the break itself says that it began, if that is in this deploy."""
    at = verdict.found.at
    home = next((m for m in deploy if at is not None and m.path == at.path), None)
    return replace(verdict, migration=home, span=at.span) if at is not None and home is not None else verdict


def perform(catalog: Catalog, change: Change) -> Iterator[Change]:
    """Applies a change; yields after each one that was applied. A call does what the routine's body does, once for each set."""
    pending, called = [change], set[tuple[object, ...]]()
    while pending:
        change = pending.pop()
        if not isinstance(change, CallFunction):
            apply(catalog, change)
            yield change
            continue
        effects: list[Change] = []
        for function in catalog.overloads(change.name):
            call = (function.id, change.arguments, change.whole)
            if function.definition is None or call in called or not _may_mean(change, function.definition):
                continue
            if len(called) >= _MOST_CALLS:
                yield Opaque(change.span, f"it leads to more than {_MOST_CALLS} calls of routines that hold DDL", str(change.name))
                return
            called.add(call)
            from migcompat.lowering.procedural import effects_of_call

            found = effects_of_call(function.definition, change, lower_statement)
            effects += (replace(effect, span=change.span) for effect in found)
        pending += reversed(effects)


def _may_mean(call: CallFunction, function: CreateFunction) -> bool:
    """Whether a call with all its arguments known can be one of this overload; CALL gives OUT arguments, too."""
    inputs = function.inputs
    if not call.whole or function.kind != "function" or any(argument.mode == "variadic" for argument in inputs):
        return True
    least = sum(argument.default is None for argument in inputs)
    given = {name for name, _ in call.arguments if name}
    return least <= len(call.arguments) <= len(inputs) and given <= {argument.name for argument in inputs}
