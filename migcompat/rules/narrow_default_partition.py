from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter
from migcompat.schema.model import PUBLIC, Relation
from migcompat.sql.conditions import normal
from migcompat.sql.quoting import qualified


class NarrowDefaultPartition(Rule):
    """A new partition takes rows that the default partition took before. PostgreSQL sends them there when they are written to the
    partitioned table, but rejects them where the default partition is written to by its own name. Few write there: the rule speaks only
    where a role may insert into the default partition and not into the table above it. A warning: which rows that role writes SQL alone
    cannot tell.
    """

    name = "narrow-default-partition"
    summary = "A default partition refuses rows that a new partition takes, and somebody may write only there"
    severity = Severity.WARNING
    breaks = Breaks.WRITES
    sqlstate = "23514"
    example = Example(
        schema="""
            CREATE TABLE events (day date NOT NULL, what text) PARTITION BY RANGE (day);
            CREATE TABLE events_other PARTITION OF events DEFAULT;
            CREATE ROLE importer; GRANT INSERT ON events_other TO importer;
        """,
        migration="CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
        statement="INSERT INTO events_other (day, what) VALUES ('2027-02-01', 'Printer on fire')",
        compatible=("GRANT INSERT ON events TO importer",),
        session="SET ROLE importer",
    )
    rollback = "The code before it cannot write such rows to the default partition until the new one is detached; nothing is lost."

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        default, above = _home(pair)
        if normal(default.bound) != "default":
            return
        direct = sorted(_writers(default) - _writers(above) - {above.owner})
        if direct and PUBLIC not in _writers(above):
            yield self.found(
                str(default.key),
                f"{pair.name} takes rows that {default.key} took: {', '.join(direct)} may write only there, where they are now rejected",
                f"grant INSERT on {above.key}, write there, and create the partition when no running code writes to {default.key.name}",
                statement=f"INSERT INTO {qualified(*default.key)} … -- a row of {pair.old.key.name}",
                detail=str(above.key),
                created=default.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep(f"Write to {found.detail} instead of {found.object}"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        _, above = _home(pair)
        return Restoration(
            (f"{alter(above)} DETACH PARTITION {pair.sql}",), f"the rows that {pair.name} has taken, until it is attached again"
        )


def _home(pair: RelationPair) -> tuple[Relation, Relation]:
    """What took the rows before, by its own name, and the table above it."""
    was = pair.deploy.catalog.relations.was
    default, above = was(pair.old.id), was(pair.old.parents[0])
    assert default is not None
    assert above is not None
    return default, above


def _writers(table: Relation) -> set[str]:
    return {grant.role for grant in table.grants if grant.privilege == "insert"}
