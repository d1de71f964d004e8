"""Who was granted what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from migcompat.schema.live import queries
from migcompat.schema.live.rows import Rows
from migcompat.schema.model import Privilege

Grants = Mapping[tuple[str, int], frozenset[Privilege]]
"""By kind of object and its oid."""


def read_grants(rows: Rows) -> Grants:
    found: defaultdict[tuple[str, int], frozenset[Privilege]] = defaultdict(frozenset)
    for kind, oid, column, role, privilege in rows(queries.GRANTS):
        found[kind, oid] |= {Privilege(role, privilege, column or "")}
    return found
