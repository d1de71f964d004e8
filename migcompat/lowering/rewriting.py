"""Changes with their spans or names replaced, however deep these stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migcompat.changes import Change
from migcompat.findings import Span
from migcompat.frozen import fields, replace

_CONDITIONS = frozenset({"if_exists", "if_not_exists", "column_if_exists", "constraint_if_exists"})


def moved(change: Change, place: Callable[[int], int]) -> Change:
    """With every offset carried into another text."""
    result: Change = _rewritten(change, lambda leaf: Span(place(leaf.start), place(leaf.end)) if isinstance(leaf, Span) else leaf)
    return result


def shifted(change: Change, base: int) -> Change:
    """With every offset counted from the start of a text that holds this one."""
    return moved(change, lambda at: base + at)


def pinned(change: Change, span: Span) -> Change:
    """With one span for everything: what is built at run time has no place of its own."""
    result: Change = _rewritten(change, lambda leaf: span if isinstance(leaf, Span) else leaf)
    return result


def renamed(change: Change, name: Callable[[str], str]) -> Change:
    """With every name and text replaced."""
    result: Change = _rewritten(change, lambda leaf: name(leaf) if isinstance(leaf, str) else leaf)
    return result


def conditional(change: Change) -> Change:
    """As under IF or EXCEPTION: where its object is missing or there already, it is taken not to run, as if it said IF [NOT] EXISTS."""
    conditions: dict[str, Any] = {name: True for name in fields(change) if name in _CONDITIONS}
    return replace(change, **conditions)


def strings(value: Any) -> list[str]:
    """Every name and text in it."""
    found: list[str] = []

    def note(leaf: Any) -> Any:
        if isinstance(leaf, str):
            found.append(leaf)
        return leaf

    _rewritten(value, note)
    return found


def _rewritten(value: Any, leaf: Callable[[Any], Any]) -> Any:
    if isinstance(value, (Span, str)):
        return leaf(value)
    if isinstance(value, tuple):
        return tuple(_rewritten(item, leaf) for item in value)
    if isinstance(value, frozenset):
        return frozenset(_rewritten(item, leaf) for item in value)
    names = fields(value)
    return type(value)(*(_rewritten(getattr(value, name), leaf) for name in names)) if names else value
