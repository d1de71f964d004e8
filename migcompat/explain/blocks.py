"""What an explanation is made of: blocks that are laid out as text for a terminal or as Markdown."""

from __future__ import annotations

from migcompat.frozen import frozen


@frozen
class Title:
    """The first line, and what is known of its subject: label and value."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()


@frozen
class Heading:
    text: str


@frozen
class Section:
    """The heading of one thing among several; it holds names, so its case stays."""

    text: str


@frozen
class Paragraph:
    """Words; what stands between backticks is code."""

    text: str


@frozen
class Item:
    """One entry of a list: its mark is `-` or a number."""

    mark: str
    text: str


@frozen
class Sql:
    """Statements to read or to copy."""

    text: str


@frozen
class Change:
    """A part of the schema before and after, and what that means."""

    before: str
    after: str
    meaning: str


Block = Title | Heading | Section | Paragraph | Item | Sql | Change
