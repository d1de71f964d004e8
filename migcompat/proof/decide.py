"""What the text of a migration could not decide, decided by what the server has before and after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from migcompat.checking import Check, Decide
from migcompat.engine import Verdict
from migcompat.findings import UNDECIDED, Severity, Span
from migcompat.frozen import frozen, replace
from migcompat.migrations.model import Migration, Source
from migcompat.proof.live import live_breaks
from migcompat.proof.replay import Rejection, Replay
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server
from migcompat.rules.base import Break
from migcompat.rules.pairs import Pair
from migcompat.schema.live import read_catalog
from migcompat.schema.live.continuing import continued
from migcompat.sql.splitter import split

Live = Sequence[tuple["Pair | None", Break]]


@frozen
class Settled:
    """Verdicts with the server's word in them."""

    verdicts: tuple[Verdict, ...]
    decided: int = 0
    """How many statements were not decided before."""
    missed: tuple[Break, ...] = ()
    """What the rules find on the server's schema and did not find on the replayed one, though no statement was undecided."""
    doubted: tuple[Break, ...] = ()
    """What they find on the replayed schema alone."""


def settle(verdicts: Sequence[Verdict], live: Live, pairs: Sequence[tuple[Migration, Source]]) -> Settled:
    """Replaces undecided verdicts by the breaks that the server shows; adds what the text did not show in any case."""
    undecided = [v for v in verdicts if v.found.rule in UNDECIDED]
    pair_of = {(found.rule, found.object): pair for pair, found in live}
    rest = [v for v in verdicts if v.found.rule not in UNDECIDED]
    if undecided:
        rest = [replace(v, pair=pair_of.get((v.found.rule, v.found.object))) for v in rest]
    known = {(v.found.rule, v.found.object) for v in rest}
    seen = {(found.rule, found.object) for _, found in live}
    new = [(pair, found) for pair, found in live if (found.rule, found.object) not in known]
    added = [_placed(pair, found, undecided, pairs) for pair, found in new]
    shown = [v.found for v in rest if v.found.severity is Severity.ERROR and v.found.rule not in _NOT_IN_CATALOGUES]
    doubted = tuple(found for found in shown if (found.rule, found.object) not in seen)
    missed = tuple(found for _, found in new if found.severity is not Severity.NOTE)
    return Settled((*rest, *added), len(undecided), () if undecided else missed, doubted)


_NOT_IN_CATALOGUES = frozenset({"truncate-table", "restrict-session"})
"""What these rules speak of is in rows, or in no database."""


def _placed(pair: Pair | None, found: Break, undecided: Sequence[Verdict], pairs: Sequence[tuple[Migration, Source]]) -> Verdict:
    if undecided:
        last = undecided[-1]
        return Verdict(found, last.migration, last.span, pair)
    migration, _, span = culprit(pairs, found.object)
    return Verdict(found, migration, span, pair)


def culprit(pairs: Sequence[tuple[Migration, Source]], about: str) -> tuple[Migration, Source, Span]:
    """The last statement of a deploy that names an object; else its last one."""
    statements = [
        (migration, source, s) for migration, source in pairs for part in source.forward for s in split(source.text, part).statements
    ]
    if not statements:
        migration, source = pairs[-1]
        return migration, source, Span(0, 0)
    parts = about.partition("(")[0].split(".")
    for name in (parts[-1], parts[1] if len(parts) > 1 else parts[0]):
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        named = [found for found in statements if word.search(found[2].text)]
        if named:
            migration, source, statement = named[-1]
            return migration, source, statement.span
    migration, source, statement = statements[-1]
    return migration, source, statement.span


@dataclass(slots=True)
class Decider:
    """Brings a server to where an undecided migration stands, and no further than that."""

    server: Server
    scratch: Scratch
    migrations: tuple[Migration, ...]
    check: Check
    """Goes on with the server's schema where the server has decided."""
    decided: int = 0
    rejected: list[tuple[Migration, Rejection]] = field(default_factory=list)
    _at: int = 0

    def __call__(self, deploy: Sequence[Migration], verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        replay = Replay(self.server, self.scratch)
        first = self.migrations.index(deploy[0])
        self.rejected += self._run(replay, self.migrations[self._at : first])
        before = read_catalog(self.scratch.connection)
        rejected = list(self._run(replay, deploy))
        self._at = first + len(deploy)
        self.rejected += rejected
        if rejected:
            return verdicts
        after = read_catalog(self.scratch.connection)
        settled = settle(verdicts, live_breaks(before, after), [(m, self.check.read(m)) for m in deploy])
        self.decided += settled.decided
        if not self.rejected:
            self.check.catalog = continued(before, self.check.catalog)  # it has become what the server has now
        return settled.verdicts

    def _run(self, replay: Replay, migrations: Sequence[Migration]) -> Iterator[tuple[Migration, Rejection]]:
        for migration in migrations:
            for rejection in replay.run(self.check.read(migration)).rejections:
                yield migration, rejection


def when_undecided(decider: Callable[[], Decider]) -> Decide:
    """Decides by one decider, which is made where the first thing is undecided."""
    made: list[Decider] = []

    def decide(deploy: Sequence[Migration], verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        if not any(verdict.found.rule in UNDECIDED for verdict in verdicts):
            return verdicts
        if not made:
            made.append(decider())
        return made[0](deploy, verdicts)

    return decide
