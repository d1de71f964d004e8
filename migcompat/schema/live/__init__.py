"""The schema as a live server has it: its catalogues, read into the model that the history is replayed into.

Ids are the server's own, so that two readings of one database tell a renamed object from another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migcompat.schema.catalog import Catalog
from migcompat.schema.live import queries
from migcompat.schema.live.columns import read_columns
from migcompat.schema.live.constraints import read_constraints
from migcompat.schema.live.functions import read_functions
from migcompat.schema.live.grants import read_grants
from migcompat.schema.live.publications import read_publications
from migcompat.schema.live.relations import read_relations
from migcompat.schema.live.rows import HIGHEST_ID, Row, Rows
from migcompat.schema.live.types import TypeNames, read_types
from migcompat.schema.live.views import trace_columns
from migcompat.schema.model import Extension, Key, Namespace, OtherObject

if TYPE_CHECKING:
    from psycopg import Connection


def read_catalog(connection: Connection[Row]) -> Catalog:
    """The schema of the database, as the connection's transaction sees it. Its settings and its transaction stay as they are."""
    from psycopg.rows import tuple_row

    with connection.transaction(force_rollback=True), connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(queries.SETTINGS)
        return _catalog(lambda query: cursor.execute(query).fetchall())


def _catalog(rows: Rows) -> Catalog:
    catalog = Catalog()
    grants = read_grants(rows)
    for oid, name, owner in rows(queries.NAMESPACES):
        catalog.put_namespace(Namespace(oid, name, grants["namespace", oid], owner))
    for oid, name, schema in rows(queries.EXTENSIONS):
        catalog.extensions.put(oid, name, Extension(oid, name, schema))
    for oid, kind, name, setting, value in rows(queries.OTHERS):
        catalog.others.put(oid, (kind, name), OtherObject(oid, kind, name, ((setting, value),) if setting else ()))
    for role, group in rows(queries.MEMBERSHIPS):
        catalog.memberships.setdefault(role, set()).add(group)
    type_rows = rows(queries.TYPES)
    names = TypeNames((oid, Key(schema, name)) for oid, schema, name, *_ in type_rows)
    columns, constraints = read_columns(rows, names), read_constraints(rows)
    for type_ in read_types(rows, type_rows, names, columns, constraints, grants):
        catalog.put_type(type_)
    for relation in read_relations(rows, columns, constraints, grants):
        catalog.put(relation)
    trace_columns(catalog)
    for function in read_functions(rows, names, grants):
        catalog.put_function(function)
    for publication in read_publications(rows):
        catalog.put_publication(publication)
    catalog.reserve(HIGHEST_ID)
    catalog.known = True
    catalog.begin()
    catalog.filled = None
    return catalog
