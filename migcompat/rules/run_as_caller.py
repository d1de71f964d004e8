from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from migcompat.findings import Breaks, Severity
from migcompat.rules.add_trigger import triggers_of
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.drop_function import call, callable_by_clients, described, stand_in
from migcompat.rules.pairs import FunctionPair, Pair, RelationPair
from migcompat.schema.definitions import function_name, grants_sql
from migcompat.schema.model import PUBLIC, Function, Privilege, Relation
from migcompat.sql.quoting import ident, qualified

_NEEDS = ("select", "insert", "update", "delete")


class RunAsCaller(Rule):
    """A view reads with its owner's privileges and a SECURITY DEFINER routine works with them, so that their callers need none on what lies
    below. With `security_invoker`, or without SECURITY DEFINER, PostgreSQL asks for the caller's own. CREATE OR REPLACE that does not say
    SECURITY DEFINER again takes it away. Of a view it is silent when every role that may use it holds the same on the relations that it
    reads, and a warning where no grant on it is known; a warning, too, when a SECURITY DEFINER routine gets another owner.
    """

    name = "run-as-caller"
    summary = "A view or routine works with the privileges of its caller instead of its owner"
    looks_at = ("security_invoker",)
    breaks = Breaks.ACCESS
    sqlstate = "42501"
    example = Example(
        schema="""
            CREATE ROLE portal;
            CREATE TABLE invoices (id bigint PRIMARY KEY, amount numeric NOT NULL);
            CREATE FUNCTION outstanding() RETURNS numeric LANGUAGE sql SECURITY DEFINER AS 'SELECT sum(amount) FROM invoices';
        """,
        migration="CREATE OR REPLACE FUNCTION outstanding() RETURNS numeric LANGUAGE sql AS 'SELECT sum(abs(amount)) FROM invoices'",
        statement="SELECT outstanding()",
        compatible=("GRANT SELECT ON invoices TO portal",),
        session="SET ROLE portal",
    )
    rollback = "The code before it is refused until the view or routine works with its owner's privileges again, which takes a moment."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        now = pair.deploy.catalog.relations.get(pair.new.id) if pair.new is not None else None
        if now is None or not now.security_invoker or pair.old.security_invoker:
            return
        lacking = list(_lacking(pair, now))
        if not lacking and (pair.old.grants or pair.old.is_table):
            return
        roles = sorted({p.role for _, p in lacking})
        below = sorted({str(relation.key) for relation, _ in lacking})
        who = ", ".join("PUBLIC" if r == PUBLIC else r for r in roles) or "a role that may read only the view"
        yield self.found(
            pair.name,
            f"view {pair.name} now reads with the privileges of its reader: {who} may not read {', '.join(below) or 'what it shows'}",
            "grant its readers what they need on the relations below it in the same migration",
            statement=(f"SET ROLE {ident(roles[0])}; " if roles and roles[0] != PUBLIC else "") + f"SELECT * FROM {pair.sql}",
            detail=roles[0] if roles else "",
            severity=Severity.ERROR if lacking else Severity.WARNING,
            created=pair.old.origin,
        )

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        new = stand_in(pair)
        if new is None or not pair.old.definer:
            return
        if not callable_by_clients(pair.old):
            yield from self._called_by_triggers(pair, new)
        elif not new.definer:
            yield self.found(
                described(pair),
                f"{pair.old.kind} {described(pair)} is no longer SECURITY DEFINER: what it does takes the privileges of its caller",
                "say SECURITY DEFINER again, or grant its callers what it needs in the same migration",
                statement=call(pair.old),
                created=pair.old.origin,
            )
        elif new.owner != pair.old.owner and new.owner:
            yield self.found(
                described(pair),
                f"{pair.old.kind} {described(pair)} is SECURITY DEFINER and now belongs to {new.owner}: it may do what that role may",
                f"grant {new.owner} what the routine needs in the same migration",
                statement=call(pair.old),
                severity=Severity.WARNING,
                created=pair.old.origin,
            )

    def _called_by_triggers(self, pair: FunctionPair, new: Function) -> Iterator[Break]:
        """Its callers are those who write."""
        for relation, trigger in islice(triggers_of(pair), 0 if new.definer else 1):
            yield self.found(
                described(pair),
                f"trigger function {described(pair)} is no longer SECURITY DEFINER: what it does takes the privileges of whoever writes,"
                f" as by trigger {trigger.name} of {relation.key}",
                "say SECURITY DEFINER again, or grant those who write what it needs in the same migration",
                statement=f"INSERT INTO {qualified(*relation.key)} …",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        if isinstance(pair, RelationPair):
            grants = tuple(sql for relation, p in _missing(pair) for sql in grants_sql((p,), qualified(*relation.key)))
            first = "Grant the readers of the view what they need below it"
        else:
            grants, first = (), "Grant the callers what the routine needs"
        return (DeployStep(first, grants), DeployStep("When they have it: deploy this migration"))

    def restore(self, pair: Pair, found: Break) -> Restoration:
        if isinstance(pair, RelationPair):
            return Restoration((f"ALTER VIEW {pair.sql} RESET (security_invoker)",))
        assert isinstance(pair, FunctionPair)
        new = stand_in(pair)
        assert new is not None
        name = function_name(pair.deploy.catalog, new)
        if new.definer:
            owner = f"ALTER ROUTINE {name} OWNER TO {ident(pair.old.owner)}"
            return Restoration((owner,)) if pair.old.owner else Restoration(lost="who owned it was never seen")
        return Restoration((f"ALTER ROUTINE {name} SECURITY DEFINER",))


def _missing(pair: RelationPair) -> Iterator[tuple[Relation, Privilege]]:
    now = pair.deploy.catalog.relations.get(pair.new.id) if pair.new is not None else None
    return _lacking(pair, now) if now is not None else iter(())


def _lacking(pair: RelationPair, view: Relation) -> Iterator[tuple[Relation, Privilege]]:
    """What roles that could use the old relation do not hold on those which the view reads."""
    wanted = sorted({(p.role, p.privilege) for p in pair.old.grants if p.privilege in _NEEDS})
    for id_ in view.reads:
        relation = pair.deploy.catalog.relations.get(id_)
        if relation is None:
            continue
        for role, privilege in wanted:
            roles = pair.deploy.catalog.acting_for(role)
            held = any(g.role in roles and g.privilege == privilege for g in relation.grants)
            if not held and relation.owner not in roles:
                yield relation, Privilege(role, privilege)
