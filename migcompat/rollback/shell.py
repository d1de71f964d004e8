"""Commands as text that can be pasted into a POSIX-like shell."""

from __future__ import annotations

import shlex

from migcompat.rollback.guide import Command


def command_lines(command: Command, indent: str, width: int) -> list[str]:
    """One command, quoted, continued with a backslash where it is too long for a line."""
    words = [quoted(word) for word in command]
    lines = [indent + words[0]]
    for position, word in enumerate(words[1:], 2):
        reserve = 0 if position == len(words) else len(" \\")
        if len(lines[-1]) + 1 + len(word) + reserve > width:
            lines[-1] += " \\"
            lines.append(f"{indent}  {word}")
        else:
            lines[-1] += f" {word}"
    return lines


def quoted(word: str) -> str:
    """A word for the shell. One with control, bidi or undecodable characters is spelt `$'\\x1b'` (bash, zsh, ksh), so it cannot act on
    the terminal it is shown on."""
    if word.isprintable():
        return shlex.quote(word)
    raw = word.encode("utf-8", "surrogateescape")
    return "$'" + "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in raw) + "'"
