from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import Name
from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import ObjectPair, Pair
from migcompat.schema.model import OtherObject
from migcompat.sql.quoting import ident

_BY_CODE = ("CREATE TABLE", "CREATE TABLE AS", "SELECT INTO", "REFRESH MATERIALIZED VIEW", "CREATE INDEX", "DROP TABLE")
"""What running code does besides reading and writing rows: temporary tables, partitions, refreshing."""


class AddEventTrigger(Rule):
    """An event trigger runs on DDL, and reading or writing rows is none. But running code may create temporary tables, also by SELECT INTO,
    or refresh a materialized view, and a function that always raises an exception refuses that. One ON login runs whenever a session
    begins, and keeps everybody out when it fails. Silent about other functions, such as those that log DDL, and about a list of tags that
    has nothing of this.
    """

    name = "add-event-trigger"
    summary = "An event trigger refuses DDL that running code may need, or runs when it logs in"
    severity = Severity.WARNING
    breaks = Breaks.ACCESS
    sqlstate = "P0001"
    example = Example(
        schema="""
            CREATE TABLE orders (id integer, total numeric);
            CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''only by migration''; END';
        """,
        migration="CREATE EVENT TRIGGER frozen ON ddl_command_end WHEN TAG IN ('ALTER TABLE', 'CREATE TABLE AS') EXECUTE FUNCTION refuse()",
        statement="CREATE TEMPORARY TABLE top_orders AS SELECT id FROM orders ORDER BY total DESC LIMIT 10",
        compatible=("CREATE EVENT TRIGGER frozen ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION refuse()",),
    )
    rollback = "The code before it is refused until the event trigger is disabled, which takes a moment."

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        old, catalog = pair.old, pair.deploy.catalog
        new = catalog.others.get(old.id)
        if not isinstance(new, OtherObject) or new.kind != "event trigger" or not _fires(new):
            return
        was = catalog.others.was(new.id)
        if was is not None and _fires(was):
            return
        said = dict(new.settings)
        schema, _, name = said.get("function", "").rpartition(".")
        refuses = next((f.refuses for f in catalog.overloads(Name(name, schema or None)) if f.refuses), "")
        tags = [tag for tag in said.get("tags", "").split(", ") if tag]
        of_code = [tag for tag in _BY_CODE if not tags or tag in tags]
        if said.get("event") == "login":
            severity = Severity.ERROR if refuses else None
            yield self._found(new, "runs whenever a session begins: where it fails, nobody logs in", refuses, severity)
        elif refuses and of_code:
            yield self._found(new, f"refuses {', '.join(of_code)}, of temporary tables, too", refuses)

    def _found(self, new: OtherObject, what: str, sqlstate: str, severity: Severity | None = None) -> Break:
        return self.found(
            f"event trigger {new.name}",
            f"event trigger {new.name} {what}",
            "name the tags that it is about, and make sure that running code needs none of them",
            detail=new.name,
            sqlstate=sqlstate,
            severity=severity,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep("Let running code do without what the event trigger refuses"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        return Restoration((f"ALTER EVENT TRIGGER {ident(found.detail)} DISABLE",))


def _fires(trigger: OtherObject) -> bool:
    return ("enabled", "yes") in trigger.settings
