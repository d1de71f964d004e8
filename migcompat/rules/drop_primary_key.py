from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import infers, unique_keys
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, column_sql
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Constraint, Relation
from migcompat.sql.quoting import ident


class DropPrimaryKey(Rule):
    """A query that groups by a table's primary key may select the other columns of its rows. PostgreSQL lets no other unique key stand for
    them, not even over the same columns. So such a query is rejected once the primary key has become a plain unique key. Silent where the
    key goes as a whole, which `drop-unique` says, and where a primary key over these columns or some of them takes over.
    """

    name = "drop-primary-key"
    summary = "A primary key becomes a plain unique key, so GROUP BY over it no longer covers the other columns"
    looks_at = ("constraints",)
    breaks = Breaks.READS
    sqlstate = "42803"
    example = Example(
        schema="""
            CREATE TABLE authors (id integer PRIMARY KEY, name text NOT NULL);
            CREATE TABLE books (author integer, title text);
        """,
        migration="ALTER TABLE authors DROP CONSTRAINT authors_pkey, ADD CONSTRAINT authors_pkey UNIQUE (id)",
        statement="SELECT a.id, a.name, count(*) FROM authors a JOIN books b ON b.author = a.id GROUP BY a.id",
        compatible=("CREATE UNIQUE INDEX authors_id ON authors (id)",),
    )
    rollback = "The code before it cannot run such queries until the primary key is back, which takes as long as an index takes to build."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        key = next((c for c in pair.old.constraints if c.kind == "primary" and not c.deferrable and not c.assumed), None)
        if key is None or pair.new is None or not pair.new.is_table or pair.kept_as_is(key):
            return
        names = {c.name for c in pair.old.columns if c.id in key.columns}
        if len(names) == len(pair.old.columns) or any(theirs <= names for theirs in _primary(pair.new)):
            return
        old = next((k for k in unique_keys(pair.old) if k.index.id == key.index), None)
        if old is not None and any(infers(new, old) and not new.deferrable for new in unique_keys(pair.new)):
            listed = ", ".join(map(ident, sorted(names)))
            yield self.found(
                f"{pair.name}.{key.name}",
                f"({listed}) is no longer the primary key of {pair.name}: a query that groups by it may not select other columns",
                "group by every column that is selected, deploy that, and change the key in a later deploy",
                statement=f"SELECT * FROM {pair.sql} GROUP BY {listed}",
                detail=key.name,
                created=key.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep("Group by every column that is selected"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table = altered(pair)
        old = next(c for c in pair.old.constraints if c.name == found.detail)
        others = [c for c in table.constraints if c.kind == "primary"]
        columns = ", ".join(column_sql(c) for id_ in old.columns for c in pair.old.columns if c.id == id_)
        drop = (f"{alter(table)} DROP CONSTRAINT {ident(c.name)}" for c in others)
        return Restoration((*drop, f"{alter(table)} ADD PRIMARY KEY ({columns})"), ", ".join(f"primary key {c.name}" for c in others))


def _primary(relation: Relation) -> Iterator[set[str]]:
    keys: Iterator[Constraint] = (c for c in relation.constraints if c.kind == "primary" and not c.deferrable)
    yield from ({c.name for c in relation.columns if c.id in key.columns} for key in keys)
