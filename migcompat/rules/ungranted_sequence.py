from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import column_definition, is_serial
from migcompat.schema.definitions import grants_sql
from migcompat.schema.model import PUBLIC, Privilege, Relation
from migcompat.sql.quoting import ident, qualified


class UngrantedSequence(Rule):
    """A default that draws from a sequence takes USAGE on it from whoever inserts the row. A serial column brings a sequence that only its
    owner may use, so every INSERT of the roles that were granted the table is rejected, though it does not name the column. Identity
    columns ask for no such privilege. Silent when the migration grants it, or default privileges do, and where no grant is known.
    """

    name = "ungranted-sequence"
    summary = "A default draws from a sequence that a writing role may not use"
    looks_at = ("added", "changed")
    breaks = Breaks.WRITES
    sqlstate = "42501"
    example = Example(
        schema="CREATE ROLE shop; CREATE TABLE orders (item text NOT NULL); GRANT SELECT, INSERT ON orders TO shop",
        migration="ALTER TABLE orders ADD COLUMN number serial",
        statement="INSERT INTO orders (item) VALUES ('lamp')",
        compatible=("ALTER TABLE orders ADD COLUMN number serial; GRANT USAGE ON SEQUENCE orders_number_seq TO shop",),
        session="SET ROLE shop",
    )
    rollback = "The code before it cannot insert until the sequence is granted, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None or pair.old.columns is pair.new.columns:
            return
        before = {c.id: c.sequence for c in pair.old.columns}
        for column in pair.new.columns:
            sequence = pair.deploy.catalog.relations.get(column.sequence)
            if sequence is None or column.identity or not column.has_default or before.get(column.id) == sequence.id:
                continue
            roles = _lacking(pair, pair.new, sequence)
            if roles:
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"column {column.name} of {pair.name} is filled from sequence {sequence.key},"
                    f" which {', '.join('PUBLIC' if r == PUBLIC else r for r in roles)} may not use: an INSERT that omits it is rejected",
                    f"GRANT USAGE ON SEQUENCE {qualified(*sequence.key)} in the same migration, or use an identity column",
                    statement=(f"SET ROLE {ident(roles[0])}; " if roles[0] != PUBLIC else "") + f"INSERT INTO {pair.sql} …",
                    detail=column.name,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        column = pair.new.column(found.detail) if pair.new is not None else None
        if column is None or not is_serial(pair.deploy, column) or pair.old.column_by_id(column.id) is not None:
            return (DeployStep("Deploy this migration with the grant in it"),)
        add = f"ALTER TABLE {pair.sql} ADD COLUMN {column_definition(pair.deploy, column)}"
        return (DeployStep("Add the column and grant its sequence in one migration", (add, *self._grants(pair, found))),)

    def restore(self, pair: Pair, found: Break) -> Restoration:
        return Restoration(self._grants(pair, found))

    @staticmethod
    def _grants(pair: Pair, found: Break) -> tuple[str, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        drawn = (pair.deploy.catalog.relations.get(c.sequence) for c in pair.new.columns if c.name == found.detail)
        return tuple(
            sql
            for sequence in drawn
            if sequence is not None
            for role in _lacking(pair, pair.new, sequence)
            for sql in grants_sql((Privilege(role, "usage"),), f"SEQUENCE {qualified(*sequence.key)}")
        )


def _lacking(pair: RelationPair, table: Relation, sequence: Relation) -> list[str]:
    """The roles that were granted INSERT before and since, and may neither use nor advance the sequence."""
    since = {p.role for p in table.grants if p.privilege == "insert"}
    before = {p.role for p in pair.old.grants if p.privilege == "insert"} - {table.owner, sequence.owner}
    writers = before if PUBLIC in since else before & since
    may = {p.role for p in sequence.grants if p.privilege in ("usage", "update")}
    return sorted(role for role in writers if may.isdisjoint(pair.deploy.catalog.acting_for(role)))
