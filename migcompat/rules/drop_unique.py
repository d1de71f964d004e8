from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import UniqueKey, constraint_of, fits_partitioning, infers, unique_keys, written
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import unique_key_sql
from migcompat.rules.whereabouts import altered, today
from migcompat.schema.definitions import keys_sql
from migcompat.schema.model import Index, Relation
from migcompat.sql.conditions import columns_of
from migcompat.sql.quoting import ident, qualified


class DropUnique(Rule):
    """ON CONFLICT over the key's columns, with its WHERE where it has one, needs a unique index over exactly these columns, and no
    longer finds one. Readers may also meet duplicates. A wider key, or a partial one in its place, does not serve. Silent when an equal
    index takes over in the same deploy, and when a column of the key goes with it, which is the break then. Without any, a materialized
    view cannot be refreshed CONCURRENTLY (55000).
    """

    name = "drop-unique"
    summary = "A unique key that ON CONFLICT can name by its columns goes"
    looks_at = ("indexes",)
    breaks = Breaks.UPSERTS
    sqlstate = "42P10"
    example = Example(
        schema="CREATE TABLE subscribers (email text NOT NULL, list text NOT NULL, CONSTRAINT subscribers_email_key UNIQUE (email))",
        migration="ALTER TABLE subscribers DROP CONSTRAINT subscribers_email_key",
        statement="INSERT INTO subscribers (email, list) VALUES ('ada@example.org', 'news') ON CONFLICT (email) DO NOTHING",
        compatible=(),
    )
    rollback = (
        "The code before it cannot upsert until the key is back, and that fails while duplicates are there: somebody has to choose"
        " which row stays."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.kind == "index":
            yield self.found(
                pair.name,
                f"index {pair.old.key.name} is dropped; its table was never seen:"
                " if it was unique, ON CONFLICT over its columns is rejected",
                "check that no statement upserts on its columns",
                severity=Severity.WARNING,
            )
            return
        if pair.old.kind == "materialized view" and pair.new is not None and pair.new.kind == pair.old.kind:
            yield from self._concurrently(pair, pair.new)
        if pair.old.is_view or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        if all(map(pair.kept_as_is, pair.old.indexes)):
            return
        offered = {c.name for c in pair.new.columns}
        after = unique_keys(pair.new)
        for old in unique_keys(pair.old):
            if pair.kept_as_is(old.index) or old.index.deferrable or any(infers(new, old) for new in after) or old.index.assumed:
                continue
            if not _over(old) <= offered:
                continue  # a column of this name is gone: that is the break
            keys = written(pair.old, old.index)
            where = f" WHERE {old.index.predicate}" if old.index.predicate else ""
            yield self.found(
                f"{pair.name}.{old.index.name}",
                f"unique key {old.index.name} of {pair.name} over ({keys}){where} goes:"
                " ON CONFLICT over it is rejected, duplicates are accepted",
                "create an equal unique index first, or let no running code upsert on these columns, deploy that, and drop it later",
                statement=f"INSERT INTO {pair.sql} … ON CONFLICT ({keys}){where} DO NOTHING",
                detail=old.index.name,
                created=old.index.origin,
            )

    def _concurrently(self, pair: RelationPair, new: Relation) -> Iterator[Break]:
        """REFRESH … CONCURRENTLY takes a unique index over columns of all rows."""
        serving = next((i for i in pair.old.indexes if _serves_refresh(i)), None)
        if serving is not None and not any(_serves_refresh(i) for i in new.indexes):
            yield self.found(
                f"{pair.name}.{serving.name}",
                f"unique index {serving.name} of materialized view {pair.name} goes: REFRESH MATERIALIZED VIEW CONCURRENTLY is rejected",
                "create an equal unique index in the same migration",
                statement=f"REFRESH MATERIALIZED VIEW CONCURRENTLY {pair.sql}",
                detail=serving.name,
                sqlstate="55000",
                breaks=Breaks.WRITES,
                created=serving.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        constraint = constraint_of(pair.old, found.detail)
        drop = (
            f"ALTER TABLE {pair.sql} DROP CONSTRAINT {ident(found.detail)}"
            if constraint
            else f"DROP INDEX {qualified(pair.old.key.schema, found.detail)}"
        )
        return (
            DeployStep("Stop using ON CONFLICT over these columns, and cope with duplicates when reading"),
            DeployStep("When only that code runs: drop the key", (drop,) if found.detail else ()),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        index = next((i for i in pair.old.indexes if i.name == found.detail), None)
        constraint = constraint_of(pair.old, found.detail)
        if today(pair).kind == "view":
            return Restoration(lost=f"unique key {found.object}: {pair.name} is a view now")
        if index is not None and not fits_partitioning(today(pair), index):
            return Restoration(lost=f"unique key {found.object}: one of a partitioned table holds the columns that it is partitioned by")
        sql = unique_key_sql(pair.deploy, today(pair), index, constraint) if index is not None else ""
        if index is None or not sql:
            return Restoration(lost="the definition of the index was never seen")
        keys, where = keys_sql(today(pair), index)[1:-1], f" WHERE {index.predicate}" if index.predicate else ""
        table = qualified(*altered(pair).key)
        look = f"-- fails while there are duplicates: SELECT {keys}, count(*) FROM {table}{where} GROUP BY {keys} HAVING count(*) > 1"
        return Restoration((f"{look}\n{sql}",))


def _over(key: UniqueKey) -> set[str]:
    """The columns of a key, and those that its expressions and its condition name."""
    keys = {name for k in key.keys for name in (columns_of(k) or () if k.startswith("(") else (k,))}
    return keys | (columns_of(key.predicate) or frozenset())


def _serves_refresh(index: Index) -> bool:
    return index.unique and not index.predicate and all(key.column is not None for key in index.keys)
