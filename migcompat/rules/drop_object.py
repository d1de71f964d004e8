from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, ObjectPair, Rule
from migcompat.schema.model import OtherObject

_SQLSTATES = {
    "cast": "42846",
    "collation": "42704",
    "database": "3D000",
    "foreign data wrapper": "42P01",
    "owned objects": "42P01",
    "role": "28000",
    "server": "42P01",
    "text search object": "42704",
}


class DropObject(Rule):
    name = "drop-object"
    summary = "A cast, operator, collation, role or similar object is dropped"
    breaks = Breaks.CALLS
    sqlstate = "42883"

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        old = pair.old
        if not isinstance(old, OtherObject) or old.kind == "grant":  # revoke-privilege speaks of those
            return
        if pair.deploy.catalog.others.find((old.kind, old.name)) is None:
            what = f"{old.kind} {old.name} is dropped" if old.kind != "owned objects" else f"what role {old.name} owns is dropped"
            yield self.found(
                f"{old.kind} {old.name}",
                f"{what}: statements that rely on it are rejected",
                "rely on it no more, deploy that, and drop it in a later deploy",
                sqlstate=_SQLSTATES.get(old.kind),
                breaks=Breaks.ACCESS if old.kind in ("role", "database") else None,
            )
