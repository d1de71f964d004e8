"""What a migration's file holds, as bytes and as text."""

from __future__ import annotations

import os
import stat

from migcompat.errors import CheckError

LARGEST = 256 * 1024 * 1024
"""Bytes; a migration beyond that is data, and would take gigabytes to hold."""
_PIECE = 1024 * 1024
"""Bytes."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without blocking: a FIFO without a writer must not hang the check."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_bytes(path: str) -> bytes:
    """A regular file's content, up to `LARGEST`."""
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise CheckError(f"{path} is not a regular file")
            if status.st_size <= LARGEST:
                content = os.read(descriptor, status.st_size + 1)
                if content and len(content) == status.st_size:
                    return content
                while len(content) <= LARGEST and (more := os.read(descriptor, _PIECE)):  # it grew, or has no size, as in /proc
                    content += more
                if len(content) <= LARGEST:
                    return content
            raise CheckError(f"{path} is larger than {LARGEST // 1024 // 1024} MiB: move its data out of the migration")
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CheckError(f"cannot read {path}: {error.strerror}") from error


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
