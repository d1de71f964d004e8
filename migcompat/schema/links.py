"""The relations of a schema, and what refers to them."""

from __future__ import annotations

from typing import TypeVar

from migcompat.schema.model import Constraint, Index, Key, Relation
from migcompat.schema.store import Store

T = TypeVar("T")


class Links:
    """What refers to a relation or type, by kind. A link that has gone may still be noted, so each is looked at before it is told."""

    def __init__(self) -> None:
        self.relations: Store[Relation] = Store()
        self._homes: dict[Key, tuple[int, int]] = {}
        """Of an index: its relation, and its id."""
        self._constraint_homes: dict[Key, set[int]] = {}
        self._children: dict[int, set[int]] = {}
        self._owned: dict[int, set[int]] = {}
        self._readers: dict[int, set[int]] = {}
        self._referrers: dict[int, set[int]] = {}
        self._users: dict[int, set[int]] = {}
        self._drawers: dict[int | None, set[int]] = {}

    def _link(self, old: Relation | None, new: Relation) -> None:
        if old is not None and old.key != new.key:
            self._free(old.key.schema, old.id, old.indexes, old.constraints)
            old = None
        if old is None or old.indexes is not new.indexes or old.constraints is not new.constraints:
            self._link_names(old, new)
        if new.of_type is not None:
            self._users.setdefault(new.of_type, set()).add(new.id)
        if old is None or old.columns is not new.columns:
            for column in exchanged(old.columns if old is not None else (), new.columns)[1]:
                if column.type is not None and column.type.type_id is not None:
                    self._users.setdefault(column.type.type_id, set()).add(new.id)
                if column.sequence is not None or ("'" in (column.default or "") and "nextval" in (column.default or "").lower()):
                    self._drawers.setdefault(column.sequence, set()).add(new.id)
        for read in new.reads:
            self._readers.setdefault(read, set()).add(new.id)
        for parent in new.parents:
            self._children.setdefault(parent, set()).add(new.id)
        if new.owned_by is not None:
            self._owned.setdefault(new.owned_by[0], set()).add(new.id)

    def _link_names(self, old: Relation | None, new: Relation) -> None:
        gone_indexes, indexes = exchanged(old.indexes if old is not None else (), new.indexes)
        gone_constraints, constraints = exchanged(old.constraints if old is not None else (), new.constraints)
        self._free(new.key.schema, new.id, gone_indexes, gone_constraints)
        for index in indexes:
            self._homes[Key(new.key.schema, index.name)] = new.id, index.id
        for constraint in constraints:
            self._constraint_homes.setdefault(Key(new.key.schema, constraint.name), set()).add(new.id)
            if constraint.references is not None:
                self._referrers.setdefault(constraint.references, set()).add(new.id)

    def _free(self, schema: str, relation_id: int, indexes: tuple[Index, ...], constraints: tuple[Constraint, ...]) -> None:
        """The names that a relation no longer takes."""
        for index in indexes:
            if self._homes.get(Key(schema, index.name), (0, 0))[0] == relation_id:
                del self._homes[Key(schema, index.name)]
        for constraint in constraints:
            self._constraint_homes.get(Key(schema, constraint.name), set()).discard(relation_id)

    def drawers(self, sequence: Relation) -> list[Relation]:
        """The tables with a default that draws from it."""
        return [r for r in self._found(self._drawers.get(sequence.id, set())) if any(c.sequence == sequence.id for c in r.columns)]

    def possible_drawers(self, sequence: Relation) -> list[Relation]:
        """Those, and the tables with a default that draws from a sequence which was not there yet, as far as was seen."""
        return self._found(self._drawers.get(sequence.id, set()) | self._drawers.get(None, set()))

    def children(self, relation: Relation) -> list[Relation]:
        """Its partitions, and the tables that inherit from it."""
        return [r for r in self._of(self._children, relation) if relation.id in r.parents and r.id != relation.id]

    def above(self, relation: Relation) -> list[Relation]:
        """The partitioned tables that a partition is part of: a foreign key to them, and what publishes them, is one to it, too."""
        found: dict[int, Relation] = {}
        pending = [relation]
        while pending:
            part = pending.pop()
            for parent in (self.relations.get(id_) for id_ in part.parents if part.bound and id_ not in found):
                if parent is not None:
                    found[parent.id] = parent
                    pending.append(parent)
        return list(found.values())

    def ever_children(self, id_: int) -> set[int]:
        """What is or was a child of a relation."""
        found = self._children.get(id_, set())
        self.relations.spend(len(found) // 5)
        return found

    def owned(self, relation: Relation) -> list[Relation]:
        """The sequences that belong to its columns."""
        return [r for r in self._of(self._owned, relation) if r.owned_by is not None and r.owned_by[0] == relation.id]

    def ever_owned(self, id_: int) -> set[int]:
        """The sequences that belong or belonged to a relation's columns."""
        return self._owned.get(id_, set())

    def readers(self, relation: Relation) -> list[Relation]:
        """The views over it."""
        return [r for r in self._of(self._readers, relation) if relation.id in r.reads]

    def referrers(self, relation: Relation) -> list[Relation]:
        """The tables with foreign keys to it."""
        return [r for r in self._of(self._referrers, relation) if refers(r, relation.id)]

    def ever_referring(self, id_: int) -> set[int]:
        """The tables that have or had foreign keys to a relation."""
        found = self._referrers.get(id_, set())
        self.relations.spend(len(found))
        return found

    def new_referrers(self, relation: Relation) -> list[Relation]:
        """Those of them that the deploy has created."""
        new = self.relations.created(self._referrers.get(relation.id, set()))
        return [r for id_ in sorted(new) if (r := self.relations.get(id_)) is not None and refers(r, relation.id)]

    def _of(self, links: dict[int, set[int]], relation: Relation) -> list[Relation]:
        """What may be linked to a relation: a link that has gone may still be noted."""
        ids = links.get(relation.id)
        return self._found(ids) if ids else []

    def _found(self, ids: set[int]) -> list[Relation]:
        self.relations.spend(len(ids))
        return [found for id_ in sorted(ids) if (found := self.relations.get(id_)) is not None]

    def users(self, type_id: int) -> list[Relation]:
        """Relations that may have a column of this type."""
        found = self._found(self._users.get(type_id, set()))
        return [r for r in found if r.of_type == type_id or any(c.type and c.type.type_id == type_id for c in r.columns)]


def refers(table: Relation, to: int) -> bool:
    """Whether a table has a foreign key to another."""
    return any(c.references == to for c in table.constraints)


def exchanged(before: tuple[T, ...], now: tuple[T, ...]) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """What has gone, and what has come to the end; all of it where something else changed. A table with thousands of parts gets them one
    by one."""
    if now is before:
        return (), ()
    return ((), now[len(before) :]) if now[: len(before)] == before else (before, now)
