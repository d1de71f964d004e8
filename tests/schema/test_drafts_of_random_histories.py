"""Random histories with breaks: the draft that gives the contract back runs on the server, and names whatever it cannot give back.

MIGCOMPAT_HISTORIES=5000 runs so many, other ones each time.
"""

from __future__ import annotations

from random import Random
from typing import Any

import psycopg
import pytest
from chance import random_histories, shortened
from drafting import drafted, problems, problems_with
from replay import replay

pytestmark = pytest.mark.usefixtures("postgresql_18")


@random_histories(500)
def test_the_draft_runs_and_names_what_remains(connection: psycopg.Connection[Any], seed: int) -> None:
    random = Random(seed)
    with replay(connection) as history:
        history.write(random, length=10, beginning=5)
        history.open()
        before = list(history.accepted)
        history.write(random, length=4)
        deploy = history.accepted[len(before) :]
        found = problems(history, drafted(before, deploy))
    if found:
        before = shortened(before, lambda statements: problems_with(connection, statements, deploy))
        deploy = shortened(deploy, lambda statements: problems_with(connection, before, statements))
        told = problems_with(connection, before, deploy)
        pytest.fail("\n".join((*told, "", "BEFORE", *before, "", "DEPLOY", *deploy, "", "DRAFT", drafted(before, deploy).text)))
