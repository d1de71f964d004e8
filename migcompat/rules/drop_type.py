from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, TypePair
from migcompat.rules.type_sql import name_taken
from migcompat.schema.definitions import type_definition
from migcompat.sql.quoting import qualified


class DropType(Rule):
    """A cast, a parameter or a column definition of the prior generation that names the type is rejected. With CASCADE its columns,
    domains and functions go too, and each is a finding of its own. A type that comes back as one of another kind counts as dropped. Silent
    for a type of the same deploy, and where a type of the same kind takes the name: its labels, attributes or checks are compared.
    """

    name = "drop-type"
    summary = "A type or domain is dropped"
    breaks = Breaks.WRITES
    sqlstate = "42704"
    example = Example(
        schema="CREATE TYPE ticket_status AS ENUM ('open', 'closed'); CREATE TABLE tickets (title text NOT NULL, status text NOT NULL)",
        migration="DROP TYPE ticket_status",
        statement="INSERT INTO tickets (title, status) VALUES ('Printer on fire', CAST('open' AS ticket_status))",
        compatible=(),
    )
    rollback = "The code before it cannot name the type until it is created again; the columns that went with it come back empty."

    def type(self, pair: TypePair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if pair.same is None and new is None:
            kind = "domain" if old.kind == "domain" else "type"
            yield self.found(
                str(old.key),
                f"{kind} {old.key} is dropped: a cast or parameter that names it is rejected",
                "stop using the type, deploy that, and drop it in a later deploy",
                statement=f"SELECT NULL::{qualified(*old.key)}",
                created=old.origin,
            )
        elif new is not None and new.kind != old.kind and not {old.kind, new.kind} & {"unknown", "shell"}:
            article = "an" if old.kind == "enum" else "a"
            yield self.found(
                str(old.key),
                f"{old.kind} {old.key} is now a {new.kind}: code and drivers that count on {article} {old.kind} fail",
                "create a type of another name, move columns and code over to it, and drop the old one in a later deploy",
                statement=f"SELECT NULL::{qualified(*old.key)}",
                sqlstate="42883",
                created=old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, TypePair)
        kind = "DOMAIN" if pair.old.kind == "domain" else "TYPE"
        return (
            DeployStep(f"Stop using {pair.old.key} in casts, parameters and columns"),
            DeployStep(f"When no running code names {pair.old.key}: drop it", (f"DROP {kind} {qualified(*pair.old.key)}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, TypePair)
        if pair.new is not None:
            return Restoration(lost=f"the name {pair.old.key}, until the {pair.new.kind} that took it gets another")
        if taken := name_taken(pair.deploy, pair.old.key):
            return Restoration(lost=taken)
        created = type_definition(pair.deploy.catalog, pair.old) if pair.old.complete else ""
        return Restoration((created,)) if created else Restoration(lost="its definition: the migration that created the type has it")
