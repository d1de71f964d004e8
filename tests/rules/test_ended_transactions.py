"""A procedure that ends transactions works outside of one, as long as it is neither SECURITY DEFINER nor sets a parameter."""

from __future__ import annotations

import psycopg
import pytest
from generations import Stage, findings

COMMITS = "CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN COMMIT; END'"
DEPLOYS = {
    "ALTER PROCEDURE p SECURITY DEFINER": ("2D000", "error"),
    "ALTER PROCEDURE p SET work_mem = '5MB'": ("2D000", "error"),
    "CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN ROLLBACK; END'": ("2D000", "error"),
    "CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN ROLLBACK; END'": ("", ""),
    "ALTER PROCEDURE p SECURITY INVOKER": ("", ""),
}


@pytest.mark.parametrize("migration", DEPLOYS)
def test_a_call_outside_a_transaction(migration: str, stage: Stage) -> None:
    sqlstate, severity = DEPLOYS[migration]
    stage.deploy(COMMITS)
    assert called(stage) == ""
    stage.deploy(migration)
    assert called(stage) == sqlstate
    (found,) = findings(COMMITS, migration)
    assert [(finding.severity.value, finding.sqlstate) for finding in found] == ([(severity, sqlstate)] if severity else [])


def called(stage: Stage) -> str:
    """What a CALL by itself is answered: `stage.ask` wraps it in a transaction."""
    try:
        stage.prior.execute("CALL p()")
    except psycopg.Error as error:
        return error.sqlstate or "no SQLSTATE"
    return ""
