"""Rows that a schema admits, made from its catalogues: parents first, values until the checks agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from migcompat.frozen import frozen, replace
from migcompat.proof.contract import ColumnFacts, Contract, KeyFacts, RelationFacts, literals
from migcompat.proof.session import Failure, Session
from migcompat.proof.values import extremes, lengths, sample
from migcompat.sql.quoting import ident, literal

_MOST_TRIES = 60
_AGAIN = frozenset("22P02 22001 22003 22007 23503 23505 23514 23P01 P0001".split())
"""What another value may do away with."""
_MOST_PARENTS = 40
_UNLIKELY = 77
"""Which sample no migration has written, nor a sequence reached."""
_WITHOUT_EQUALITY = frozenset("json xml point line lseg box path polygon circle regclass regtype regproc".split())
"""Types that have no `=`, or one that means something else."""


@frozen
class Row:
    """A row that can be inserted, and what has to be there for it."""

    relation: RelationFacts
    values: Mapping[str, str]
    """A constant for every column that can be written, if need be with OVERRIDING SYSTEM VALUE."""
    needed: frozenset[str]
    """The columns that a write must name."""
    parents: tuple[str, ...]
    """The inserts of rows that it refers to, in order."""

    @property
    def statement(self) -> str:
        return insert(self.relation, {name: self.values[name] for name in self.values if name in self.needed})

    @property
    def named(self) -> tuple[str, str]:
        """The same row with its primary key written out, and the condition that finds it among others."""
        key = next((key.columns for key in self.relation.keys_of("p")), ())
        odd = {column.name for column in self.relation.columns if column.type.base in _WITHOUT_EQUALITY}
        found = [name for name in self.values if name in (key or self.needed) and name not in odd and self.values[name] != "NULL"]
        condition = " AND ".join(f"{ident(name)} = {self.values[name]}" for name in found)
        there = insert(self.relation, {name: self.values[name] for name in self.values if name in self.needed or name in key})
        return there, f" WHERE {condition}" if condition else ""

    @property
    def whole(self) -> dict[str, str]:
        """All columns that a plain INSERT can name."""
        return {column.name: self.values[column.name] for column in self.relation.columns if column.writable and column.name in self.values}


@dataclass(slots=True)
class Maker:
    """Finds rows by trying them on the server, in a trial of which nothing stays."""

    contract: Contract
    session: Session
    rows: dict[tuple[int, int], Row] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    """Why no row could be made, by relation."""
    _making: set[int] = field(default_factory=set)
    _circular: bool = False
    """Whether a row was asked for while it was being made."""
    _chosen: dict[int, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def row(self, oid: int, k: int) -> Row | None:
        """The k-th row of a relation; None: it cannot be made."""
        if (oid, k) in self.rows:
            return self.rows[oid, k]
        if oid in self._making:
            self._circular = True
            return None
        if oid in self.problems and (oid, 1) not in self.rows:
            return None
        relation = self.contract.relations.get(oid)
        if relation is None or not relation.writes & 8:
            return None
        self._making.add(oid)
        outer, self._circular = self._circular, False
        try:
            made = self._make(relation, k)
        finally:
            self._making.discard(oid)
        if made is not None:
            self.rows[oid, k] = made
        elif self._circular and self._making:
            self.problems.pop(oid, None)  # begun from the other end, it may be possible
        self._circular = outer or self._circular
        return made

    def _make(self, relation: RelationFacts, k: int) -> Row | None:
        drafted = self._draft(relation, k)
        if drafted is None:
            return None
        if k > 1:
            return drafted
        failure: Failure | None = None
        for tries, changes in enumerate(self._changes(relation, drafted)):
            if tries > _MOST_TRIES:
                break
            row = replace(drafted, values={**drafted.values, **changes}, needed=drafted.needed | changes.keys())
            failed = self._try(row)
            failure = failure or failed
            if failed is None:
                others = _apart(relation, drafted, _UNLIKELY + 1)
                self._chosen[relation.oid] = {n: (v, others[n]) if changes.keys() == others.keys() else (v,) for n, v in changes.items()}
                return row
            if failed.sqlstate not in _AGAIN:
                break
        self.problems[relation.oid] = failure.message if failure else "nothing could be tried"
        return None

    def _try(self, row: Row) -> Failure | None:
        return self.session.rehearse([*row.parents, row.statement, "SET CONSTRAINTS ALL IMMEDIATE"])

    def _draft(self, relation: RelationFacts, k: int) -> Row | None:
        values = {c.name: sample(c.type, k) for c in relation.columns if not c.generated}
        values |= {name: chosen[(k - 1) % len(chosen)] for name, chosen in self._chosen.get(relation.oid, {}).items()}
        needed = {c.name for c in relation.columns if c.required} | set(self._chosen.get(relation.oid, {}))
        parents: dict[str, None] = {}
        for key in relation.keys_of("f"):
            if not self._refer(relation, key, k, values, needed, parents):
                return None
        if relation.kind == "v":  # a view does not say what its table requires
            table = self.contract.relations.get(relation.reads[0]) if len(relation.reads) == 1 else None
            shown = {c.name: c for c in table.columns} if table is not None else {}
            needed |= {name for name in values if name not in shown or shown[name].required}
        return Row(relation, values, frozenset(needed), tuple(parents))

    def _refer(
        self, relation: RelationFacts, key: KeyFacts, k: int, values: dict[str, str], needed: set[str], parents: dict[str, None]
    ) -> bool:
        """Points a foreign key at a row of its parent, or at nothing; False: neither can be."""
        columns = [column for name in key.columns if (column := relation.column(name)) is not None]
        if key.target == relation.oid:
            if any(column.required for column in columns):
                values.update(
                    {name: values[to] for name, to in zip(key.columns, key.referenced, strict=True) if name in values and to in values}
                )
            else:
                values.update({column.name: "NULL" for column in columns if column.nullable and column.writable})
            return True
        must = all(not column.nullable for column in columns)
        parent = self.row(key.target, k)
        if parent is None or len(parents) > _MOST_PARENTS:
            if must and any(column.required for column in columns):
                self.problems.setdefault(relation.oid, f"no row can be made that {key.name} refers to")
                return False
            values.update({column.name: "NULL" for column in columns if column.nullable and column.writable})
            return True
        given = {to: parent.values.get(to) for to in key.referenced}
        statement = insert(parent.relation, {n: v for n, v in parent.values.items() if n in parent.needed or n in key.referenced})
        if any(value is None or value == "NULL" for value in given.values()):
            if must:
                self.problems.setdefault(relation.oid, f"a key that {key.name} refers to cannot be written")
                return not any(column.required for column in columns)
            values.update({column.name: "NULL" for column in columns if column.nullable and column.writable})
            return True
        for statement_before in (*parent.parents, statement):
            parents[statement_before] = None
        values.update(
            {
                name: value
                for name, to in zip(key.columns, key.referenced, strict=True)
                if (value := given[to]) is not None and name in values
            }
        )
        if must and not all(column.default for column in columns):
            needed.update(key.columns)
        return True

    def _changes(self, relation: RelationFacts, row: Row) -> Iterator[dict[str, str]]:
        """What to set in the draft: nothing, then values that the checks and bounds speak of, one column at a time, then two."""
        yield {}
        if apart := _apart(relation, row, _UNLIKELY):
            yield apart
        candidates = {
            column.name: found for column in relation.columns if column.writable and (found := self._candidates(relation, column, row))
        }
        for name, values in candidates.items():
            for value in values:
                yield {name: value}
        checked = [key.columns for key in relation.keys_of("c")]
        whole = {name: values[0] for name, values in candidates.items()}
        if len(whole) > 1:
            yield whole
        for columns in checked:
            several = [name for name in columns if name in candidates]
            if len(several) > 1:
                for chosen in product(*(candidates[name][:4] for name in several)):
                    yield dict(zip(several, chosen, strict=True))

    def _candidates(self, relation: RelationFacts, column: ColumnFacts, row: Row) -> tuple[str, ...]:
        texts = [key.definition for key in relation.keys_of("c") if column.name in key.columns or not key.columns]
        texts += column.type.checks
        texts += [bound for bound in (*relation.bounds, relation.own_bound) if bound and column.name in row.needed]
        found = dict.fromkeys([row.values[column.name]] if texts and column.name not in row.needed else [])
        found.update(dict.fromkeys(literal(text) for definition in texts for text in literals(definition)))
        found.update((value, None) for definition in texts for value in lengths(column.type, definition))
        if texts:
            found.update(dict.fromkeys(("'0'", "'1'", "'a@b.example'", "'a'", "'https://a.example'", *extremes(column.type))))
            if column.nullable:
                found["NULL"] = None
        return tuple(found)


def _apart(relation: RelationFacts, row: Row, k: int) -> dict[str, str]:
    """Other values in the keys, but for what refers to a parent: a migration may have written rows."""
    referring = {name for key in relation.keys_of("f") for name in key.columns}
    keyed = {name for key in relation.keys_of("p", "u", "i", "x") for name in key.columns} - referring
    columns = [column for column in relation.columns if column.name in keyed and column.name in row.values and column.writable]
    return {column.name: sample(column.type, k) for column in columns}


def insert(relation: RelationFacts, values: Mapping[str, str], *, tail: str = "") -> str:
    """INSERT with the columns named."""
    if not values:
        return f"INSERT INTO {relation.sql} DEFAULT VALUES{tail}"
    names = ", ".join(ident(name) for name in values)
    given = any(column.identity == "a" and column.name in values for column in relation.columns)
    overriding = " OVERRIDING SYSTEM VALUE" if given else ""
    return f"INSERT INTO {relation.sql} ({names}){overriding} VALUES ({', '.join(values.values())}){tail}"
