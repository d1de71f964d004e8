"""Which of several overloads PostgreSQL takes (https://www.postgresql.org/docs/18/typeconv-func.html), or that it cannot tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from migcompat.frozen import frozen, replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import DataType, Function, Parameter
from migcompat.sql.built_ins import CASTS

UNKNOWN = DataType("unknown")
"""A string constant or a parameter whose type the driver leaves open."""
_INTEGER = DataType("integer")
_ASKED = 60
"""Objects that asking whether a call reaches an overload counts for."""
_MORE = 2
"""How many values a call gives to a VARIADIC parameter."""
_CATEGORIES = {
    "B": "boolean",
    "D": "date|time without time zone|time with time zone|timestamp without time zone|timestamp with time zone",
    "I": "inet|cidr",
    "G": "point|line|lseg|box|path|polygon|circle",
    "N": "smallint|integer|bigint|numeric|real|double precision|money|oid|regclass|regproc|regprocedure|regtype|regrole|regnamespace",
    "R": "int4range|int8range|numrange|tsrange|tstzrange|daterange|int4multirange|int8multirange|nummultirange|tsmultirange|tstzmultirange|"
    "datemultirange",
    "S": "text|character varying|character|name|citext",
    "T": "interval",
    "V": "bit|bit varying",
}
_CATEGORY = {name: category for category, names in _CATEGORIES.items() for name in names.split("|")}
_PREFERRED = frozenset({"boolean", "timestamp with time zone", "inet", "double precision", "oid", "text", "interval", "bit varying"})
_CASTS = {given: frozenset(taken.split("|")) for given, taken in CASTS.items()}
_WIDENS = _CASTS["integer"]
_KINDS = {"array": "AP", "enum": "EP", "range": "RP", "multirange": "RP"}
"""Of the polymorphic types, the categories of what they stand for."""


@frozen
class Call:
    """A call, by the types of its arguments; named arguments (all or none) have names."""

    types: tuple[DataType, ...]
    names: tuple[str, ...] = ()
    typed: bool = True
    """Whether each argument has the parameter's own type."""


@frozen
class _Candidate:
    function: Function
    types: tuple[DataType, ...]
    variadic: bool
    twin: bool = False
    """Whether another takes the very same types."""


def calls(function: Function) -> Iterator[Call]:
    """The calls that running code may make: by position and by name, with each number of arguments, typed or not."""
    inputs = _inputs(function)
    for count in range(len(inputs) + _MORE):
        types = _effective(inputs, count)
        if types is None:
            continue
        names = tuple(p.name for p in inputs[:count])
        constants = tuple(_INTEGER if _is_number(t) or _is_polymorphic(t) else UNKNOWN for t in types)
        spellings = [types, constants] if any(map(_is_polymorphic, types)) else [types, (UNKNOWN,) * count, constants]
        for spelling in dict.fromkeys(spellings):
            yield Call(spelling, (), spelling == types)
            if count and all(names) and not _is_variadic(inputs):
                yield Call(spelling, names, spelling == types)


def answering(catalog: Catalog, call: Call, overloads: Collection[Function], *, before: bool = False) -> tuple[Function, ...]:
    """The overload that a call reaches: none (42883), one, or several among which PostgreSQL cannot choose (42725). Overloads of
    several schemas stand in the order of the search path."""
    catalog.functions.spend(_ASKED * len(overloads))
    found: dict[tuple[DataType, ...], _Candidate] = {}
    for function in overloads:
        inputs = _inputs(function)
        types = _named(inputs, call) if call.names else _effective(inputs, len(call.types))
        if types is None or function.parameters is None:
            continue
        new = _Candidate(function, types, not call.names and _is_variadic(inputs))
        old = found.get(types)
        if old is not None and old.function.key.schema != function.key.schema:
            continue  # the first on the search path
        if old is None or (old.variadic and not new.variadic):
            found[types] = new
        elif old.variadic == new.variadic:
            found[types] = replace(old, twin=True)
    exact = found.get(call.types)
    if exact is not None:
        return _chosen(exact)
    matching = [c for c in found.values() if all(_accepts(catalog, g, w, before=before) for g, w in zip(call.types, c.types, strict=True))]
    for narrow in (_most_exact, _most_preferred, _by_category, _by_known_type):
        if len(matching) > 1:
            matching = narrow(catalog, call, matching, before=before)
    if len(matching) == 1:
        return _chosen(matching[0])
    return tuple(c.function for c in matching)


def takes_as_it_is(old: Function, new: Function) -> bool:
    """Whether what the old one is given means the same to the new one: of a timestamp a cast makes another one in each time zone."""
    types = [(a.type.name, b.type.name) for a, b in zip(_inputs(old), _inputs(new), strict=False)]
    return not any(b in _CASTS.get(a, ()) for a, b in types if a != _INTEGER.name)


def _chosen(candidate: _Candidate) -> tuple[Function, ...]:
    return (candidate.function, candidate.function) if candidate.twin else (candidate.function,)


def _inputs(function: Function) -> list[Parameter]:
    """What it is given; modifiers of types do not tell overloads apart."""
    return [replace(p, type=_bare(p.type)) if p.type.modifiers else p for p in function.inputs]


def _bare(type_: DataType) -> DataType:
    return replace(type_, modifiers="")


def _is_variadic(inputs: list[Parameter]) -> bool:
    return bool(inputs) and inputs[-1].mode == "variadic"


def _effective(inputs: list[Parameter], count: int) -> tuple[DataType, ...] | None:
    """The types that a call with so many arguments meets; None where it cannot have so many."""
    types = [p.type for p in inputs]
    if count < len(inputs):
        return tuple(types[:count]) if all(p.default for p in inputs[count:]) else None
    if _is_variadic(inputs):
        element = replace(types[-1], dims=0)
        return (*types[:-1], *(element,) * (count - len(types) + 1))
    return tuple(types) if count == len(inputs) else None


def _named(inputs: list[Parameter], call: Call) -> tuple[DataType, ...] | None:
    by_name = {p.name: p.type for p in inputs if p.name}
    if _is_variadic(inputs) or not set(call.names) <= by_name.keys() or not all(p.default or p.name in call.names for p in inputs):
        return None
    return tuple(by_name[name] for name in call.names)


def _is_number(type_: DataType) -> bool:
    """Whether it takes an integer as a constant writes it."""
    return type_ == _INTEGER or (not type_.dims and type_.type_id is None and type_.name in _WIDENS)


def _is_polymorphic(type_: DataType) -> bool:
    """Whether a call must say the type (`any` itself takes untyped arguments)."""
    return type_.type_id is None and type_.name.startswith("any") and type_.name != "any"


def _base(catalog: Catalog, type_: DataType, *, before: bool) -> DataType:
    """The type beneath a domain."""
    found = (catalog.types.was if before else catalog.types.get)(type_.type_id)
    if found is not None and found.kind == "domain" and found.base is not None and not type_.dims:
        return _base(catalog, _bare(found.base), before=before)
    return type_


def _category(catalog: Catalog, type_: DataType, *, before: bool) -> str:
    base = _base(catalog, type_, before=before)
    if base.dims:
        return "A"
    if base.type_id is not None:
        found = catalog.types.was(base.type_id) if before else catalog.types.get(base.type_id)
        return {"enum": "E", "composite": "C", "range": "R"}.get(found.kind if found is not None else "", "U")
    if base.name.startswith("any"):
        return "P"
    return _CATEGORY.get(base.name.split(".")[-1], "U")


def _accepts(catalog: Catalog, given: DataType, wanted: DataType, *, before: bool) -> bool:
    """Whether an argument fits, cast without being told; of casts that users made nothing is known."""
    base, own = (_base(catalog, type_, before=before) for type_ in (wanted, given))
    if given == UNKNOWN or own == base:
        return True
    if base.type_id is None and base.name.startswith("any"):
        return _takes(catalog, base.name, own, before=before)
    return own.dims == base.dims and own.type_id is base.type_id is None and base.name in _CASTS.get(own.name, ())


def _takes(catalog: Catalog, polymorphic: str, given: DataType, *, before: bool) -> bool:
    """Whether a value may be of such a type (https://www.postgresql.org/docs/18/extend-type-system.html#EXTEND-TYPES-POLYMORPHIC)."""
    kind = polymorphic.removeprefix("any").removeprefix("compatible")
    category = _category(catalog, given, before=before)
    return category in _KINDS[kind] if kind in _KINDS else kind != "nonarray" or category != "A"


def _most_exact(catalog: Catalog, call: Call, found: list[_Candidate], *, before: bool) -> list[_Candidate]:
    return _best(found, [sum(g == w for g, w in _known(call, c)) for c in found])


def _most_preferred(catalog: Catalog, call: Call, found: list[_Candidate], *, before: bool) -> list[_Candidate]:
    def counts(candidate: _Candidate) -> int:
        return sum(
            g == w or (w.name in _PREFERRED and _category(catalog, g, before=before) == _category(catalog, w, before=before))
            for g, w in _known(call, candidate)
        )

    return _best(found, [counts(c) for c in found])


def _known(call: Call, candidate: _Candidate) -> list[tuple[DataType, DataType]]:
    """The arguments that have a type, each with the one that the candidate takes."""
    return [(g, w) for g, w in zip(call.types, candidate.types, strict=True) if g != UNKNOWN]


def _best(found: list[_Candidate], scores: list[int]) -> list[_Candidate]:
    best = max(scores)
    return [c for c, score in zip(found, scores, strict=True) if score == best]


def _by_category(catalog: Catalog, call: Call, found: list[_Candidate], *, before: bool) -> list[_Candidate]:
    """Untyped arguments go to strings if any candidate takes one there, else to the one category that all take."""
    left = found
    for i, given in enumerate(call.types):
        if given != UNKNOWN:
            continue
        categories = Counter(_category(catalog, c.types[i], before=before) for c in found)
        if "S" not in categories and len(categories) > 1:
            return found
        category = "S" if "S" in categories else next(iter(categories))
        fitting = [c for c in found if _category(catalog, c.types[i], before=before) == category]
        preferred = [c for c in fitting if c.types[i].name in _PREFERRED and not c.types[i].dims and c.types[i].type_id is None]
        kept = set(map(id, preferred or fitting))
        left = [c for c in left if id(c) in kept]
    return left or found


def _by_known_type(catalog: Catalog, call: Call, found: list[_Candidate], *, before: bool) -> list[_Candidate]:
    """Untyped arguments are taken to have the type of the typed ones, where those agree."""
    known = {t for t in call.types if t != UNKNOWN}
    if len(known) != 1 or UNKNOWN not in call.types:
        return found
    (type_,) = known
    fitting = [c for c in found if all(_accepts(catalog, type_, w, before=before) for w in c.types)]
    return fitting if len(fitting) == 1 else found
