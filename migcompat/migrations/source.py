"""Reads a migration: its text, and which of it goes forward."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from migcompat.migrations.content import decode, read_bytes
from migcompat.migrations.layouts import LAYOUTS
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.naming import may_hold_sections
from migcompat.migrations.placeholders import fill
from migcompat.migrations.sections import forward_spans


def read(migration: Migration, placeholders: Mapping[str, str] = MappingProxyType({})) -> Source:
    """The text of a migration, with the values of `placeholders` filled in, and its forward parts."""
    return source_of(migration, read_bytes(migration.path), placeholders)


def source_of(migration: Migration, content: bytes, placeholders: Mapping[str, str] = MappingProxyType({})) -> Source:
    """A migration's content, wherever it was read from."""
    written = decode(migration.path, content)
    filled = fill(written, placeholders)
    tools = LAYOUTS[migration.layout].sections if may_hold_sections(migration.name) else ()
    spans = forward_spans(filled.text, tools)
    return Source(migration.path, filled.text, spans, filled.edits, written if filled.edits else "", filled.unknown)
