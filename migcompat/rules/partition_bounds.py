"""What a partition's bound demands of a row, as a condition (https://www.postgresql.org/docs/18/sql-createtable.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.sql.conditions import columns_of, normal
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.quoting import ident

_MODULUS, _REMAINDER = (re.compile(rf"\b{word}\s+(\d+)", re.IGNORECASE) for word in ("modulus", "remainder"))
_KEY = re.compile(r"(?P<kind>LIST|RANGE) \((?P<key>.*)\)\Z", re.DOTALL)


def condition(partition_by: str, bound: str) -> str:
    """Of a partition by one column; empty where it cannot be said, as of a hash or of the default partition."""
    by = _KEY.match(partition_by)
    try:
        return _condition(by["kind"], by["key"].strip(), bound) if by is not None and bound not in ("", "default") else ""
    except Unreadable:
        return ""


def takes_all(bounds: list[str]) -> bool:
    """Whether partitions certainly take every row: one is the default, or they are all the remainders of a hash."""
    moduli = [modulus for modulus, _ in _remainders(bounds)]
    return "default" in bounds or (bool(moduli) and sum(max(moduli) // modulus for modulus in moduli) == max(moduli))


def left_out(partition_by: str, bounds: list[str]) -> Iterator[tuple[str, str]]:
    """The bounds that a partitioned table lacks for its partitions to take every row, each with a word to call it by: the default one, or
    remainders of a hash, which knows no default. Each modulus is a factor of the next greater one."""
    if not partition_by.startswith("HASH"):
        yield "default", "DEFAULT"
        return
    taken = _remainders(bounds)
    greatest = max((modulus for modulus, _ in taken), default=1)
    for remainder in range(greatest):
        if all(remainder % modulus != other for modulus, other in taken):
            yield f"rest_{remainder}", f"FOR VALUES WITH (MODULUS {greatest}, REMAINDER {remainder})"


def _remainders(bounds: list[str]) -> list[tuple[int, int]]:
    """The moduli of a hash, each with its remainder."""
    found = ((_MODULUS.search(bound), _REMAINDER.search(bound)) for bound in map(normal, bounds))
    return [(int(m[1]), int(r[1])) for m, r in found if m is not None and r is not None and m[1].strip("0")]


def _condition(kind: str, key: str, bound: str) -> str:
    named = columns_of(key)
    if named is None or len(named) != 1 or key.strip('"') not in named:
        return ""
    (column,) = (ident(name) for name in named)
    cursor = Cursor(bound)
    cursor.need("for", "values")
    if kind == "LIST":
        cursor.need("in")
        values = _values(cursor)
        listed = [v for v in values if v.lower() != "null"]
        within = f"{column} IN ({', '.join(listed)})" if listed else "false"
        return f"({within} AND {column} IS NOT NULL)" if len(listed) == len(values) else f"({within} OR {column} IS NULL)"
    cursor.need("from")
    low = _values(cursor)
    cursor.need("to")
    high = _values(cursor)
    if len(low) != 1 or len(high) != 1:
        return ""
    parts = [f"{column} IS NOT NULL"]
    parts += [f"{column} >= {low[0]}"] * (low[0].lower() != "minvalue")
    parts += [f"{column} < {high[0]}"] * (high[0].lower() != "maxvalue")
    return " AND ".join(parts)


def _values(cursor: Cursor) -> list[str]:
    inner = Cursor(cursor.parenthesised())
    return list(inner.list_of(inner.expression))
