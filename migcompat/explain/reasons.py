"""Why a change of the contract breaks nothing, where no rule has found that it does."""

from __future__ import annotations

from migcompat.schema.difference import Difference
from migcompat.schema.model import Column, Constraint, Function, Index, Privilege, Relation

_OTHERWISE = "no rule finds that the prior generation relies on it"


def reason(difference: Difference) -> str:
    """One clause: what the prior generation does, and why that still works."""
    if difference.old is None or not difference.before:
        return _came(difference)
    if difference.new is None or not difference.after:
        return _went(difference)
    return _changed(difference)


def _came(difference: Difference) -> str:
    part = difference.new
    if isinstance(part, Column):
        return _column_came(difference, part)
    if isinstance(part, Index):
        return "it rejects nothing that was accepted before" if part.unique else "it makes statements faster or slower, and rejects none"
    if isinstance(part, Constraint):
        if part.kind == "foreign":
            return "the prior generation writes nothing that it rejects, as long as no parent goes"
        return "it rejects nothing that was accepted before"
    if isinstance(part, Privilege):
        return "nobody loses a right"
    if isinstance(part, Function):
        return "no call that worked before means it now"
    if difference.kind in ("policy", "trigger", "rule", "label", "attribute"):
        return _OTHERWISE
    return "it is new: nobody relied on it"


def _column_came(difference: Difference, column: Column) -> str:
    if "view " in difference.subject:
        return "whoever reads the view by column names reads what they did before"
    if column.generated:
        return "PostgreSQL computes it: an INSERT that leaves it out works as before"
    if column.filled:
        return "an INSERT that leaves it out gets its default"
    return "an INSERT that leaves it out leaves it NULL" if not column.not_null else _OTHERWISE


def _went(difference: Difference) -> str:
    part = difference.old
    if isinstance(part, Index):
        return "an equal key remains" if part.unique else "statements work without it, if more slowly"
    if isinstance(part, Constraint):
        return "whatever was accepted before still is"
    return _OTHERWISE


def _changed(difference: Difference) -> str:
    old, new = difference.old, difference.new
    if isinstance(old, Column) and isinstance(new, Column):
        return "; ".join(_column_changed(old, new)) or _OTHERWISE
    if isinstance(old, (Constraint, Index)):
        return "it rejects nothing that was accepted before"
    if isinstance(old, Function):
        return "calls find it by the same name and arguments; what its body does now is for the reviewer"
    if isinstance(old, Relation) and isinstance(new, Relation) and old.key != new.key:
        return "the old name still serves"
    return "it still offers the same columns" if difference.kind == "query" else _OTHERWISE


def _column_changed(old: Column, new: Column) -> list[str]:
    reasons = []
    if old.name != new.name:
        reasons.append("the old name still serves")
    if old.type != new.type:
        reasons.append("every value that it took it still takes")
    if old.not_null and not new.not_null:
        reasons.append("every write that was accepted still is")
    if new.filled and not old.filled:
        reasons.append("an INSERT that leaves it out gets its default")
    return reasons
