from __future__ import annotations

from collections.abc import Callable, Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, TypePair
from migcompat.rules.type_changes import TypeChange, compare, only_renamed
from migcompat.rules.type_sql import columns_before, columns_of, rebuild
from migcompat.schema.model import Column, Constraint, DataType, Type
from migcompat.sql.conditions import admits, normal
from migcompat.sql.quoting import ident, qualified


class TightenDomain(Rule):
    """The prior generation was written for a domain that takes more. A value that the domain refuses now is rejected in every column of
    it and in every cast to it, and NOT VALID spares only the rows that are there. Silent when the old domain demanded as much, when a new
    check admits all that the one it replaces admitted, and when NOT NULL only moves to the domain from columns that all had it.
    """

    name = "tighten-domain"
    summary = "A domain refuses values that it took before"
    breaks = Breaks.WRITES
    sqlstate = "23514"
    example = Example(
        schema="CREATE DOMAIN email AS text; CREATE TABLE customers (name text NOT NULL, contact email)",
        migration="ALTER DOMAIN email ADD CONSTRAINT email_check CHECK (VALUE LIKE '%@%') NOT VALID",
        statement="INSERT INTO customers (name, contact) VALUES ('Ada', 'by telephone')",
        compatible=("UPDATE customers SET contact = NULL WHERE contact NOT LIKE '%@%'",),
    )
    rollback = (
        "The code before it is refused such values in every column of the domain until the constraint is dropped, which loses nothing."
    )

    def type(self, pair: TypePair) -> Iterator[Break]:
        old, new = pair.old, pair.new
        if new is None or new.kind != "domain" or old.kind not in ("domain", "unknown"):
            return
        why = list(_tightened(pair, new))
        if why:
            yield self.found(
                str(old.key),
                f"domain {old.key} is tightened by {' and '.join(what for what, _ in why)}:"
                " a write of a value that it refuses is rejected in every column of it",
                "let no writer produce such values, clean up the existing ones, deploy that, and tighten the domain in a later deploy",
                statement=f"SELECT CAST($1 AS {qualified(*old.key)})",
                sqlstate=why[0][1],
                created=old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, TypePair)
        assert pair.new is not None
        alter = f"ALTER DOMAIN {qualified(*pair.old.key)}"
        sql = [f"{alter} ADD CONSTRAINT {ident(c.name)} CHECK ({c.expression})" for c in _new_checks(pair, pair.new)]
        sql += [f"{alter} SET NOT NULL"] if pair.new.not_null and not pair.old.not_null else []
        sql += [f"{alter} SET DEFAULT {pair.new.default}"] if _newly_filled(pair, pair.new) else []
        narrowed = (
            rebuild(pair.deploy, pair.old, pair.new, columns_before(pair.deploy, pair.old)) if _narrowed(pair, pair.new) is not None else ()
        )
        return (
            DeployStep(f"Stop writing values that {pair.old.key} is to refuse"),
            DeployStep("When only that code runs: change the rows that hold one, and tighten the domain", narrowed or tuple(sql)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, TypePair)
        assert pair.new is not None
        if _narrowed(pair, pair.new) is not None:
            return Restoration(rebuild(pair.deploy, pair.new, pair.old, columns_of(pair.deploy, pair.new)))
        alter = f"ALTER DOMAIN {qualified(*pair.new.key)}"
        sql = [f"{alter} DROP CONSTRAINT {ident(c.name)}" for c in _new_checks(pair, pair.new)]
        sql += [f"{alter} DROP NOT NULL"] if pair.new.not_null and not pair.old.not_null else []
        default = f"SET DEFAULT {pair.old.default}" if pair.old.default else "DROP DEFAULT"
        sql += [f"{alter} {default}"] if _newly_filled(pair, pair.new) else []
        return Restoration(tuple(sql))


def _tightened(pair: TypePair, new: Type) -> Iterator[tuple[str, str]]:
    """What refuses a value now, and with which SQLSTATE."""
    change = _narrowed(pair, new)
    if change is not None:
        yield f"its new base type {pair.deploy.type_after(new.base)}", change.sqlstate
    if new.not_null and not pair.old.not_null and not _always_required(pair, new):
        yield "NOT NULL", "23502"
    for check in _new_checks(pair, new):
        yield f"CHECK ({' '.join(check.expression.split())})", "23514"
    if _newly_filled(pair, new):
        facts = [f"VALUE = {new.default}", "VALUE IS NOT NULL"]
        if any(admits(facts, f"({c.expression}) IS FALSE") for c in new.checks):
            yield f"the default {new.default}, which it refuses itself", "23514"


def _newly_filled(pair: TypePair, new: Type) -> bool:
    return new.default not in (None, pair.old.default)


def _narrowed(pair: TypePair, new: Type) -> TypeChange | None:
    """What another base type does, unless it only takes more."""
    types = pair.deploy.catalog.types
    was, now = _root(types.was, pair.old.base), _root(types.get, new.base)
    before, after = pair.deploy.type_before(was), pair.deploy.type_after(now)
    other = before and before != after and not only_renamed(was, now)
    change = compare(before, after) if other else None
    return change if change is not None and change.kind != "widens" else None


def _root(look_up: Callable[[int | None], Type | None], type_: DataType | None) -> DataType | None:
    """What a domain is over in the end: the domains between only add checks."""
    found = look_up(type_.type_id) if type_ is not None and not type_.dims else None
    return _root(look_up, found.base) if found is not None and found.kind == "domain" and found.base is not None else type_


def _new_checks(pair: TypePair, new: Type) -> list[Constraint]:
    """Checks that demand what nothing demanded before."""
    old = pair.old
    types = {"value": text} if (text := pair.deploy.type_before(old.base)) else {}
    existing = [c.expression for c in old.checks] + (["VALUE IS NOT NULL"] if old.not_null else [])
    known = {normal(e) for e in existing}
    return [c for c in new.checks if normal(c.expression) not in known and not admits(existing, c.expression, types)]


def _always_required(pair: TypePair, domain: Type) -> bool:
    """Whether NOT NULL only moves here from the columns: each was required before, and no routine takes the domain."""
    catalog = pair.deploy.catalog
    columns: list[Column | None] = []
    for relation in catalog.users(domain.id):
        was = catalog.relations.was(relation.id)
        of_domain = [c.id for c in relation.columns if c.type is not None and c.type.type_id == domain.id]
        columns += [was.column_by_id(id_) for id_ in of_domain] if was is not None else []
    taken = any(p.type.type_id == domain.id for f in catalog.functions for p in f.parameters or ())
    return bool(columns) and not taken and all(c is not None and c.not_null for c in columns)
