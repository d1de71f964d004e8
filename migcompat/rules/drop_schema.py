from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import ObjectPair, Pair
from migcompat.schema.definitions import grants_sql
from migcompat.schema.model import Namespace
from migcompat.sql.quoting import ident


class DropSchema(Rule):
    """A statement of the prior generation that creates something in the schema, or looks a function, sequence or type up in it, is told
    that there is no such schema. Whatever was in it is gone as well, and each table, view, type and function is a finding of its own.
    Silent when the schema is created again, as far as its grants come back.
    """

    name = "drop-schema"
    summary = "A schema is dropped"
    breaks = Breaks.READS
    sqlstate = "3F000"
    example = Example(
        schema="CREATE SCHEMA imports",
        migration="DROP SCHEMA imports",
        statement="CREATE TABLE imports.prices (product text, price numeric)",
        compatible=(),
    )
    rollback = "The code before it cannot use the schema until it is created again; what was in it comes back empty, or not at all."

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        if isinstance(pair.old, Namespace) and pair.same is None and pair.deploy.catalog.namespaces.find(pair.old.name) is None:
            yield self.found(
                pair.old.name,
                f"schema {pair.old.name} is dropped: every statement that names something in it is rejected",
                "stop using the schema, deploy that, and drop it in a later deploy",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        name = ident(found.object)
        return (
            DeployStep(f"Stop using schema {found.object}"),
            DeployStep(f"When no running code names {found.object}: drop it, after a last backup", (f"DROP SCHEMA {name} CASCADE",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, ObjectPair)
        assert isinstance(pair.old, Namespace)
        name = ident(pair.old.name)
        return Restoration((f"CREATE SCHEMA IF NOT EXISTS {name}", *grants_sql(pair.old.grants, f"SCHEMA {name}")))
