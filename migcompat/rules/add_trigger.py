from __future__ import annotations

from collections.abc import Iterator, Mapping

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, Deploy, DeployStep, Example, Pair, RelationPair, Restoration, Rule
from migcompat.rules.old_names import now_called
from migcompat.rules.whereabouts import altered
from migcompat.rules.writable_views import writable
from migcompat.schema.definitions import trigger_calling, trigger_words
from migcompat.schema.model import Key, Trigger
from migcompat.sql.quoting import ident, qualified


class AddTrigger(Rule):
    """A trigger may reject what the prior generation writes, or write something else. Whether it does is in the body of its function,
    which SQL text alone does not tell. Silent when a trigger that does the same ran before under any name, when it is disabled, and for
    a view that took no such writes.
    """

    name = "add-trigger"
    summary = "A trigger runs on writes that ran without it"
    looks_at = ("triggers",)
    severity = Severity.WARNING
    breaks = Breaks.WRITES
    sqlstate = "P0001"
    example = Example(
        schema=(
            "CREATE TABLE products (name text PRIMARY KEY, stock integer NOT NULL);"
            " CREATE FUNCTION refuse_debts() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF NEW.stock < 0 THEN RAISE EXCEPTION 'out of stock'; END IF; RETURN NEW; END $$"
        ),
        migration="CREATE TRIGGER refuse_debts BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION refuse_debts()",
        statement="INSERT INTO products (name, stock) VALUES ('lamp', -1)",
        compatible=("UPDATE products SET stock = 0 WHERE stock < 0",),
    )
    rollback = "The code before it is refused, or writes something else, as long as the trigger runs; dropping it takes a moment."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.replaced or pair.old.triggers is pair.new.triggers:
            return
        renamed = now_called(pair)
        definitions = {_now(pair.deploy, t, renamed) for t in pair.old.triggers if t.enabled and t.definition}
        names = {t.name for t in pair.old.triggers if t.enabled and not t.definition}
        for trigger in pair.new.triggers:
            if not trigger.enabled or trigger.definition in definitions or trigger.name in names:
                continue
            if trigger.events and not any(writable(pair.old, event) for event in trigger.events):
                continue
            events = " or ".join(sorted(trigger.events)).upper() or "a write"
            yield self.found(
                f"{pair.name}.{trigger.name}",
                f"trigger {trigger.name} now runs on {events} of {pair.name}: it may reject or change what the prior generation writes",
                "make sure that the trigger accepts every row the prior generation writes",
                detail=trigger.name,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        new = pair.new.triggers if pair.new is not None else ()
        return (
            DeployStep(f"Write only what trigger {found.detail} accepts, and cope with what it changes"),
            DeployStep("When only that code runs: create it", tuple(t.text for t in new if t.name == found.detail and t.text)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        before = next((t for t in pair.old.triggers if t.name == found.detail and t.enabled), None)
        dropped = f"DROP TRIGGER {ident(found.detail)} ON {qualified(*altered(pair).key)}"
        return Restoration((dropped, before.text) if before is not None and before.text else (dropped,), "what it has done until then")


def _now(deploy: Deploy, trigger: Trigger, renamed: Mapping[str, str]) -> str:
    """What a trigger of before does, with columns and its function as they are called now."""
    schema, _, name = trigger.function.rpartition(".")
    before = deploy.catalog.overloads_before(Key(schema, name))
    function = deploy.catalog.functions.get(before[0].id) if before else None
    definition = trigger_words(trigger.definition, renamed)
    return trigger_calling(definition, str(function.key)) if function is not None else definition
