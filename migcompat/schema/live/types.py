"""Types: those in use, and the user's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from migcompat.schema.apply.columns import gives_value
from migcompat.schema.live import queries
from migcompat.schema.live.grants import Grants
from migcompat.schema.live.rows import Row, Rows
from migcompat.schema.model import Column, Constraint, DataType, Key, Label, Type

_KINDS = {"e": "enum", "d": "domain", "c": "composite", "r": "range", "b": "base", "p": "base"}
_PRINTED = re.compile(r"(?P<name>.*?)(?P<modifiers>\([^()]*\))?(?P<zone> with(?:out)? time zone)?(?P<array>\[\])?\Z", re.DOTALL)
_QUALIFIED = re.compile(r'(?:[^".]+|"(?:[^"]|"")*")\.(?P<name>[^".]+|"(?:[^"]|"")*")\Z')


class TypeNames:
    """Turns what `format_type` prints into types in use."""

    def __init__(self, own: Iterable[tuple[int, Key]]) -> None:
        self._own = dict(own)

    def read(self, oid: int | None, printed: str | None) -> DataType | None:
        """`oid` is that of the element where the type is an array."""
        if oid is None or printed is None:
            return None
        parts = _PRINTED.match(printed)
        assert parts is not None
        own = self._own.get(oid)
        name = str(own) if own is not None else _unqualified(parts["name"]) + (parts["zone"] or "")
        return DataType(name, parts["modifiers"] or "", 1 if parts["array"] else 0, oid if own is not None else None)


def _unqualified(name: str) -> str:
    """Types of extensions are known by their bare name; one of pg_catalog is printed without a schema, `"char"` with its quotes."""
    parts = _QUALIFIED.match(name)
    if parts is None:
        return name
    bare = parts["name"]
    return bare[1:-1].replace('""', '"') if bare.startswith('"') else bare


def read_types(
    rows: Rows,
    type_rows: Sequence[Row],
    names: TypeNames,
    columns: Mapping[int, tuple[Column, ...]],
    constraints: Mapping[tuple[str, int], tuple[Constraint, ...]],
    grants: Grants,
) -> Iterator[Type]:
    """The user's own types."""
    labels: defaultdict[int, list[Label]] = defaultdict(list)
    for enum, oid, text in rows(queries.LABELS):
        labels[enum].append(Label(oid, text))
    for oid, schema, name, kind, defined, relation, owner, not_null, default, base, printed in type_rows:
        yield Type(
            oid, Key(schema, name), _KINDS[kind] if defined else "shell", tuple(labels[oid]), names.read(base, printed), not_null,
            default if gives_value(default) else None,
            constraints.get(("type", oid), ()), columns.get(relation, ()), owner=owner, grants=grants["type", oid],
        )  # fmt: skip
