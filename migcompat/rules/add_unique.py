from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql
from migcompat.rules.keys import UniqueKey, at_least_as_strict, unique_keys


class AddUnique(Rule):
    name = "add-unique"
    summary = "A unique key is added to an existing table"
    breaks = Breaks.WRITES
    sqlstate = "23505"
    adr = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.is_view or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        before = unique_keys(pair.old, now_called(pair))
        fresh = {c.name for c in pair.added if pair.old.column_by_id(c.id) is None}
        before += unique_keys(pair.old, now_called(pair), overlaps=True)
        for key in (*unique_keys(pair.new), *unique_keys(pair.new, overlaps=True)):
            if key.index.assumed or any(at_least_as_strict(old, key) for old in before):
                continue
            what = "primary key" if any(c.kind == "primary" and c.index == key.index.id for c in pair.new.constraints) else "unique key"
            over = ", ".join(sorted(key.keys))
            harmless = _harmless(pair, key, fresh)
            yield self.found(
                f"{pair.name}.{key.index.name}",
                f"{what} {key.index.name} over ({over}) is added to {pair.name}: {harmless or 'a duplicate that was accepted before is rejected'}",
                "make writers unable to produce duplicates, clean up the existing ones, deploy that, and add the key in a later deploy",
                statement=_insert(pair, key),
                detail=key.index.name,
                sqlstate="23P01" if key.index.exclusion else None,
                created=pair.old.origin,
                created_as="the table was created here",
                relaxable="unique-on-new-column" if harmless else "",
            )


def now_called(pair: RelationPair) -> dict[str, str]:
    """Old column names to new ones, for columns that were renamed."""
    return {c.name: to for c in pair.old.columns if (to := pair.renamed(c)) is not None}


def _harmless(pair: RelationPair, key: UniqueKey, fresh: set[str]) -> str:
    new = key.keys & fresh
    filled = [c for c in pair.added if c.name in new and pair.required(c) is False and c.filled]
    if new and not filled and not key.nulls_not_distinct:
        return f"the prior generation leaves {', '.join(sorted(new))} NULL, so it never collides; the policy names the form all the same"
    return ""


def _insert(pair: RelationPair, key: UniqueKey) -> str:
    names = [c.name for c in pair.old.columns if c.name in key.keys] or [c.name for c in pair.old.columns]
    columns = ", ".join(column_sql(n) for n in names)
    return f"INSERT INTO {pair.sql} ({columns}) VALUES ({', '.join(f'${i + 1}' for i in range(len(names)))})  -- values that are there already"
