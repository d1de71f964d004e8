"""What an explanation is made of: blocks that are laid out as text for a terminal or as Markdown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Title:
    """The first line, and what is known of its subject: label and value."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; what stands between backticks is code."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list: its mark is `-` or a number, its details stand below it."""

    mark: str
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sql:
    """Statements to read or to copy."""

    text: str


Block = Title | Heading | Paragraph | Item | Sql
