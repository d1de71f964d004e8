"""A constraint that takes the name of another: the compatible way makes room for it, and PostgreSQL takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migcompat.checking import judged_text
from migcompat.review import advised

if TYPE_CHECKING:
    from generations import Stage


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("UNIQUE (a, b)", "UNIQUE (a)"),
        ("PRIMARY KEY (a, b)", "PRIMARY KEY (a)"),
        ("CHECK (a > 0)", "CHECK (a > 1)"),
        ("FOREIGN KEY (a) REFERENCES p", "FOREIGN KEY (b) REFERENCES p"),
        ("EXCLUDE USING gist (r WITH &&, s WITH =)", "EXCLUDE USING gist (r WITH &&)"),
    ],
)
def test_the_old_one_gives_way(before: str, after: str, stage: Stage) -> None:
    schema = f"""
        CREATE TABLE p (id integer PRIMARY KEY);
        CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, r int4range, s int4range, CONSTRAINT k {before});
    """
    advice = advised(judged_text(schema, f"ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k {after}"))
    (steps,) = (one.steps for one in advice if one.finding.rule.startswith("add-"))
    stage.deploy(schema)
    for step in steps:
        for sql in step.sql:
            stage.deploy(sql)
