"""Constraints of tables and domains, and indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from migcompat.schema.live import queries
from migcompat.schema.live.rows import Rows, column_id
from migcompat.schema.model import Constraint, Index, IndexColumn

_KINDS = {"p": "primary", "u": "unique", "x": "exclusion", "c": "check", "f": "foreign", "n": "not-null"}
_ACTIONS = {"a": "", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default", " ": ""}


def read_constraints(rows: Rows) -> Mapping[tuple[str, int], tuple[Constraint, ...]]:
    """By `relation` or `type` and its oid."""
    found: defaultdict[tuple[str, int], list[Constraint]] = defaultdict(list)
    for (
        oid, relation, type_, name, kind, columns, parent, referenced, on_delete, on_update, deferrable, enforced, valid, no_inherit, index,
        text, partition_of, deferred, match, emptied,
    ) in rows(queries.CONSTRAINTS):  # fmt: skip
        keyed = kind in ("p", "u", "x")
        constraint = Constraint(
            oid, name, _KINDS[kind], tuple(column_id(relation, number) for number in columns if number), text or "", parent or None,
            tuple(referenced), _ACTIONS[on_delete], _ACTIONS[on_update], deferrable, enforced, not valid and enforced,
            no_inherit and kind in ("c", "n"), index if keyed else None, parent=partition_of, deferred=deferred,
            match="full" if match == "f" else "", target=index if kind == "f" else None,
            emptied=tuple(i for i, number in enumerate(columns) if number in emptied),
        )  # fmt: skip
        found["relation" if relation else "type", relation or type_].append(constraint)
    return {key: tuple(constraints) for key, constraints in found.items()}


def read_indexes(rows: Rows) -> Mapping[int, tuple[Index, ...]]:
    """By relation."""
    found: defaultdict[int, list[Index]] = defaultdict(list)
    for (
        oid, relation, name, unique, immediate, exclusion, nulls, predicate, numbers, texts, parent, constraint, operators, collations,
        classes,
    ) in rows(queries.INDEXES):  # fmt: skip
        keys = tuple(
            IndexColumn(
                column_id(relation, number) if number else None, "" if number else text, operators[i] if i < len(operators) else "",
                collations[i], classes[i],
            )
            for i, (number, text) in enumerate(zip(numbers[: len(texts)], texts, strict=True))
        )  # fmt: skip
        include = tuple(column_id(relation, number) for number in numbers[len(texts) :])
        index = Index(
            oid,
            name,
            keys,
            unique and not exclusion,
            predicate or "",
            nulls,
            not immediate,
            exclusion,
            constraint,
            include=include,
            parent=parent,
        )
        found[relation].append(index)
    return {relation: tuple(indexes) for relation, indexes in found.items()}
