"""A name that one deploy gives to another object and takes away again: who used it before meets what is there at the end."""

from __future__ import annotations

import pytest

from migcompat.checking import check_text

SCHEMA = "CREATE TABLE users (id int PRIMARY KEY, nick text); CREATE TABLE people (id int PRIMARY KEY); CREATE TYPE mood AS ENUM ('a')"


@pytest.mark.parametrize(
    ("deploy", "rules"),
    [
        ("DROP TABLE users; CREATE TABLE users (id int); DROP TABLE users", {"drop-table"}),
        ("DROP TABLE users; ALTER TABLE people RENAME TO users; ALTER TABLE users RENAME TO people", {"drop-table"}),
        ("ALTER TABLE users RENAME TO old; CREATE VIEW users AS SELECT id FROM old; DROP VIEW users", {"rename-table"}),
        ("DROP TYPE mood; CREATE TYPE mood AS ENUM ('b'); DROP TYPE mood", {"drop-type"}),
    ],
)
def test_the_end_counts(deploy: str, rules: set[str]) -> None:
    assert {finding.rule for finding in check_text(SCHEMA, deploy)} == rules


def test_what_is_said_of_a_new_table_is_said_where_it_gets_its_name() -> None:
    deploy = "CREATE TABLE drafts (person int REFERENCES people);\nALTER TABLE drafts RENAME TO notes;\nALTER TABLE people ADD nick text"
    told = [found for found in check_text(SCHEMA, deploy) if found.rule == "add-foreign-key"]
    assert [(found.object, found.place.line) for found in told] == [("public.notes.drafts_person_fkey", 2)]
