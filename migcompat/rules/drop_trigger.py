from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.routine_sql import create_sql
from migcompat.rules.sql_text import alter
from migcompat.rules.whereabouts import altered
from migcompat.rules.writable_views import EVENTS, writable
from migcompat.sql.quoting import ident, qualified

_WRITES = {"insert": "INSERT INTO", "update": "UPDATE", "delete": "DELETE FROM"}


class DropTrigger(Rule):
    """The prior generation may count on what a trigger does, a time stamp or a log entry, and nothing does it any more. SQL text alone
    does not tell. An error where a view takes no writes without the trigger, or without its rule. Silent when a trigger that does the
    same runs under another name, and when one is off only while the migration runs.
    """

    name = "drop-trigger"
    summary = "A trigger no longer runs, so what it did is left undone"
    looks_at = ("triggers", "rules")
    severity = Severity.WARNING
    breaks = Breaks.DATA
    example = Example(
        schema=(
            "CREATE TABLE accounts (email text NOT NULL);"
            " CREATE FUNCTION fold_email() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.email := lower(NEW.email); RETURN NEW; END $$;"
            " CREATE TRIGGER fold_email BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION fold_email()"
        ),
        migration="DROP TRIGGER fold_email ON accounts",
        statement="INSERT INTO accounts (email) VALUES ('Ada@example.org')",
        compatible=(),
        answer="INSERT INTO accounts (email) VALUES ('Ada@example.org') RETURNING email",
    )
    rollback = "The code before it goes on to work, and what the trigger did is left undone in its rows until the trigger is back."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if new is None or (pair.replaced and not (old.is_view or new.is_table)):
            return
        refused = [event for event in EVENTS if new.is_view and writable(old, event) and not writable(new, event)]
        if old.triggers is not new.triggers:
            names = {t.name for t in new.triggers if t.enabled}
            definitions = {t.definition for t in new.triggers if t.enabled and t.definition}
            for trigger in old.triggers:
                if trigger.enabled and trigger.name not in names and trigger.definition not in definitions:
                    yield self._gone(pair, "trigger", trigger.name, [e for e in refused if e in trigger.events])
        if old.rules is not new.rules:
            for rule in old.rules:
                if rule.enabled and rule.instead and not rule.conditional and rule.event in refused:
                    yield self._gone(pair, "rule", rule.name, [rule.event])

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        kind = "RULE" if any(r.name == found.detail for r in pair.old.rules) else "TRIGGER"
        return (
            DeployStep(f"Let the code do what {found.detail} does"),
            DeployStep("When only that code runs: drop it", (f"DROP {kind} {ident(found.detail)} ON {pair.sql}",)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        now, undone = altered(pair), "what it would have done since"
        off = any(t.name == found.detail and not t.enabled for t in now.triggers)
        if off:
            return Restoration((f"{alter(now)} ENABLE TRIGGER {ident(found.detail)}",), undone)
        texts = {**{r.name: r.text for r in pair.old.rules}, **{t.name: t.text for t in pair.old.triggers}}
        text = texts.get(found.detail, "")
        changed = (f"DROP RULE {ident(found.detail)} ON {qualified(*now.key)}",) if any(r.name == found.detail for r in now.rules) else ()
        return (
            Restoration((*_function_sql(pair, found.detail), *changed, text), undone)
            if text
            else Restoration(lost=f"{undone}; the migration that created it has its definition")
        )

    def _gone(self, pair: RelationPair, kind: str, name: str, refused: list[str]) -> Break:
        found = self.found(
            f"{pair.name}.{name}",
            f"{kind} {name} of {pair.name} no longer runs: the prior generation may count on what it did",
            "make sure that no running code relies on it",
            detail=name,
        )
        if not refused:
            return found
        what = " or ".join(refused).upper()
        return replace(
            found, message=f"{kind} {name} of view {pair.name} no longer runs: without it {what} is rejected", severity=Severity.ERROR,
            breaks=Breaks.WRITES, sqlstate="55000", statement=f"{_WRITES[refused[0]]} {pair.sql} …",
        )  # fmt: skip


def _function_sql(pair: RelationPair, trigger: str) -> tuple[str, ...]:
    """The trigger's function where it went in the same deploy: nobody else could call it, so it has no finding of its own."""
    functions = pair.deploy.catalog.functions
    name = next((t.function for t in pair.old.triggers if t.name == trigger), "")
    gone = (functions.was(id_) for id_ in functions.changed() if functions.get(id_) is None)
    return tuple(create_sql(f) for f in gone if f is not None and f.text and name in (f.key.name, str(f.key)))
