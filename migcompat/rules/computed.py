"""What statements compute on the way, with the privileges of whoever issues them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migcompat.frozen import frozen
from migcompat.schema.model import PUBLIC, Policy, Relation

_WRITES = frozenset({"insert", "update"})
_WHEN = re.compile(r"\bwhen\b(.*)\bexecute\b", re.IGNORECASE | re.DOTALL)


@frozen
class Use:
    """An expression that statements compute."""

    what: str
    part: str
    expression: str
    privileges: frozenset[str]
    """Those of which a role needs one to meet it."""
    refused: str
    roles: tuple[str, ...] = (PUBLIC,)
    """Those that it is computed for."""


def uses(relation: Relation) -> Iterator[Use]:
    """A materialized view computes nothing until it is refreshed."""
    for column in relation.columns:
        if column.generated:
            yield Use(f"generated column {column.name}", column.name, column.expression, _WRITES, "a write")
        elif column.default:
            what = f"the default of column {column.name}"
            yield Use(what, column.name, column.default, frozenset({"insert"}), "an INSERT that omits it")
    for check in relation.constraints:
        if check.kind == "check" and check.enforced:
            yield Use(f"check {check.name}", check.name, check.expression, _WRITES, "a write")
    for index in relation.indexes:
        for expression in index.expressions:
            yield Use(f"index {index.name}", index.name, expression, _WRITES, "a write")
    for policy in _asked(relation) if relation.row_security else ():
        judged = _WRITES | {"select", "delete"} if policy.command == "all" else frozenset({policy.command})
        yield Use(f"policy {policy.name}", policy.name, f"{policy.using} {policy.check}", judged, "what it judges", policy.roles)
    for trigger in relation.triggers:
        condition = _WHEN.search(trigger.definition) if trigger.enabled else None
        if condition is not None:
            yield Use(f"WHEN of trigger {trigger.name}", trigger.name, condition[1], trigger.events, "what fires it")
    if relation.kind == "view":
        yield Use("the query", "", relation.definition, frozenset({"select"}), "whatever reads it")


def _asked(relation: Relation) -> list[Policy]:
    """The policies that are computed: where one lets every row through, no other one is needed that would let rows through."""
    open_ = any(p.permissive and p.using.strip("( )").lower() == "true" for p in relation.policies)
    return [p for p in relation.policies if not (open_ and p.permissive)]
