from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.add_unique import now_called
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.rules.keys import infers, unique_keys
from migcompat.sql.quoting import ident


class DropUnique(Rule):
    name = "drop-unique"
    summary = "A unique key that ON CONFLICT can name by its columns goes"
    breaks = Breaks.UPSERTS
    sqlstate = "42P10"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.kind == "index":
            yield self.found(
                pair.name,
                f"index {pair.old.key.name} is dropped; its table was never seen: if it was unique, ON CONFLICT over its columns is rejected",
                "check that no statement upserts on its columns",
                severity=Severity.WARNING,
            )
            return
        if pair.old.is_view or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        names = now_called(pair)
        offered = {c.name for c in pair.new.columns}
        after = unique_keys(pair.new)
        for old, original in zip(unique_keys(pair.old, names), unique_keys(pair.old)):
            if old.index.deferrable or any(infers(new, old) for new in after) or old.index.assumed:
                continue
            if any(not k.startswith("(") and k not in offered for k in old.keys):
                continue  # the column itself is gone: that is the break
            keys = ", ".join(sorted(k if k.startswith("(") else ident(k) for k in original.keys))
            where = f" WHERE {old.index.predicate}" if old.index.predicate else ""
            yield self.found(
                f"{pair.name}.{old.index.name}",
                f"unique key {old.index.name} of {pair.name} over ({keys}){where} goes: ON CONFLICT over it is rejected, duplicates are accepted",
                "create an equal unique index first, or let no running code upsert on these columns, deploy that, and drop it later",
                statement=f"INSERT INTO {pair.sql} … ON CONFLICT ({keys}){where} DO NOTHING",
                detail=old.index.name,
                created=old.index.origin,
            )
