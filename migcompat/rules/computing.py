"""What a table computes when rows are written, and with what each part of it refuses them."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.frozen import frozen
from migcompat.schema.model import Relation

_COLLISION = {False: "23505", True: "23P01"}


@frozen
class Caller:
    """A part of a relation or domain, and with what it refuses a write."""

    name: str
    sqlstate: str = "23502"


def computing(table: Relation) -> Iterator[tuple[Caller, tuple[str, ...]]]:
    """Each part of a table that a routine may decide about, with its expressions."""
    of = f"of {table.key}"
    for check in table.constraints:
        if check.kind == "check" and check.enforced:
            yield Caller(f"check {check.name} {of}", "23514"), (check.expression,)
    for index in table.indexes:
        if index.unique or index.exclusion:
            kind = "exclusion constraint" if index.exclusion else "unique key"
            yield Caller(f"{kind} {index.name} {of}", _COLLISION[index.exclusion]), index.expressions
    for column in table.columns:
        if column.generated:
            yield Caller(f"generated column {column.name} {of}"), (column.expression,)
        elif column.default:
            yield Caller(f"the default of column {column.name} {of}"), (column.default,)
    for policy in table.policies if table.row_security else ():
        yield Caller(f"policy {policy.name} {of}", "42501"), (policy.using, policy.check)
    yield Caller(f"the partition key {of}", "23514"), (table.partition_by,)
