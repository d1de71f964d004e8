"""How text that came from a migration is shown without acting: one line, nothing invisible, nothing that steers a terminal."""

from __future__ import annotations

import re

# Controls, surrogates, line and paragraph separators, bidirectional controls, and the characters that Unicode lists as
# default ignorable (an identifier that holds one looks like another). Variation selectors stay: emoji in comments need them.
_UNSEEN = (
    "[\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\u3164\\ud800-\\udfff\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text on one line, with what has no glyph of its own written out: `\\x1b`, `\\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_UNSEEN, _written_out, text)


def visible_lines(text: str) -> list[str]:
    """The same, line by line, for text that may rightly have several; none of an empty one."""
    return [visible(line.rstrip("\r")) for line in text.strip().split("\n") if line.strip()]


def json_text(value: object) -> str:
    """ASCII JSON on one line. `##[` would be a workflow command wherever it stands in a log line, so its first character is escaped."""
    import json

    return json.dumps(value, ensure_ascii=True).replace("##[", "\\u0023#[")


def _written_out(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
