"""Reads a migration's file."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from types import MappingProxyType

from migcompat.errors import CheckError
from migcompat.migrations.layouts import LAYOUTS
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.naming import may_hold_sections
from migcompat.migrations.placeholders import fill
from migcompat.migrations.sections import forward_spans

LARGEST = 256 * 1024 * 1024
"""Bytes; a migration beyond that is data, and would take gigabytes to hold."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


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


def decode(path: str, content: bytes) -> str:
    """UTF-8 without its BOM; anything else is an error that says how to save the file again."""
    if content.startswith(_UTF16):
        raise CheckError(f"{path} is UTF-16, as PowerShell's > writes it: save it as UTF-8, for instance with Out-File -Encoding utf8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CheckError(f"{path} is not UTF-8 (byte 0x{content[error.start]:02x} in line {line}): save it as UTF-8") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        hint = "it looks like UTF-16: save it as UTF-8" if text.count("\0") > len(text) // 4 else "PostgreSQL refuses such text"
        raise CheckError(f"{path} has a NUL byte in line {line}: {hint}")
    return text


def read_bytes(path: str) -> bytes:
    """A regular file's content, up to `LARGEST`."""
    try:
        # non-blocking: a FIFO without a writer must not hang the check
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise CheckError(f"{path} is not a regular file")
            if status.st_size > LARGEST:
                raise CheckError(f"{path} is larger than {LARGEST // 1024 // 1024} MiB: move its data out of the migration")
            return file.read(LARGEST + 1)
    except OSError as error:
        raise CheckError(f"cannot read {path}: {error.strerror}") from error
