from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import ObjectPair, Pair
from migcompat.schema.definitions import grants_sql
from migcompat.schema.model import Namespace
from migcompat.sql.quoting import ident


class RenameSchema(Rule):
    """All that is in the schema follows the rename, and nothing answers to the old names. A statement of the prior generation that creates
    something in the old schema, or looks a function, sequence or type up in it, is rejected. Every table, view, type and function that it
    loses is a finding of its own. Silent when a schema of the old name is created in the same deploy.
    """

    name = "rename-schema"
    summary = "A schema is renamed"
    breaks = Breaks.READS
    sqlstate = "3F000"
    example = Example(
        schema="CREATE SCHEMA imports",
        migration="ALTER SCHEMA imports RENAME TO feeds",
        statement="CREATE TABLE imports.prices (product text, price numeric)",
        compatible=("CREATE SCHEMA feeds",),
    )
    rollback = "The code before it cannot use the schema until one of the old name is back, with views of the tables that moved."

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        old, now = pair.old, pair.same
        if not isinstance(old, Namespace) or not isinstance(now, Namespace) or now.name == old.name:
            return
        if pair.deploy.catalog.namespaces.find(old.name) is None:
            yield self.found(
                old.name,
                f"schema {old.name} is now {now.name}: every statement that names something in the old one is rejected",
                "create the new schema with views of the old tables, move code over, and drop the old schema in a later deploy",
                created=old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, ObjectPair)
        assert isinstance(pair.same, Namespace)
        catalog, old, new = pair.deploy.catalog, ident(found.object), ident(pair.same.name)
        before = (catalog.relations.was(r.id) for r in catalog.relations if r.is_table or r.is_view)
        names = [ident(r.key.name) for r in before if r is not None and r.key.schema == found.object and not r.bound]
        views = (f"CREATE VIEW {new}.{name} AS SELECT * FROM {old}.{name}" for name in names)
        return (
            DeployStep(f"Create {pair.same.name} with views of what is in {found.object}", (f"CREATE SCHEMA {new}", *views)),
            DeployStep(f"Name {pair.same.name} in the code"),
            DeployStep(
                f"When no running code names {found.object}: let it take the views' place",
                (f"DROP SCHEMA {new} CASCADE", f"ALTER SCHEMA {old} RENAME TO {new}"),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        # Renamed back it would be lost to the generation that runs now. What was in it has restorations of its own.
        assert isinstance(pair, ObjectPair)
        assert isinstance(pair.old, Namespace)
        name = ident(pair.old.name)
        return Restoration((f"CREATE SCHEMA IF NOT EXISTS {name}", *grants_sql(pair.old.grants, f"SCHEMA {name}")))
