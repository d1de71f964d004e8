from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.former_homes import takes_all_before
from migcompat.rules.keys import renamed
from migcompat.rules.old_names import names_for
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.partition_bounds import condition, left_out, takes_all
from migcompat.rules.row_facts import facts_of, left_in, refuses, types_of
from migcompat.rules.sql_text import add_constraint_sql, alter, constraint_sql, drop_constraint_sql
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Column, Constraint, Relation
from migcompat.sql.conditions import admits, columns_of, normal
from migcompat.sql.excerpt import excerpt
from migcompat.sql.quoting import ident, qualified


class AddCheck(Rule):
    """A value that the prior generation could write until now is rejected. NOT VALID changes nothing about that: it spares the rows
    that are there, not the next INSERT. A CHECK that demands NOT NULL counts like NOT NULL. Silent when the old schema demanded as
    much, and when the check is over new columns only and passes what the prior generation leaves in them: NULL, or their defaults. A
    warning where SQL alone cannot tell whether it does. A new partition that takes what another one took, the default one mostly, counts
    like a check on these rows.
    """

    name = "add-check"
    summary = "A CHECK refuses what was accepted before"
    looks_at = ("constraints", "bound")
    breaks = Breaks.WRITES
    sqlstate = "23514"
    example = Example(
        schema="CREATE TABLE products (name text PRIMARY KEY, stock integer NOT NULL)",
        migration="ALTER TABLE products ADD CONSTRAINT products_stock_check CHECK (stock >= 0) NOT VALID",
        statement="INSERT INTO products (name, stock) VALUES ('lamp', -1)",
        compatible=("UPDATE products SET stock = 0 WHERE stock < 0",),
    )
    rollback = "The code before it gets 23514 for every such value until the check is dropped, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        if pair.new.bound and not pair.old.bound and not pair.replaced and not _within(pair, pair.new):
            yield self._bound(pair, pair.new)
        if pair.replaced and takes_all_before(pair.deploy, pair.old):
            yield from self._homeless(pair, pair.new, "is a partitioned table now")
        if pair.old.constraints is pair.new.constraints:
            return
        for check in checks(pair.new):
            if pair.kept_as_is(check):
                continue
            existing = _conditions(pair, names_for(pair, columns_of(check.expression) or ()))
            known = [*existing, *_facts(pair, check)]
            if normal(check.expression) in {normal(e) for e in existing} or admits(known, check.expression, _types(pair, check)):
                continue
            left = _left_in_fresh(pair, check, pair.fresh)
            if left is not None and (_unreached(pair, check, pair.fresh) or admits(left, check.expression, _types(pair, check))):
                continue
            yield self._added(pair, check, left)

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        new = pair.new
        assert new is not None
        yield from self.relation(pair)
        yield from self._homeless(pair, new, f"takes the rows of {new.bound}")

    def _homeless(self, pair: RelationPair, new: Relation, what: str) -> Iterator[Break]:
        """Rows that were taken before, and for which a partitioned table may have no partition."""
        below = pair.deploy.catalog.children(new) if new.kind == "partitioned" else []
        if new.kind == "partitioned" and not takes_all([child.bound for child in below]):
            yield self.found(
                pair.name,
                f"{pair.name} {what}, and has no partition for some rows: these are rejected",
                "give it the partitions that it lacks in the same migration: a default one, or the remainders of a hash",
                statement=f"INSERT INTO {pair.sql} … -- a row for none of its partitions",
                severity=Severity.WARNING if below else Severity.ERROR,
            )

    def _added(self, pair: RelationPair, check: Constraint, left: list[str] | None) -> Break:
        """`left` is what the prior generation leaves in the columns of a check that speaks of new ones only."""
        late = " (NOT VALID spares the rows that are there, not new writes)" if check.not_valid else ""
        short = excerpt(check.expression, 80)
        consequence = f"a write that violates {short} is rejected"
        severity = Severity.ERROR
        if left is not None:
            certain = refuses(check.expression, left, _types(pair, check))
            severity = Severity.ERROR if certain else Severity.WARNING
            consequence = f"{_CERTAIN if certain else _UNCLEAR} ({short})"
        return self.found(
            f"{pair.name}.{check.name}",
            f"check {check.name} is added to {pair.name}{late}: {consequence}",
            "let no writer produce such values, clean up the existing ones, deploy that, and add the check in a later deploy",
            statement=f"INSERT INTO {pair.sql} … -- values that violate CHECK ({short})",
            detail=check.name,
            at=check.origin,
            severity=severity,
        )

    def _bound(self, pair: RelationPair, new: Relation) -> Break:
        parent = pair.deploy.catalog.relations.get(new.parents[0])
        return self.found(
            pair.name,
            f"{pair.name} becomes a partition{f' of {parent.key}' if parent is not None else ''}: a row outside {new.bound} is rejected",
            "let no writer produce such rows, deploy that, and attach the table in a later deploy",
            statement=f"INSERT INTO {pair.sql} … -- a row outside {new.bound}",
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        if not found.detail and pair.new.kind == "partitioned":
            return (DeployStep("Give it the partitions that it lacks", _left_out(pair, pair.new)),)
        if not found.detail:
            return (
                DeployStep(f"Stop writing rows outside {pair.new.bound} to {pair.name}"),
                DeployStep("When only that code runs: attach it", (_partition(pair, "ATTACH", f" {pair.new.bound}"),)),
            )
        check = next(c for c in pair.new.constraints if c.name == found.detail)
        add = add_constraint_sql(pair, check.name, constraint_sql(pair.deploy, pair.new, check))
        return (
            DeployStep(f"Stop writing what {found.detail} refuses"),
            DeployStep(
                "When only that code runs: change the rows that it refuses, and add it",
                (f"-- UPDATE {pair.sql} SET … WHERE NOT ({check.expression})", add),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        if not found.detail and not altered(pair).bound:
            return Restoration(_left_out(pair, altered(pair)))
        if not found.detail:
            return Restoration((_partition(pair, "DETACH", ""),))
        return Restoration(drop_constraint_sql(pair.deploy, altered(pair), found.detail))


_CERTAIN = "a write that does not know its new columns is rejected, for their defaults violate it"
_MOST_PARTITIONS = 100
"""Of a hash; more that it lacks are not written out."""
_UNCLEAR = "a write that does not know its new columns is rejected if their defaults violate it, which SQL alone cannot tell"


def _left_out(pair: RelationPair, table: Relation) -> tuple[str, ...]:
    bounds = left_out(table.partition_by, [child.bound for child in pair.deploy.catalog.children(table)])
    named = [(qualified(table.key.schema, f"{table.key.name}_{suffix}"), bound) for suffix, bound in islice(bounds, _MOST_PARTITIONS)]
    return tuple(f"CREATE TABLE {name} PARTITION OF {qualified(*table.key)} {bound}" for name, bound in named)


def _partition(pair: RelationPair, verb: str, bound: str) -> str:
    parent = pair.deploy.catalog.relations.get(altered(pair).parents[0])
    assert parent is not None
    return f"{alter(parent)} {verb} PARTITION {qualified(*altered(pair).key)}{bound}"


def checks(relation: Relation) -> list[Constraint]:
    return [c for c in relation.constraints if c.kind == "check" and c.enforced and not c.assumed]


def _conditions(pair: RelationPair, names: dict[str, str]) -> list[str]:
    """What the old schema already demanded; `names` are those of columns that are called otherwise now."""
    needed = [names.get(c.name, c.name) for c in pair.old.columns if pair.was_not_null(c)]
    return [renamed(check.expression, names) for check in checks(pair.old)] + [f"{ident(name)} IS NOT NULL" for name in needed]


def _facts(pair: RelationPair, check: Constraint) -> list[str]:
    """What the types and domains of the columns that it speaks of let in."""
    mentioned = columns_of(check.expression) or frozenset()
    kept = [(old, new.name) for old, new in pair.kept if new.name in mentioned]
    return [fact for old, name in kept for fact in facts_of(pair, old, name)]


def _types(pair: RelationPair, check: Constraint) -> dict[str, str]:
    return types_of(pair, columns_of(check.expression) or frozenset())


def _within(pair: RelationPair, new: Relation) -> bool:
    """Whether the old schema let in no row outside the bound that the table has now."""
    parent = pair.deploy.catalog.relations.get(new.parents[0])
    demanded = condition(parent.partition_by, new.bound) if parent is not None else ""
    return bool(demanded) and admits(_conditions(pair, {}), demanded)


def _left_in_fresh(pair: RelationPair, check: Constraint, fresh: dict[str, Column]) -> list[str] | None:
    """What the prior generation leaves in the columns of a check over new columns alone: their defaults, or NULL. What is generated from
    old columns it does write."""
    mentioned = columns_of(check.expression)
    if not mentioned or not mentioned <= fresh.keys() or any(fresh[c].generated for c in mentioned):
        return None
    return [fact for c in sorted(mentioned) for fact in left_in(pair, fresh[c])]


def _unreached(pair: RelationPair, check: Constraint, fresh: dict[str, Column]) -> bool:
    """Whether a write that does not know the new columns is rejected before, for one of them must be given a value."""
    return any(pair.required(column) for name, column in fresh.items() if name in (columns_of(check.expression) or ()))
