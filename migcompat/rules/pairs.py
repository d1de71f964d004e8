"""What a rule is given to judge: both sides of a deploy, and one object on both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from migcompat.frozen import frozen
from migcompat.rules.computing import computing
from migcompat.rules.search_paths import Paths, paths_of
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Constraint, DataType, Extension, Function, Index, Namespace, OtherObject, Relation, Type
from migcompat.sql.conditions import admits
from migcompat.sql.quoting import qualified


class Deploy:
    """Both sides of a deploy: the schema before it, and the schema so far."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._computed: dict[int, tuple[Relation, str]] = {}

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

    def computed(self, table: Relation) -> str:
        """All that a table computes when rows are written, in lower case: what no word of it names is not called."""
        known, text = self._computed.get(table.id, (None, ""))
        if known is not table:
            text = "\n".join(expression for _, expressions in computing(table) for expression in expressions).lower()
            self._computed[table.id] = table, text
        return text

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


def forbids_null(domain: Type) -> bool:
    """By NOT NULL, or by a CHECK that NULL fails."""
    return domain.not_null or any(
        "null" in c.expression.lower() and admits(["VALUE IS NULL"], f"({c.expression}) IS FALSE") for c in domain.checks
    )
