"""A view's columns, worked out from what it reads, are those that PostgreSQL gives it."""

from __future__ import annotations

import psycopg
import pytest

from migcompat.changes import Name
from migcompat.checking import check_text, lowered
from migcompat.engine import perform
from migcompat.findings import Span
from migcompat.migrations.model import Source
from migcompat.schema.catalog import Catalog

TABLES = "CREATE TABLE a (id int, x int, y text); CREATE TABLE b (y text, id int, z int); CREATE TABLE c (z int, w int);"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM a JOIN b USING (id, y)",
        "SELECT * FROM a NATURAL JOIN b",
        "SELECT * FROM a LEFT JOIN b USING (y, id), c q (zz)",
        "SELECT * FROM c q (q), a JOIN b USING (id, y)",
        "SELECT * FROM a JOIN b USING (id, y) JOIN c USING (z)",
        "SELECT b.* FROM a JOIN b USING (id)",
        "SELECT q.* FROM (SELECT * FROM a JOIN b USING (y, id)) q",
        "WITH q AS (SELECT * FROM a NATURAL JOIN b) SELECT q.*, c.w FROM q, c",
        "SELECT id FROM a UNION SELECT z FROM c",
    ],
)
def test_a_star_over_a_join_shows_shared_columns_once(database: str, query: str) -> None:
    text = f"{TABLES} CREATE VIEW v AS {query}"
    with psycopg.connect(database) as connection:
        connection.execute(text)
        rows = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'v'::regclass AND attnum > 0 ORDER BY attnum"
        ).fetchall()
    catalog = Catalog()
    catalog.begin()
    for step in lowered(Source("1.sql", text, (Span(0, len(text)),))).steps:
        list(perform(catalog, step.change))
    view = catalog.relation(Name("v"))
    assert view is not None
    assert view.complete
    assert [(column.name,) for column in view.columns] == rows


def test_a_view_has_no_room_for_more_columns_than_a_table(database: str) -> None:
    tables = (f"CREATE TABLE {name} ({', '.join(f'{name}{i} integer' for i in range(801))})" for name in ("a", "b"))
    schema, view = "; ".join(tables), "CREATE VIEW v AS SELECT * FROM a, b"
    with psycopg.connect(database) as connection:
        connection.execute(schema)
        with pytest.raises(psycopg.errors.TooManyColumns):
            connection.execute(view)
    (found,) = check_text(schema, view)
    assert "PostgreSQL has room for 1600 columns in a table" in found.message
