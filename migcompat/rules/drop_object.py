from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import ObjectPair, Pair
from migcompat.schema.model import OtherObject

_SQLSTATES = {
    "cast": "42846",
    "database": "3D000",
    "foreign data wrapper": "42P01",
    "language": "42883",
    "operator": "42883",
    "owned objects": "42P01",
    "role": "28000",
    "server": "42P01",
}
_UNNAMED = ("grant", "event trigger")
"""No statement relies on their names; of grants revoke-privilege speaks."""


class DropObject(Rule):
    """Objects that few migrations touch are known by their names alone: casts, operators, collations, languages, foreign servers, text
    search configurations, roles, databases. A statement of the prior generation that relies on one is rejected, a login as a dropped role
    or to a dropped database too. DROP OWNED takes all that a role owns. One that is renamed or moved is the same. Silent when an object of
    the name is created again.
    """

    name = "drop-object"
    summary = "A cast, operator, collation, role or similar object is dropped"
    breaks = Breaks.CALLS
    sqlstate = "42704"
    example = Example(
        schema="CREATE COLLATION by_code (locale = 'C'); CREATE TABLE products (name text NOT NULL)",
        migration="DROP COLLATION by_code",
        statement="SELECT name FROM products ORDER BY name COLLATE by_code",
        compatible=(),
    )
    rollback = "The code before it cannot rely on the object until it is created again, as the migration that created it says."

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        old = pair.old
        if not isinstance(old, OtherObject) or old.kind in _UNNAMED:
            return
        if pair.deploy.catalog.others.find((old.kind, old.name)) is None:
            what = f"{old.kind} {old.name} is {f'now {pair.same.name}' if isinstance(pair.same, OtherObject) else 'dropped'}"
            what = f"what role {old.name} owns is dropped" if old.kind == "owned objects" else what
            yield self.found(
                f"{old.kind} {old.name}",
                f"{what}: statements that rely on it are rejected",
                "rely on it no more, deploy that, and drop it in a later deploy",
                sqlstate=_SQLSTATES.get(old.kind, ""),
                breaks=Breaks.ACCESS if old.kind in ("role", "database") else None,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, ObjectPair)
        assert isinstance(pair.old, OtherObject)
        kind, name = pair.old.kind, pair.old.name
        drop = f"DROP OWNED BY {name}" if kind == "owned objects" else f"DROP {kind.upper().removesuffix(' OBJECT')} {name}"
        return (
            DeployStep(f"Stop relying on {found.object}"),
            DeployStep("When no running code relies on it: drop it", (drop,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        return Restoration(lost=f"the definition of {found.object}: the migration that created it has it")
