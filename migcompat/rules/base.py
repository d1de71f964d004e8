"""What a rule is, and what it is given to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import ClassVar

from migcompat.findings import Breaks, Severity
from migcompat.frozen import frozen, replace
from migcompat.rules.search_paths import Paths, paths_of
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import (
    Column,
    Constraint,
    DataType,
    Extension,
    Function,
    Index,
    Namespace,
    Origin,
    OtherObject,
    Relation,
    Type,
)
from migcompat.sql.conditions import admits, normal
from migcompat.sql.quoting import ident, qualified

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


class Deploy:
    """Both sides of a deploy: the schema before it, and the schema so far."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def type_before(self, type_: DataType | None) -> str:
        return self.catalog.type_text(type_, before=True)

    def type_after(self, type_: DataType | None) -> str:
        return self.catalog.type_text(type_)

    def domains_before(self, column: Column) -> Iterator[Type]:
        """The domain of a column, and those that it is over."""
        return self._domains(column.type, self.catalog.types.was)

    def domains_after(self, column: Column) -> Iterator[Type]:
        return self._domains(column.type, self.catalog.types.get)

    def domain_default_before(self, column: Column) -> str | None:
        """What a column's domain fills in: its own default, for it has taken over that of what it is over when it was made."""
        return next((d.default for d in self.domains_before(column)), None)

    def domain_default_after(self, column: Column) -> str | None:
        return next((d.default for d in self.domains_after(column)), None)

    @cached_property
    def paths(self) -> Paths:
        """On which the prior generation may look up names."""
        return paths_of(self.catalog)

    @cached_property
    def returning(self) -> dict[str, list[Function]]:
        """By the type of their results, the functions that the deploy has not changed when this is first asked."""
        found: dict[str, list[Function]] = {}
        for function in self.catalog.functions:
            found.setdefault(function.returns.removeprefix("setof "), []).append(function)
        return found

    def naming(self, names: Iterable[str]) -> Iterator[Function]:
        """The routines whose text may say one of the names, of those that there were when this was first asked."""
        said = [name.lower() for name in names]
        return (function for text, function in self._texts if any(name in text for name in said))

    @cached_property
    def _texts(self) -> list[tuple[str, Function]]:
        return [(function.text.lower(), function) for function in self.catalog.functions if function.text]

    def kept(self, function: Function) -> bool:
        """Whether a routine that has a text is as it was."""
        functions = self.catalog.functions
        return functions.was(function.id) is functions.get(function.id) is function and bool(function.text)

    def _domains(self, type_: DataType | None, look_up: Callable[[int], Type | None]) -> Iterator[Type]:
        while type_ is not None and type_.type_id is not None and not type_.dims:
            found = look_up(type_.type_id)
            if found is None or found.kind != "domain":
                return
            yield found
            type_ = found.base


class RelationPair:
    """A relation before the deploy, and what its name reaches now."""

    def __init__(self, old: Relation, new: Relation | None, same: Relation | None, deploy: Deploy) -> None:
        """`new` answers to the old name (a view that can be written through shows its table's facts), `same` is the relation itself now."""
        self.old, self.new, self.same, self.deploy = old, new, same, deploy

    @property
    def name(self) -> str:
        """`schema.relation`, unquoted."""
        return str(self.old.key)

    @property
    def sql(self) -> str:
        """The old name as SQL writes it."""
        return qualified(*self.old.key)

    @cached_property
    def kept(self) -> tuple[tuple[Column, Column], ...]:
        """Columns that are offered before and after under the same name."""
        assert self.new is not None
        after = {c.name: c for c in self.new.columns}
        return tuple((c, after[c.name]) for c in self.old.columns if c.name in after)

    @cached_property
    def changed(self) -> tuple[tuple[Column, Column], ...]:
        """Those of them that may differ: by themselves, or through a user's type."""
        if self.typed:
            return tuple((old, new) for old, new in self.kept if old is not new or (old.type is not None and old.type.type_id is not None))
        gone, come = self._differing
        after = {c.name: c for c in come}
        return tuple((c, after[c.name]) for c in gone if c.name in after)

    @cached_property
    def _differing(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        """The columns that are not there as they were, and those that were not there as they are."""
        if self.new is None or self.new.columns is self.old.columns:
            return (), ()
        before, after = set(map(id, self.old.columns)), set(map(id, self.new.columns))
        return tuple(c for c in self.old.columns if id(c) not in after), tuple(c for c in self.new.columns if id(c) not in before)

    @cached_property
    def typed(self) -> bool:
        """Whether a column may differ through its type: one of a user's, in a deploy that changes such types."""
        return self.deploy.catalog.types.is_changed and any(c.type is not None and c.type.type_id is not None for c in self.old.columns)

    @cached_property
    def lost(self) -> tuple[Column, ...]:
        """Columns whose name the relation no longer offers."""
        if self.new is None:
            return ()
        gone, come = self._differing
        after = {c.name for c in come}
        return tuple(c for c in gone if c.name not in after and (self.new.complete or self.renamed(c) or not self.replaced))

    @cached_property
    def added(self) -> tuple[Column, ...]:
        """Columns that the relation did not offer before."""
        gone, come = self._differing
        before = {c.name for c in gone}
        return tuple(c for c in come if c.name not in before)

    @cached_property
    def fresh(self) -> dict[str, Column]:
        """By name, what rows did not have before, whether or not the relation shows it."""
        hidden = self.new.hidden if self.new is not None else ()
        return {c.name: c for c in (*self.added, *hidden) if self.old.column_by_id(c.id) is None}

    @property
    def replaced(self) -> bool:
        """Whether another object took the name."""
        return self.new is not None and self.new.id != self.old.id

    def recreated(self, old: Column, new: Column) -> bool:
        """Whether another column of the same table took the name."""
        return old.id != new.id and not self.replaced

    def renamed(self, column: Column) -> str | None:
        """What an old column is called now."""
        return self.new_names.get(column.id)

    @cached_property
    def new_names(self) -> dict[int, str]:
        """By id, what the old columns are called whose name is another now."""
        gone, come = self._differing
        before = {c.id: c.name for c in gone}
        return {c.id: c.name for c in come if before.get(c.id, c.name) != c.name}

    def kept_as_is(self, part: Index | Constraint) -> bool:
        """Whether the relation has and had this very part, over columns that are called what they were called."""
        return id(part) in self._shared and not self.new_names

    @cached_property
    def _shared(self) -> set[int]:
        if self.new is None:
            return set()
        return set(map(id, (*self.old.indexes, *self.old.constraints))) & set(map(id, (*self.new.indexes, *self.new.constraints)))

    def required(self, column: Column) -> bool | None:
        """Whether a write must give this column of the new relation a value. A domain may forbid NULL, or fill it in."""
        if column.filled or (column.default is None and self.deploy.domain_default_after(column) is not None):
            return False
        return self.not_null(column)

    def not_null(self, column: Column) -> bool | None:
        return True if any(forbids_null(d) for d in self.deploy.domains_after(column)) else column.not_null

    def was_not_null(self, column: Column) -> bool | None:
        return True if any(forbids_null(d) for d in self.deploy.domains_before(column)) else column.not_null

    def was_filled(self, column: Column) -> bool:
        return column.filled or (column.default is None and self.deploy.domain_default_before(column) is not None)


@frozen
class TypePair:
    old: Type
    new: Type | None
    """What answers to the old name now."""
    same: Type | None
    deploy: Deploy


@frozen
class FunctionPair:
    old: Function
    new: Function | None
    same: Function | None
    deploy: Deploy


@frozen
class ObjectPair:
    """A schema, an extension or an object known by its name alone."""

    old: Namespace | Extension | OtherObject
    same: Namespace | Extension | OtherObject | None
    deploy: Deploy


Pair = RelationPair | TypePair | FunctionPair | ObjectPair
"""What a break was found in."""


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


def forbids_null(domain: Type) -> bool:
    """By NOT NULL, or by a CHECK that NULL fails."""
    return domain.not_null or any(
        "null" in c.expression.lower() and admits(["VALUE IS NULL"], f"({c.expression}) IS FALSE") for c in domain.checks
    )


def index_keys(relation: Relation, index: Index) -> frozenset[str]:
    """What an index is over: column names and normalised expressions; their order does not matter to uniqueness."""
    return frozenset(_name_of(relation, k.column) if k.column is not None else f"({normal(k.expression)})" for k in index.keys)


def _name_of(relation: Relation, column: int) -> str:
    found = relation.column_by_id(column)
    return found.name if found is not None else next((c.name for c in relation.hidden if c.id == column), f"#{column}")


_DEEPEST = 50
"""Views over views; more, or views in a circle, are not seen through."""


def through(catalog: Catalog, view: Relation, depth: int = 0) -> Relation:
    """A view that PostgreSQL writes through, with the facts of its table; any other relation as it is."""
    query = view.query
    shown = shown_by(catalog.relations.get, view) if view.kind == "view" and query is not None and query.simple else None
    if shown is None or depth > _DEEPEST:
        return view
    table = through(catalog, shown, depth + 1)
    below = {c.id: c.name for c in shown.columns}
    names: dict[str, list[str]] = {}
    for column in view.columns:
        if column.source in below:
            names.setdefault(below[column.source], []).append(column.name)
    plain = {name: replace(c, name=name) for c in table.columns for name in names.get(c.name, ())}
    shown_as = {c.name for c in view.columns}
    hidden = [*table.hidden, *(c for c in table.columns if c.name not in names)]
    named = tuple(replace(c, name=f"{c.name} behind the view") if c.name in shown_as else c for c in hidden)
    return replace(
        table, id=view.id, key=view.key, kind="view", columns=tuple(plain.get(c.name, c) for c in view.columns),
        hidden=named, grants=view.grants, complete=view.complete,
    )  # fmt: skip


def shown_by(look_up: Callable[[int], Relation | None], view: Relation) -> Relation | None:
    """The relation whose rows a simple view shows; others it may only name in conditions."""
    read = [found for id_ in view.reads if (found := look_up(id_)) is not None]
    sources = {c.source for c in view.columns}
    return read[0] if len(read) == 1 else next((r for r in read if any(c.id in sources for c in r.columns)), None)


def column_sql(column: Column | str) -> str:
    return ident(column if isinstance(column, str) else column.name)
