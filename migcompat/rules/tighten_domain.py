from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
from migcompat.rules.type_changes import compare
from migcompat.schema.model import Column, Type
from migcompat.sql.conditions import admits, normal
from migcompat.sql.quoting import qualified


class TightenDomain(Rule):
    name = "tighten-domain"
    summary = "A domain refuses values that it took before"
    breaks = Breaks.WRITES
    sqlstate = "23514"

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


def _tightened(pair: TypePair, new: Type) -> Iterator[tuple[str, str]]:
    """What refuses a value now, and with which SQLSTATE."""
    old = pair.old
    before, after = pair.deploy.type_before(old.base), pair.deploy.type_after(new.base)
    if before != after and before and after and (change := compare(before, after)).kind != "widens":
        yield f"its new base type {after}", change.sqlstate
    if new.not_null and not old.not_null and not _always_required(pair, new):
        yield "NOT NULL", "23502"
    existing = [c.expression for c in old.checks] + (["VALUE IS NOT NULL"] if old.not_null else [])
    for check in new.checks:
        if normal(check.expression) not in {normal(e) for e in existing} and not admits(existing, check.expression):
            yield f"CHECK ({' '.join(check.expression.split())})", "23514"


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
