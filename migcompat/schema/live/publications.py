"""Publications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from migcompat.schema.live import queries
from migcompat.schema.live.rows import Rows
from migcompat.schema.model import Publication


def read_publications(rows: Rows) -> Iterator[Publication]:
    """With the tables and schemas that they name."""
    schemas: defaultdict[int, set[str]] = defaultdict(set)
    for publication, schema in rows(queries.PUBLISHED_SCHEMAS) if rows(queries.PUBLISHES_SCHEMAS)[0][0] else ():
        schemas[publication].add(schema)
    for oid, name, all_tables, inserts, updates, deletes, truncates, tables in rows(queries.PUBLICATIONS):
        published = {"insert": inserts, "update": updates, "delete": deletes, "truncate": truncates}
        events = frozenset(event for event, is_published in published.items() if is_published)
        yield Publication(oid, name, frozenset(tables), frozenset(schemas[oid]), all_tables, events)
