from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.add_unique import now_called
from migcompat.rules.base import Break, RelationPair, Rule
from migcompat.schema.model import Constraint
from migcompat.sql.quoting import ident


class AddForeignKey(Rule):
    name = "add-foreign-key"
    summary = "A foreign key refuses rows that were accepted before"
    breaks = Breaks.WRITES
    sqlstate = "23503"

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        if pair.old.constraints is not pair.new.constraints:
            yield from self._child(pair)
        yield from self._parent(pair)

    def _child(self, pair: RelationPair) -> Iterator[Break]:
        assert pair.new is not None
        before = {demand for c in pair.old.constraints if c.kind == "foreign" for demand in _old_demands(pair, c)}
        for key in pair.new.constraints:
            if key.kind != "foreign" or not key.enforced or key.assumed or _demands(pair, key) & before:
                continue
            columns = [c for c in pair.new.columns if c.id in key.columns]
            parent = pair.deploy.catalog.relations.get(key.references)
            known = [c for c in columns if pair.old.column_by_id(c.id) is not None or c.name in {o.name for o in pair.old.columns}]
            severity = Severity.ERROR if known or any(c.filled for c in columns) or not columns else Severity.NOTE
            names = ", ".join(ident(c.name) for c in columns)
            yield self.found(
                f"{pair.name}.{key.name}",
                f"foreign key {key.name} is added from {pair.name} ({names}) to {parent.key if parent else 'its parent'}: "
                + (
                    "a row without a parent is rejected, and so is a DELETE of a parent that is referenced"
                    if severity is Severity.ERROR
                    else "once the new generation fills it, a DELETE of a referenced parent is rejected"
                ),
                "let no writer produce rows without a parent, clean up the existing ones, deploy that, and add the key in a later deploy",
                statement=f"INSERT INTO {pair.sql} ({names}) VALUES ({', '.join(f'${i + 1}' for i in range(len(columns)))})  -- no such parent",
                detail=key.name,
                severity=severity,
            )

    def _parent(self, pair: RelationPair) -> Iterator[Break]:
        """A new table that refers to an old one restricts DELETE on it, once it holds rows."""
        catalog = pair.deploy.catalog
        for child in catalog.dependents(pair.old.id):
            if catalog.relations.was(child.id) is not None or child.temporary:
                continue
            for key in child.constraints:
                if key.kind == "foreign" and key.references == pair.old.id and key.on_delete not in ("cascade", "set null", "set default"):
                    yield self.found(
                        f"{child.key}.{key.name}",
                        f"new table {child.key} refers to {pair.name}: a DELETE there is rejected once the new generation has written rows",
                        "consider ON DELETE CASCADE or SET NULL if the prior generation deletes such rows",
                        statement=f"DELETE FROM {pair.sql} WHERE …",
                        severity=Severity.NOTE,
                    )


Demand = tuple[frozenset[str], object, frozenset[str]]
"""What a foreign key demands: columns, parent (by identity or by name) and the parent's columns. What it does ON DELETE is no part of that."""


def _demands(pair: RelationPair, key: Constraint) -> set[Demand]:
    assert pair.new is not None
    columns = frozenset(c.name for c in pair.new.columns if c.id in key.columns)
    parent = pair.deploy.catalog.relations.get(key.references)
    return {(columns, key.references, frozenset(key.referenced)), (columns, str(parent.key) if parent else "", frozenset(key.referenced))}


def _old_demands(pair: RelationPair, key: Constraint) -> set[Demand]:
    """In today's names."""
    names = now_called(pair)
    columns = frozenset(names.get(c.name, c.name) for c in pair.old.columns if c.id in key.columns)
    relations = pair.deploy.catalog.relations
    parent = relations.was(key.references) if key.references is not None else None
    now = relations.get(key.references)
    moved = {c.name: n.name for c in parent.columns if (n := now.column_by_id(c.id)) is not None} if parent is not None and now is not None else {}
    referenced = frozenset(moved.get(c, c) for c in key.referenced)
    return {(columns, key.references, referenced), (columns, str(parent.key) if parent else "", referenced)}
