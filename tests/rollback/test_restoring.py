"""What a draft may run: a view's query is given back as it was written, as long as what it names is still called so."""

from __future__ import annotations

import pytest

from migcompat.checking import judged_text
from migcompat.rollback.restoring import restoration_of
from migcompat.rules.base import Restoration

TABLES = "CREATE TABLE tags (id int, name text); CREATE TABLE users (id int, name text);"


def restoration(view: str, since: str) -> Restoration:
    """What gives back a view that is dropped after its history has gone on."""
    judged = judged_text(f"{TABLES} CREATE VIEW v AS {view}; {since}", "DROP VIEW v")
    (found,) = [(verdict.found, verdict.pair) for _, verdict in judged if verdict is not None and verdict.pair is not None]
    return restoration_of(*found)


@pytest.mark.parametrize(
    ("view", "since"),
    [
        ("SELECT id, name FROM tags", "ALTER TABLE tags RENAME id TO no"),
        ("SELECT t.id FROM tags t", "ALTER TABLE tags RENAME id TO no"),
        ("SELECT id FROM tags", "ALTER TABLE tags RENAME TO labels"),
        ("SELECT count(*) FROM tags GROUP BY name", "ALTER TABLE tags RENAME name TO text"),
        ("SELECT t.name FROM tags t JOIN users u ON u.id = t.id", "ALTER TABLE users RENAME id TO no"),
    ],
)
def test_a_query_whose_names_have_changed_is_not_given_back(view: str, since: str) -> None:
    found = restoration(view, since)
    assert found.sql == ()
    assert "write it anew" in found.lost


@pytest.mark.parametrize(
    ("view", "since"),
    [
        ("SELECT id, name FROM tags", ""),
        ("SELECT id, name FROM tags", "ALTER TABLE users RENAME id TO no"),
        ("SELECT count(*) AS total FROM tags ORDER BY total", "ALTER TABLE tags RENAME id TO no"),
        ("SELECT * FROM tags", "ALTER TABLE tags RENAME id TO no"),
        ("SELECT x.no FROM (SELECT id AS no FROM tags) x", "ALTER TABLE users RENAME id TO no"),
        ("WITH w AS (SELECT name AS n FROM tags) SELECT n FROM w", "ALTER TABLE users RENAME name TO n2"),
    ],
)
def test_a_query_that_still_means_the_same_is_given_back(view: str, since: str) -> None:
    found = restoration(view, since)
    assert any(view in sql for sql in found.sql)
    assert found.lost == ""
