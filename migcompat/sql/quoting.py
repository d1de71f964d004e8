"""Names as SQL must write them."""

from __future__ import annotations

import re

from migcompat.sql.keywords import RESERVED, WITH_GRAMMAR

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_QUOTED = RESERVED | WITH_GRAMMAR
"""Key words that PostgreSQL's quote_ident quotes."""


def ident(name: str) -> str:
    """A name, quoted where it must be."""
    if _PLAIN.match(name) and name not in _QUOTED:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str, name: str) -> str:
    """A name with its schema; `public` goes without saying."""
    return ident(name) if schema in ("public", "pg_temp") else f"{ident(schema)}.{ident(name)}"


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"
