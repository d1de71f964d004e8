from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.changes import Name, TypeName
from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Deploy, ObjectPair, Pair
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import DataType, OtherObject
from migcompat.sql.types import ALIASES, BUILTINS

_SIGNS = frozenset(
    r"""!! != !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<= <<| <= <> <@ <^ = > >= >>
    >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*""".split()
)
"""What PostgreSQL has operators of its own for (pg_operator)."""
_CAST = re.compile(r"\((?P<source>.+) as (?P<target>.+)\)")
_OPERATOR = re.compile(r"(?P<sign>\S+) \((?P<left>.+), (?P<right>.+)\)")


class AmbiguousOperator(Rule):
    """PostgreSQL chooses operators and functions by the types of their arguments, and by what casts implicitly to what. A new implicit cast
    to a type that many of them take, or a new operator of a sign that there was, gives it more to choose from: it may refuse to choose, or
    take a constant for another type than it did. Silent where one of the types is new, as nothing of the prior generation has it, and about
    casts AS ASSIGNMENT. A warning: the expressions of running code SQL alone does not show.
    """

    name = "ambiguous-operator"
    summary = "A new implicit cast or operator changes what expressions mean"
    severity = Severity.WARNING
    breaks = Breaks.CALLS
    sqlstate = "42725"
    example = Example(
        schema="""
            CREATE TYPE euros AS (cents integer); CREATE TYPE dollars AS (cents integer);
            CREATE FUNCTION euros(integer) RETURNS euros LANGUAGE sql AS 'SELECT ROW($1)::euros';
            CREATE FUNCTION dollars(integer) RETURNS dollars LANGUAGE sql AS 'SELECT ROW($1)::dollars';
            CREATE FUNCTION shown(euros) RETURNS text LANGUAGE sql AS 'SELECT ''€ '' || ($1).cents / 100';
            CREATE FUNCTION shown(dollars) RETURNS text LANGUAGE sql AS 'SELECT ''$ '' || ($1).cents / 100';
            CREATE CAST (integer AS euros) WITH FUNCTION euros(integer) AS IMPLICIT;
        """,
        migration="CREATE CAST (integer AS dollars) WITH FUNCTION dollars(integer) AS IMPLICIT",
        statement="SELECT shown(250)",
        compatible=("CREATE CAST (integer AS dollars) WITH FUNCTION dollars(integer) AS ASSIGNMENT",),
    )
    rollback = "The code before it may be refused such expressions until the cast or operator is dropped, which takes a moment."

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        new, catalog = pair.old, pair.deploy.catalog
        if not isinstance(new, OtherObject) or catalog.others.was(new.id) is not None or catalog.others.get(new.id) is None:
            return
        cast = _CAST.fullmatch(new.name) if new.kind == "cast" and ("implicit", "yes") in new.settings else None
        operator = _OPERATOR.fullmatch(new.name) if new.kind == "operator" else None
        if cast is not None and _was(catalog, cast["source"]) and _is_chosen_by(pair.deploy, cast["target"]):
            yield self._found(new, f"{cast['source']} is taken for {cast['target']} wherever that is asked for")
        elif operator is not None and _had(catalog, new) and all(_was(catalog, operator[side]) for side in ("left", "right")):
            sqlstate = "22P02" if operator["left"] == operator["right"] else ""  # a constant is first taken for the type beside it
            yield self._found(new, f"an expression with {operator['sign']} may mean it, or be ambiguous", sqlstate)

    def _found(self, new: OtherObject, what: str, sqlstate: str = "") -> Break:
        return self.found(
            f"{new.kind} {new.name}",
            f"{new.kind} {new.name} is new: {what}",
            "let expressions say their types with explicit casts, deploy that, and create it in a later deploy",
            sqlstate=sqlstate,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep("Cast the arguments of such expressions explicitly"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        return Restoration((f"DROP {found.object.replace('cast', 'CAST', 1).replace('operator', 'OPERATOR', 1)}",))


def _was(catalog: Catalog, type_: str) -> bool:
    """Whether there was a type of this name before the deploy; one that nothing created is built in, or an extension's."""
    schema, _, name = type_.rpartition(".")
    found = catalog.type(Name(name, schema or None))
    return found is None or catalog.types.was(found.id) is not None


def _is_chosen_by(deploy: Deploy, type_: str) -> bool:
    """Whether calls are resolved by this type: PostgreSQL has overloads for most of its own."""
    if type_ in BUILTINS or type_ in ALIASES.values():
        return True
    schema, _, name = type_.rpartition(".")
    taken = _bare(deploy.catalog.data_type(TypeName(Name(name, schema or None))))
    overloaded: dict[object, int] = {}
    taking = set()
    for function in deploy.catalog.functions:
        overloaded[function.key] = overloaded.get(function.key, 0) + 1
        if any(_bare(p.type) == taken for p in function.inputs):
            taking.add(function.key)
    return any(overloaded[key] > 1 for key in taking)


def _bare(type_: DataType) -> DataType:
    """A type that nothing created is known by its name alone, whether or not its schema is written."""
    return replace(type_, name=type_.name.rpartition(".")[2])


def _had(catalog: Catalog, new: OtherObject) -> bool:
    sign = new.name.split(" ")[0]
    return sign in _SIGNS or any(o.kind == "operator" and o.id != new.id and o.name.split(" ")[0] == sign for o in catalog.others)
