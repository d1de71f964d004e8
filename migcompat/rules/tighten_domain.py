from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, Rule, TypePair
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
        existing = [c.expression for c in old.checks] + (["VALUE IS NOT NULL"] if old.not_null else [])
        why = [f"CHECK ({' '.join(c.expression.split())})" for c in new.checks if not self._held(c.expression, existing)]
        sqlstate = None
        if new.not_null and not old.not_null:
            why.insert(0, "NOT NULL")
            sqlstate = "23502"
        if why:
            yield self.found(
                str(old.key),
                f"domain {old.key} is tightened by {' and '.join(why)}: a write of a value that it refuses is rejected in every column of it",
                "let no writer produce such values, clean up the existing ones, deploy that, and tighten the domain in a later deploy",
                statement=f"SELECT CAST($1 AS {qualified(*old.key)})",
                sqlstate=sqlstate,
                created=old.origin,
            )

    @staticmethod
    def _held(expression: str, existing: list[str]) -> bool:
        return normal(expression) in {normal(e) for e in existing} or admits(existing, expression)
