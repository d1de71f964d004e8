"""Runs the rules over what a deploy has touched."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import Dynamic, Opaque
from migcompat.rules.asked import ALL, LOOK_BEYOND, Asked
from migcompat.rules.base import Break
from migcompat.rules.built_in import built_in_beside
from migcompat.rules.former_homes import taken_over
from migcompat.rules.given_up import made_of
from migcompat.rules.pairs import Deploy, FunctionPair, ObjectPair, Pair, RelationPair, TypePair
from migcompat.rules.search_paths import hidden_by
from migcompat.rules.shown import through
from migcompat.rules.undecided import DynamicSql, UnparsedStatement
from migcompat.schema.catalog import parts_of
from migcompat.schema.links import refers
from migcompat.schema.model import EXECUTE_BY_ALL, Function, Relation, Type, signature

Subject = tuple[str, int]
_MOST_TIMES = 100
"""How often one relation or type is judged within a deploy: with a thousand changes to it, each judgement is of up to a thousand parts."""
_EACH_RELATION, _EACH_PART, _EACH_CONSTRAINT = 300, 10, 20
"""How many objects judging a relation, a part of it, and besides what a constraint demands, counts for."""
Judged = tuple[Subject, Pair | None, list[Break]]
"""No pair: what was taken to exist before the deploy did not."""


class Judge:
    """Re-judges, after each change, only the objects of the schema before that the change could have touched."""

    def __init__(self, deploy: Deploy, asked: Asked = ALL) -> None:
        self.deploy, self.catalog, self.asked = deploy, deploy.catalog, asked
        self._partitions: set[int] = set()
        self._open: set[Subject] = set()
        """Relations and routines with breaks that another object's change may undo."""
        self._times: dict[Subject, int] = {}
        self._moved: dict[int, set[int]] = {}
        """What the deploy has touched of that which each relation was a parent of."""

    def undecided(self, change: Opaque | Dynamic) -> Break:
        """What cannot be understood is a finding."""
        return DynamicSql().of(change) if isinstance(change, Dynamic) else UnparsedStatement().of(change)

    def after_change(self) -> Iterator[Judged]:
        """Each touched object of the schema before, with the breaks that hold for it now."""
        catalog = self.catalog
        relations, types, functions = catalog.relations.touched(), catalog.types.touched(), catalog.functions.touched()
        for id_ in sorted(self._relations(relations | self._possible_callers(functions))):
            if self._in_time(("relation", id_)):
                yield self._judged(id_)
        for id_ in sorted(relations):
            yield from self._partition(id_)
        keys = [now.key for t in types if (now := catalog.types.get(t))]
        keys += [hid for key in keys for hid in hidden_by(self.deploy.paths, key)]
        types |= {was.id for key in keys if (was := catalog.types.was_at(key))}
        for id_ in types:
            if self._in_time(("type", id_)):
                yield self._type(id_)
        for id_ in sorted(functions.union(made_of(self.deploy, types))):
            yield from self._function(id_)
        for kind, store in (("namespace", catalog.namespaces), ("extension", catalog.extensions), ("other", catalog.others)):
            for id_ in store.replaced(store.touched()):
                old = store.was(id_) or (catalog.others.get(id_) if kind == "other" else None)
                if old is not None:
                    object_pair = ObjectPair(old, store.get(id_), self.deploy)
                    yield (kind, id_), object_pair, [b for rule in self.asked.of("object") for b in rule.object(object_pair)]

    def postponed(self) -> Iterator[Judged]:
        """At the end, what changed too often to be judged each time, and what others may have put right."""
        for kind, id_ in sorted(self._open):
            if kind == "function":
                yield from self._function(id_)
            elif self._times.get((kind, id_), 0) <= _MOST_TIMES:
                yield self._judged(id_)
        for (kind, id_), times in sorted(self._times.items()):
            if times > _MOST_TIMES and kind == "type":
                yield self._type(id_)
            elif times > _MOST_TIMES:
                yield self._judged(id_)

    def _in_time(self, subject: Subject) -> bool:
        self._times[subject] = self._times.get(subject, 0) + 1
        return self._times[subject] <= _MOST_TIMES

    def _judged(self, id_: int) -> Judged:
        pair = self._relation(id_)
        if pair is not None:
            parts, constraints = parts_of(pair.old), len(pair.old.constraints)
            self.catalog.relations.spend(_EACH_RELATION + _EACH_PART * parts + _EACH_CONSTRAINT * constraints)
        breaks = [b for rule in self.asked.about(pair) for b in rule.relation(pair)] if pair is not None else []
        return self._noted(("relation", id_), pair, breaks)

    def _noted(self, subject: Subject, pair: Pair | None, breaks: list[Break]) -> Judged:
        if any(b.rule in LOOK_BEYOND for b in breaks):
            self._open.add(subject)
        return subject, pair, breaks

    def _partition(self, id_: int) -> Iterator[Judged]:
        """What a partition demands of the rows that another one took before."""
        now = self.catalog.relations.get(id_)
        pair = taken_over(self.deploy, now) if now is not None and now.bound else None
        if pair is not None:
            self._partitions.add(id_)
            yield ("partition", id_), pair, [b for rule in self.asked.of("partition") for b in rule.partition(pair)]
        elif id_ in self._partitions:
            yield ("partition", id_), None, []

    def _relations(self, touched: set[int]) -> set[int]:
        """The touched relations, those whose name they took, and views that write through to them."""
        store = self.catalog.relations
        found = set(touched)
        parents = set[int]()
        for id_ in touched:
            now, was = store.get(id_), store.was(id_)
            for parent in was.parents if was is not None else ():
                self._moved.setdefault(parent, set()).add(id_)
            if now is None:
                found |= self._former_referrers(id_) | self._former_sequences(id_) | self._moved.get(id_, set())
                continue
            found |= {hid.id for key in hidden_by(self.deploy.paths, now.key) if (hid := store.was_at(key)) is not None}
            namesake = store.was_at(now.key)
            if namesake is not None:
                found.add(namesake.id)
            for moved in (namesake, was):
                if moved is not None and (moved.id != id_ or moved.key != now.key):
                    found |= self._referrers(moved.id)
            found |= {c.references for c in now.constraints if c.references is not None} if was is None else set()
            parents.update(now.parents)
            found |= self._users_of(now) | self._behind_views(now)
        return found.union(*(self._moved.get(parent, ()) for parent in parents))  # another child may take the place of one that left

    def _behind_views(self, now: Relation) -> set[int]:
        """What had the names of views that show this, though it may be through others."""
        found, passed, pending = set[int](), {now.id}, [now]
        while pending:
            views = [view for view in self.catalog.readers(pending.pop()) if view.id not in passed]
            passed |= {view.id for view in views}
            pending += views
            found |= {was.id for view in views if (was := self.catalog.relations.was_at(view.key)) is not None and was.id != view.id}
        return found

    def _possible_callers(self, functions: set[int]) -> set[int]:
        """What the deploy changed may call a routine of the deploy that not everybody may execute."""
        new = (self.catalog.functions.get(id_) for id_ in functions if self.catalog.functions.was(id_) is None)
        barred = any(f is not None and not f.grants >= EXECUTE_BY_ALL for f in new)
        return set(self.catalog.relations.changed()) if barred else set()

    def _users_of(self, now: Relation) -> set[int]:
        """What the deploy changed and whose users need privileges on this as well: tables that draw from a sequence, views that read as
        their reader."""
        store = self.catalog.relations
        if now.kind == "sequence":
            return {r.id for r in self.catalog.drawers(now) if store.was(r.id) is not r}
        return {r.id for r in self.catalog.readers(now) if r.security_invoker and store.was(r.id) is not r}

    def _referrers(self, parent: int) -> set[int]:
        """Where foreign keys point to a table that is called otherwise now: another one may take its name."""
        table = self.catalog.relations.get(parent)
        return {r.id for r in self.catalog.referrers(table)} if table is not None else set()

    def _former_referrers(self, parent: int) -> set[int]:
        """Where foreign keys pointed to a dropped table: that they went before it is no break besides."""
        store = self.catalog.relations
        pairs = ((id_, store.was(id_)) for id_ in self.catalog.ever_referring(parent))
        return {id_ for id_, was in pairs if was is not store.get(id_) and was is not None and refers(was, parent)}

    def _former_sequences(self, table: int) -> set[int]:
        """Those of a dropped table: that they went before it is no break besides."""
        pairs = ((id_, self.catalog.relations.was(id_)) for id_ in self.catalog.ever_owned(table))
        return {id_ for id_, was in pairs if was is not None and was.owned_by is not None and was.owned_by[0] == table}

    def _type(self, id_: int) -> Judged:
        store = self.catalog.types
        old = store.was(id_)
        if old is None:
            return ("type", id_), None, []
        store.spend(len(old.labels) + len(old.attributes) + (_EACH_PART + _EACH_CONSTRAINT) * len(old.checks))
        pair = TypePair(old, self._type_at(old), store.get(id_), self.deploy)
        return ("type", id_), pair, [b for rule in self.asked.of("type") for b in rule.type(pair)]

    def _type_at(self, old: Type) -> Type | None:
        """What has a type's name now; a new domain that demands nothing stands for the user's type that it is over, an enum aside."""
        found = self.catalog.types.find(old.key)
        if found is not None and found.id == old.id:
            return found
        while found is not None and found.kind == "domain" and not (found.checks or found.not_null or found.default is not None):
            base = self.catalog.types.get(found.base.type_id) if found.base is not None and not found.base.dims else None
            if base is None or base.kind == "enum":  # PostgreSQL compares a domain over an enum with nothing
                break
            found = base
        return found

    def _relation(self, id_: int) -> RelationPair | None:
        store = self.catalog.relations
        old = store.was(id_)
        if old is None or old.is_temporary:
            return None
        new: Relation | None = store.find(old.key)
        if new is not None and old.is_table:
            new = through(self.catalog, new)
        return RelationPair(old, new, store.get(id_), self.deploy)

    def _alike(self, old: Function, new: Function) -> bool:
        """Whether two routines take the same types: a type that was dropped and created again has the same name."""
        before, after = signature(old), signature(new)
        return before == after or (
            len(before) == len(after)
            and all(self.deploy.type_before(a) == self.deploy.type_after(b) for a, b in zip(before, after, strict=True))
        )

    def _function(self, id_: int) -> Iterator[Judged]:
        store = self.catalog.functions
        old = store.was(id_)
        subjects = {old.id: old} if old is not None else {}
        names = self.catalog.overload_keys(id_)  # a new overload may make an old call ambiguous, or take a dropped routine's place
        for key in {*names, *(hid for name in names for hid in hidden_by(self.deploy.paths, name))}:
            subjects |= {other.id: other for other in self.catalog.overloads_before(key)}
        for system in built_in_beside(self.deploy, names):
            yield self._about(FunctionPair(system, system, system, self.deploy))
        for subject in subjects.values():
            new = next((f for f in self.catalog.overloads_at(subject.key) if f.id == subject.id or self._alike(subject, f)), None)
            yield self._about(FunctionPair(subject, new, store.get(subject.id), self.deploy))

    def _about(self, pair: FunctionPair) -> Judged:
        return self._noted(("function", pair.old.id), pair, [b for rule in self.asked.of("function") for b in rule.function(pair)])
