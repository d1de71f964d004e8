from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import UniqueKey, constraint_of, infers, means, unique_keys
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import unique_key_sql
from migcompat.rules.whereabouts import today
from migcompat.schema.definitions import arbiter_sql
from migcompat.schema.model import Index, Relation


class LoosenUnique(Rule):
    """Another unique key over the same columns takes over, but not for all that the old one did. ON CONFLICT may name the collation or the
    operator class of an index, and finds none that has another. Without NULLS NOT DISTINCT it finds no row that holds NULL, and inserts one
    more. A warning: few statements say or count on it. Silent where the old key said nothing of that, and where its columns held no NULL.
    """

    name = "loosen-unique"
    summary = "A unique key gives way to one that tells values apart otherwise"
    looks_at = ("indexes",)
    severity = Severity.WARNING
    breaks = Breaks.UPSERTS
    sqlstate = "42P10"
    example = Example(
        schema="CREATE TABLE words (word text NOT NULL, sense text); CREATE UNIQUE INDEX words_word ON words (word text_pattern_ops)",
        migration="CREATE UNIQUE INDEX words_plain ON words (word); DROP INDEX words_word",
        statement="INSERT INTO words (word) VALUES ('bank') ON CONFLICT (word text_pattern_ops) DO NOTHING",
        compatible=("CREATE UNIQUE INDEX words_plain ON words (word)",),
    )
    rollback = "The code before it may be rejected, or insert rows twice, until the old key is back beside the new one."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        if all(map(pair.kept_as_is, pair.old.indexes)):
            return
        after = unique_keys(pair.new)
        for old in unique_keys(pair.old):
            serving = [new for new in after if infers(new, old)]
            if not serving or old.deferrable or old.index.assumed or pair.kept_as_is(old.index):
                continue
            key = f"unique key {old.index.name} of {pair.name}"
            if _told_otherwise(pair, pair.new, old.index, serving):
                what = f"{key} goes, and the one in its place has another collation or operator class: ON CONFLICT that says it is rejected"
                yield self._found(pair, old.index, what)
            elif old.nulls_not_distinct and not any(new.nulls_not_distinct for new in serving) and _holds_null(pair, old.index):
                what = f"{key} goes, and the one in its place takes no two NULLs for equal: ON CONFLICT inserts another row with NULL"
                yield self._found(pair, old.index, what, None)

    def _found(self, pair: RelationPair, index: Index, what: str, sqlstate: str | None = "") -> Break:
        return self.found(
            f"{pair.name}.{index.name}",
            what,
            "create the new key beside the old one, and drop that when no running code counts on it",
            statement=f"INSERT INTO {pair.sql} … ON CONFLICT {arbiter_sql(pair.old, index)} DO NOTHING",
            detail=index.name,
            created=index.origin,
            sqlstate=sqlstate,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep("Let no statement count on how the old key tells values apart"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        index = next(i for i in pair.old.indexes if i.name == found.detail)
        sql = unique_key_sql(pair.deploy, today(pair), index, constraint_of(pair.old, found.detail))
        return Restoration((sql,)) if sql else Restoration(lost=f"unique key {found.object}, which the table cannot have any more")


def _told_otherwise(pair: RelationPair, now: Relation, old: Index, serving: list[UniqueKey]) -> bool:
    said = means(pair.old, old, spelt=True)
    return bool(said) and not any(said <= means(now, new.index, spelt=False) for new in serving)


def _holds_null(pair: RelationPair, index: Index) -> bool:
    columns = (pair.old.column_by_id(key.column) for key in index.keys if key.column is not None)
    return any(column is not None and not pair.was_not_null(column) for column in columns)
