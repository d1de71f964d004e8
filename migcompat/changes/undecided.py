"""What could not be decided."""

from __future__ import annotations

from migcompat.changes.definitions import Change
from migcompat.frozen import frozen


@frozen
class Opaque(Change):
    """A statement that could not be understood."""

    reason: str
    text: str


@frozen
class Dynamic(Change):
    """SQL that is built when the migration runs."""

    expression: str
    reason: str
