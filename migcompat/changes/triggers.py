"""Triggers, rules and policies of tables."""

from __future__ import annotations

from migcompat.changes.definitions import Change
from migcompat.frozen import frozen
from migcompat.sql.names import Name


@frozen
class CreateTrigger(Change):
    """CREATE TRIGGER."""

    table: Name
    name: str
    function: Name
    timing: str
    """`before`, `after`, `instead of`."""
    events: frozenset[str]
    or_replace: bool = False
    constraint: bool = False
    definition: str = ""
    """What it does, in words that a change of spelling leaves alone."""
    text: str = ""
    """The statement as written."""


@frozen
class DropTrigger(Change):
    """DROP TRIGGER."""

    table: Name
    name: str
    if_exists: bool = False


@frozen
class RenameTrigger(Change):
    """ALTER TRIGGER … RENAME."""

    table: Name
    name: str
    to: str


@frozen
class CreateRule(Change):
    """CREATE RULE."""

    table: Name
    name: str
    event: str
    instead: bool = False
    action: str = ""
    conditional: bool = False
    or_replace: bool = False
    text: str = ""
    """The statement as written."""


@frozen
class RenameRule(Change):
    """ALTER RULE … RENAME."""

    table: Name
    name: str
    to: str


@frozen
class DropRule(Change):
    """DROP RULE."""

    table: Name
    name: str
    if_exists: bool = False


@frozen
class CreatePolicy(Change):
    """CREATE POLICY."""

    table: Name
    name: str
    command: str = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str = ""
    check: str = ""


@frozen
class AlterPolicy(Change):
    """ALTER POLICY."""

    table: Name
    name: str
    to: str = ""
    roles: tuple[str, ...] = ()
    using: str = ""
    check: str = ""


@frozen
class DropPolicy(Change):
    """DROP POLICY."""

    table: Name
    name: str
    if_exists: bool = False
