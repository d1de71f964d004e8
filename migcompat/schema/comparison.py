"""Two schemas compared object by object, by name: where a replayed history and the server do not agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from migcompat.schema.catalog import Catalog
from migcompat.schema.model import (
    PUBLIC,
    Column,
    Constraint,
    DataType,
    Function,
    Index,
    Namespace,
    Part,
    Policy,
    Privilege,
    Publication,
    Relation,
    Trigger,
    Type,
)

Facts = dict[str, object]
"""What is known of an object. None: not known, so not compared. A fact that only one side has goes with a part that only one side has,
and that is a fact of its own."""


def differences(a: Catalog, b: Catalog) -> list[str]:
    """Every object that only one of them has, and every fact in which they differ.

    Of an expression only its presence is compared: a server prints what it understood, not what was written.
    """
    return sorted(_compared(_objects(a), _objects(b)))


def _compared(a: Mapping[str, Facts], b: Mapping[str, Facts]) -> Iterator[str]:
    for name in a.keys() | b.keys():
        if name not in a or name not in b:
            yield f"{name}: only the {'first' if name in a else 'second'} has it"
            continue
        for fact in a[name].keys() & b[name].keys():
            first, second = a[name][fact], b[name][fact]
            if first is not None and second is not None and first != second:
                yield f"{name}: {fact} is {_shown(first)} in the first, {_shown(second)} in the second"


def _shown(value: object) -> str:
    return str(sorted(map(_text, value)) if isinstance(value, frozenset) else value)


def _text(value: object) -> str:
    return " ".join(filter(None, map(str, value))) if isinstance(value, tuple) else str(value)


def _objects(catalog: Catalog) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for relation in catalog.relations:
        if not relation.is_temporary:
            found[f"{relation.kind} {relation.key}"] = _of_relation(catalog, relation)
    for type_ in catalog.types:
        found[f"{type_.kind} {type_.key}"] = _of_type(catalog, type_)
    for function in catalog.functions:
        found[f"{function.kind} {_signature(catalog, function)}"] = _of_function(catalog, function)
    for namespace in catalog.namespaces:
        if namespace.name != PUBLIC:  # no history creates it, and who may use it depends on the server's version
            found[f"schema {namespace.name}"] = _of_namespace(namespace)
    found |= {f"publication {publication.name}": _of_publication(catalog, publication) for publication in catalog.publications}
    found |= {f"extension {extension.name}": {"its schema": extension.schema or None} for extension in catalog.extensions}
    return found


def _of_relation(catalog: Catalog, relation: Relation) -> Facts:
    columns = {c.id: c.name for c in relation.columns}
    facts: Facts = {
        "its columns": tuple(columns.values()) if relation.complete else None,
        "its parents": frozenset(_name_of(catalog, p) for p in relation.parents),
        "being a partition": bool(relation.bound),
        "what it reads": frozenset(_name_of(catalog, r) for r in relation.reads),
        "its type": _type_name(catalog, relation.of_type),
        "its owning column": _owning_column(catalog, relation),
        "row security": (relation.row_security, relation.forced),
        "its owner": relation.owner or None,
        "its grants": _grants(relation.grants, relation.owner),
        "its options": (relation.check_option, relation.security_invoker),
        "holding data": relation.populated,
        "its replica identity": _replica_identity(relation),
        "its indexes": frozenset(i.name for i in relation.indexes),
        "its constraints": frozenset((c.kind, c.name) for c in relation.constraints if c.kind != "not-null"),
        "its triggers": frozenset(t.name for t in relation.triggers),
        "its rules": frozenset((r.name, r.event, r.instead, r.conditional, r.enabled) for r in relation.rules),
        "its policies": frozenset(p.name for p in relation.policies),
    }
    for column in relation.columns:
        facts |= _of_column(catalog, relation, column)
    for index in relation.indexes:
        facts[f"index {index.name}"] = _of_index(columns, index)
    for constraint in relation.constraints:
        facts[f"constraint {constraint.name}"] = _of_constraint(catalog, columns, constraint)
    for trigger in relation.triggers:
        facts[f"trigger {trigger.name}"] = _of_trigger(trigger)
    for policy in relation.policies:
        facts[f"policy {policy.name}"] = _of_policy(policy)
    return facts


def _of_column(catalog: Catalog, relation: Relation, column: Column) -> Facts:
    facts: Facts = {
        "type": _printed(catalog, column.type),
        "not null": column.not_null,
        "being inherited alone": column.inherited,
        "having a default": column.has_default,
        "identity": column.identity,
        "generated": (column.generated, bool(column.expression)),
        "collation": _last(column.collation) if column.collation is not None else None,
    }
    if relation.is_view:  # nobody says of a view's column whether it can be NULL or omitted
        facts = {"type": facts["type"], "its default": column.has_default is True}
    return {f"{fact} of column {column.name}": value for fact, value in facts.items()}


def _of_index(columns: Mapping[int, str], index: Index) -> tuple[object, ...]:
    keys = tuple(columns.get(k.column, "?") if k.column is not None else "(…)" for k in index.keys)
    return (
        keys,
        index.unique,
        bool(index.predicate),
        index.nulls_not_distinct,
        index.deferrable,
        index.exclusion,
        index.constraint is not None,
    )


def _of_constraint(catalog: Catalog, columns: Mapping[int, str], constraint: Constraint) -> tuple[object, ...]:
    names = [columns.get(id_, "?") for id_ in constraint.columns]
    parent = _name_of(catalog, constraint.references) if constraint.references is not None else ""
    ordered: object = frozenset(names) if constraint.kind in ("check", "exclusion") else tuple(names)
    return (
        ordered, parent, constraint.referenced, constraint.on_delete, constraint.on_update, constraint.emptied, constraint.deferrable,
        constraint.enforced, constraint.not_valid and constraint.enforced,
        constraint.no_inherit, bool(constraint.expression), constraint.index is not None,
    )  # fmt: skip


def _of_trigger(trigger: Trigger) -> tuple[object, ...]:
    return _last(trigger.function), trigger.timing, sorted(trigger.events), trigger.enabled


def _of_policy(policy: Policy) -> tuple[object, ...]:
    return policy.command, policy.permissive, frozenset(policy.roles), bool(policy.using), bool(policy.check)


def _of_type(catalog: Catalog, type_: Type) -> Facts:
    facts: Facts = {
        "its labels": tuple(label.text for label in type_.labels),
        "its base": _printed(catalog, type_.base),
        "not null": type_.not_null,
        "having a default": bool(type_.default),
        "its checks": frozenset((c.name, c.not_valid) for c in type_.checks),
        "its attributes": tuple(a.name for a in type_.attributes) if type_.complete else None,
        "its owner": type_.owner or None,
        "its grants": _grants(type_.grants, type_.owner),
    }
    return facts | {f"type of attribute {a.name}": _printed(catalog, a.type) for a in type_.attributes}


def _signature(catalog: Catalog, function: Function) -> str:
    return f"{function.key}({', '.join(_printed(catalog, p.type) or '?' for p in function.inputs)})"


def _of_function(catalog: Catalog, function: Function) -> Facts:
    result = _printed(catalog, function.result) or function.returns.removeprefix("setof ") or None
    return {
        "its parameters": tuple((p.mode, p.name, _printed(catalog, p.type), p.default) for p in function.parameters or ()),
        "its result": ("setof ", result) if function.returns.startswith("setof ") else result,
        "its owner": function.owner or None,
        "its security": "definer" if function.definer else "invoker",
        "its grants": _grants(function.grants, function.owner),
        "how it works": function.options,
    }


def _replica_identity(relation: Relation) -> str:
    """An index that has gone leaves none (https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY)."""
    index = relation.index(relation.identity_index)
    return f"index {index.name}" if index is not None else relation.replica_identity


def _part(catalog: Catalog, part: Part) -> tuple[str, frozenset[str], frozenset[str]]:
    table = catalog.relations.get(part.table)
    names = {c.id: c.name for c in table.columns} if table is not None else {}
    columns, filtered = ({names.get(id_, "?") for id_ in ids} for ids in (part.columns, part.filtered))
    return _name_of(catalog, part.table), frozenset(columns), frozenset(filtered)


def _of_publication(catalog: Catalog, publication: Publication) -> Facts:
    return {
        "its tables": frozenset(_name_of(catalog, table) for table in publication.tables if catalog.relations.get(table) is not None),
        "its schemas": publication.schemas,
        "all tables": publication.all_tables,
        "its events": publication.events,
        "its parts": frozenset(_part(catalog, part) for part in publication.parts if catalog.relations.get(part.table) is not None),
    }


def _of_namespace(namespace: Namespace) -> Facts:
    return {"its owner": namespace.owner or None, "its grants": _grants(namespace.grants, namespace.owner)}


def _grants(grants: Iterable[Privilege], owner: str) -> frozenset[Privilege]:
    """Those of others than the owner; one on the whole covers those on its columns."""
    held = frozenset(g for g in grants if g.role != owner)
    return frozenset(g for g in held if not g.column or g._replace(column="") not in held)


def _printed(catalog: Catalog, type_: DataType | None) -> str | None:
    """Types that are neither built in nor the history's own (of extensions, rows of tables) are known by their bare name."""
    if type_ is None:
        return None
    text = catalog.type_text(type_)
    return text if type_.type_id is not None else _last(text)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _name_of(catalog: Catalog, relation: int) -> str:
    found = catalog.relations.get(relation)
    return str(found.key) if found is not None else f"#{relation}"


def _type_name(catalog: Catalog, type_: int | None) -> str:
    found = catalog.types.get(type_)
    return str(found.key) if found is not None else ""


def _owning_column(catalog: Catalog, sequence: Relation) -> str:
    if sequence.owned_by is None:
        return ""
    table = catalog.relations.get(sequence.owned_by[0])
    column = table.column_by_id(sequence.owned_by[1]) if table is not None else None
    return f"{table.key if table else '?'}.{column.name if column else '?'}"
