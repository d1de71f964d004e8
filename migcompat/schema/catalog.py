"""The schema at one point of the history: every object, and how names find them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from migcompat.changes import MOST_COLUMNS, Name, TypeName
from migcompat.errors import Exceeded
from migcompat.findings import Span
from migcompat.frozen import replace
from migcompat.schema.links import Links, exchanged
from migcompat.schema.model import (
    OF_NEW,
    PUBLIC,
    TEMPORARY,
    Column,
    DataType,
    Extension,
    Function,
    Key,
    Namespace,
    Origin,
    OtherObject,
    Privilege,
    Publication,
    Relation,
    Type,
)
from migcompat.schema.store import Store
from migcompat.sql.types import ALIASES, BUILTINS

_NAME_TRIED = 10
"""Objects that trying a default name counts for: of a thousand keys without a name each tries those of all before it."""
_OVERLOAD = 30
"""Objects that comparing a routine's signature counts for, and asking which calls reach it."""
BOOKKEEPING = frozenset(
    """schema_migrations migrations __diesel_schema_migrations _prisma_migrations goose_db_version gorp_migrations flyway_schema_history
    databasechangelog databasechangeloglock atlas_schema_revisions schema_version _sqlx_migrations refinery_schema_history
    pgmigrations""".split()
)
"""Tables that the migration tools keep for themselves: that one was never created says nothing about the history."""
PROVIDED = frozenset(
    """auth storage realtime vault extensions graphql graphql_public supabase_functions supabase_migrations cron net hdb_catalog
    _timescaledb_internal timescaledb_information information_schema pg_catalog""".split()
)
"""Schemas that a platform or an extension fills, where the history does not create them itself: the same holds for what is in them."""


class Catalog(Links):
    """A mutable schema. `begin` opens a deploy; the stores then know both what was and what is."""

    def __init__(self, search_path: tuple[str, ...] = (PUBLIC,)) -> None:
        super().__init__()
        self.types: Store[Type] = Store()
        self.functions: Store[Function] = Store()
        self.namespaces: Store[Namespace] = Store()
        self.extensions: Store[Extension] = Store()
        self.others: Store[OtherObject] = Store()
        self.publications: Store[Publication] = Store()
        self.default_path = search_path
        self.search_path = search_path
        self.session_path = search_path
        """Where names go once what holds for the transaction alone is over."""
        self.path = ""
        self.offset = 0
        self.known = False
        """Whether the history is known from its beginning: what was never created does not exist."""
        self.partial = False
        """Whether a statement spoke of an object that was never seen being created."""
        self.default_grants: dict[tuple[str, str], frozenset[Privilege]] = {}
        self.filled: set[int] | None = set()
        """The tables into which the deploy puts what a query yields; None: its text does not say it."""
        self.memberships: dict[str, set[str]] = {}
        """The roles whose privileges a role inherits."""
        self._next = 0
        self._domains: dict[int, set[int]] = {}
        self._check_homes: dict[Key, set[int]] = {}
        self._overloads: dict[Key, set[int]] = {}
        self._overload_keys: dict[int, set[Key]] = {}
        self._temporary: set[int] = set()
        self._until_commit: set[int] = set()

    @property
    def stores(self) -> tuple[Store[Any], ...]:
        return self.relations, self.types, self.functions, self.namespaces, self.extensions, self.others, self.publications

    @property
    def closed(self) -> bool:
        """Whether what was never created certainly does not exist."""
        return self.known and not self.partial

    def begin(self) -> None:
        """A deploy begins."""
        if self.filled is not None:
            self.filled.clear()
        for store in self.stores:
            store.begin()

    def rest(self) -> None:
        """All changes of the deploy are through: what is asked of it then is not theirs."""
        for store in self.stores:
            store.rest()

    def open(self, path: str) -> None:
        """A file begins: its session starts with the default search path, without temporary objects."""
        self.path, self.offset = path, 0
        self.search_path = self.session_path = self.default_path
        self._drop(self._temporary)
        self._until_commit.clear()

    def end_transaction(self) -> None:
        """SET LOCAL is over, and tables that were made ON COMMIT DROP are gone."""
        self.search_path = self.session_path
        self._drop(self._until_commit)

    def until_commit(self, relation: Relation) -> None:
        """Notes a table that goes with the transaction."""
        self._until_commit.add(relation.id)

    def _drop(self, ids: set[int]) -> None:
        for id_ in ids:
            if (relation := self.relations.get(id_)) is not None and relation.is_temporary:
                self.relations.remove(id_)
        ids.clear()

    def new_id(self) -> int:
        self._next += 1
        return self._next

    def reserve(self, highest: int) -> None:
        """Ids up to this one are taken."""
        self._next = max(self._next, highest)

    def origin(self, span: Span) -> Origin:
        return Origin(self.path, Span(span.start + self.offset, span.end + self.offset))

    # names

    def creation_key(self, name: Name, temporary: bool = False) -> Key:
        """Where a new object of this name goes."""
        if temporary:
            return Key(TEMPORARY, name.name)
        return Key(name.schema or self._current_schema(), name.name)

    def _current_schema(self) -> str:
        """The first of the search path that exists."""
        path = self.search_path
        return path[0] if len(path) == 1 or not self.closed else next((schema for schema in path if self._exists(schema)), path[0])

    def _exists(self, schema: str) -> bool:
        """Whether a schema is there, though nothing may have created it in the history."""
        objects = (self.relations, self.types, self.functions)
        created = schema in (PUBLIC, "pg_catalog") or self.namespaces.find(schema) is not None
        return created or any(o.key.schema == schema for store in objects for o in store)

    def keys(self, name: Name) -> Iterator[Key]:
        """Where a name is looked up, in order."""
        if name.schema is not None:
            yield Key(TEMPORARY if name.schema.startswith("pg_temp") else name.schema, name.name)
            return
        yield Key(TEMPORARY, name.name)
        for schema in self.search_path:
            yield Key(schema, name.name)

    def relation(self, name: Name) -> Relation | None:
        return next((found for key in self.keys(name) if (found := self.relations.find(key)) is not None), None)

    def now(self, relation: Relation) -> Relation:
        """The relation as it is by now: an earlier step of the same change may have changed it."""
        return self.relations.get(relation.id) or relation

    def type(self, name: Name) -> Type | None:
        return next((found for key in self.keys(name) if (found := self.types.find(key)) is not None), None)

    def index_home(self, name: Name) -> tuple[Relation, int] | None:
        """The relation that has an index of this name, and the index's id."""
        return next((found for key in self.keys(name) if (found := self._index_at(key)) is not None), None)

    def _index_at(self, key: Key) -> tuple[Relation, int] | None:
        relation_id, index_id = self._homes.get(key, (None, 0))
        home = self.relations.get(relation_id)
        return (home, index_id) if home is not None and home.key.schema == key.schema else None

    def relation_taken(self, key: Key) -> bool:
        """Whether a relation, an index or a composite type has this name: they share one space of names."""
        self.relations.spend(_NAME_TRIED)
        type_ = self.types.find(key)
        return self.relations.find(key) is not None or self._index_at(key) is not None or (type_ is not None and type_.kind == "composite")

    def constraint_taken(self, key: Key) -> bool:
        """Whether any table or domain of the schema has a constraint of this name: default names avoid them all."""
        self.relations.spend(_NAME_TRIED)
        homes = self._constraint_homes.get(key, set())
        while homes:
            id_ = next(iter(homes))
            home = self.relations.get(id_)
            if home is not None and home.key.schema == key.schema:
                return True
            homes.discard(id_)  # that table is gone
        domains = (self.types.get(id_) for id_ in self._check_homes.get(key, ()))
        return any(domain is not None and domain.key.schema == key.schema for domain in domains)

    def overloads_at(self, key: Key) -> list[Function]:
        """The routines of this name in this schema."""
        ids = self._overloads.get(key, set())
        self.functions.spend(_OVERLOAD * len(ids))
        return [f for id_ in sorted(ids) if (f := self.functions.get(id_)) is not None and f.key == key]

    def overload_keys(self, id_: int) -> set[Key]:
        """Every name that a routine has had."""
        return self._overload_keys.get(id_, set())

    def overloads_before(self, key: Key) -> list[Function]:
        """Those that there were before the deploy."""
        ids = self._overloads.get(key, set())
        self.functions.spend(_OVERLOAD * len(ids))
        return [f for id_ in sorted(ids) if (f := self.functions.was(id_)) is not None and f.key == key]

    def overloads(self, name: Name) -> list[Function]:
        """The routines of this name, from the first schema of the path that has any."""
        for key in self.keys(name):
            if found := self.overloads_at(key):
                return found
        return []

    # types

    def data_type(self, name: TypeName) -> DataType:
        """The type that a written name means: a user's type in the path, or a built-in."""
        if name.builtin:
            return DataType(str(name.name), name.modifiers, name.dims)
        found = self.type(name.name)
        if found is not None:
            return DataType(str(found.key), name.modifiers, name.dims, found.id)
        if name.name.schema is None:
            relation = self.relation(name.name)
            if relation is None:
                word = name.name.name
                if word == "char":
                    return DataType('"char"', name.modifiers, name.dims)
                if word in ALIASES or word in BUILTINS:
                    return DataType(ALIASES.get(word, word), name.modifiers, name.dims)
                return DataType(word, name.modifiers, name.dims)
        return DataType(str(name.name), name.modifiers, name.dims)

    def type_text(self, type_: DataType | None, *, before: bool = False) -> str:
        """As `format_type` prints it with an empty search path; empty for an unknown type."""
        if type_ is None:
            return ""
        name = type_.name
        if type_.type_id is not None:
            was, now = self.types.was(type_.type_id), self.types.get(type_.type_id)
            found = (was or now) if before else (now or was)  # a deploy may create the type of a column that was only assumed
            if found is not None:
                name = str(found.key)
        return str(TypeName(Name(name), type_.modifiers, type_.dims))

    # changing

    def put(self, relation: Relation) -> Relation:
        """Adds or changes a relation. Raises Exceeded."""
        self._check_size(relation)
        self._link(self.relations.get(relation.id), relation)
        if relation.is_temporary:
            self._temporary.add(relation.id)
        self.relations.put(relation.id, relation.key, relation)
        return relation

    def _check_size(self, relation: Relation) -> None:
        if len(relation.columns) > MOST_COLUMNS:
            raise Exceeded(f"PostgreSQL has room for {MOST_COLUMNS} columns in a table")
        self.relations.spend(parts_of(relation) // 4)

    def put_publication(self, publication: Publication) -> None:
        """Adds or changes a publication: that concerns each table which it publishes in another way than before, or no more."""
        was = self.publications.get(publication.id)
        self.publications.put(publication.id, publication.name, publication)
        alike = was is not None and (was.events, was.parts) == (publication.events, publication.parts)
        for relation in self.relations:
            published = was is not None and self.publishes(was, relation)
            if self.publishes(publication, relation) != published or (published and not alike):
                self.relations.touch(relation.id)

    def publishes(self, publication: Publication, relation: Relation) -> bool:
        """Whether a publication names a relation, or what it is a partition of."""
        if publication.all_tables or relation.id in publication.tables or relation.key.schema in publication.schemas:
            return True
        parents = {*relation.parents, *(table.id for table in self.above(relation))} if relation.bound else set()
        return not parents.isdisjoint(publication.tables)

    def put_function(self, function: Function) -> None:
        self._link_overload(function)
        self.functions.put(function.id, (function.id,), function)

    def assume_function(self, function: Function) -> None:
        """Takes a routine to have existed before the deploy."""
        self.unseen(function.key)
        self._link_overload(function)
        self.functions.assume(function.id, (function.id,), function)

    def _link_overload(self, function: Function) -> None:
        self._overloads.setdefault(function.key, set()).add(function.id)
        self._overload_keys.setdefault(function.id, set()).add(function.key)

    def put_type(self, type_: Type) -> None:
        """Adds or changes a type; its users see the change."""
        self._link_checks(self.types.get(type_.id) or type_, type_)
        if type_.base is not None and type_.base.type_id is not None:
            self._domains.setdefault(type_.base.type_id, set()).add(type_.id)
        self.types.spend((len(type_.labels) + len(type_.attributes) + len(type_.checks)) // 5)
        self.types.put(type_.id, type_.key, type_)
        self._touch_users(type_.id)

    def _link_checks(self, old: Type, new: Type) -> None:
        """The names that a domain's checks take; `old` is the same where it is new."""
        moved = old is new or old.key.schema != new.key.schema
        gone, come = (old.checks, new.checks) if moved else exchanged(old.checks, new.checks)
        for check in gone:
            self._check_homes.get(Key(old.key.schema, check.name), set()).discard(old.id)
        for check in come:
            self._check_homes.setdefault(Key(new.key.schema, check.name), set()).add(new.id)

    def _touch_users(self, type_id: int) -> None:
        """Those of the domains over a type, too."""
        pending = [type_id]
        while pending:
            below = pending.pop()
            for relation in self.users(below):
                self.relations.touch(relation.id)
            over = (self.types.get(id_) for id_ in self._domains.get(below, ()))
            pending += [other.id for other in over if other is not None and other.id != below]

    def put_namespace(self, namespace: Namespace) -> None:
        self.namespaces.put(namespace.id, namespace.name, namespace)

    def granted(self, kind: str, schema: str) -> frozenset[Privilege]:
        """What a new object grants: the defaults of its schema add to those of all, and take nothing away (ALTER DEFAULT PRIVILEGES)."""
        return self.default_grants.get((kind, schema), frozenset()) | self.default_grants.get((kind, ""), OF_NEW.get(kind, frozenset()))

    def acting_for(self, role: str) -> set[str]:
        """The roles whose privileges a role has: its own, PUBLIC's, those of what it is a member of."""
        found, pending = {role, PUBLIC}, [role]
        while pending:
            member = pending.pop()
            said = self.others.find(("role", member))
            if said is None or ("inherit", "no") not in said.settings:
                pending += self.memberships.get(member, set()) - found
                found |= self.memberships.get(member, set())
        return found

    # the open world

    def existing(self, name: Name, kind: str = "table") -> Relation:
        """The relation of this name; one never seen is taken to have existed before the deploy."""
        found = self.relation(name)
        return found if found is not None else self.assume(name, kind)

    def unseen(self, key: Key) -> None:
        """A statement spoke of an object that was never created: the history is incomplete, unless others make such objects."""
        schema = self.namespaces.find(key.schema)
        provided = key.schema in PROVIDED and (schema is None or schema.assumed)
        self.partial = self.partial or not (provided or key.name in BOOKKEEPING)

    def assume(self, name: Name, kind: str = "table", columns: tuple[Column, ...] = (), *, complete: bool = False) -> Relation:
        """Takes a relation to have existed before the deploy."""
        key = self.creation_key(name)
        self.unseen(key)
        relation = Relation(self.new_id(), key, kind, columns, complete, assumed=True)
        self._link(None, relation)
        self.relations.assume(relation.id, key, relation)
        return relation

    def assume_column(self, relation: Relation, name: str, **facts: object) -> tuple[Relation, Column]:
        """Takes a column to have existed before the deploy, in a relation whose columns are not all known."""
        column = replace(Column(self.new_id(), name, None, None, None, None, assumed=True), **facts)  # type: ignore[arg-type]
        return self.learn(relation, columns=(column,)), column

    def learn(self, relation: Relation, **parts: tuple[object, ...]) -> Relation:
        """Adds parts (columns, indexes, constraints) that a relation already had before the deploy."""

        def more(of: Relation) -> Relation:
            return replace(of, **{name: (*getattr(of, name), *extra) for name, extra in parts.items()})  # type: ignore[arg-type]

        was = self.relations.was(relation.id)
        grown = more(relation)
        self._link(relation, grown)
        self.relations.assume(relation.id, grown.key, grown)
        if was is not None and was is not relation:
            had = more(was)
            self._check_size(had)
            self.relations.restate(relation.id, was.key, had)
        return grown


def parts_of(relation: Relation) -> int:
    """How much there is to look at."""
    return (
        len(relation.columns) + len(relation.indexes) + len(relation.constraints) + len(relation.triggers) + len(relation.rules)
        + len(relation.policies) + len(relation.grants) + len(relation.numbers)
    )  # fmt: skip
