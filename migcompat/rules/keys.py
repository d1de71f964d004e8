"""Comparing what a relation's keys promise before and after a deploy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from migcompat.frozen import frozen, replace
from migcompat.rules.pairs import RelationPair
from migcompat.schema.definitions import keys_sql
from migcompat.schema.model import Constraint, Index, Relation
from migcompat.sql.conditions import normal, rename_column
from migcompat.sql.lexer import Kind, tokens


@frozen
class UniqueKey:
    """A unique key: over what, where, and how NULLs count."""

    keys: frozenset[str]
    predicate: str
    nulls_not_distinct: bool
    nulls_collide: bool
    """Whether that tells, as a column may be NULL."""
    deferrable: bool
    index: Index


def unique_keys(relation: Relation, names: dict[str, str] | None = None, *, overlaps: bool = False) -> list[UniqueKey]:
    """The unique keys of a relation; `names` translates column names that changed. `overlaps` asks for those WITHOUT OVERLAPS instead."""
    found = []
    temporal = {c.index for c in relation.constraints if c.kind in ("primary", "unique")} if overlaps else set()
    for index in relation.indexes:
        if index.id in temporal and index.exclusion if overlaps else index.unique:
            today = with_names(index, names) if names else index
            keys = frozenset((names or {}).get(k, k) for k in index_keys(relation, today))
            predicate = normal(today.predicate) if today.predicate else ""
            collide = index.nulls_not_distinct and not _never_null(relation, index)
            found.append(UniqueKey(keys, predicate, index.nulls_not_distinct, collide, index.deferrable, index))
    return found


def _never_null(relation: Relation, index: Index) -> bool:
    required = {c.id for c in relation.columns if c.not_null}
    return all(key.column in required for key in index.keys)


def with_names(index: Index, names: dict[str, str]) -> Index:
    """An index whose expressions name columns as they are called now."""
    return replace(
        index,
        keys=tuple(replace(k, expression=renamed(k.expression, names)) for k in index.keys),
        predicate=renamed(index.predicate, names),
    )


def renamed(expression: str, names: dict[str, str]) -> str:
    """An expression with columns as they are called now; two of them may have swapped their names."""
    for number, old in enumerate(names):
        expression = rename_column(expression, old, f"renamed column {number}") if expression else expression
    for number, new in enumerate(names.values()):
        stands_in = f"renamed column {number}"
        expression = rename_column(expression, stands_in, new) if stands_in in expression else expression
    return expression


def constraint_of(relation: Relation, index: str) -> Constraint | None:
    """The constraint that an index stands behind; a CHECK may have the name of an index."""
    ids = {i.id for i in relation.indexes if i.name == index}
    return next((c for c in relation.constraints if c.index in ids), None)


def written(relation: Relation, index: Index) -> str:
    """What an index is over, as it was written."""
    return keys_sql(relation, index)[1:-1] or ", ".join(sorted(index_keys(relation, index)))


def at_least_as_strict(old: UniqueKey, new: UniqueKey) -> bool:
    """Whether every row set that `old` admits satisfies `new`: fewer columns, no narrower WHERE, no laxer NULLs."""
    return old.keys <= new.keys and old.predicate in ("", new.predicate) and (old.nulls_not_distinct or not new.nulls_collide)


def folds_more(pair: RelationPair, old: Index, new: Index) -> bool:
    """Whether a key may take different strings for equal that an earlier one told apart, by a collation that is not deterministic."""
    before, after = _folding(pair, pair.old, old), _folding(pair, pair.new, new)
    return not after <= before


def _folding(pair: RelationPair, relation: Relation | None, index: Index) -> set[tuple[str, str]]:
    """The columns of a key in which different strings may be equal, each with its collation."""
    columns = {c.id: c for c in (*relation.columns, *relation.hidden)} if relation is not None else {}
    collated = [(columns[k.column].name, k.collation or columns[k.column].collation or "") for k in index.keys if k.column in columns]
    collated += [(normal(k.expression), k.collation) for k in index.keys if k.expression]
    return {(name, last) for name, collation in collated if (last := _name(collation)) in _folding_collations(pair)}


def _folding_collations(pair: RelationPair) -> set[str]:
    return {_name(other.name) for other in pair.deploy.catalog.others if other.kind == "collation" and other.settings}


def _name(collation: str) -> str:
    return collation.rpartition(".")[2]


def fits_partitioning(table: Relation, index: Index) -> bool:
    """A unique key of a partitioned table must hold the columns that it is partitioned by, and there is none over an expression."""
    names = index_keys(table, index)
    return all(column in names for column in partition_key(table))


def partition_key(table: Relation) -> Iterator[str | None]:
    """The columns that a table is partitioned by; None: an expression."""
    depth, start = 0, True
    for token, after in pairwise(tokens(table.partition_by)):
        if start and depth == 1:
            yield token.value if token.kind in (Kind.WORD, Kind.QUOTED) and after.value != "(" else None
        depth += (token.value in "([") - (token.value in ")]") if token.kind is Kind.SYMBOL else 0
        start = depth == 1 and token.kind is Kind.SYMBOL and token.value in "(,"


def infers(new: UniqueKey, old: UniqueKey) -> bool:
    """Whether ON CONFLICT over `old`'s columns (and its WHERE) still finds an arbiter in `new`."""
    return new.keys == old.keys and new.predicate in ("", old.predicate)


Means = tuple[str, str, str]


def means(relation: Relation, index: Index, *, spelt: bool) -> set[Means]:
    """By which collation and operator class an index tells values of each key apart; `spelt`: only where its definition says so, which
    ON CONFLICT may then say too."""
    columns = {c.id: c for c in relation.columns}
    found = set()
    for key in index.keys:
        column = columns.get(key.column or 0)
        name = column.name if column is not None else normal(key.expression)
        collation = key.collation or (column.collation or "" if column is not None else "")
        if not spelt or key.collation or key.opclass:
            found.add((name, _name(collation), _name(key.opclass)))
    return found


def index_keys(relation: Relation, index: Index) -> frozenset[str]:
    """What an index is over: column names and normalised expressions; their order does not matter to uniqueness."""
    return frozenset(_name_of(relation, k.column) if k.column is not None else f"({normal(k.expression)})" for k in index.keys)


def _name_of(relation: Relation, column: int) -> str:
    found = relation.column_by_id(column)
    return found.name if found is not None else next((c.name for c in relation.hidden if c.id == column), f"#{column}")
