"""SQL that makes and drops routines."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from migcompat.schema.catalog import Catalog
from migcompat.schema.definitions import function_name, grants_sql
from migcompat.schema.model import EXECUTE_BY_ALL, Function, Key
from migcompat.sql.cursor import Cursor
from migcompat.sql.lexer import tokens
from migcompat.sql.quoting import qualified


def create_sql(function: Function, key: Key | None = None) -> str:
    """CREATE as it was written, under any name; empty where it was never seen."""
    return f"CREATE {function.kind.upper()} {qualified(*(key or function.key))}{function.text}" if function.text else ""


def replace_sql(function: Function) -> str:
    """The same in the place of another version that takes and returns the same."""
    return create_sql(function).replace("CREATE", "CREATE OR REPLACE", 1)


def is_recreatable(catalog: Catalog, function: Function) -> bool:
    """Whether its definition was seen, and calls its types what they were called when the deploy began."""
    named = [*(p.type for p in function.parameters or ()), *((function.result,) if function.result is not None else ())]
    known = [(type_.name, catalog.types.was(type_.type_id)) for type_ in named if type_.type_id is not None]
    return bool(function.text) and all(was is None or str(was.key) == name for name, was in known)


def does_the_same(old: Function, new: Function) -> bool:
    """Whether nothing but white space and comments differs; of one that was never seen, nothing is known."""
    return not old.text or old.text == new.text or _words(old.text) == _words(new.text)


@lru_cache(maxsize=64)  # a routine is compared anew with each change to what it depends on
def _words(text: str) -> list[list[str]]:
    """What CREATE says, the body too, without white space."""
    return [token.value.split() for token in tokens(text)]


_COMPUTES = {"sfunc": "sfunc", "sfunc1": "sfunc", "initcond": "initcond", "initcond1": "initcond", "finalfunc": "finalfunc"}
"""What an aggregate's answer comes of, by the words that say it."""


def computed_by(aggregate: Function) -> dict[str, str]:
    """The functions of an aggregate and what it starts with, as the last parentheses of its CREATE say."""
    cursor, said = Cursor(aggregate.text), ""
    while cursor.at("("):
        said = cursor.parenthesised()
    found, option = dict[str, str](), ""
    for word, after in pairwise([*(token.value for token in tokens(said)), ""]):
        if after == "=":
            option = _COMPUTES.get(word, "")
        elif option and word not in ("=", ","):
            found[option] = found.get(option, "") + word
    return found


def drop_sql(catalog: Catalog, function: Function) -> str:
    return f"DROP {function.kind.upper()} {routine_sql(catalog, function)}"


def rename_sql(catalog: Catalog, function: Function, to: str) -> str:
    return f"ALTER {function.kind.upper()} {routine_sql(catalog, function)} RENAME TO {to}"


def access_sql(catalog: Catalog, function: Function) -> tuple[str, ...]:
    """Who may execute it, where that is not everyone."""
    if function.grants >= EXECUTE_BY_ALL:
        return ()
    on = f"ROUTINE {routine_sql(catalog, function)}"
    return (f"REVOKE EXECUTE ON {on} FROM PUBLIC", *grants_sql(function.grants, on))


def routine_sql(catalog: Catalog, function: Function) -> str:
    """Its name, with its arguments where they are known."""
    return qualified(*function.key) if function.parameters is None else function_name(catalog, function)
