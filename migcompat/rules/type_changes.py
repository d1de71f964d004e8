"""What a change from one type to another does to running code."""

from __future__ import annotations

import re

from migcompat.findings import Breaks
from migcompat.frozen import frozen
from migcompat.schema.model import DataType, Type

_PARTS = re.compile(r"(?P<name>[^(\[]+?)\s*(?:\((?P<modifiers>[^)]*)\))?(?P<zone> with(?:out)? time zone)?(?P<array>\[\])?\Z")
_NUMBER = "-?[0-9]{1,9}"
"""PostgreSQL takes no longer one."""
_RANKS = {"smallint": 1, "integer": 2, "bigint": 3, "numeric": 4}
_FLOATS = {"real": 1, "double precision": 2}
_TEXTS = frozenset({"character varying", "text", "character", "citext", "name", "public.citext"})
_COMPARABLE = (
    frozenset({"date", "timestamp without time zone", "timestamp with time zone"}),
    frozenset({"time without time zone", "time with time zone"}),
    frozenset({"time without time zone", "interval"}),
    frozenset({*_RANKS, *_FLOATS}),
    frozenset({"inet", "cidr"}),
    frozenset({"bit", "bit varying"}),
)
"""Types that PostgreSQL compares with each other: https://www.postgresql.org/docs/18/functions-comparison.html"""
_SCALARS = frozenset({"uuid", "boolean", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"}).union(*_COMPARABLE) - {
    "bit",
    "bit varying",
}
"""Types of which all casts to each other are known here."""
_UP_TO = ("bit varying", "time", "interval")
"""How those types begin whose number bounds what they take; another type may take nothing else than what it says, as bit(3) does."""
_ALSO_CAST = frozenset(
    {
        ("integer", "boolean"),
        ("boolean", "integer"),
        ("timestamp without time zone", "time without time zone"),
        ("timestamp with time zone", "time without time zone"),
        ("timestamp with time zone", "time with time zone"),
    }
)
"""Casts between types that do not compare with each other: pg_cast."""
UNLIKE = "42883"
"""undefined_function: what a comparison of two types is answered that have no equality in common."""
UNCOMPARED = frozenset({"json", "xml", "point", "polygon"})
"""Types without equality: no statement compares them, before or after."""


@frozen
class TypeChange:
    """The kind of a change, and what the prior generation meets."""

    kind: str
    """`widens`, `narrows` or `family`."""
    consequence: str
    sqlstate: str
    breaks: Breaks
    binary: bool = False
    """Whether PostgreSQL keeps the stored values as they are."""


def only_renamed(before: DataType | None, after: DataType | None) -> bool:
    """Whether both are one user's type, whatever it is called: that it has another name is a break of its own."""
    return (
        before is not None
        and after is not None
        and before.type_id is not None
        and (before.type_id, before.dims) == (after.type_id, after.dims)
    )


def between_domains(left: list[Type], entered: list[Type]) -> TypeChange:
    """From a domain to what it is over, the other way, or to another domain over the same."""
    refusing = [domain for domain in entered if domain.id not in {d.id for d in left}]
    if any(domain.checks for domain in refusing):
        return _narrows("23514", "a value that the domain refuses is rejected")
    if any(domain.not_null for domain in refusing):
        return _narrows("23502", "NULL, which the domain refuses, is rejected")
    return _widens(binary=True)


def compare(before: str, after: str) -> TypeChange:
    """Judges `before` → `after`, both as `format_type` prints them; an unknown type before is another family."""
    if not before:
        return _family("a value or comparison of the old type may be rejected")
    if before in UNCOMPARED:
        return _for_readers(before)
    old, new = _PARTS.match(before), _PARTS.match(after)
    if old is None or new is None or bool(old["array"]) != bool(new["array"]):
        return _family(f"a comparison with {before} is rejected")
    a, b = _name(old), _name(new)
    if a in _TEXTS and b in _TEXTS:
        return _texts(old, new, a, b)
    if a in _RANKS and b in _RANKS:
        return _numbers(old, new, a, b)
    if a in _FLOATS and b in _FLOATS:
        return _widens() if _FLOATS[a] <= _FLOATS[b] else _narrows("22003", "a value that no longer fits is rejected")
    if a == b:
        return _modifiers(old, new)
    if not old["array"] and any({a, b} <= types for types in _COMPARABLE):
        return _for_readers(before)
    return _family(f"a comparison or a driver that expects {before} fails")


def has_no_cast(before: str, after: str) -> bool:
    """Whether PostgreSQL certainly casts no value of the one type to the other, even where it is told to."""
    old, new = _PARTS.match(before), _PARTS.match(after)
    if old is None or new is None or (old["array"] and new["array"]):
        return False
    a, b = _name(old), _name(new)
    if old["array"] or new["array"]:
        return (b if old["array"] else a) in _SCALARS | UNCOMPARED | {"jsonb", "bytea"}
    return {a, b} <= _SCALARS and a != b and (a, b) not in _ALSO_CAST and not any({a, b} <= types for types in _COMPARABLE)


def _name(parts: re.Match[str]) -> str:
    return (parts["name"] + (parts["zone"] or "")).strip()


def _texts(old: re.Match[str], new: re.Match[str], a: str, b: str) -> TypeChange:
    if "character" in (a, b) and a != b:
        return _prepared("values are padded or compared in another way, and a statement prepared before the deploy fails")
    limit_before, limit_after = _limit(old), _limit(new)
    if limit_after is not None and (limit_before is None or limit_after < limit_before):
        return _narrows("22001", f"a value longer than {limit_after} characters is rejected")
    return _widens(binary=a != "character" and (not old["array"] or (a == b and limit_after is None)))


def _limit(parts: re.Match[str]) -> int | None:
    text = (parts["modifiers"] or "").split(",")[0].strip()
    return int(text) if re.fullmatch(_NUMBER, text) else None


def _numbers(old: re.Match[str], new: re.Match[str], a: str, b: str) -> TypeChange:
    if a == b == "numeric":
        return _modifiers(old, new)
    if _RANKS[a] > _RANKS[b]:
        return _narrows("22003", f"a value outside the range of {b} is rejected")
    limit = _limit(new)
    if b == "numeric" and limit is not None and limit < {"smallint": 5, "integer": 10, "bigint": 19}.get(a, 0):
        return _narrows("22003", "a value with more digits is rejected")
    return _widens()


def _modifiers(old: re.Match[str], new: re.Match[str]) -> TypeChange:
    after = new["modifiers"]
    if after is None:
        return _widens(binary=True)
    name, wider, binary = _name(new), False, True
    was, now = _limit(old), _limit(new)
    if was is not None and now is not None and name == "numeric":
        scale, new_scale = _scale(old), _scale(new)
        wider, binary = new_scale >= scale and now - new_scale >= was - scale, new_scale == scale
    elif was is not None and now is not None and name.startswith(_UP_TO):
        wider = now >= was
    if wider:
        return _widens(binary=binary and not old["array"])
    return _narrows({"numeric": "22003", "bit": "22026"}.get(name, "22001"), f"a value beyond ({after}) is rejected or rounded")


def _scale(number: re.Match[str]) -> int:
    """How many decimals a number has."""
    text = (number["modifiers"] or "").partition(",")[2].strip()
    return int(text) if re.fullmatch(_NUMBER, text) else 0


def _widens(*, binary: bool = False) -> TypeChange:
    consequence = "it only widens, so values still fit; a statement prepared before the deploy fails until it is prepared again"
    return TypeChange("widens", consequence, "0A000", Breaks.READS, binary)


def _narrows(sqlstate: str, consequence: str) -> TypeChange:
    return TypeChange("narrows", consequence, sqlstate, Breaks.WRITES)


def _family(consequence: str) -> TypeChange:
    return TypeChange("family", consequence, UNLIKE, Breaks.READS)


def _for_readers(before: str) -> TypeChange:
    return _prepared(f"a function or a driver that expects {before} may fail, and a statement prepared before the deploy fails")


def _prepared(consequence: str) -> TypeChange:
    return TypeChange("family", consequence, "0A000", Breaks.READS)


COLLATION = _prepared("rows sort and compare in another order, and statements prepared before the deploy fail")
