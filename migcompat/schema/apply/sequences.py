"""Sequences behind columns: made for them, and drawn from by their defaults."""

from __future__ import annotations

from migcompat.changes import Name
from migcompat.frozen import replace
from migcompat.schema.apply.naming import index_name
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, Key, Relation
from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.lexer import Kind, tokens
from migcompat.sql.quoting import ident, literal


def own_sequence(catalog: Catalog, relation: Relation, column: Column) -> None:
    """The sequence behind a serial or identity column (`{table}_{column}_seq`)."""
    key = Key(relation.key.schema, index_name(catalog, relation.key.schema, relation.key.name, column.name, "seq"))
    made = Relation(
        catalog.new_id(), key, "sequence", owned_by=(relation.id, column.id), of_identity=bool(column.identity),
        grants=catalog.granted("sequences", key.schema), origin=column.origin,
    )  # fmt: skip
    catalog.put(made)
    if not column.identity:
        put_column(catalog, relation.id, replace(column, sequence=made.id))


def put_column(catalog: Catalog, relation_id: int, column: Column) -> None:
    """Changes one column of a relation."""
    relation = catalog.relations.get(relation_id)
    if relation is not None:
        catalog.put(replace(relation, columns=tuple(column if c.id == column.id else c for c in relation.columns)))


def drawn_from(catalog: Catalog, default: str | None) -> int | None:
    """The sequence that a default draws from: `nextval('name')`."""
    name = sequence_named(default)
    found = catalog.relation(name) if name is not None else None
    return found.id if found is not None and found.kind == "sequence" else None


def sequence_named(default: str | None) -> Name | None:
    """The name in `nextval('name')`."""
    if default is None or "nextval" not in default.lower():
        return None
    try:
        return Cursor(next((t.value for t in tokens(default) if t.kind is Kind.STRING), "")).name()
    except Unreadable:
        return None


def spelt_out(catalog: Catalog, column: Column) -> Column:
    """A serial column's default as another column gets it: it draws from the same sequence, which is not its own."""
    sequence = catalog.relations.get(column.sequence)
    if sequence is None or not column.default or "'" in column.default:
        return column
    name = f"{ident(sequence.key.schema)}.{ident(sequence.key.name)}"
    return replace(column, default=f"nextval({literal(name)}::regclass)")


def _may_draw(column: Column, sequence: Relation) -> bool:
    """Of a sequence that was not there yet when the default was set, as far as was seen."""
    name = sequence_named(column.default)
    return name is not None and name.name == sequence.key.name and name.schema in (None, sequence.key.schema)


def drop_defaults(catalog: Catalog, sequence: Relation) -> None:
    """Defaults that draw from a sequence go with it (CASCADE; without it PostgreSQL refuses)."""
    for relation in catalog.possible_drawers(sequence):
        for column in relation.columns:
            if column.sequence == sequence.id or (column.sequence is None and _may_draw(column, sequence)):
                put_column(catalog, relation.id, replace(column, default=None, has_default=False, sequence=None))
