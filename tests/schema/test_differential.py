"""Random histories, run by the tool and by PostgreSQL: what the tool makes of the text is what the server has in its catalogues, and a
deploy breaks the same on both.

MIGCOMPAT_HISTORIES=5000 runs so many, other ones each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import psycopg
import pytest
from chance import random_histories, shortened
from replay import disagreements, disagreements_about, mistaken, replay

from migcompat.proof.live import live_breaks
from migcompat.schema.live import read_catalog

pytestmark = pytest.mark.usefixtures("postgresql_18")


@random_histories(250)
def test_the_schema_replayed_from_text_is_the_one_that_the_server_has(connection: psycopg.Connection[Any], seed: int) -> None:
    with replay(connection) as history:
        history.write(Random(seed), length=25, beginning=5)
        found = mistaken(history)
    if found:
        shortest = shortened(history.accepted, lambda statements: wrong_after(connection, statements))
        pytest.fail("\n".join((*wrong_after(connection, shortest), "after", *(f"{s};" for s in shortest))))


def wrong_after(connection: psycopg.Connection[Any], statements: Sequence[str]) -> list[str]:
    with replay(connection) as history:
        history.run_all(statements)
        return mistaken(history)


@random_histories(150)
def test_a_deploy_breaks_the_same_in_the_text_and_in_the_catalogues(connection: psycopg.Connection[Any], seed: int) -> None:
    random = Random(seed)
    with replay(connection) as history:
        history.write(random, length=12, beginning=5)
        old = list(history.accepted)
        history.open()
        before = read_catalog(connection)
        history.write(random, length=5)
        new = history.accepted[len(old) :]
        found = disagreements(old, new, live_breaks(before, read_catalog(connection)))
    if found:
        old = shortened(old, lambda statements: disagreements_about(connection, statements, new))
        new = shortened(new, lambda statements: disagreements_about(connection, old, statements))
        told = disagreements_about(connection, old, new) or []
        pytest.fail("\n".join((*told, "history", *(f"{s};" for s in old), "deploy", *(f"{s};" for s in new))))
