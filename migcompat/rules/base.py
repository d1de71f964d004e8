"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from migcompat.findings import Breaks, Severity
from migcompat.frozen import frozen
from migcompat.rules.pairs import FunctionPair, ObjectPair, Pair, RelationPair, TypePair
from migcompat.schema.model import Origin

ADR = "ADR-053 D5"
"""The policy that names five of the forms."""


@frozen
class Example:
    """A rule's proof: `statement` works on `schema`, fails after `migration`, and works after the `compatible` deploys."""

    schema: str
    migration: str
    statement: str
    compatible: tuple[str, ...]
    """Deploys towards the same change, after each of which `statement` works. What takes the old way away is not among them: that is the
    migration itself, for when no running code issues the statement. Empty: only code can make way for it."""
    session: str = ""
    """What the statement's session does first: SET ROLE, PREPARE …"""
    answer: str = ""
    """The statement's answer changes rather than fails: a query that shows it (warnings)."""


@frozen
class Break:
    """Something the contract offered before a deploy that it no longer offers after it."""

    rule: str
    object: str
    message: str
    help: str
    severity: Severity
    breaks: Breaks
    sqlstate: str | None
    statement: str | None = None
    detail: str = ""
    """The column, constraint, label … within the object, as the schema stores it."""
    related: tuple[tuple[Origin, str], ...] = ()
    at: Origin | None = None
    """What says it within the change, where that is smaller than the change: one constraint of a CREATE TABLE."""
    relaxable: str = ""
    """The relaxation that a configuration may name to let it pass: the policy names the form, the contract says it is harmless."""


@frozen
class Restoration:
    """How to give the contract back."""

    sql: tuple[str, ...] = ()
    lost: str = ""
    """What no SQL brings back; empty: nothing is lost."""


@frozen
class DeployStep:
    """One deploy of the compatible way."""

    title: str
    sql: tuple[str, ...] = ()
    """Its migration; empty: only code is deployed."""


class Rule:
    """One break: its prose, its example and its check. The docstring says what happens and why; `explain` prints it."""

    name: ClassVar[str]
    summary: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    breaks: ClassVar[Breaks] = Breaks.NOTHING
    sqlstate: ClassVar[str | None] = None
    adr: ClassVar[bool] = False
    example: ClassVar[Example | None] = None
    rollback: ClassVar[str] = ""
    """What an override of it costs when the deploy must be rolled back."""
    opt_in: ClassVar[bool] = False
    looks_at: ClassVar[tuple[str, ...]] = ()
    """Fields of a relation, or `added`, `lost` and `changed` columns. Where all of them are as before, and there are none of these,
    `relation` finds nothing, and is not asked. Empty: it is always asked."""

    looks_beyond: ClassVar[bool] = False
    """Whether another object's change may undo what it finds in a relation or routine."""

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        """Breaks of a relation that existed before."""
        return iter(())

    def partition(self, pair: RelationPair) -> Iterator[Break]:
        """Breaks of rows that a new partition takes; `old` is what took them before, under the partition's name."""
        return iter(())

    def type(self, pair: TypePair) -> Iterator[Break]:
        return iter(())

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        return iter(())

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        return iter(())

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        """The same change in deploys that each keep the generation before them working."""
        raise NotImplementedError(self.name)

    def restore(self, pair: Pair, found: Break) -> Restoration:
        """What gives the contract back in a follow-up migration, and what nothing gives back."""
        raise NotImplementedError(self.name)

    def found(
        self, object_: str, message: str, help_: str, *, statement: str | None = None, detail: str = "", severity: Severity | None = None,
        sqlstate: str | None = "", breaks: Breaks | None = None, created: Origin | None = None, created_as: str = "created here",
        relaxable: str = "", at: Origin | None = None,
    ) -> Break:  # fmt: skip
        """A break of this rule. `sqlstate`: empty for the rule's own, None where no statement is rejected."""
        related = ((created, created_as),) if created is not None else ()
        return Break(
            self.name, object_, message, help_, severity or self.severity, breaks or self.breaks,
            self.sqlstate if sqlstate == "" else sqlstate, statement, detail, related, at, relaxable,
        )  # fmt: skip
