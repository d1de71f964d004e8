"""What a deploy changes in the contract, object by object: the schema that a catalog remembers against the schema it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from migcompat.frozen import frozen, replace
from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import (
    column_sql,
    constraint_sql,
    function_head,
    function_name,
    index_sql,
    policy_sql,
    privilege_sql,
    role_sql,
    table_sql,
    type_definition,
    view_sql,
)
from migcompat.schema.model import (
    Column,
    Constraint,
    DataType,
    Extension,
    Function,
    Index,
    Label,
    Namespace,
    OtherObject,
    Policy,
    Privilege,
    Relation,
    Rule,
    Trigger,
    Type,
)
from migcompat.schema.store import Store
from migcompat.sql.quoting import literal

Member = Column | Constraint | Index | Trigger | Rule | Policy | Label
Named = Namespace | Extension | OtherObject
Part = Member | Relation | Privilege | Type | Function | Named
T = TypeVar("T", bound=Part)
M = TypeVar("M", Column, Constraint, Index, Trigger, Rule, Policy, Label)


@frozen
class Difference:
    """One part of the contract before and after. A part that came or went has one side only."""

    subject: str
    """What it is part of, `table public.users`; of a whole object, the object itself."""
    object: str
    """As findings name it: `public.users.email`."""
    kind: str
    before: str
    """As SQL says it; empty: it was not there."""
    after: str
    old: Part | None = None
    new: Part | None = None


def differences(catalog: Catalog) -> tuple[Difference, ...]:
    """Everything that the deploy which the catalog is in has changed and that still differs at its end."""
    found: list[Difference] = []
    for old_relation, new_relation in _pairs(catalog.relations, lambda r: r.key, catalog.relations.changed()):
        found += _relation(catalog, old_relation, new_relation)
    for old_type, new_type in _pairs(catalog.types, lambda t: t.key, catalog.types.changed()):
        found += _type(catalog, old_type, new_type)
    for old_function, new_function in _pairs(catalog.functions, lambda f: function_name(catalog, f), catalog.functions.changed()):
        found += _function(catalog, old_function, new_function)
    for old_namespace, new_namespace in _pairs(catalog.namespaces, lambda n: n.name, catalog.namespaces.changed()):
        found += _named("schema", old_namespace, new_namespace)
    for old_extension, new_extension in _pairs(catalog.extensions, lambda e: e.name, catalog.extensions.changed()):
        found += _named("extension", old_extension, new_extension)
    for old_other, new_other in _pairs(catalog.others, lambda o: (o.kind, o.name), catalog.others.changed()):
        found += _named("", old_other, new_other)
    return tuple(found)


def _pairs(store: Store[T], key: Callable[[T], object], changed: Iterable[int]) -> Iterator[tuple[T | None, T | None]]:
    """Each changed object before and after; one dropped and one created under its name are the same to whoever uses the name."""
    both = [(store.was(id_), store.get(id_)) for id_ in changed]
    came = {key(new): new for old, new in both if old is None and new is not None}
    for old, new in both:
        if old is not None:
            yield old, new if new is not None else came.pop(key(old), None)
    for old, new in both:
        if old is None and new is not None and came.get(key(new)) is new:
            yield None, new


def _relation(catalog: Catalog, old: Relation | None, new: Relation | None) -> Iterator[Difference]:
    shown = old or new
    if shown is None or any(r is not None and _unseen(r) for r in (old, new)):
        return
    kind, name = shown.called, str(shown.key)
    subject = f"{kind} {name}"
    if old is None or new is None or old.key != new.key or old.kind != new.kind:
        before, after = (_relation_text(catalog, r) if r is not None else "" for r in (old, new))
        yield Difference(subject, name, kind, before, after, old, new)
    if old is not None and new is not None:
        yield from (replace(d, subject=subject) for d in _members(catalog, name, old, new))


def _unseen(relation: Relation) -> bool:
    """Temporary relations, and sequences that come and go with their column."""
    return relation.is_temporary or relation.owned_by is not None


def _relation_text(catalog: Catalog, relation: Relation) -> str:
    if relation.is_table:
        return table_sql(catalog, relation, relation.constraints)
    return (view_sql(relation) if relation.is_view else "") or f"{relation.kind} {relation.key}"


def _members(catalog: Catalog, name: str, old: Relation, new: Relation) -> Iterator[Difference]:
    """The parts of a relation that is there before and after. What only follows the name of its table or column is no difference."""
    renamed = _renamed(old, new)

    def parts(kind: str, olds: Iterable[M], news: Iterable[M], text: Callable[[Relation, M], str]) -> Iterator[Difference]:
        for was, now in _matched(olds, news):
            before = text(old, was) if was is not None else ""
            after = text(new, now) if now is not None else ""
            if was is None or text(renamed, was) != after:
                yield from _differing(Difference("", f"{name}.{_name(was or now)}", kind, before, after, was, now))

    yield from parts("column", old.columns, new.columns, lambda _, c: column_sql(catalog, c))
    yield from parts("constraint", old.constraints, new.constraints, lambda r, c: constraint_sql(catalog, r, c) or f"constraint {c.name}")
    yield from parts("index", _plain(old), _plain(new), lambda r, i: index_sql(r, i) or f"index {i.name}")
    yield from parts("trigger", old.triggers, new.triggers, lambda _, t: _trigger_text(t))
    yield from parts("rule", old.rules, new.rules, lambda _, r: _rule_text(r))
    yield from parts("policy", old.policies, new.policies, policy_sql)
    yield from _privileges("", name, old.grants, new.grants)
    for kind, before, after in (
        ("query", old.definition, new.definition),
        ("row security", _on(old.row_security), _on(new.row_security)),
        ("owner", old.owner, new.owner),
        ("partition", old.bound, new.bound),
        ("sequence numbers", _numbers(old), _numbers(new)),
    ):
        yield from _differing(Difference("", name, kind, before, after, old, new))
    if new.emptied > old.emptied or (old.id != new.id and old.is_table):
        yield Difference("", name, "rows", "kept", "gone", old, new)


def _numbers(sequence: Relation) -> str:
    return ", ".join(f"{option} {value}".rstrip() for option, value in sequence.numbers)


def _renamed(old: Relation, new: Relation) -> Relation:
    """The old relation under the names that it and its columns have now."""
    names = {column.id: column.name for column in new.columns}
    return replace(old, key=new.key, columns=tuple(replace(c, name=names.get(c.id, c.name)) for c in old.columns))


def _plain(relation: Relation) -> tuple[Index, ...]:
    """Indexes of their own, not those behind a constraint."""
    return tuple(i for i in relation.indexes if i.constraint is None)


def _matched(olds: Iterable[M], news: Iterable[M]) -> Iterator[tuple[M | None, M | None]]:
    """The same part before and after: by identity, which a rename keeps, else by name."""
    left = list(news)
    for old in olds:
        new = next((n for n in left if _identity(n) == _identity(old)), None) or next((n for n in left if _name(n) == _name(old)), None)
        if new is not None:
            left = [n for n in left if n is not new]
        yield old, new
    for new in left:
        yield None, new


def _identity(part: Member) -> object:
    return part.name if isinstance(part, (Trigger, Rule, Policy)) else part.id


def _name(part: Member | None) -> str:
    return part.text if isinstance(part, Label) else part.name if part is not None else ""


def _trigger_text(trigger: Trigger) -> str:
    events = " or ".join(sorted(trigger.events))
    return f"trigger {trigger.name} {trigger.timing} {events}: {trigger.function}{_off(trigger.enabled)}"


def _rule_text(rule: Rule) -> str:
    return f"rule {rule.name} on {rule.event}{' instead' if rule.instead else ''}: {rule.action}{_off(rule.enabled)}"


def _off(enabled: bool) -> str:
    return "" if enabled else " (disabled)"


def _on(enabled: bool) -> str:
    return "on" if enabled else "off"


def _privilege_text(privilege: Privilege) -> str:
    return f"{privilege_sql(privilege)} to {role_sql(privilege.role)}"


def _type(catalog: Catalog, old: Type | None, new: Type | None) -> Iterator[Difference]:
    shown = old or new
    if shown is None:
        return
    kind = shown.kind if shown.kind in ("enum", "domain") else "type"
    name = str(shown.key)
    subject = f"{kind} {name}"
    before, after = (type_definition(catalog, t) or f"{kind} {t.key}" if t is not None else "" for t in (old, new))
    if old is None or new is None or old.key != new.key or (kind == "domain" and before != after):
        yield Difference(subject, name, kind, before, after, old, new)
        return
    for was, now in _matched(old.labels, new.labels):
        before, after = (literal(label.text) if label is not None else "" for label in (was, now))
        yield from _differing(Difference(subject, f"{name}.{_name(was or now)}", "label", before, after, was, now))
    for column, attribute in _matched(old.attributes, new.attributes):
        before, after = (column_sql(catalog, c) if c is not None else "" for c in (column, attribute))
        yield from _differing(Difference(subject, f"{name}.{_name(column or attribute)}", "attribute", before, after, column, attribute))


def _differing(difference: Difference) -> Iterator[Difference]:
    if difference.before != difference.after:
        yield difference


def _function(catalog: Catalog, old: Function | None, new: Function | None) -> Iterator[Difference]:
    shown = old or new
    if shown is None or old is new:
        return
    name = _described(shown, lambda type_: catalog.type_text(type_, before=old is not None))
    before, after = (function_head(catalog, f) if f is not None else "" for f in (old, new))
    yield Difference(f"{shown.kind} {name}", name, shown.kind, before, after, old, new)


def _described(function: Function, type_text: Callable[[DataType], str]) -> str:
    """A routine as findings name it: `public.f(integer)`."""
    if function.parameters is None:
        return str(function.key)
    return f"{function.key}({', '.join(type_text(p.type) for p in function.inputs)})"


def _named(kind: str, old: Named | None, new: Named | None) -> Iterator[Difference]:
    shown = old or new
    if shown is None:
        return
    kind = shown.kind if isinstance(shown, OtherObject) else kind
    subject = f"{kind} {shown.name}"
    yield from _differing(Difference(subject, shown.name, kind, old.name if old else "", new.name if new else "", old, new))
    if isinstance(old, Namespace) and isinstance(new, Namespace):
        yield from _privileges(subject, shown.name, old.grants, new.grants)


def _privileges(subject: str, name: str, old: frozenset[Privilege], new: frozenset[Privilege]) -> Iterator[Difference]:
    for privilege in sorted(old - new):
        yield Difference(subject, name, "privilege", _privilege_text(privilege), "", privilege, None)
    for privilege in sorted(new - old):
        yield Difference(subject, name, "privilege", "", _privilege_text(privilege), None, privilege)
