"""What gives a deploy's contract back, break by break: each restoration is asked for on the schema that those before it have left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from migcompat.engine import Verdict, perform
from migcompat.findings import Severity
from migcompat.frozen import frozen
from migcompat.lowering.statements import lower
from migcompat.rollback.ordering import last_phase
from migcompat.rollback.refusals import refusal
from migcompat.rules.base import Break, Restoration
from migcompat.rules.every import BY_NAME
from migcompat.rules.judge import Judge, Subject
from migcompat.rules.pairs import Deploy, FunctionPair, Pair, RelationPair, TypePair
from migcompat.rules.view_steps import outdated
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Extension, Namespace, Relation
from migcompat.sql.splitter import split

_DRAFT = ""
"""The path of what is not written yet."""
Held = dict[Subject, dict[tuple[str, str], tuple[Break, Pair]]]


@frozen
class Restored:
    """A break, and what gives back what it took."""

    found: Break
    restoration: Restoration


def restored(catalog: Catalog, mendable: Sequence[Verdict], others: Iterable[Verdict] = ()) -> Iterator[Restored]:
    """Restorations in an order in which they can build on each other. A break that an earlier one has mended needs none; one that mending
    uncovers, as of a key over a column that comes back, is mended as well. `others` are breaks that are left as they are.

    The catalog holds both sides of the deploy; the statements are applied to it.
    """
    judging = Judge(Deploy(catalog))
    pending = [(verdict.found, verdict.pair) for verdict in mendable if verdict.pair is not None]
    held: Held = {}
    for found, pair in pending:
        held.setdefault(_subject(pair), {})[_name(found)] = found, pair
    seen = {verdict.found.object for verdict in others}
    catalog.open(_DRAFT)
    while pending:
        seen |= {found.object for found, _ in pending}
        left: list[tuple[Break, Pair, Restoration]] = []
        for found, pair in sorted(pending, key=_when):
            still = held[_subject(pair)].get(_name(found))
            if still is None:
                continue
            restoration = restoration_of(*still)
            if why := refusal(catalog, restoration.sql):
                restoration = Restoration(lost=f"{found.object}: {why}")
            if not restoration.sql:
                left.append((*still, restoration))
                continue
            yield Restored(still[0], restoration)
            for sql in restoration.sql:
                _apply(catalog, judging, held, sql)
        given = len(left) < len(pending)  # what was in the way of the others may be gone
        if not given:
            yield from (Restored(found, restoration) for found, _, restoration in left)
        uncovered = [one for breaks in held.values() for one in breaks.values() if one[0].object not in seen and _is_to_mend(one[0])]
        pending = uncovered + [(found, pair) for found, pair, _ in left if given]


def _name(found: Break) -> tuple[str, str]:
    return found.rule, found.object


def _is_to_mend(found: Break) -> bool:
    """What the restorations themselves have added stays, though it may demand more than before."""
    own = found.at is not None and found.at.path == _DRAFT
    return found.severity is Severity.ERROR and not found.relaxable and not own


def _when(broken: tuple[Break, Pair]) -> tuple[int, int]:
    """Parents come before what inherits from them."""
    found, pair = broken
    generation = _generation(pair.deploy.catalog, pair.old) if isinstance(pair, RelationPair) else 0
    return last_phase(restoration_of(found, pair).sql), generation


def _generation(catalog: Catalog, relation: Relation, deepest: int = 50) -> int:
    parents = (parent for id_ in relation.parents if (parent := catalog.relations.was(id_)) is not None)
    return max((1 + _generation(catalog, parent, deepest - 1) for parent in parents), default=0) if deepest else 0


def restoration_of(found: Break, pair: Pair) -> Restoration:
    """What the rule would give back. A view's query is kept as it was written: once what it names is called otherwise it cannot run."""
    if isinstance(pair, RelationPair) and pair.old.is_table and pair.same is None and pair.new is not None and not pair.new.is_table:
        return Restoration(lost=f"table {pair.name}: a {pair.new.kind} has its name now")
    restoration = BY_NAME[found.rule].restore(pair, found)
    if restoration.sql and isinstance(pair, RelationPair) and pair.old.is_view and outdated(pair.deploy.catalog, pair.old):
        return Restoration(lost=f"{pair.old.kind} {pair.old.key}: its query does not find what it names any more, so write it anew")
    return restoration


def _apply(catalog: Catalog, judging: Judge, held: Held, sql: str) -> None:
    """Runs SQL on the catalog, and judges anew what it touches."""
    for statement in split(sql).statements:
        for change in lower(statement):
            for _ in perform(catalog, change):
                for subject, pair, breaks in judging.after_change():
                    held[subject] = {_name(found): (found, pair) for found in breaks if pair is not None}


def _subject(pair: Pair) -> Subject:
    if isinstance(pair, RelationPair):
        return "relation", pair.old.id
    if isinstance(pair, TypePair):
        return "type", pair.old.id
    if isinstance(pair, FunctionPair):
        return "function", pair.old.id
    return "namespace" if isinstance(pair.old, Namespace) else "extension" if isinstance(pair.old, Extension) else "other", pair.old.id
