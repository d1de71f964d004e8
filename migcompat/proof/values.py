"""Sample values: the same for the same type everywhere, so that a foreign key of one meets the key of the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from migcompat.proof.contract import Contract, TypeFacts
from migcompat.sql.quoting import literal

_FIRST = 30000
"""Above the keys that seed data is likely to have, and still a smallint."""

_TEXT = frozenset({"text", "varchar", "bpchar", "citext", "name", "char"})
_NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8", "money", "oid", "xid", "cid"})

_SAMPLES: Mapping[str, Callable[[int], str]] = {
    "uuid": lambda k: f"00000000-0000-4000-8000-{k:012d}",
    "date": lambda k: f"2031-02-{k % 28 + 1:02d}",
    "timestamp": lambda k: f"2031-02-03 04:05:{k % 60:02d}",
    "timestamptz": lambda k: f"2031-02-03 04:05:{k % 60:02d}+00",
    "time": lambda k: f"04:05:{k % 60:02d}",
    "timetz": lambda k: f"04:05:{k % 60:02d}+00",
    "interval": lambda k: f"{k} hours",
    "json": lambda k: f'{{"k": {k}}}',
    "jsonb": lambda k: f'{{"k": {k}}}',
    "xml": lambda k: f"<k>{k}</k>",
    "bytea": lambda k: f"\\x{k:04x}",
    "inet": lambda k: f"10.0.0.{k % 256}",
    "cidr": lambda k: f"10.0.{k % 256}.0/24",
    "macaddr": lambda k: f"08:00:2b:01:02:{k % 256:02x}",
    "macaddr8": lambda k: f"08:00:2b:01:02:03:04:{k % 256:02x}",
    "point": lambda k: f"({k},1)",
    "line": lambda k: f"{{1,-1,{k}}}",
    "lseg": lambda k: f"[(0,0),({k},1)]",
    "box": lambda k: f"(({k},1),(0,0))",
    "path": lambda k: f"[(0,0),({k},1)]",
    "polygon": lambda k: f"((0,0),({k},1),(1,0))",
    "circle": lambda k: f"<(0,0),{k}>",
    "tsvector": lambda k: f"sample:{k}",
    "tsquery": lambda k: f"sample{k}",
    "hstore": lambda k: f'"k"=>"{k}"',
    "ltree": lambda k: f"sample.k{k}",
    "regclass": lambda k: "pg_class",
    "regtype": lambda k: "integer",
    "regproc": lambda k: "now",
    "pg_lsn": lambda k: f"0/{k:X}",
    "jsonpath": lambda k: f"$.k{k}",
    "int4range": lambda k: f"[{k},{k + 1})",
    "int8range": lambda k: f"[{k},{k + 1})",
    "numrange": lambda k: f"[{k},{k + 1})",
    "daterange": lambda k: f"[2031-02-{k % 27 + 1:02d},2031-02-{k % 27 + 2:02d})",
    "tsrange": lambda k: f"[2031-02-{k % 27 + 1:02d},2031-02-{k % 27 + 2:02d})",
    "tstzrange": lambda k: f"[2031-02-{k % 27 + 1:02d},2031-02-{k % 27 + 2:02d})",
}

_EXTREMES: Mapping[str, tuple[str, ...]] = {
    "int2": ("0", "-1", "32767"),
    "int4": ("0", "-1", "2147483647"),
    "int8": ("0", "-1", "9223372036854775807"),
    "float4": ("0", "-1", "1e30"),
    "float8": ("0", "-1", "1e300"),
    "money": ("0", "-1"),
    "date": ("0001-01-01", "9999-12-31", "infinity"),
    "timestamp": ("0001-01-01", "9999-12-31 23:59:59.999999", "infinity"),
    "timestamptz": ("0001-01-01", "9999-12-31 23:59:59.999999", "infinity"),
    "interval": ("0", "-1 day"),
    "json": ("null", "[]", "{}", '""', "0"),
    "jsonb": ("null", "[]", "{}", '""', "0"),
    "bytea": ("", "\\x" + "00" * 100),
    "bool": ("false",),
    "inet": ("::1", "10.0.0.1/8"),
}


def sample(type_: TypeFacts, k: int) -> str:
    """A constant of the type, untyped so that it fits any column; `k` tells several apart."""
    if type_.array:
        return "'{}'" if k == 1 else literal("{" + _element(type_, k) + "}")
    if type_.kind == "e":
        return literal(type_.labels[(k - 1) % len(type_.labels)]) if type_.labels else "NULL"
    if type_.kind == "c":
        return "NULL"
    return literal(_scalar(type_, k))


def typed(type_: TypeFacts, k: int) -> str:
    """The same as a client sends it: a parameter of the type that it was compiled for."""
    return f"{sample(type_, k)}::{type_.sql}"


def extremes(type_: TypeFacts) -> tuple[str, ...]:
    """More that the type admits and that a narrower contract may not: nothing, less than nothing, as much as possible."""
    if type_.array:
        return ("'{}'", "'{NULL}'")
    if type_.kind == "e":
        return tuple(literal(label) for label in type_.labels[1:])
    if type_.base in _TEXT:
        room = _room(type_)
        found = ["", " ", "Ä b", "x" * min(room, 1000)] if room else ["", " ", "Ä b", "x" * 1000]
        return tuple(literal(text[:room] if room else text) for text in found)
    if type_.base == "numeric":
        return tuple(literal(text) for text in _numeric_extremes(type_.modifier))
    if type_.base in ("bit", "varbit"):
        return ()
    return tuple(literal(text) for text in _EXTREMES.get(type_.base, ()))


def lengths(type_: TypeFacts, condition: str) -> Iterator[str]:
    """Values as long as the numbers in a condition, which may be about their length."""
    for number in re.findall(r"(?<![\w'.])\d{1,4}(?![\w'.])", condition):
        if type_.base in _TEXT and not type_.array:
            yield literal("x" * int(number))
        elif type_.base == "bytea":
            yield literal("\\x" + "00" * int(number))


def _element(type_: TypeFacts, k: int) -> str:
    if type_.kind == "e":
        return f'"{type_.labels[(k - 1) % len(type_.labels)]}"' if type_.labels else ""
    return '"' + _scalar(type_, k).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _scalar(type_: TypeFacts, k: int) -> str:
    base = type_.base
    if base in _TEXT:
        room = _room(type_)
        text = f"sample {k}"
        return text if room is None or len(text) <= room else str(k)[:room]
    if base in _NUMBERS:
        return _number(type_, k)
    if base == "bool":
        return "true" if k % 2 else "false"
    if base in ("bit", "varbit"):
        size = max(type_.modifier, 1)
        return f"{k:b}".zfill(size)[-size:]
    if base in ("vector", "halfvec"):
        return "[" + ",".join([str(k)] * max(type_.modifier, 1)) + "]"
    if base in _SAMPLES:
        return _SAMPLES[base](k)
    return "empty" if type_.kind == "r" else "{}" if type_.kind == "m" else f"sample {k}"


def _room(type_: TypeFacts) -> int | None:
    """How many characters fit; None: any number. A modifier counts the four bytes of a length word."""
    if type_.base == "char":
        return 1
    if type_.base == "name":
        return 63
    return max(type_.modifier - 4, 1) if type_.modifier > 4 else None


def _number(type_: TypeFacts, k: int) -> str:
    if type_.base == "numeric" and type_.modifier > 4:
        precision, scale = _precision(type_.modifier)
        if precision - scale < 5:
            return str(k % 10) if precision > scale else f"0.{k % 10}"
    return str(_FIRST + k)


def _precision(modifier: int) -> tuple[int, int]:
    """numeric's modifier: precision in the upper half, scale (signed, 11 bits) in the lower one."""
    packed = modifier - 4
    scale = packed & 0x7FF
    return packed >> 16, scale - 2048 if scale >= 1024 else scale


def _numeric_extremes(modifier: int) -> tuple[str, ...]:
    if modifier <= 4:
        return ("0", "-1", "0.123456789012345678", "1" + "0" * 40)
    precision, scale = _precision(modifier)
    whole = "9" * max(precision - scale, 0) or "0"
    return ("0", "-1" if precision > scale else "-0.1", f"{whole}.{'9' * scale}" if scale > 0 else whole)


def sample_of(printed: str, contract: Contract) -> str:
    """A typed constant for a type as `format_type` prints it."""
    array = printed.endswith("[]")
    name = printed.removesuffix("[]")
    labels = next((t.facts.labels for t in contract.types if name in (t.name, t.object, f"{t.schema}.{t.name}")), ())
    facts = TypeFacts(printed, _BASES.get(name, name), -1, "e" if labels else "b", "", array, labels, ())
    return f"{sample(facts, 1)}::{printed}"


_BASES: Mapping[str, str] = {
    "smallint": "int2", "integer": "int4", "bigint": "int8", "boolean": "bool", "real": "float4", "double precision": "float8",
    "character varying": "varchar", "character": "bpchar", "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time", "time with time zone": "timetz", '"char"': "char",
}  # fmt: skip
