from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from migcompat.changes import Name
from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.old_names import now_called
from migcompat.rules.pairs import Deploy, FunctionPair, Pair, RelationPair
from migcompat.rules.routine_sql import does_the_same, replace_sql
from migcompat.rules.whereabouts import altered
from migcompat.rules.writable_views import writable
from migcompat.schema.definitions import trigger_calling, trigger_words
from migcompat.schema.model import Key, Relation, Trigger
from migcompat.sql.quoting import ident, qualified


class AddTrigger(Rule):
    """A trigger may reject what the prior generation writes, or write something else. Whether it does is in the body of its function,
    which SQL text alone seldom tells: an error where that raises an exception before it looks at anything. Silent when a trigger that
    does the same ran before under any name, when it is disabled, and for a view that took no such writes. A function whose body changes
    under triggers that are there counts like a new trigger.
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
        if pair.new is not None and pair.old.triggers is not pair.new.triggers and (pair.new.is_table or not pair.replaced):
            yield from self._added(pair, pair.new)

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        """Those of statements are the partitioned table's, whatever partition takes the rows."""
        assert pair.new is not None
        rows = tuple(t for t in pair.new.triggers if " for each row " in t.definition)
        yield from self._added(pair, replace(pair.new, triggers=rows))

    def _added(self, pair: RelationPair, new: Relation) -> Iterator[Break]:
        renamed = now_called(pair)
        definitions = {_now(pair.deploy, t, renamed) for t in pair.old.triggers if t.enabled and t.definition}
        names = {t.name for t in pair.old.triggers if t.enabled and not t.definition}
        for trigger in new.triggers:
            if not trigger.enabled or trigger.definition in definitions or trigger.name in names:
                continue
            if trigger.events and not any(writable(pair.old, event) for event in trigger.events):
                continue
            events = " or ".join(sorted(trigger.events)).upper() or "a write"
            refuses = _refuses(pair.deploy, trigger)
            yield self.found(
                f"{pair.name}.{trigger.name}",
                f"trigger {trigger.name} now runs on {events} of {pair.name}: "
                + ("its function rejects every one" if refuses else "it may reject or change what the prior generation writes"),
                "make sure that the trigger accepts every row the prior generation writes",
                detail=trigger.name,
                severity=Severity.ERROR if refuses else None,
                sqlstate=refuses,
            )

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        """A function that does something else from now on, under triggers that were there."""
        old, new = pair.old, pair.new
        if old.returns != "trigger" or new is None or does_the_same(old, new):
            return
        refuses = new.refuses if not old.refuses else ""
        what = "now rejects every write that it is called for" if refuses else "may reject or change what the prior generation writes"
        for relation, trigger in islice(triggers_of(pair), 1):
            yield self.found(
                str(old.key),
                f"trigger function {old.key} gets another body and {what}, as by trigger {trigger.name} of {relation.key}",
                "let the function accept what the prior generation writes",
                severity=Severity.ERROR if refuses else None,
                sqlstate=refuses,
                created=old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        if isinstance(pair, FunctionPair):
            return (
                DeployStep("Stop writing what the function is to refuse"),
                DeployStep("When only that code runs: deploy this migration"),
            )
        assert isinstance(pair, RelationPair)
        new = pair.new.triggers if pair.new is not None else ()
        return (
            DeployStep(f"Write only what trigger {found.detail} accepts, and cope with what it changes"),
            DeployStep("When only that code runs: create it", tuple(t.text for t in new if t.name == found.detail and t.text)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        if isinstance(pair, FunctionPair):
            return Restoration((replace_sql(pair.old),))
        assert isinstance(pair, RelationPair)
        before = next((t for t in pair.old.triggers if t.name == found.detail and t.enabled), None)
        dropped = f"DROP TRIGGER {ident(found.detail)} ON {qualified(*altered(pair).key)}"
        return Restoration((dropped, before.text) if before is not None and before.text else (dropped,), "what it has done until then")


def _refuses(deploy: Deploy, trigger: Trigger) -> str:
    """The SQLSTATE that the trigger's function raises on every call; one with a WHEN is not called for every row."""
    if " when " in trigger.definition:
        return ""
    schema, _, name = trigger.function.rpartition(".")
    return next((f.refuses for f in deploy.catalog.overloads(Name(name, schema or None)) if f.returns == "trigger"), "")


def triggers_of(pair: FunctionPair) -> Iterator[tuple[Relation, Trigger]]:
    """What calls a trigger function, and called it before the deploy."""
    for relation in pair.deploy.catalog.relations:
        for trigger in relation.triggers:
            if trigger.enabled and _calls(trigger, pair.old.key) and _was(pair, relation, trigger):
                yield relation, trigger


def _calls(trigger: Trigger, key: Key) -> bool:
    return trigger.function in (key.name, str(key))


def _was(pair: FunctionPair, relation: Relation, trigger: Trigger) -> bool:
    """Whether the trigger was there: one of the deploy is a break of its own."""
    before = pair.deploy.catalog.relations.was(relation.id)
    return before is not None and any(t.name == trigger.name for t in before.triggers)


def _now(deploy: Deploy, trigger: Trigger, renamed: Mapping[str, str]) -> str:
    """What a trigger of before does, with columns and its function as they are called now."""
    schema, _, name = trigger.function.rpartition(".")
    before = deploy.catalog.overloads_before(Key(schema, name))
    function = deploy.catalog.functions.get(before[0].id) if before else None
    definition = trigger_words(trigger.definition, renamed)
    return trigger_calling(definition, str(function.key)) if function is not None else definition
