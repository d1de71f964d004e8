"""What an ALTER speaks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migcompat.changes import Change
from migcompat.sql.cursor import Cursor


class Target:
    """The relation that an ALTER speaks of; builds its changes with their spans."""

    def __init__(self, cursor: Cursor, kind: str) -> None:
        self.cursor, self.kind = cursor, kind
        self.if_exists = cursor.if_exists()
        self.only = cursor.take("only")
        self.name = cursor.in_parentheses(cursor.name) if self.only and cursor.at("(") else cursor.name()
        cursor.take("*")

    def change(self, type_: Callable[..., Change], start: int, **facts: Any) -> Change:
        return type_(self.cursor.since(start), self.name, self.if_exists, self.only, **facts)
