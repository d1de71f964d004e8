"""One history on one scratch database: what works before each deploy, and what of it still does after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from migcompat.frozen import frozen
from migcompat.migrations.model import Migration, Source
from migcompat.proof.contract import Contract, RelationFacts, read_contract
from migcompat.proof.live import live_breaks
from migcompat.proof.probes import of_database, of_relation, plans_of
from migcompat.proof.queries import Query, probes_of
from migcompat.proof.replay import Rejection, Replay
from migcompat.proof.rows import Maker
from migcompat.proof.scratch import Scratch
from migcompat.proof.server import Server
from migcompat.proof.session import Outcome, Probe, Session
from migcompat.rules.base import Break
from migcompat.rules.pairs import Pair
from migcompat.schema.catalog import Catalog
from migcompat.schema.live import read_catalog

_WRITES = ("insert", "update", "delete")


@frozen
class Trial:
    """What one deploy did on the server."""

    outcomes: dict[Probe, Outcome]
    """Of what worked before and was run again after."""
    rejections: tuple[tuple[Migration, Rejection], ...]
    live: tuple[tuple[Pair | None, Break], ...]
    """What the rules find on the schema that the server had before and has after."""


@frozen
class Mended:
    """What a deploy did on the server, and what a draft behind it did."""

    tried: int
    """How many statements worked before the deploy."""
    broken: int
    """How many of them failed after it."""
    outcomes: dict[Probe, Outcome]
    """Of what the two have touched, with the draft."""
    deploy_rejections: tuple[tuple[Migration, Rejection], ...]
    draft_rejections: tuple[tuple[Migration, Rejection], ...]
    live: tuple[tuple[Pair | None, Break], ...]
    """What the rules find on the schema that the server had before the deploy and has with the draft."""


@dataclass(slots=True)
class Prover:
    """Keeps what worked, so that the next deploy need only try what this one touched."""

    server: Server
    scratch: Scratch
    queries: tuple[Query, ...] = ()
    refused: dict[Query, str] = field(default_factory=dict)
    """Queries that never worked, and why."""
    tried: int = 0
    rowless: dict[str, str] = field(default_factory=dict)
    """Relations for which no row could be made, and why."""
    _replay: Replay = field(init=False)
    _session: Session = field(init=False)
    _contract: Contract | None = None
    _catalog: Catalog | None = None
    _kept: dict[int, list[Probe]] = field(default_factory=dict)
    """What works now, by relation; 0: what belongs to none."""
    _plans: dict[int, list[Probe]] = field(default_factory=dict)
    _latest: dict[Probe, Outcome] = field(default_factory=dict)
    """What became of what was tried since the schema changed last."""
    _rows: Maker | None = None
    _problems: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._replay = Replay(self.server, self.scratch)
        self._session = Session(self.scratch.connect(), self.server)

    def leanings(self) -> list[str]:
        """What stood in for something that the server lacks."""
        lacking = self.scratch.leaned_on()
        return [f"stand-ins took the place of extensions that the server lacks: {', '.join(lacking)}"] if lacking else []

    def untried(self) -> list[str]:
        """What could not be tried, and why."""
        queries = (
            f"{q.path}: {q.name or 'a statement'} does not work before the deploy and was not tried: {why}"
            for q, why in self.refused.items()
        )
        return [*queries, *(f"no row could be made for {name}, so its writes were not tried: {why}" for name, why in self.rowless.items())]

    def catalog(self) -> Catalog:
        """The schema as it is now, for whoever wants to change it."""
        return read_catalog(self.scratch.connection)

    def close(self) -> None:
        self._session.connection.close()

    def deployed(self, migrations: Sequence[tuple[Migration, Source]]) -> tuple[tuple[Migration, Rejection], ...]:
        """Replays what is deployed already."""
        found = tuple(self._replay_all(migrations))
        if migrations:
            self._contract = self._catalog = None
            self._latest = {}
            self._forget(None)
        return found

    def deploy(self, migrations: Sequence[tuple[Migration, Source]]) -> Trial:
        """Tries the contract before, applies the migrations, and tries it again."""
        before = self._before()
        catalog = self._catalog or read_catalog(self.scratch.connection)
        rejections = tuple(self._replay_all(migrations))
        self._catalog = read_catalog(self.scratch.connection)
        live = tuple(live_breaks(catalog, self._catalog))
        after = read_contract(self.scratch.connection)
        changed, leaning = affected(before, after)
        outcomes = self._again(changed, before, after) | self._planned(changed)
        rows = self._rows_again(leaning, before, after)
        outcomes |= rows
        self.tried += len(outcomes)
        barred = {probe.owner for probe, failure in rows.items() if failure is not None}
        self._planned(barred)
        self._forget(changed | barred, leaning)
        self._contract, self._latest = after, outcomes
        return Trial(outcomes, rejections, live)

    def mend(self, deploy: Sequence[tuple[Migration, Source]], draft: Sequence[tuple[Migration, Source]]) -> Mended:
        """Tries the contract before, after the deploy, and with the draft behind it."""
        before = self._before()
        catalog = self._catalog or read_catalog(self.scratch.connection)
        refused = tuple(self._replay_all(deploy))
        between = read_contract(self.scratch.connection)
        touched = set[int]().union(*affected(before, between))
        broken = self._again(touched, before, between)
        refused_of_draft = tuple(self._replay_all(draft))
        after = read_contract(self.scratch.connection)
        touched = touched.union(*affected(before, after))
        planned = {probe: outcome for probe, outcome in self._planned(touched).items() if probe.kind != "star"}  # wider rows are no break
        outcomes = self._again(touched, before, after) | planned
        live = tuple(live_breaks(catalog, read_catalog(self.scratch.connection)))
        self.tried = sum(probe.kind != "star" for kept in (*self._kept.values(), *self._plans.values()) for probe in kept)
        return Mended(self.tried, sum(failure is not None for failure in broken.values()), outcomes, refused, refused_of_draft, live)

    def _again(self, touched: set[int], before: Contract, after: Contract) -> dict[Probe, Outcome]:
        """What becomes of what worked on these relations."""
        self.rowless.update({before.relations[oid].object: why for oid, why in self._problems.items() if oid in before.relations})
        probes = [probe for oid, kept in self._kept.items() if oid in touched for probe in kept]
        return self._session.run(probes, deferrable=before.deferrable or after.deferrable) if probes else {}

    def _rows_again(self, leaning: set[int], before: Contract, after: Contract) -> dict[Probe, Outcome]:
        """Whether rows of these relations can still be written: more of them a deploy elsewhere cannot change."""
        probes: dict[tuple[int, str], Probe] = {}
        for oid in sorted(leaning):
            for probe in self._kept.get(oid, []):
                if probe.kind in _WRITES and not probe.role:
                    probes.setdefault((oid, probe.kind), probe)
        return self._session.run(probes.values(), deferrable=before.deferrable or after.deferrable) if probes else {}

    def _planned(self, touched: set[int]) -> dict[Probe, Outcome]:
        """What becomes of the plans for them; they are given up."""
        return self._session.execute_prepared([probe for oid in touched for probe in self._plans.get(oid, [])])

    def _replay_all(self, migrations: Iterable[tuple[Migration, Source]]) -> Iterable[tuple[Migration, Rejection]]:
        for migration, source in migrations:
            for rejection in self._replay.run(source).rejections:
                yield migration, rejection

    def _forget(self, oids: set[int] | None, leaning: frozenset[int] | set[int] = frozenset()) -> None:
        """What depends on these relations must be tried anew; None: everything. Rows that refer to them are made anew."""
        for oid in list(self._kept) if oids is None else oids:
            self._kept.pop(oid, None)
            self._plans.pop(oid, None)
            self._problems.pop(oid, None)
        if self._rows is not None:
            rows = {} if oids is None else {key: row for key, row in self._rows.rows.items() if key[0] not in oids | leaning}
            self._rows.rows = rows

    def _before(self) -> Contract:
        """The contract, and what works of what it allows."""
        contract = self._contract or read_contract(self.scratch.connection)
        self._contract = contract
        stale = [relation for oid, relation in contract.relations.items() if oid not in self._kept]
        maker = Maker(contract, self._session, dict(self._rows.rows) if self._rows else {})
        self._rows = maker
        with self._session.trial():
            wanted = [probe for relation in stale for probe in of_relation(relation, maker)]
        self._problems.update(maker.problems)
        if 0 not in self._kept:
            wanted += of_database(contract)
            probes, refused = probes_of(self.queries, self._session, contract)
            wanted += probes
            self.refused = {query: why for query, why in [*self.refused.items(), *refused] if (query, why) in refused}
        fresh: defaultdict[int, list[Probe]] = defaultdict(list)
        known = self._latest
        new = [probe for probe in dict.fromkeys(wanted) if probe not in known]
        if new:
            known = known | self._session.run(new, deferrable=contract.deferrable)
        for probe in dict.fromkeys(wanted):
            if known[probe] is None:
                fresh[probe.owner].append(probe)
        self._kept.update({relation.oid: fresh.pop(relation.oid, []) for relation in stale})
        self._kept.setdefault(0, fresh.pop(0, []))
        for relation in stale:
            self._plans[relation.oid] = self._session.prepare(list(plans_of(relation)))
        return contract


def affected(before: Contract, after: Contract) -> tuple[set[int], set[int]]:
    """The relations whose probes a deploy may have changed, with 0 where anything may have; and those whose rows refer to them, or are
    written by way of routines, which may name anything."""
    ids = before.relations.keys() | after.relations.keys()
    changed = {
        oid for oid in ids if before.relations.get(oid) != after.relations.get(oid) or before.behaviour.get(oid) != after.behaviour.get(oid)
    }
    if before.surroundings != after.surroundings or before.schemas != after.schemas:
        return {0, *ids}, set()
    if before.code != after.code:
        changed |= before.callers | after.callers | {0}
    if not changed and (before.types, before.collations) == (after.types, after.collations):
        return set(), set()
    changed = _closed(changed | {0}, before, lambda relation: relation.reads)
    referring = _closed(changed, before, lambda relation: [key.target for key in relation.keys_of("f")])
    return changed, (referring | before.callers) - changed


def _closed(start: set[int], contract: Contract, leans_on: Callable[[RelationFacts], Iterable[int]]) -> set[int]:
    """With all that leans on what is there."""
    found = set(start)
    while more := {oid for oid, relation in contract.relations.items() if oid not in found and not found.isdisjoint(leans_on(relation))}:
        found |= more
    return found
