from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import renamed
from migcompat.rules.old_names import now_called
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.row_policies import open_to_all, tightened
from migcompat.rules.sql_text import alter
from migcompat.rules.whereabouts import altered
from migcompat.schema.definitions import membership_sql, policy_sql
from migcompat.schema.model import PUBLIC, Relation
from migcompat.sql.quoting import ident, qualified


class EnableRowSecurity(Rule):
    """Row security binds every role but the owner, superusers and those with BYPASSRLS. Without a policy that lets a row through it is
    not read, which no statement is told, and a write of it is rejected. The policies before and after are compared whatever their
    names, by command, role and condition; a table's former owner is bound from then on, if it may still use it. Silent when every row
    that passed still passes, as with a policy USING (true) for each role that has grants.
    """

    name = "enable-row-security"
    summary = "Row security hides rows or refuses writes"
    looks_at = ("policies", "row_security", "forced", "owner")
    breaks = Breaks.ACCESS
    sqlstate = "42501"
    example = Example(
        schema="CREATE ROLE shop; CREATE TABLE orders (id bigint, tenant text); GRANT SELECT, INSERT ON orders TO shop",
        migration=(
            "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"
            " CREATE POLICY own_orders ON orders USING (tenant = current_setting('shop.tenant', true))"
        ),
        statement="INSERT INTO orders (id, tenant) VALUES (1, 'ada')",
        compatible=("CREATE POLICY all_orders ON orders USING (true); ALTER TABLE orders ENABLE ROW LEVEL SECURITY",),
        session="SET ROLE shop",
    )
    rollback = "The code before it reads fewer rows without a word, and is refused writes, until row security lets its roles through again."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.replaced or not pair.old.is_table:
            return
        why = _why(as_called_now(pair), pair.new)
        if why:
            yield self.found(
                pair.name,
                f"on {pair.name}, {why}: a role it applies to reads fewer rows, and its writes are rejected",
                "create the policies first and test them with the prior generation's roles; enable row security in a later deploy",
                statement=f"INSERT INTO {pair.sql} … -- as a role that is not the owner",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        table = f"ALTER TABLE {pair.sql}"
        if pair.old.row_security:
            return (
                DeployStep("Let the code read and write no row that the new policies refuse"),
                DeployStep("When only that code runs: change the policies", replaced(pair.old, pair.new)),
            )
        everything = f"CREATE POLICY everything ON {pair.sql} USING (true)"
        policies = tuple(policy_sql(pair.new, p) for p in pair.new.policies if p.permissive)
        strict = tuple(policy_sql(pair.new, p) for p in pair.new.policies if not p.permissive)
        return (
            DeployStep(
                "Enable row security with a policy that lets every row through, beside those that are to stay",
                (everything, *policies, f"{table} ENABLE ROW LEVEL SECURITY"),
            ),
            DeployStep("Let the code say for whom it reads and writes"),
            DeployStep("When only that code runs: drop the policy", (*strict, f"DROP POLICY everything ON {pair.sql}")),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        table = alter(altered(pair))
        if not pair.old.row_security:
            return Restoration((f"{table} DISABLE ROW LEVEL SECURITY",))
        if _binds_former_owner(pair.old, pair.new):
            return Restoration((membership_sql(pair.new.owner, pair.old.owner),))
        unseen = {p.name for p in pair.old.policies if p.origin is None and not p.using and not p.check}
        if unseen:
            return Restoration(lost=f"the definition of {', '.join(sorted(unseen))}, which was never seen")
        unforced = (f"{table} NO FORCE ROW LEVEL SECURITY",) if pair.new.forced and not pair.old.forced else ()
        return Restoration((*unforced, *replaced(altered(pair), replace(pair.old, key=altered(pair).key))))


def as_called_now(pair: RelationPair) -> Relation:
    """The old table, with policies that call the columns what they are called now."""
    names = now_called(pair)
    policies = (replace(p, using=renamed(p.using, names), check=renamed(p.check, names)) for p in pair.old.policies)
    return replace(pair.old, policies=tuple(policies)) if names else pair.old


def replaced(old: Relation, new: Relation) -> tuple[str, ...]:
    """What turns the policies of one into those of the other."""
    gone = [p for p in old.policies if p not in new.policies]
    come = [p for p in new.policies if p not in old.policies]
    return (*(f"DROP POLICY {ident(p.name)} ON {qualified(*old.key)}" for p in gone), *(policy_sql(new, p) for p in come))


def _why(old: Relation, new: Relation) -> str:
    if not new.row_security:
        return ""
    if not old.row_security:
        enabled = "row security is enabled" + ("" if new.policies else " without a policy")
        return "" if open_to_all(new) else enabled
    if new.forced and not old.forced and not open_to_all(new):
        return "row security now binds the owner too"
    if _binds_former_owner(old, new):
        return f"row security now binds {old.owner}, which it belonged to"
    return tightened(old, new)


def _binds_former_owner(old: Relation, new: Relation) -> bool:
    """Whether a role passed by as the owner, may still use the table, and is judged from now on."""
    left = bool(old.owner and new.owner) and old.owner != new.owner
    return left and not old.forced and any(g.role in (old.owner, PUBLIC) for g in new.grants) and not open_to_all(new)
