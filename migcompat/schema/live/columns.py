"""Columns of relations, and attributes of composite types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

from migcompat.schema.apply.columns import gives_value
from migcompat.schema.definitions import SERIAL
from migcompat.schema.live import queries
from migcompat.schema.live.rows import Rows, column_id
from migcompat.schema.model import Column, DataType

_IDENTITY = {"a": "always", "d": "by default", "": ""}
_GENERATED = {"s": "stored", "v": "virtual", "": ""}


class ReadsTypes(Protocol):
    def read(self, oid: int | None, printed: str | None) -> DataType | None: ...


def read_columns(rows: Rows, names: ReadsTypes) -> Mapping[int, tuple[Column, ...]]:
    """By relation, in their order."""
    found: defaultdict[int, list[Column]] = defaultdict(list)
    owners = {sequence: (table, number) for sequence, table, number, _ in rows(queries.OWNED_SEQUENCES)}
    for relation, number, name, type_, printed, not_null, identity, generated, text, inherited, collation, sequence, own in rows(
        queries.ATTRIBUTES
    ):
        serial = sequence is not None and owners.get(sequence) == (relation, number)
        default = None if generated or text is None else SERIAL if serial and text.startswith("nextval(") else text
        found[relation].append(
            Column(
                column_id(relation, number), name, names.read(type_, printed), not_null, default, gives_value(default), _IDENTITY[identity],
                _GENERATED[generated], text if generated else "", collation or "", inherited=inherited,
                sequence=sequence, own_not_null=own,
            )
        )  # fmt: skip
    return {relation: tuple(columns) for relation, columns in found.items()}
