"""What the fine cases break, their text and PostgreSQL's catalogues say alike: `prove` has the rules judge what it reads from a server."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from fine_cases import CASES, Case
from replay import disagreements_about

from migcompat.sql.splitter import split

pytestmark = pytest.mark.usefixtures("postgresql_18")

UNREAD = {
    "add-event-trigger": "event triggers are outside of what is read",
    "add-trigger": "what a trigger's function does, its body says",
    "ambiguous-column": "whether a routine has a variable of a column's name, its body says",
    "change-function": "the same of what a routine does",
    "drop-extension": "a language that every database has is none of its own",
    "hide-name": "which of two names a session finds, its search path says",
    "loosen-unique": "an expression's collation is printed where it is the default, too",
    "restrict-session": "roles and databases are outside of what is read",
    "widen-row": "what a routine makes of a row, its body says",
}
"""Rules of what the catalogues do not tell."""

PRINTED_WITH_CASTS = {
    "conditions: a check that the domain has",
    "conditions: a new column that its domain fills with what its check admits",
    "conditions: a table whose rows all fit is attached",
}
"""Conditions that follow from each other as they are written, but not as the server prints them."""

NAMED_OTHERWISE = {
    "callers-privileges: a role is called otherwise",
    "functions: a view takes the place of the table whose rows a function takes",
    "functions: and the function is made for its rows, too",
    "members: a role under another name keeps what it had",
    "rows-of-functions: they are cast to what has the name of their table now",
    "operators: an implicit cast to a user's type makes an overloaded function ambiguous",
    "schemas: a cast goes",
}

TOLD_BY_ONE = {
    "rewriting: a view comes back with a query that is built while the migration runs": "the catalogues have the query",
    "foreign-keys: a routine truncates a table that a new one refers to": "what a routine does, its body says",
    "rows-of-functions: which of two overloads it is, the check does not tell": "the catalogues do",
}
"""Cases of which the text or the catalogues know less."""


def is_read(case: Case) -> bool:
    rules = {found.split()[1] for found in case.finds}
    return case.name not in PRINTED_WITH_CASTS | NAMED_OTHERWISE | TOLD_BY_ONE.keys() and rules.isdisjoint(UNREAD)


@pytest.mark.parametrize("case", [case for case in CASES if is_read(case)], ids=lambda case: case.name)
def test_a_deploy_breaks_the_same_in_the_text_and_in_the_catalogues(administrator: psycopg.Connection[Any], case: Case) -> None:
    schema, migration = ([statement.text for statement in split(script).statements] for script in (case.schema, case.migration))
    assert not disagreements_about(administrator, schema, migration)
