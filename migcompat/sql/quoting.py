"""Names as SQL must write them."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_RESERVED = frozenset(
    """all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check
    coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema
    current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch
    float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into
    is isnull join lateral leading least left like limit localtime localtimestamp natural nchar none not notnull null nullif numeric offset on
    only or order out outer overlaps overlay placing position precision primary real references returning right row select session_user setof
    similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user
    using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse
    xmlpi xmlroot xmlserialize xmltable""".split()
)  # fmt: skip
"""Keywords that cannot name a column or table bare (https://www.postgresql.org/docs/18/sql-keywords-appendix.html)."""


def ident(name: str) -> str:
    """A name, quoted where it must be."""
    if _PLAIN.match(name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str, name: str) -> str:
    """A name with its schema; `public` goes without saying."""
    return ident(name) if schema in ("public", "pg_temp") else f"{ident(schema)}.{ident(name)}"


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"
