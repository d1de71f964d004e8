"""Every spelling of a breaking form that the policy's fixtures hold can be undone, or it is said what is lost."""

from __future__ import annotations

import pytest
from generations import Refused, Stage, breaks
from test_adr_053_d5 import CASES, Case

from migcompat.findings import Severity
from migcompat.rules.base import Restoration
from migcompat.rules.every import BY_NAME
from migcompat.rules.pairs import RelationPair

BREAKING = [case for case in CASES if case.expect]
LOST = {
    "change-column-type: on a table that the history never shows being created",
    "drop-column: on a table that the history never shows being created",
    "drop-column: with the domain it has",
    "drop-column: with the schema of its type",
    "drop-column: with the type it has",
    "drop-column: with the type its array is made of",
    "drop-table: a foreign table",
    "drop-table: on a table that the history never shows being created",
}
"""What was dropped was never seen, or is not kept in enough detail to make it again."""


def name_of(case: Case) -> str:
    return f"{case.file.removesuffix('.breaking.sql')}: {case.name}"


def restorations(case: Case) -> list[Restoration]:
    """How each error is to be undone: schemas and types first, as tables need them."""
    found = [(pair, found) for pair, found in breaks(case.schema, case.migration) if found.severity is Severity.ERROR]
    found.sort(key=lambda one: isinstance(one[0], RelationPair))
    return [BY_NAME[one.rule].restore(pair, one) for pair, one in found]


def test_every_loss_names_a_case() -> None:
    assert {name_of(case) for case in BREAKING} >= LOST


@pytest.mark.parametrize("case", BREAKING, ids=name_of)
def test_the_prior_generation_works_again_or_it_is_said_what_is_lost(case: Case, stage: Stage, server_version: int) -> None:
    if server_version < case.needs:
        pytest.skip(f"needs PostgreSQL {case.needs}")
    restored = restorations(case)
    if name_of(case) in LOST:
        assert any(one.lost for one in restored)
        return
    stage.deploy(case.unseen)
    stage.deploy(case.schema)
    stage.deploy(case.migration)
    stage.deploy(";\n".join(dict.fromkeys(sql for one in restored for sql in one.sql)))
    assert not isinstance(stage.ask(case.prior), Refused)
