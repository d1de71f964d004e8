"""What the prior generation may do, derived from the contract it was written for."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.frozen import replace
from migcompat.proof.contract import ColumnFacts, Contract, KeyFacts, NamedType, RelationFacts, RoutineFacts, literals
from migcompat.proof.rows import Maker, Row, insert
from migcompat.proof.session import Probe
from migcompat.proof.values import extremes, sample, typed
from migcompat.sql.quoting import ident, literal

_OF_EXTENSION = 8
"""How many routines of one extension are called."""


def of_relation(relation: RelationFacts, maker: Maker) -> Iterator[Probe]:
    """Everything about one relation."""
    touches = (relation.object, *relation.owners)
    if relation.kind == "S":
        found = [
            Probe(f"SELECT nextval({literal(relation.sql)})", touches, "read", owner=relation.oid),
            Probe(f"SELECT last_value FROM {relation.sql}", touches, "read", owner=relation.oid),
        ]
    else:
        found = list(_reads(relation))
        row = maker.row(relation.oid, 1) if relation.writes & 8 else None
        if row is not None:
            partitions = tuple(name for name, _ in relation.partitions)
            found += [replace(probe, touches=(*probe.touches, *partitions)) for probe in _writes(row, maker)]
        elif relation.writes:
            found += _rowless_writes(relation)
        if relation.kind == "m":
            found.append(Probe(f"REFRESH MATERIALIZED VIEW {relation.sql}", touches, "update", owner=relation.oid))
    yield from found
    for role in relation.roles:
        yield from (replace(probe, role=role) for probe in found if probe.kind in ("read", "insert", "update", "delete"))


def plans_of(relation: RelationFacts) -> Iterator[Probe]:
    """Statements that a session has prepared: they survive a deploy only if what they return does not change."""
    if relation.kind in "rpvmf":
        for number, column in enumerate(relation.columns):
            name = f"migcompat_{relation.oid}_{number}"
            statement = f"SELECT {column.sql} FROM {relation.sql} LIMIT 1"
            yield Probe(statement, _touches(relation, column), "plan", owner=relation.oid, prepared=name)
        if relation.columns:
            yield Probe(
                f"SELECT * FROM {relation.sql} LIMIT 1",
                (relation.object,),
                "star",
                owner=relation.oid,
                prepared=f"migcompat_{relation.oid}_star",
            )


def _reads(relation: RelationFacts) -> Iterator[Probe]:
    for column in relation.columns:
        touches = _touches(relation, column)
        yield Probe(f"SELECT {column.sql} FROM {relation.sql} LIMIT 1", touches, "read", owner=relation.oid)
        value = sample(column.type, 2)
        if value != "NULL":
            yield Probe(f"SELECT FROM {relation.sql} WHERE {column.sql} = {typed(column.type, 2)}", touches, "compare", owner=relation.oid)
    for key in relation.keys_of("p"):
        rest = [column for column in relation.columns if column.name not in key.columns]
        if key.immediate and rest:  # what the key determines need not be grouped by
            touches = (*_touches(relation, rest[0]), *(f"{relation.object}.{name}" for name in (key.name, *key.columns)))
            by = ", ".join(map(ident, key.columns))
            yield Probe(f"SELECT {rest[0].sql} FROM {relation.sql} GROUP BY {by} LIMIT 1", touches, "read", owner=relation.oid)
    if not relation.columns:
        yield Probe(f"SELECT FROM {relation.sql}", (relation.object,), "read", owner=relation.oid)


def _rowless_writes(relation: RelationFacts) -> Iterator[Probe]:
    """Where no row can be made, writes that need none."""
    touches = (relation.object,)
    if relation.writes & 16:
        yield Probe(f"DELETE FROM {relation.sql} WHERE false", touches, "delete", owner=relation.oid)
    for column in relation.columns:
        if relation.writes & 4 and column.writable:
            yield Probe(
                f"UPDATE {relation.sql} SET {column.sql} = {column.sql} WHERE false",
                _touches(relation, column),
                "update",
                owner=relation.oid,
            )


def _writes(row: Row, maker: Maker) -> Iterator[Probe]:
    relation, parents = row.relation, row.parents
    first = Probe(row.statement, (relation.object,), "insert", parents, owner=relation.oid)
    yield first
    if relation.columns:
        yield replace(first, statement=f"{row.statement} RETURNING {relation.columns[0].sql}")
    yield replace(first, statement=insert(relation, row.whole), kind="value")
    values = {name: row.values[name] for name in row.needed}
    ordered = {name: values[name] for name in row.values if name in values}
    for column in relation.columns:
        if column.writable:
            yield from _column_writes(row, column, ordered)
    yield from _partition_writes(row, ordered)
    yield from _duplicates(row, maker)
    yield from _upserts(row, ordered)
    anchored, where = row.named
    there = (*parents, anchored)
    for column in relation.columns:
        if column.writable and relation.writes & 4:
            touches = _touches(relation, column)
            yield Probe(
                f"UPDATE {relation.sql} SET {column.sql} = {row.values[column.name]}{where}", touches, "update", there, owner=relation.oid
            )
            if row.values[column.name] != "NULL" and column.type.kind != "c":
                value = f"{row.values[column.name]}::{column.type.sql}"
                yield Probe(f"UPDATE {relation.sql} SET {column.sql} = {value}{where}", touches, "value", there, owner=relation.oid)
            if column.nullable:
                yield Probe(f"UPDATE {relation.sql} SET {column.sql} = NULL{where}", touches, "null", there, owner=relation.oid)
    if relation.writes & 16:
        delete = Probe(f"DELETE FROM {relation.sql}{where}", (relation.object,), "delete", there, owner=relation.oid)
        yield delete
        if relation.columns:
            yield replace(delete, statement=f"{delete.statement} RETURNING {relation.columns[0].sql}")


def _column_writes(row: Row, column: ColumnFacts, needed: dict[str, str]) -> Iterator[Probe]:
    """One column at a time, so that a failure names it."""
    relation, name = row.relation, column.name
    touches = _touches(relation, column)
    base = Probe("", touches, "value", row.parents, owner=relation.oid)
    if name not in needed:
        yield replace(base, statement=insert(relation, {**needed, name: row.values[name]}))
        if row.values[name] == "NULL":
            yield replace(base, statement=insert(relation, {**needed, name: sample(column.type, 3)}))
    if column.nullable:
        yield replace(base, statement=insert(relation, {**needed, name: "NULL"}), kind="null")
    if not column.required and len(row.whole) > 1:
        yield replace(base, statement=insert(relation, {n: v for n, v in row.whole.items() if n != name}), kind="omit")
    for value in extremes(column.type):
        yield replace(base, statement=insert(relation, {**needed, name: value}))


def _partition_writes(row: Row, needed: dict[str, str]) -> Iterator[Probe]:
    """A row for each partition."""
    relation = row.relation
    for bound in relation.bounds:
        for value in literals(bound)[:2]:
            for column in relation.columns:
                if column.name in needed:
                    statement = insert(relation, {**needed, column.name: literal(value)})
                    yield Probe(statement, (relation.object,), "value", row.parents, owner=relation.oid)


def _duplicates(row: Row, maker: Maker) -> Iterator[Probe]:
    """Two rows that agree where nothing forbids it."""
    relation = row.relation
    other = maker.row(relation.oid, 2)
    if other is None:
        return
    whole = row.whole
    keys = [key for key in relation.keys_of("p", "u", "i", "x") if key.columns and not key.predicate]
    for column in relation.columns:
        if not column.writable or any(key.columns == (column.name,) for key in keys):
            continue
        different = _apart(keys, column.name)
        named = row.needed | {column.name} | {name for key in keys for name in key.columns if column.name in key.columns}
        first = {name: value for name, value in whole.items() if name in named}
        second = {name: other.values[name] if name in different else value for name, value in first.items()}
        setup = (*row.parents, *(p for p in other.parents if p not in row.parents), insert(relation, first))
        yield Probe(insert(relation, second), _touches(relation, column), "duplicate", setup, owner=relation.oid)
    apart = _apart(keys, "")
    if keys or relation.columns:
        second = {name: other.values[name] if name in apart else value for name, value in whole.items()}
        setup = (*row.parents, *(p for p in other.parents if p not in row.parents), insert(relation, whole))
        yield Probe(insert(relation, second), (relation.object,), "duplicate", setup, owner=relation.oid)


def _apart(keys: list[KeyFacts], kept: str) -> set[str]:
    """Columns in which two rows must differ though they agree in `kept`: one for each key, and no more."""
    found: set[str] = set()
    for key in sorted(keys, key=lambda key: len(key.columns)):
        free = [name for name in key.columns if name != kept]
        if free and not found & set(key.columns):
            found.add(free[-1])
    return found


def _upserts(row: Row, needed: dict[str, str]) -> Iterator[Probe]:
    relation = row.relation
    for key in relation.keys_of("p", "u", "i", "x"):
        if not key.immediate:
            continue
        touches = (relation.object, f"{relation.object}.{key.name}", *(f"{relation.object}.{name}" for name in key.columns))
        base = Probe("", touches, "upsert", row.parents, owner=relation.oid)
        if key.kind != "x":
            where = f" WHERE {key.predicate}" if key.predicate else ""
            yield replace(base, statement=insert(relation, needed, tail=f" ON CONFLICT ({key.definition}){where} DO NOTHING"))
            columns = [column for column in relation.columns if column.name in needed and column.name not in key.columns]
            if columns:
                tail = f" ON CONFLICT ({key.definition}){where} DO UPDATE SET {columns[0].sql} = excluded.{columns[0].sql}"
                yield replace(base, statement=insert(relation, needed, tail=tail))
        if key.kind != "i":
            yield replace(base, statement=insert(relation, needed, tail=f" ON CONFLICT ON CONSTRAINT {ident(key.name)} DO NOTHING"))
    for key in relation.keys_of("f", "u", "p", "x"):
        if key.deferrable:
            touches = (relation.object, f"{relation.object}.{key.name}")
            yield Probe(f"SET CONSTRAINTS {ident(relation.schema)}.{ident(key.name)} DEFERRED", touches, "name", owner=relation.oid)


def of_database(contract: Contract) -> Iterator[Probe]:
    """Everything that is no relation."""
    for routine in contract.routines:
        if not routine.extension:
            yield from _calls(routine)
    seen: dict[str, int] = {}
    for routine in contract.routines:
        if routine.extension and routine.kind == "f" and seen.setdefault(routine.extension, 0) < _OF_EXTENSION:
            seen[routine.extension] += 1
            yield from (replace(probe, touches=(*probe.touches, routine.extension)) for probe in _calls(routine))
    for type_ in contract.types:
        yield from _casts(type_)
    for collation in contract.collations:
        name = collation.replace('"', "").partition(".")[2]
        yield Probe(f"SELECT 'a' COLLATE {collation}", (f"collation {name}",), "name")
    for schema in contract.schemas:
        if schema != "public":
            yield Probe(f"CREATE TABLE {ident(schema)}.migcompat_probe ()", (schema,), "name")


def _calls(routine: RoutineFacts) -> Iterator[Probe]:
    """With every argument, and with those left out that have a default; NULLs as well as values."""
    counts = sorted({len(routine.arguments), len(routine.arguments) - routine.defaults}, reverse=True)
    for count in counts:
        arguments = routine.arguments[:count]
        if any(argument.kind == "p" for argument in arguments):
            continue
        nulls = ", ".join(f"NULL::{argument.sql}" for argument in arguments)
        values = ", ".join(typed(argument, 1) for argument in arguments)
        if routine.variadic and count == len(routine.arguments):
            nulls, values = _variadic(nulls), _variadic(values)
        for text in dict.fromkeys((nulls, values)):
            call = f"{routine.sql}({text})"
            statement = f"CALL {call}" if routine.kind == "p" else f"SELECT {call}" + (" OVER ()" if routine.kind == "w" else "")
            for role in ("", *routine.roles):
                yield Probe(statement, (routine.identity,), "call", role=role)
            if routine.result is not None and routine.kind != "p":
                yield Probe(f"{statement} = NULL::{routine.result.sql}", (routine.identity,), "call")


def _variadic(arguments: str) -> str:
    """The last argument as the array that it is."""
    *front, last = arguments.split(", ")
    return ", ".join([*front, f"VARIADIC {last}"])


def _casts(type_: NamedType) -> Iterator[Probe]:
    sql = f"{ident(type_.schema)}.{ident(type_.name)}"
    touches = (type_.object,)
    yield Probe(f"SELECT NULL::{sql}", touches, "name")
    for label in type_.facts.labels if type_.facts.kind == "e" else ():
        yield Probe(f"SELECT {literal(label)}::{sql}", (*touches, f"{type_.object}.{label}"), "name")
    for attribute in type_.attributes:
        yield Probe(f"SELECT (NULL::{sql}).{ident(attribute)}", (*touches, f"{type_.object}.{attribute}"), "name")
    if type_.attributes:
        yield Probe(f"SELECT ROW({', '.join('NULL' for _ in type_.attributes)})::{sql}", touches, "name")
    if not type_.attributes and type_.facts.kind != "e":
        for value in (sample(type_.facts, 1), *extremes(type_.facts)):
            yield Probe(f"SELECT {value}::{sql}", touches, "name")


def _touches(relation: RelationFacts, column: ColumnFacts) -> tuple[str, ...]:
    """The relation, the column, and the user's types that it is of."""
    return relation.object, f"{relation.object}.{column.name}", *column.type.names
