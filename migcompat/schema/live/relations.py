"""Tables, views and sequences, with all that belongs to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from migcompat.changes import Numbers
from migcompat.frozen import replace
from migcompat.schema.live import queries
from migcompat.schema.live.access import read_policies, read_rules, read_triggers
from migcompat.schema.live.constraints import read_indexes
from migcompat.schema.live.grants import Grants
from migcompat.schema.live.rows import Rows, column_id
from migcompat.schema.model import Column, Constraint, Key, Relation
from migcompat.sql.queries import describe

_IDENTITIES = {"d": "default", "f": "full", "i": "index", "n": "nothing"}
_KINDS = {"r": "table", "p": "partitioned", "f": "foreign", "v": "view", "m": "materialized view", "S": "sequence"}


def read_relations(
    rows: Rows, columns: Mapping[int, tuple[Column, ...]], constraints: Mapping[tuple[str, int], tuple[Constraint, ...]], grants: Grants
) -> Iterator[Relation]:
    """All of them, those that others refer to first."""
    indexes, triggers, rules, policies = read_indexes(rows), read_triggers(rows), read_rules(rows), read_policies(rows)
    owned, of_identity = dict[int, tuple[int, int]](), set[int]()
    for sequence, table, number, internal in rows(queries.OWNED_SEQUENCES):
        owned[sequence] = table, column_id(table, number)
        if internal:
            of_identity.add(sequence)
    read: defaultdict[int, dict[int, None]] = defaultdict(dict)
    used: defaultdict[int, set[int]] = defaultdict(set)
    for view, relation, number in rows(queries.READS):
        read[view][relation] = None
        if number:
            used[view].add(column_id(relation, number))
    numbers = _read_numbers(rows)
    for (
        oid, schema, name, kind, owner, row_security, forced, of_type, bound, parents, definition, partition_by, populated, check_option,
        security_invoker, replica_identity, identity_index,
    ) in rows(queries.RELATIONS):  # fmt: skip
        text = definition.rstrip().removesuffix(";") if definition else ""
        shown = columns.get(oid, ())
        yield Relation(
            oid, Key(schema, name), _KINDS[kind], tuple(map(_of_view, shown)) if definition else shown, True, indexes.get(oid, ()),
            constraints.get(("relation", oid), ()), tuple(parents), _bound(bound), describe(text) if text else None, tuple(read[oid]),
            frozenset(used[oid]), text, of_type or None, owned.get(oid), triggers[oid], rules[oid], policies[oid], row_security, forced,
            owner, grants["relation", oid], oid in of_identity, numbers.get(oid, ()), check_option or "", bool(security_invoker), populated,
            _IDENTITIES[replica_identity], identity_index, partition_by=partition_by or "",
        )  # fmt: skip


def _bound(printed: str | None) -> str:
    """As it is kept of a text."""
    return "default" if printed == "DEFAULT" else printed or ""


def _read_numbers(rows: Rows) -> Mapping[int, Numbers]:
    """By sequence, all that could have been said of it."""
    return {
        oid: (
            ("as", type_), ("increment", step), ("minvalue", least), ("maxvalue", most), ("start", start), ("cycle", "" if cycle else "no"),
        )
        for oid, type_, step, least, most, start, cycle in rows(queries.SEQUENCES)
    }  # fmt: skip


def _of_view(column: Column) -> Column:
    """Whether a view's column can be NULL or omitted, its table says."""
    return replace(column, not_null=None, has_default=None) if not column.default else replace(column, not_null=None)
