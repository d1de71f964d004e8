"""Type names, in the spelling of PostgreSQL's own `format_type`."""

from __future__ import annotations

from functools import lru_cache

from migcompat.sql.cursor import Cursor
from migcompat.sql.lexer import Kind
from migcompat.sql.names import Name, TypeName

SERIALS = {
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint", "serial2": "smallint",
}  # fmt: skip
ALIASES = {
    "int": "integer", "int4": "integer", "int2": "smallint", "int8": "bigint", "float4": "real", "float8": "double precision",
    "bool": "boolean", "decimal": "numeric", "dec": "numeric", "varchar": "character varying", "char": "character",
    "bpchar": "bpchar", "timestamptz": "timestamp with time zone", "timetz": "time with time zone", "varbit": "bit varying",
    "timestamp": "timestamp without time zone", "time": "time without time zone",
}  # fmt: skip
BUILTINS = frozenset(
    """integer smallint bigint real numeric boolean text bytea date interval uuid json jsonb jsonpath xml money name oid inet cidr
    macaddr macaddr8 point line lseg box path polygon circle tsvector tsquery int4range int8range numrange tsrange tstzrange
    daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange character bit regclass
    regproc regprocedure regtype regrole regnamespace regconfig regdictionary regoper regoperator regcollation pg_lsn pg_snapshot
    txid_snapshot xid xid8 cid tid record void trigger event_trigger cstring internal anyelement anyarray anynonarray anyenum
    anyrange anymultirange anycompatible anycompatiblearray anycompatiblenonarray anycompatiblerange anycompatiblemultirange
    language_handler fdw_handler index_am_handler table_am_handler tsm_handler any unknown refcursor oidvector int2vector aclitem""".split()
) | frozenset(SERIALS)  # fmt: skip
INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
"""The first number that is too large for each."""
_INTERVAL = ("year", "month", "day", "hour", "minute", "second")


def type_name(cursor: Cursor) -> TypeName:
    """Reads a type: modifiers, time zones, arrays, `%TYPE`. Raises Unreadable."""
    cursor.take("setof")
    quoted = cursor.token.kind is Kind.QUOTED
    name = cursor.name()
    if cursor.item_ends and name.schema is None and not quoted:
        return _of_one_word(name.name)
    if cursor.at("%"):
        cursor.next()
        cursor.need("type")
        return TypeName(Name(f"{name}%type"), builtin=True)
    if quoted or name.schema not in (None, "pg_catalog"):
        own = name.schema == "pg_catalog"
        return _arrays(cursor, TypeName(Name(name.name, None if own else name.schema), _modifiers(cursor), builtin=own))
    return _arrays(cursor, _builtin(cursor, name.name, pinned=name.schema is not None))


@lru_cache(maxsize=1024)
def _of_one_word(word: str) -> TypeName:
    """Most types have neither modifiers nor brackets."""
    return _builtin(Cursor(""), word, pinned=False)


def _builtin(cursor: Cursor, word: str, *, pinned: bool) -> TypeName:
    if word == "double" and cursor.take("precision"):
        return _pg("double precision")
    if word == "national" and cursor.at_any("character", "char", "varchar"):
        word = cursor.identifier()
    if word in ("character", "char", "nchar", "bit") and cursor.take("varying"):
        word = "varbit" if word == "bit" else "varchar"
    if word in ("timestamp", "time"):
        return _time(cursor, word)
    if word == "interval":
        return _interval(cursor)
    modifiers = _modifiers(cursor)
    if word == "float":
        bits = int(modifiers.strip("()") or 53)
        return _pg("real" if bits <= 24 else "double precision")
    if word in ("char", "character", "nchar", "bit") and not modifiers:
        return _pg(ALIASES.get(word, "character" if word == "nchar" else word), "(1)")
    known = ALIASES.get(word, word) if word != "bpchar" or not modifiers else "character"
    if word in ALIASES or word in BUILTINS or pinned:
        if known == "numeric" and modifiers and "," not in modifiers:
            modifiers = f"{modifiers[:-1]},0)"
        return _pg(known, modifiers)
    return TypeName(Name(word), modifiers)


def _pg(name: str, modifiers: str = "") -> TypeName:
    return TypeName(Name(name), modifiers, builtin=True)


def _modifiers(cursor: Cursor) -> str:
    if not cursor.at("("):
        return ""
    inner = cursor.parenthesised()
    return f"({','.join(part.strip() for part in inner.split(','))})"


def _time(cursor: Cursor, word: str) -> TypeName:
    modifiers = _modifiers(cursor)
    if cursor.take("with", "time", "zone"):
        return _pg(f"{word} with time zone", modifiers)
    cursor.take("without", "time", "zone")
    return _pg(f"{word} without time zone", modifiers)


def _interval(cursor: Cursor) -> TypeName:
    precision = _modifiers(cursor)
    fields = ""
    if cursor.at_any_of(_INTERVAL):
        fields = " " + cursor.identifier()
        if cursor.take("to"):
            fields += " to " + cursor.identifier()
        precision = _modifiers(cursor) or precision
    return _pg("interval" + fields, precision)


def _arrays(cursor: Cursor, base: TypeName) -> TypeName:
    dims = 0
    while cursor.at("["):
        cursor.skip_group()
        dims += 1
    if cursor.take("array"):
        dims = 1
        if cursor.at("["):
            cursor.skip_group()
    return TypeName(base.name, base.modifiers, 1 if dims else 0, base.builtin) if dims else base
