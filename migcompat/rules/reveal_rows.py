from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.enable_row_security import as_called_now, replaced
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.row_policies import loosened
from migcompat.rules.sql_text import alter
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Relation
from migcompat.sql.quoting import qualified


class RevealRows(Rule):
    """Nothing is rejected, but a statement of the prior generation finds, changes and deletes rows that it did not: row security that hid
    the rows of others is gone or lets more through, or a table with rows of its own becomes a child or partition of one that the
    statement names. A warning, as SQL cannot tell whether code leaves the filter to row security. Silent where no policy let a role
    find anything before, for then its code never counted on that, about policies that hide other rows as well, which
    enable-row-security is about, and about a table of the same deploy that joins a parent.
    """

    name = "reveal-rows"
    summary = "Statements find rows that they did not find before"
    looks_at = ("policies", "row_security", "forced", "parents")
    severity = Severity.WARNING
    breaks = Breaks.READS
    example = Example(
        schema="""
            CREATE ROLE shop; CREATE TABLE orders (id bigint, tenant text); GRANT SELECT ON orders TO shop;
            ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own_orders ON orders USING (tenant = 'ada');
            INSERT INTO orders VALUES (1, 'ada'), (2, 'bob');
        """,
        migration="ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
        statement="SELECT id FROM orders",
        compatible=(),
        session="SET ROLE shop",
        answer="SELECT id FROM orders",
    )
    rollback = "The code before it reads and changes rows that are not meant for it, without a word, until they are hidden again."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        new = pair.same
        if new is None or not pair.old.is_table:
            return
        why = loosened(as_called_now(pair), new)
        if why:
            yield self.found(
                pair.name,
                f"on {pair.name}, {why}: a statement that leaves the filter to row security finds rows that it did not find before",
                "let every statement say itself which rows it means, deploy that, and let more through in a later deploy",
                statement=f"SELECT * FROM {pair.sql} -- as a role that is not the owner",
                created=pair.old.origin,
            )
        for parent in _joined(pair, new):
            yield self.found(
                f"{pair.name}",
                f"{pair.name}, which may have rows, becomes a {'partition' if new.bound else 'child'} of {parent.key}: SELECT, UPDATE and"
                f" DELETE there find them, too",
                f"let statements there say which rows they mean, or let it join {parent.key} before it has rows",
                statement=f"SELECT * FROM {qualified(*parent.key)}",
                detail=str(parent.key),
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep("Let every statement say which rows it means, be there more or not"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table = altered(pair)
        for parent in _joined(pair, table) if found.detail else ():
            leave = f"{alter(parent)} DETACH PARTITION {pair.sql}" if table.bound else f"{alter(table)} NO INHERIT {qualified(*parent.key)}"
            return Restoration((leave,))
        hidden = (("ENABLE", pair.old.row_security and not table.row_security), ("FORCE", pair.old.forced and not table.forced))
        switches = tuple(f"{alter(table)} {word} ROW LEVEL SECURITY" for word, gone in hidden if gone)
        return Restoration((*switches, *replaced(table, replace(pair.old, key=table.key))))


def _joined(pair: RelationPair, new: Relation) -> list[Relation]:
    """The parents that it has got, and that were there before."""
    relations = pair.deploy.catalog.relations
    got = [id_ for id_ in new.parents if id_ not in pair.old.parents and relations.was(id_) is not None]
    return [parent for id_ in got if (parent := relations.get(id_)) is not None]
