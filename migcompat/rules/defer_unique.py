from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import constraint_of, index_keys, infers, unique_keys, written
from migcompat.rules.old_names import now_called
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, constraint_sql, unique_key_sql
from migcompat.rules.whereabouts import altered, today
from migcompat.schema.model import Constraint, Relation
from migcompat.sql.quoting import ident


class DeferUnique(Rule):
    """ON CONFLICT over the key's columns is rejected as soon as one of the unique keys over them is deferrable, even where another is
    not: PostgreSQL takes all of them as arbiters, and none may be deferrable. INITIALLY IMMEDIATE changes nothing about that. ON CONFLICT
    DO NOTHING without columns takes all keys of the table, exclusion constraints and new ones too. Silent when there was a deferrable key
    before.
    """

    name = "defer-unique"
    summary = "A unique key or exclusion constraint is deferrable, so ON CONFLICT can no longer use it"
    looks_at = ("indexes",)
    breaks = Breaks.UPSERTS
    sqlstate = "55000"
    example = Example(
        schema="CREATE TABLE playlist (song text NOT NULL, position integer NOT NULL, CONSTRAINT playlist_position_key UNIQUE (position))",
        migration="""
            ALTER TABLE playlist DROP CONSTRAINT playlist_position_key,
                ADD CONSTRAINT playlist_position_key UNIQUE (position) DEFERRABLE;
        """,
        statement="INSERT INTO playlist (song, position) VALUES ('Hjartans fröjd', 1) ON CONFLICT (position) DO NOTHING",
        compatible=(),
    )
    rollback = (
        "The code before it cannot upsert over these columns until the key is rebuilt as one that is not deferrable; nothing is lost."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.is_view or pair.new is None or not any(index.deferrable for index in pair.new.indexes):
            return
        found = list(self._over_columns(pair, pair.new))
        yield from found or self._over_none(pair, pair.new)

    def _over_columns(self, pair: RelationPair, now: Relation) -> Iterator[Break]:
        after = unique_keys(now)
        before = unique_keys(pair.old, now_called(pair))
        for old in before:
            same = [new for new in after if infers(new, old)]
            served = not any(infers(other, old) and other.deferrable for other in before)
            if served and any(new.deferrable for new in same):
                keys = written(pair.old, old.index)
                yield self.found(
                    f"{pair.name}.{old.index.name}",
                    f"a unique key of {pair.name} over ({keys}) is now deferrable: ON CONFLICT over it is rejected",
                    "let no running code upsert on these columns, deploy that, and make the key deferrable in a later deploy",
                    statement=f"INSERT INTO {pair.sql} … ON CONFLICT ({keys}) DO NOTHING",
                    detail=old.index.name,
                    created=old.index.origin,
                )

    def _over_none(self, pair: RelationPair, now: Relation) -> Iterator[Break]:
        """ON CONFLICT with a constraint's name, or with nothing."""
        before = {i.name: i.deferrable for i in pair.old.indexes if i.unique or i.exclusion}
        for index in now.indexes:
            bare = before and not any(before.values())
            if index.deferrable and (bare or before.get(index.name) is False):
                name = "" if bare else f" ON CONSTRAINT {ident(index.name)}"
                yield self.found(
                    f"{pair.name}.{index.name}",
                    f"{index.name} of {pair.name} is deferrable: ON CONFLICT{name} DO NOTHING is rejected",
                    "let no running code use ON CONFLICT on this table without naming other columns, and deploy that first",
                    statement=f"INSERT INTO {pair.sql} … ON CONFLICT{name} DO NOTHING",
                    detail=index.name,
                    created=index.origin,
                )
                return

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        drops = tuple(f"ALTER TABLE {pair.sql} DROP CONSTRAINT {ident(c.name)}" for c in pair.old.constraints if c.name == found.detail)
        adds = tuple(f"ALTER TABLE {pair.sql} ADD {constraint_sql(pair.deploy, altered(pair), c)}" for c in _deferrable(pair, found))
        return (
            DeployStep("Stop using ON CONFLICT over these columns"),
            DeployStep("When only that code runs: make the key deferrable", (*drops, *adds)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table = today(pair)
        sql = [f"{alter(table)} DROP CONSTRAINT {ident(c.name)}" for c in _deferrable(pair, found)]
        old = next((i for i in pair.old.indexes if i.name == found.detail), None)
        if old is not None and table.index(old.id) is None:
            kept = replace(table, indexes=(), constraints=())
            sql.append(unique_key_sql(pair.deploy, kept, old, constraint_of(pair.old, found.detail)))
        return Restoration(tuple(s for s in sql if s))


def _deferrable(pair: RelationPair, found: Break) -> list[Constraint]:
    """The constraints now that keep ON CONFLICT from using the key."""
    table = altered(pair)
    keys = {index_keys(pair.old, i) for i in pair.old.indexes if i.name == found.detail and i.unique}
    indexes = {i.id for i in table.indexes if i.deferrable and (i.name == found.detail or index_keys(table, i) in keys)}
    return [c for c in table.constraints if c.index in indexes]
