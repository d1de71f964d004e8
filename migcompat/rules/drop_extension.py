from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import ObjectPair, Pair
from migcompat.schema.model import Extension
from migcompat.sql.quoting import ident


class DropExtension(Rule):
    """The functions, operators and types of the extension go with it, and a statement of the prior generation that uses one is rejected.
    With CASCADE the columns of its types go too, each with a finding of its own where the extension is a common one. What else depends on
    it, only the server knows. In another schema its names are no longer found by those who write them without one. Silent when the
    extension is created again in the same deploy.
    """

    name = "drop-extension"
    summary = "An extension is dropped, with its types, functions and operators"
    breaks = Breaks.CALLS
    sqlstate = "42883"
    example = Example(
        schema="CREATE EXTENSION pg_trgm; CREATE TABLE products (name text NOT NULL)",
        migration="DROP EXTENSION pg_trgm",
        statement="SELECT name FROM products ORDER BY similarity(name, 'lamp') DESC LIMIT 5",
        compatible=(),
    )
    rollback = "The code before it cannot use the extension until it is created again; columns that went with it come back empty."

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        now = pair.deploy.catalog.extensions.find(pair.old.name)
        if isinstance(pair.old, Extension) and now is None:
            yield self.found(
                pair.old.name,
                f"extension {pair.old.name} is dropped: whatever uses its types, functions or operators is rejected",
                "use none of it, deploy that, and drop the extension in a later deploy",
                created=pair.old.origin,
            )
        elif isinstance(pair.old, Extension) and now is not None and now.schema != pair.old.schema and not _renamed(pair, pair.old, now):
            yield self.found(
                pair.old.name,
                f"extension {pair.old.name} is now in schema {now.schema}: whoever does not look there finds none of its names",
                f"put {now.schema} on the search path of all that use it first",
                detail=now.schema,
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        if found.detail:
            return (
                DeployStep(f"Put {found.detail} on the search path of every role that uses {found.object}"),
                DeployStep("When new sessions have it: deploy this migration"),
            )
        return (
            DeployStep(f"Stop using what {found.object} offers: its functions, operators and types"),
            DeployStep(f"When no running code uses {found.object}: drop it", (f"DROP EXTENSION {ident(found.object)}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        schema = pair.old.schema if isinstance(pair, ObjectPair) and isinstance(pair.old, Extension) else ""
        if found.detail and schema:
            return Restoration((f"ALTER EXTENSION {ident(found.object)} SET SCHEMA {ident(schema)}",))
        if found.detail:
            return Restoration(lost="in which schema it was: put the new one on the search path")
        where = f" WITH SCHEMA {ident(schema)}" if schema not in ("", "public") else ""
        return Restoration((f"CREATE EXTENSION IF NOT EXISTS {ident(found.object)}{where}",))


def _renamed(pair: ObjectPair, old: Extension, now: Extension) -> bool:
    """Whether only its schema is called otherwise, which is a break of its own."""
    schemas = pair.deploy.catalog.namespaces
    pairs = ((schemas.was(id_), schemas.get(id_)) for id_ in schemas.changed())
    return any(a is not None and b is not None and (a.name, b.name) == (old.schema, now.schema) for a, b in pairs)
