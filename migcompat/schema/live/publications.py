"""Publications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from migcompat.schema.live import queries
from migcompat.schema.live.rows import Rows, column_id
from migcompat.schema.model import Part, Publication
from migcompat.sql.conditions import columns_of


def read_publications(rows: Rows) -> Iterator[Publication]:
    """With the tables and schemas that they name, and what of them."""
    schemas: defaultdict[int, set[str]] = defaultdict(set)
    parts: defaultdict[int, set[Part]] = defaultdict(set)
    if rows(queries.PUBLISHES_SCHEMAS)[0][0]:
        for publication, schema in rows(queries.PUBLISHED_SCHEMAS):
            schemas[publication].add(schema)
        for publication, table, columns, where, names in rows(queries.PUBLISHED_PARTS):
            filtered = [names.index(name) + 1 for name in columns_of(where) or () if name in names] if where else []
            ids = [frozenset(column_id(table, number) for number in numbers) for numbers in (columns, filtered)]
            parts[publication].add(Part(table, *ids))
    for oid, name, all_tables, inserts, updates, deletes, truncates, tables in rows(queries.PUBLICATIONS):
        published = {"insert": inserts, "update": updates, "delete": deletes, "truncate": truncates}
        events = frozenset(event for event, is_published in published.items() if is_published)
        yield Publication(oid, name, frozenset(tables), frozenset(schemas[oid]), all_tables, events, frozenset(parts[oid]))
