from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, constraint_sql, name_taken
from migcompat.rules.whereabouts import altered, old_constraint
from migcompat.schema.model import Constraint
from migcompat.sql.quoting import ident


class RenameConstraint(Rule):
    """ON CONFLICT ON CONSTRAINT with the old name is rejected. The constraint itself goes on as before. A CHECK or foreign key that
    gets another name is a warning: code that tells errors apart by the constraint's name misses it. Silent when another constraint
    takes the old name.
    """

    name = "rename-constraint"
    summary = "A constraint that running code may name gets another name"
    looks_at = ("constraints",)
    breaks = Breaks.UPSERTS
    sqlstate = "42704"
    example = Example(
        schema="CREATE TABLE subscribers (email text NOT NULL, CONSTRAINT subscribers_email_key UNIQUE (email))",
        migration="ALTER TABLE subscribers RENAME CONSTRAINT subscribers_email_key TO subscribers_one_email",
        statement="INSERT INTO subscribers (email) VALUES ('ada@example.org') ON CONFLICT ON CONSTRAINT subscribers_email_key DO NOTHING",
        compatible=("ALTER TABLE subscribers ADD CONSTRAINT subscribers_one_email UNIQUE (email)",),
    )
    rollback = "The code before it cannot upsert by the constraint's name until a constraint has that name again; nothing is lost."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.new.kind == "view" or pair.old.constraints is pair.new.constraints:
            return
        names = {c.name for c in pair.new.constraints}
        now = {c.id: c.name for c in pair.new.constraints}
        for constraint in pair.old.constraints:
            to = now.get(constraint.id)
            if to is None or to == constraint.name or constraint.name in names or constraint.kind == "not-null":
                continue
            arbiter = constraint.kind in ("primary", "unique", "exclusion", "unknown")
            yield self.found(
                f"{pair.name}.{constraint.name}",
                f"constraint {constraint.name} of {pair.name} is now {to}: "
                + (
                    "ON CONFLICT ON CONSTRAINT with the old name is rejected"
                    if arbiter
                    else "code that tells errors apart by its name misses it"
                ),
                "use ON CONFLICT with the columns instead of the name, deploy that, and rename it in a later deploy",
                statement=f"INSERT INTO {pair.sql} … ON CONFLICT ON CONSTRAINT {ident(constraint.name)} DO NOTHING" if arbiter else None,
                detail=constraint.name,
                severity=Severity.ERROR if arbiter else Severity.WARNING,
                created=constraint.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        to = _renamed(pair, found).name
        rename = f"ALTER TABLE {pair.sql} RENAME CONSTRAINT {ident(found.detail)} TO {ident(to)}"
        return (
            DeployStep(f"Stop naming {found.detail}: in ON CONFLICT name its columns, elsewhere know both names"),
            DeployStep("When only that code runs: rename it", (rename,)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table, old, now = altered(pair), old_constraint(pair, found), _renamed(pair, found)
        index = table.index(now.index)
        if index is not None and name_taken(pair.deploy, table, old.name):
            return Restoration(lost=f"the name of {found.object}: something else has it now")
        # A second key of the old name serves both generations; other constraints can only have one name, so they get the old one back.
        if (
            index is not None
            and not index.exclusion
            and (second := constraint_sql(pair.deploy, table, replace(now, name=old.name, kind="unique")))
        ):
            return Restoration((f"{alter(table)} ADD {second}",))
        return Restoration((f"{alter(table)} RENAME CONSTRAINT {ident(now.name)} TO {ident(old.name)}",))


def _renamed(pair: RelationPair, found: Break) -> Constraint:
    """The constraint under its new name."""
    old = old_constraint(pair, found)
    return next(c for c in altered(pair).constraints if c.id == old.id)
