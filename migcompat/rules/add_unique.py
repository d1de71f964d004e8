from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from migcompat.findings import Breaks
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import UniqueKey, at_least_as_strict, constraint_of, folds_more, unique_keys, written
from migcompat.rules.old_names import names_for
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import add_constraint_sql, alter, column_sql, constraint_sql, drop_constraint_sql, drop_index_sql
from migcompat.rules.whereabouts import altered, today
from migcompat.schema.definitions import index_sql, keys_sql
from migcompat.schema.model import Index, Relation
from migcompat.sql.conditions import columns_of
from migcompat.sql.quoting import ident


class AddUnique(Rule):
    """A duplicate that the prior generation could write until now is rejected, and it has no code to handle that. A constraint, a
    unique index (CONCURRENTLY too), a primary key, and USING INDEX with an index that was not unique before are one and the same.
    Silent when an equal or stricter key was there already. A key over nothing but new columns, to which the prior generation gives no
    value, or leaves a sequence or a random UUID, never collides; the policy names the form, so it is reported, and the finding says so.
    """

    name = "add-unique"
    summary = "A unique key is added to an existing table"
    looks_at = ("indexes",)
    breaks = Breaks.WRITES
    sqlstate = "23505"
    adr = True
    example = Example(
        schema="""
            CREATE TABLE subscriptions (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
            INSERT INTO subscriptions (email) VALUES ('ada@example.org');
        """,
        migration="ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_email_key UNIQUE (email)",
        statement="INSERT INTO subscriptions (email) VALUES ('ada@example.org')",
        compatible=("DELETE FROM subscriptions a USING subscriptions b WHERE a.email = b.email AND a.id > b.id",),
    )
    rollback = (
        "The code before it gets 23505 for every duplicate it writes until the key is dropped, which takes a moment and loses nothing."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.old.is_view or pair.new is None or pair.old.indexes is pair.new.indexes:
            return
        for key in (*unique_keys(pair.new), *unique_keys(pair.new, overlaps=True)):
            if pair.kept_as_is(key.index):
                continue
            names = names_for(pair, key.keys | (columns_of(key.predicate) or frozenset()))
            before = (*unique_keys(pair.old, names), *unique_keys(pair.old, names, overlaps=True))
            equal = [old for old in before if at_least_as_strict(old, key) and not folds_more(pair, old.index, key.index)]
            if key.index.assumed or any(key.deferrable or not old.deferrable for old in equal):
                continue
            what = "primary key" if any(c.kind == "primary" and c.index == key.index.id for c in pair.new.constraints) else "unique key"
            over = written(pair.new, key.index)
            old, spared = _old_columns(pair, key), _spared(pair, key)
            harmless = bool(spared) and not old
            yield self.found(
                f"{pair.name}.{key.index.name}",
                f"{what} {key.index.name} over ({over}) is added to {pair.name}: {_consequence(spared, old, equal)}",
                "make writers unable to produce duplicates, clean up the existing ones, deploy that, and add the key in a later deploy",
                statement=None if harmless else _update(pair, old) if spared else _insert(pair, old),
                detail=key.index.name,
                at=key.index.origin,
                sqlstate="23P01" if key.index.exclusion else "",
                created=pair.old.origin,
                created_as="the table was created here",
                relaxable="unique-on-new-column" if harmless else "",
            )

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        return self.relation(pair)

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        index = next((i for i in pair.new.indexes if i.name == found.detail), None)
        keys = keys_sql(pair.new, index)[1:-1] if index is not None else "…"
        where = f" WHERE {index.predicate}" if index is not None and index.predicate else ""
        return (
            DeployStep(f"Stop writing duplicates of ({keys})"),
            DeployStep(
                "When only that code runs: remove the duplicates that are there, and add the key",
                (f"-- SELECT {keys}, count(*) FROM {pair.sql}{where} GROUP BY {keys} HAVING count(*) > 1", *_key_sql(pair, found.detail)),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table = altered(pair)
        index = next((i for i in table.indexes if i.name == found.detail), None)
        if index is None:
            return Restoration()
        resting = _resting(pair, table, index)
        constraint = constraint_of(table, found.detail)
        if constraint is not None:
            dropped = drop_constraint_sql(pair.deploy, table, constraint.name)
            return Restoration((*resting, *dropped, *_deferrable_again(pair, found.detail)))
        return Restoration((*resting, *drop_index_sql(pair.deploy, table, index)))


def _consequence(spared: str, old: Sequence[str], deferrable: list[UniqueKey]) -> str:
    """A deferrable key is checked when the statement ends, another one row by row."""
    if spared and old:
        return f"{spared}, but an UPDATE of {' or '.join(old)} may make a row that has one collide"
    if spared:
        return f"{spared}, so it never collides; the policy names the form all the same"
    if deferrable:
        return "the one that was there could wait, so an UPDATE that shifts values is rejected now"
    return "a duplicate that was accepted before is rejected"


def _deferrable_again(pair: RelationPair, name: str) -> tuple[str, ...]:
    """The deferrable key that the new one took the name of."""
    table, old = today(pair), pair.old.constraint(name)
    index = pair.old.index(old.index) if old is not None else None
    if old is None or index is None or not old.deferrable or table.index(index.id) is not None:
        return ()
    return (f"{alter(table)} ADD {constraint_sql(pair.deploy, replace(table, indexes=(index,)), old)}",)


def _resting(pair: RelationPair, table: Relation, index: Index) -> Iterator[str]:
    """Drops the foreign keys that rest on a key; like it they are new. Those of partitions go with that of their table."""
    for other in pair.deploy.catalog.referrers(table):
        own = (key for key in other.constraints if key.target == index.id and key.parent is None)
        yield from (f"{alter(other)} DROP CONSTRAINT {ident(key.name)}" for key in own)


def _spared(pair: RelationPair, key: UniqueKey) -> str:
    """Why no INSERT of the prior generation collides; empty: one may."""
    new = key.keys & pair.fresh.keys()
    filled = [c for name, c in pair.fresh.items() if name in new and pair.required(c) is False and c.filled]
    if new and not filled and not key.nulls_not_distinct:
        return f"the prior generation gives {', '.join(sorted(new))} no value"
    own = [c.name for c in filled if c.identity or c.sequence is not None or _MAKES_ITS_OWN.match(c.default or "")]
    return f"the prior generation leaves {own[0]} to its default, which never gives a value twice" if own else ""


def _old_columns(pair: RelationPair, key: UniqueKey) -> tuple[str, ...]:
    """The columns that the prior generation writes and that decide which rows collide; all, where an expression does not tell."""
    old = [c.name for c in pair.old.columns if c.name not in pair.fresh]
    named = [columns_of(text) for text in key.index.expressions]
    looked_at = key.keys.union(*(old if found is None else found for found in named))
    return tuple(name for name in old if name in looked_at)


_MAKES_ITS_OWN = re.compile(r"(?:\w+\.)?(?:nextval|gen_random_uuid|uuid_generate_v[147]|uuidv[47])\s*\(", re.IGNORECASE)
"""Defaults that give each row another value."""


def _insert(pair: RelationPair, old: Sequence[str]) -> str:
    names = old or [c.name for c in pair.old.columns]
    columns, values = ", ".join(map(column_sql, names)), ", ".join(f"${i + 1}" for i in range(len(names)))
    return f"INSERT INTO {pair.sql} ({columns}) VALUES ({values})  -- values that are there already"


def _update(pair: RelationPair, old: Sequence[str]) -> str:
    return f"UPDATE {pair.sql} SET {column_sql(old[0])} = $1 WHERE …  -- a row that has a value in the new column"


def _key_sql(pair: RelationPair, name: str) -> tuple[str, ...]:
    assert pair.new is not None
    index = next((i for i in pair.new.indexes if i.name == name), None)
    constraint = constraint_of(pair.new, name)
    if constraint is not None:
        return (add_constraint_sql(pair, name, constraint_sql(pair.deploy, pair.new, constraint)),)
    return (index_sql(pair.new, index, name),) if index is not None else ()
