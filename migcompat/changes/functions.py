"""Routines."""

from __future__ import annotations

from migcompat.changes.definitions import NOWHERE, Change
from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.sql.names import Name, TypeName


@frozen
class Argument:
    """One parameter of a routine."""

    type: TypeName
    name: str = ""
    mode: str = "in"
    """`in`, `out`, `inout`, `variadic`, `table`."""
    default: str | None = None
    """The expression; None where it has none."""


@frozen
class CreateFunction(Change):
    """CREATE FUNCTION, PROCEDURE, AGGREGATE."""

    name: Name
    arguments: tuple[Argument, ...]
    returns: str = ""
    kind: str = "function"
    """`function`, `procedure`, `aggregate`."""
    or_replace: bool = False
    language: str = ""
    body: str = ""
    body_span: Span = NOWHERE
    strict: bool = False
    effects: tuple[Change, ...] = ()
    """What its body does to the schema when it is called."""
    builds: bool = False
    """Whether it builds SQL: what else it does may depend on the arguments of a call."""
    result: TypeName | None = None
    """The type of `returns`, SETOF aside."""
    text: str = ""
    """What follows the name, as written."""
    definer: bool = False
    """SECURITY DEFINER: it works with its owner's privileges."""
    refuses: str = ""
    """Of a trigger's function: the SQLSTATE that it raises whatever it is given."""
    options: tuple[str, ...] = ()
    """As SetBehaviour has them."""

    @property
    def inputs(self) -> tuple[Argument, ...]:
        """What a SELECT gives it."""
        return tuple(argument for argument in self.arguments if argument.mode not in ("out", "table"))


@frozen
class SetBehaviour(Change):
    """An option of ALTER FUNCTION that calls meet: `strict` or `called`, `volatile`, `stable` or `immutable`, `set search_path = …` and
    `reset search_path`."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    option: str


@frozen
class SetSecurity(Change):
    """SECURITY DEFINER, SECURITY INVOKER."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    definer: bool = False


@frozen
class DropFunction(Change):
    """DROP FUNCTION and its siblings."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    """None: no argument list was written."""
    kind: str = "function"
    if_exists: bool = False
    cascade: bool = False


@frozen
class RenameFunction(Change):
    """RENAME TO, of a routine."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    to: str


@frozen
class MoveFunction(Change):
    """SET SCHEMA, of a routine."""

    name: Name
    arguments: tuple[TypeName, ...] | None
    schema: str


@frozen
class CallFunction(Change):
    """The migration calls a routine; its body's DDL runs then."""

    name: Name
    arguments: tuple[tuple[str, str | None], ...] = ()
    """Each one's name, if the call gives it, and its value; None where that is not constant."""
    whole: bool = False
    """Whether these are all of them: what is not among them takes its default."""
