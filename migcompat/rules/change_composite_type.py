from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, TypePair
from migcompat.rules.type_changes import compare, only_renamed
from migcompat.rules.type_sql import columns_before
from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import column_sql, type_definition, type_sql
from migcompat.schema.model import Column
from migcompat.sql.quoting import ident, qualified


class ChangeCompositeType(Rule):
    """A composite value is written as a row of all its attributes, so a row of the old shape is no longer cast to the type once one is
    added, dropped or moved. Code that reads an attribute by a name that is gone is rejected too. Silent when an attribute only gets a wider
    type, and for the columns of tables, which have rules of their own.
    """

    name = "change-composite-type"
    summary = "A composite type loses, gains or changes an attribute"
    breaks = Breaks.READS
    sqlstate = "42703"
    example = Example(
        schema="CREATE TYPE address AS (street text, city text, zip text); CREATE TABLE customers (name text, home address)",
        migration="ALTER TYPE address DROP ATTRIBUTE zip",
        statement="SELECT (home).zip FROM customers",
        compatible=("CREATE TYPE short_address AS (street text, city text); ALTER TABLE customers ADD COLUMN place short_address",),
    )
    rollback = (
        "The code before it cannot read or write such values until the type has its old shape; what a dropped attribute held is gone."
    )

    def type(self, pair: TypePair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind != "composite" or pair.old.kind != "composite" or pair.old.attributes is pair.new.attributes:
            return
        after = {a.name: a for a in pair.new.attributes}
        ids = {a.id: a.name for a in pair.new.attributes}
        known = {a.id for a in pair.old.attributes} | {a.name for a in pair.old.attributes}
        for attribute in pair.old.attributes:
            now = after.get(attribute.name)
            before, type_ = pair.deploy.type_before(attribute.type), pair.deploy.type_after(now.type) if now is not None else ""
            if now is None:
                renamed = ids.get(attribute.id)
                yield self._changed(pair, attribute.name, f"is now called {renamed}" if renamed else "is gone", "42703")
            elif before != type_ and not only_renamed(attribute.type, now.type) and (change := compare(before, type_)).kind != "widens":
                yield self._changed(pair, attribute.name, f"is now {type_}", change.sqlstate)
        for added in pair.new.attributes:
            if added.id not in known and added.name not in known:
                yield self._changed(pair, added.name, "is new", "42846")
        if [a.name for a in pair.old.attributes if a.name in after] != [name for name in after if name in known]:
            yield self._changed(pair, next(iter(after)), "is at another place", "22P02")

    def _changed(self, pair: TypePair, attribute: str, what: str, sqlstate: str) -> Break:
        reads = sqlstate in ("42703", "42883")
        type_ = qualified(*pair.old.key)
        values = ", ".join(f"${i + 1}" for i in range(len(pair.old.attributes)))
        return self.found(
            f"{pair.old.key}.{attribute}",
            f"attribute {attribute} of composite type {pair.old.key} {what}: code that builds or reads such values is rejected",
            "create a new type beside it, move columns and code over, and drop the old one in a later deploy",
            statement=f"SELECT (NULL::{type_}).{ident(attribute)}" if reads else f"SELECT ROW({values})::{type_}",
            detail=attribute,
            sqlstate=sqlstate,
            breaks=Breaks.READS if reads else Breaks.WRITES,
            created=pair.old.origin,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, TypePair)
        assert pair.new is not None
        old, name = qualified(*pair.old.key), qualified(pair.old.key.schema, f"{pair.old.key.name}_new")
        of_type = [(f"ALTER TABLE {qualified(*r.key)}", c) for r, c in columns_before(pair.deploy, pair.old)]
        created = type_definition(pair.deploy.catalog, pair.new).replace(qualified(*pair.new.key), name, 1)
        beside = [f"{table} ADD COLUMN {ident(f'{c.name}_new')} {name}" for table, c in of_type]
        gone = [f"{table} DROP COLUMN {ident(c.name)}" for table, c in of_type]
        return (
            DeployStep(f"Create the new shape beside {pair.old.key}; the code writes both", (created, *beside)),
            DeployStep("When only that code runs: fill the new columns, and read them"),
            DeployStep(f"When no running code names {pair.old.key}: drop it", (*gone, f"DROP TYPE {old}")),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, TypePair)
        assert pair.new is not None
        alter = f"ALTER TYPE {qualified(*pair.new.key)}"
        old = next((a for a in pair.old.attributes if a.name == found.detail), None)
        now = next((a for a in pair.new.attributes if a.name == found.detail), None)
        if old is None:
            return Restoration(_in_typed_tables(pair, f"{alter} DROP ATTRIBUTE {ident(found.detail)}"), f"what {found.detail} holds")
        renamed = next((a for a in pair.new.attributes if a.id == old.id), None)
        if now is None and renamed is not None:
            # A row has room for one of the names only; code that knows the new one must ship with it.
            return Restoration(_in_typed_tables(pair, f"{alter} RENAME ATTRIBUTE {ident(renamed.name)} TO {ident(old.name)}"))
        if now is None:
            again = _again(pair, alter, old)
            return Restoration(again, f"what {found.detail} held{'' if again else ', and its place before other attributes'}")
        type_ = type_sql(pair.deploy.catalog, old.type)
        if [a.name for a in pair.old.attributes] != [a.name for a in pair.new.attributes] or not type_:
            return Restoration(lost=f"the old shape, unless {pair.old.key} is created anew with the columns that have it")
        if _is_held(pair.deploy.catalog, pair.new.id):
            return Restoration(lost=f"the old type of {found.object}: PostgreSQL changes nothing of a type that columns are of")
        return Restoration(_in_typed_tables(pair, f"{alter} ALTER ATTRIBUTE {ident(old.name)} TYPE {type_}"))


def _is_held(catalog: Catalog, type_id: int) -> bool:
    """Whether a table has a column of the type, or of one that is made of it."""
    if any(r.is_table and any(c.type and c.type.type_id == type_id for c in r.columns) for r in catalog.users(type_id)):
        return True
    made_of = (t for t in catalog.types if any(p is not None and p.type_id == type_id for p in (t.base, *(a.type for a in t.attributes))))
    return any(_is_held(catalog, other.id) for other in made_of if other.id != type_id)


def _in_typed_tables(pair: TypePair, sql: str) -> tuple[str, ...]:
    """A change of the type; where tables are of it, PostgreSQL wants to be told that they change too."""
    assert pair.new is not None
    typed = any(relation.of_type == pair.new.id for relation in pair.deploy.catalog.relations)
    return (f"{sql} CASCADE" if typed else sql,)


def _again(pair: TypePair, alter: str, old: Column) -> tuple[str, ...]:
    """An attribute comes back as the last; rows of the old shape need those after it moved behind it."""
    assert pair.new is not None
    after = pair.old.attributes[[a.name for a in pair.old.attributes].index(old.name) + 1 :]
    if old.type is None or any(a.name == b.name for a in after for b in pair.new.attributes):
        return ()
    return _in_typed_tables(pair, f"{alter} ADD ATTRIBUTE {column_sql(pair.deploy.catalog, old)}")
